// SPDX-License-Identifier: GPL-2.0-only
/* A guest that invalidates what it has changed. */
#include <stdint.h>
#include <unistd.h>
#include <sys/mman.h>

#include "guest.h"

int __invalidate_as(const struct tenant *g, __u32 hwpt, const void *entries, __u32 n,
		    __u32 type, __u32 len, __u32 *done)
{
	struct iommu_hwpt_invalidate cmd = {
		.size = sizeof(cmd), .hwpt_id = hwpt, .data_type = type,
		.data_uptr = (uintptr_t)entries, .entry_len = len, .entry_num = n,
	};
	int rc = __iommu_cmd(g->fd, IOMMU_HWPT_INVALIDATE, &cmd);

	*done = cmd.entry_num;
	return rc;
}

int __invalidate_array(const struct tenant *g, __u32 hwpt,
		       const struct iommu_hwpt_vtd_s1_invalidate *entries, __u32 n,
		       __u32 *done)
{
	return __invalidate_as(g, hwpt, entries, n, DATA_VTD, sizeof(*entries), done);
}

void invalidate_array(const struct tenant *g, __u32 hwpt,
		      const struct iommu_hwpt_vtd_s1_invalidate *entries, __u32 n)
{
	__u32 done;

	CHECK_OK(__invalidate_array(g, hwpt, entries, n, &done));
	CHECK_EQ(done, n);
}

void invalidate_pages(const struct tenant *g, __u32 hwpt, __u64 addr, __u64 npages,
		      __u32 flags)
{
	struct iommu_hwpt_vtd_s1_invalidate entry = {
		.addr = addr, .npages = npages, .flags = flags,
	};

	invalidate_array(g, hwpt, &entry, 1);
}

const struct iommu_hwpt_vtd_s1_invalidate invalidate_everything = { .npages = ~0ULL };

struct iommu_hwpt_vtd_s1_invalidate invalidate_entry(size_t i, __u32 flags)
{
	return (struct iommu_hwpt_vtd_s1_invalidate){
		.addr = IOVA + i * PAGE, .npages = 1, .flags = flags,
	};
}

/* What was used without an invalidation was stale, and lawfully so: no look at that. */
void invalidate_end(struct tenant *g)
{
	sim_check_clean_but(&g->sim, SIM_STALE | SIM_STALE_DEVICE);
	sim_function_close(&g->fn);
	close(g->fd);
	sim_function_remove(&g->fn);
	sim_end(&g->sim);
	CHECK_EQ(munmap(g->ram, g->npages * PAGE), 0);
}

/* How often something stale was used so far. */
__u64 invalidate_stale(const struct tenant *g)
{
	struct vtd_sim_counters c = sim_counters(&g->sim);

	return c.stale + c.stale_device;
}

/* Page @i of IOVA is page @gpa of the guest from now on; 0 for none. */
void invalidate_set(struct tenant *g, __u64 root, size_t i, __u64 gpa)
{
	*tenant_entry(g, root, 4, IOVA + i * PAGE, 1) = gpa ? gpa | FS_ALL | g->preset : 0;
}

/* Nothing stale is used for page @i, and it is this one; 0 for none. */
void invalidate_check(const struct tenant *g, __u32 flags, size_t i, __u64 gpa)
{
	__u64 before = invalidate_stale(g);

	if (gpa)
		tenant_reaches(g, flags, IOVA + i * PAGE, gpa);
	else
		tenant_blocked(g, flags, IOVA + i * PAGE);
	CHECK_EQ(invalidate_stale(g), before);
}
