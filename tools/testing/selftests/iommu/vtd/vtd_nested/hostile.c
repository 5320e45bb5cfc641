// SPDX-License-Identifier: GPL-2.0-only
/* Tables that lead out of the guest's memory, that no hardware knows, that go round. */
#include <string.h>
#include <sys/mman.h>
#include <linux/vfio.h>

#include <iommufd.h>

#include "lib/proc.h"
#include "cases.h"
#include "lib/tenant.h"

/* Memory of somebody else on this machine: not one byte of it changes. */
static unsigned char *victim_make(void)
{
	unsigned char *victim = mem_pages(1);

	memset(victim, 0x99, PAGE);
	CHECK_EQ(mlock(victim, PAGE), 0);
	return victim;
}

static void victim_check(const unsigned char *victim)
{
	size_t i;

	for (i = 0; i < PAGE; i++)
		CHECK_EQ(victim[i], 0x99);
}

/* An address in any entry, or of the root: the guest has nothing there. */
void nested_outside(const void *arg)
{
	const struct way *way = arg;
	unsigned char *victim = victim_make();
	const __u64 places[] = {
		0, GUEST_RAM - PAGE, GUEST_RAM + GUEST_PAGES * PAGE, proc_phys(victim),
		(1ULL << 48) - PAGE, 1ULL << 48, FS_ADDR,
	};
	unsigned int level, i;
	struct tenant g;

	tenant_make(&g, way->profile);
	for (level = 1; level <= 4; level++) {
		for (i = 0; i < ARRAY_LEN(places); i++) {
			__u64 root = tenant_reversed(&g, 1);
			__u32 hwpt = tenant_hwpt(&g, root);

			*tenant_entry(&g, root, 4, IOVA, level) = places[i] | FS_ALL;
			vfio_attach(g.fn.device, hwpt);
			tenant_blocked(&g, way->flags, IOVA);
			CHECK_OK(__vfio_detach(g.fn.device));
			destroy(g.fd, hwpt);
		}
	}
	for (i = 0; i < ARRAY_LEN(places); i++) {
		struct iommu_hwpt_vtd_s1 data = {
			.pgtbl_addr = places[i], .addr_width = 48,
		};
		__u32 hwpt;

		/* What is wider than the parent was refused already. */
		if (__tenant_hwpt(&g, &data, &hwpt))
			continue;
		vfio_attach(g.fn.device, hwpt);
		tenant_blocked(&g, way->flags, IOVA);
	}
	victim_check(victim);
	tenant_end(&g);
}

/* Bits that no entry may have there; sizes that do not exist. */
void nested_reserved(const void *arg)
{
	static const struct { unsigned int level; __u64 bits; } rows[] = {
		{ 4, FS_PS }, { 3, FS_PS | PAGE << 2 }, { 2, FS_PS | PAGE << 3 },
	};
	const struct way *way = arg;
	struct tenant g;
	unsigned int i;

	tenant_make(&g, way->profile);
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		__u64 root = tenant_reversed(&g, 1);
		__u32 hwpt = tenant_hwpt(&g, root);

		*tenant_entry(&g, root, 4, IOVA, rows[i].level) |= rows[i].bits;
		vfio_attach(g.fn.device, hwpt);
		tenant_blocked(&g, way->flags, IOVA);
	}
	CHECK(sim_counters(&g.sim).faults);
	tenant_end(&g);
}

static void behave(const struct sim_function *fn, __u32 flags)
{
	struct vtd_sim_behave how = {
		.size = sizeof(how), .unit = fn->sim->unit, .slot = fn->slot, .flags = flags,
	};

	CHECK_OK(__sim(fn->sim->fd, VTD_SIM_BEHAVE, &how));
}

/*
 * A device that does not forget loses its access when the parent changes, whatever
 * table of a guest is between; the others go on. A reset brings it back.
 */
void nested_cut_off(void)
{
	static const struct profile profile = { VTD_SIM_FULL, "", 0 };
	struct tenant t, mute;
	__u32 hwpt;

	tenant_make(&t, &profile);
	ioas_map_at(t.fd, t.ioas, t.ram, PAGE, GUEST_RAM - PAGE);
	hwpt = tenant_hwpt(&t, tenant_reversed(&t, NPAGES));
	mute = t;
	mute.fn = sim_function(&t.sim, VTD_SIM_ENGINE, 0);
	sim_function_open(&mute.fn, t.fd);
	vfio_attach(t.fn.device, hwpt);
	tenant_pasid(&mute, 4, hwpt);
	tenant_reversed_reached(&t, VTD_SIM_OP_ATS, NPAGES);
	tenant_reversed_reached(&mute, VTD_SIM_OP_ATS | tenant_use(&mute.fn, 4), NPAGES);
	behave(&mute.fn, VTD_SIM_IGNORE_INVALIDATIONS);
	ioas_unmap(t.fd, t.ioas, GUEST_RAM - PAGE, PAGE);
	CHECK(tenant_read(&mute.fn, VTD_SIM_OP_PASID, IOVA, 0x31) != VTD_SIM_OK);
	CHECK(tenant_read(&mute.fn, VTD_SIM_OP_PASID | VTD_SIM_OP_ATS, IOVA, 0x31) !=
	      VTD_SIM_OK);
	tenant_reversed_reached(&t, VTD_SIM_OP_ATS, NPAGES);
	behave(&mute.fn, 0);
	CHECK_OK(iommufd_vfio_reset(mute.fn.device));
	tenant_reversed_reached(&mute, VTD_SIM_OP_ATS | tenant_use(&mute.fn, 4), NPAGES);
	sim_function_close(&mute.fn);
	sim_function_remove(&mute.fn);
	/* Its own cache had what it did not forget; that led nowhere. */
	sim_check_clean_but(&t.sim, SIM_STALE_DEVICE);
	tenant_leave(&t);
}

/*
 * A root that is its own lower table: the walk has as many steps as there are
 * levels, and ends in the guest's memory.
 */
void nested_loops(const void *arg)
{
	const struct way *way = arg;
	struct tenant g;
	__u64 root;

	tenant_make(&g, way->profile);
	root = tenant_table(&g);
	*tenant_entry(&g, root, 4, IOVA, 4) = root | FS_ALL | FS_A | FS_D;
	/* The other indexes of IOVA name no entry: the second step finds nothing. */
	vfio_attach(g.fn.device, tenant_hwpt(&g, root));
	tenant_blocked(&g, way->flags, IOVA);
	/* With the same index at each level it is a page of itself. */
	CHECK_EQ(sim_run(&g.fn, VTD_SIM_OP_READ | way->flags, 0x7f3f9fcfe000ULL, PAGE, 0),
		 VTD_SIM_OK);
	CHECK_EQ(memcmp((void *)g.fn.memory, tenant_at(&g, root), PAGE), 0);
	tenant_end(&g);
}
