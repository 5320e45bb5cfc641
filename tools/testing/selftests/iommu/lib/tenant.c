// SPDX-License-Identifier: GPL-2.0-only
/* A guest with a simulated function: memory, tables, DMA. */
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

#include <iommufd.h>

#include "tenant.h"

static void make(struct tenant *g, const struct profile *profile, void *ram,
		 size_t npages)
{
	struct iommu_hwpt_alloc parent = {
		.flags = IOMMU_HWPT_ALLOC_NEST_PARENT | IOMMU_HWPT_ALLOC_PASID,
	};

	*g = (struct tenant){ .ram = ram, .npages = npages, .preset = profile->preset };
	memset(g->ram, 0, g->npages * PAGE);
	g->sim = sim_unit(profile->profile, profile->caps);
	g->fn = sim_function(&g->sim, VTD_SIM_ENGINE, 0);
	g->fd = iommu_open();
	sim_function_open(&g->fn, g->fd);
	g->ioas = ioas_alloc(g->fd);
	ioas_map_at(g->fd, g->ioas, g->ram, g->npages * PAGE, GUEST_RAM);
	parent.dev_id = g->fn.id;
	parent.pt_id = g->ioas;
	CHECK_OK(__hwpt_alloc(g->fd, &parent));
	g->parent = parent.out_hwpt_id;
}

void tenant_make(struct tenant *g, const struct profile *profile)
{
	tenant_make_pages(g, profile, GUEST_PAGES);
}

void tenant_make_pages(struct tenant *g, const struct profile *profile, size_t npages)
{
	make(g, profile, mem_pages(npages), npages);
}

void tenant_make_large(struct tenant *g, const struct profile *profile)
{
	make(g, profile, mem_thp(1), GUEST_PAGES);
}

void tenant_check(const struct tenant *g)
{
	sim_check_clean(&g->sim);
}

void tenant_end(struct tenant *g)
{
	tenant_check(g);
	tenant_leave(g);
}

void tenant_leave(struct tenant *g)
{
	sim_function_close(&g->fn);
	close(g->fd);
	sim_function_remove(&g->fn);
	sim_end(&g->sim);
	CHECK_EQ(munmap(g->ram, g->npages * PAGE), 0);
}

void *tenant_at(const struct tenant *g, __u64 gpa)
{
	CHECK(gpa >= GUEST_RAM && gpa < GUEST_RAM + g->npages * PAGE);
	return g->ram + (gpa - GUEST_RAM);
}

__u64 tenant_data(size_t page)
{
	return GUEST_RAM + page * PAGE;
}

__u64 tenant_table(struct tenant *g)
{
	__u64 gpa = tenant_data(g->npages - ++g->tables);

	CHECK(g->tables < g->npages / 2);
	memset(tenant_at(g, gpa), 0, PAGE);
	return gpa;
}

static size_t index_at(__u64 iova, unsigned int level)
{
	return iova >> (12 + 9 * (level - 1)) & 511;
}

__u64 *tenant_entry(struct tenant *g, __u64 root, unsigned int levels, __u64 iova,
		    unsigned int level)
{
	__u64 *table = tenant_at(g, root);

	for (; levels > level; levels--) {
		__u64 *entry = &table[index_at(iova, levels)];

		if (!(*entry & FS_P))
			*entry = tenant_table(g) | FS_ALL | g->preset;
		table = tenant_at(g, *entry & FS_ADDR);
	}
	return &table[index_at(iova, level)];
}

void tenant_map(struct tenant *g, __u64 root, __u64 iova, __u64 gpa)
{
	*tenant_entry(g, root, 4, iova, 1) = gpa | FS_ALL | g->preset;
}

__u64 tenant_reversed(struct tenant *g, size_t npages)
{
	__u64 root = tenant_table(g);
	size_t i;

	for (i = 0; i < npages; i++)
		tenant_map(g, root, IOVA + i * PAGE, tenant_data(npages - 1 - i));
	return root;
}

int __tenant_hwpt(const struct tenant *g, const struct iommu_hwpt_vtd_s1 *data, __u32 *id)
{
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_ALLOC_PASID,
		.dev_id = g->fn.id,
		.pt_id = g->parent,
		.data_type = IOMMU_HWPT_DATA_VTD_S1,
		.data_len = sizeof(*data),
		.data_uptr = (uintptr_t)data,
	};
	int rc = __hwpt_alloc(g->fd, &cmd);

	*id = cmd.out_hwpt_id;
	return rc;
}

__u32 tenant_hwpt(const struct tenant *g, __u64 root)
{
	struct iommu_hwpt_vtd_s1 data = { .pgtbl_addr = root, .addr_width = 48 };
	__u32 id;

	CHECK_OK(__tenant_hwpt(g, &data, &id));
	return id;
}

__u32 tenant_write(const struct sim_function *fn, __u32 flags, __u64 iova, int seed)
{
	memset((void *)fn->memory, seed, PAGE);
	return sim_run(fn, VTD_SIM_OP_WRITE | flags, iova, PAGE, 0);
}

static bool is_full(const unsigned char *page, int seed)
{
	size_t i;

	for (i = 0; i < PAGE; i++) {
		if (page[i] != (unsigned char)seed)
			return false;
	}
	return true;
}

__u32 tenant_read(const struct sim_function *fn, __u32 flags, __u64 iova, int seed)
{
	unsigned char got[PAGE];
	__u32 status;

	memset((void *)fn->memory, ~seed, PAGE);
	status = sim_run(fn, VTD_SIM_OP_READ | flags, iova, PAGE, 0);
	memcpy(got, (void *)fn->memory, PAGE);
	/* What was refused brought nothing. */
	CHECK(is_full(got, status == VTD_SIM_OK ? seed : ~seed));
	return status;
}

void tenant_reaches(const struct tenant *g, __u32 flags, __u64 iova, __u64 gpa)
{
	static int seed;

	seed = (seed + 1) & 0x7f;
	CHECK_EQ(tenant_write(&g->fn, flags, iova, seed), VTD_SIM_OK);
	CHECK(is_full(tenant_at(g, gpa), seed));
	memset(tenant_at(g, gpa), seed | 0x80, PAGE);
	CHECK_EQ(tenant_read(&g->fn, flags, iova, seed | 0x80), VTD_SIM_OK);
}

/* Its device TLB is off as long as the device has no translation at all. */
static bool is_blocked(__u32 flags, __u32 status)
{
	return status == VTD_SIM_BLOCKED ||
	       (flags & VTD_SIM_OP_ATS && status == VTD_SIM_NO_CAP);
}

void tenant_blocked(const struct tenant *g, __u32 flags, __u64 iova)
{
	CHECK(is_blocked(flags, tenant_read(&g->fn, flags, iova, 0x11)));
	CHECK(is_blocked(flags, tenant_write(&g->fn, flags, iova, 0x22)));
}

void tenant_pasid(const struct tenant *g, __u32 pasid, __u32 hwpt)
{
	CHECK_OK(iommufd_vfio_pasid_attach(g->fn.device, pasid, &hwpt));
}

__u32 tenant_use(const struct sim_function *fn, __u32 pasid)
{
	sim_set(fn, SIM_FIELD(pasid), pasid);
	return VTD_SIM_OP_PASID;
}

void tenant_reversed_reached(const struct tenant *g, __u32 flags, size_t npages)
{
	size_t i;

	for (i = 0; i < npages; i++)
		tenant_reaches(g, flags, IOVA + i * PAGE, tenant_data(npages - 1 - i));
}
