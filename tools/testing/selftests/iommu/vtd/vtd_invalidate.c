// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMU_HWPT_INVALIDATE on simulated VT-d units whose caches keep all they may: what a
 * guest has changed and not invalidated is still used, what it has invalidated is not.
 *
 * Documentation/driver-api/vtd/invalidation.rst says what holds.
 *
 * Needs a kernel with CONFIG_INTEL_IOMMU_SIM and vtd_sim=.
 */
#include <string.h>

#include "vtd_invalidate/guest.h"

#define CASE_SECONDS 60

static const struct profile full = { VTD_SIM_FULL, "", 0 };
static const struct profile full_cm = { VTD_SIM_FULL_CM, "", 0 };
static const struct profile incoherent = {
	VTD_SIM_FULL_INCOHERENT, "", FS_A | FS_D,
};

static const struct way plain = { &full, 0 };
static const struct way ats = { &full, VTD_SIM_OP_ATS };
static const struct way cm = { &full_cm, 0 };
static const struct way flushed = { &incoherent, VTD_SIM_OP_ATS };

static void changed(const void *arg)
{
	const struct way *way = arg;
	struct tenant g;
	__u32 hwpt;
	__u64 root;
	size_t i;

	tenant_make(&g, way->profile);
	root = tenant_reversed(&g, NPAGES);
	hwpt = tenant_hwpt(&g, root);
	vfio_attach(g.fn.device, hwpt);
	tenant_reversed_reached(&g, way->flags, NPAGES);
	for (i = 0; i < NPAGES; i++) {
		/* Another page, and none: the old one goes on until it is told. */
		invalidate_set(&g, root, i, tenant_data(20 + i));
		tenant_reaches(&g, way->flags, IOVA + i * PAGE, tenant_data(NPAGES - 1 - i));
		CHECK(invalidate_stale(&g));
		invalidate_pages(&g, hwpt, IOVA + i * PAGE, 1, i & 1 ? LEAF : 0);
		invalidate_check(&g, way->flags, i, tenant_data(20 + i));
		invalidate_set(&g, root, i, 0);
		tenant_reaches(&g, way->flags, IOVA + i * PAGE, tenant_data(20 + i));
		invalidate_pages(&g, hwpt, IOVA + i * PAGE, 1, i & 1 ? LEAF : 0);
		invalidate_check(&g, way->flags, i, 0);
	}
	invalidate_end(&g);
}

/* All ranges of a few pages; pages beside a range are what they were, or what they are. */
static void ranges(const void *arg)
{
	const struct way *way = arg;
	size_t first, last, i;
	struct tenant g;
	__u32 hwpt;
	__u64 root;

	tenant_make(&g, way->profile);
	root = tenant_reversed(&g, NPAGES);
	hwpt = tenant_hwpt(&g, root);
	vfio_attach(g.fn.device, hwpt);
	tenant_reversed_reached(&g, way->flags, NPAGES);
	for (first = 0; first < NPAGES; first++) {
		for (last = first; last < NPAGES; last++) {
			for (i = first; i <= last; i++)
				invalidate_set(&g, root, i, tenant_data(20 + first * 8 + i));
			invalidate_pages(&g, hwpt, IOVA + first * PAGE, last - first + 1, LEAF);
			for (i = first; i <= last; i++)
				invalidate_check(&g, way->flags, i,
						 tenant_data(20 + first * 8 + i));
		}
	}
	for (i = 0; i < NPAGES; i++)
		invalidate_set(&g, root, i, tenant_data(i));
	invalidate_pages(&g, hwpt, 0, ~0ULL, 0);
	for (i = 0; i < NPAGES; i++)
		invalidate_check(&g, way->flags, i, tenant_data(i));
	invalidate_end(&g);
}

/* Large pages go as a whole, whatever page of them is named; and what they become. */
static void large_pages(const void *arg)
{
	const struct way *way = arg;
	__u64 root, *entry, table;
	struct tenant g;
	__u32 hwpt;

	tenant_make_large(&g, way->profile);
	root = tenant_table(&g);
	entry = tenant_entry(&g, root, 4, IOVA, 2);
	*entry = (GUEST_RAM & ~(LARGE - 1)) | FS_ALL | FS_PS | g.preset;
	hwpt = tenant_hwpt(&g, root);
	vfio_attach(g.fn.device, hwpt);
	tenant_reaches(&g, way->flags, IOVA + 5 * PAGE, GUEST_RAM + 5 * PAGE);
	*entry = 0;
	invalidate_pages(&g, hwpt, IOVA, LARGE / PAGE, 0);
	invalidate_check(&g, way->flags, 5, 0);
	table = tenant_table(&g);
	*entry = table | FS_ALL | g.preset;
	invalidate_set(&g, root, 5, tenant_data(9));
	invalidate_check(&g, way->flags, 5, tenant_data(9));
	/* A table goes: with all that it had led to. */
	*entry = (GUEST_RAM & ~(LARGE - 1)) | FS_ALL | FS_PS | g.preset;
	invalidate_pages(&g, hwpt, IOVA, LARGE / PAGE, 0);
	invalidate_check(&g, way->flags, 5, GUEST_RAM + 5 * PAGE);
	invalidate_end(&g);
}

/*
 * The hint that only leaves have changed, and it was a table: the guest's own fault. It
 * reaches what it had, in its memory, until it says what it has changed.
 */
static void wrong_hint(const void *arg)
{
	const struct way *way = arg;
	__u64 root, *upper, other, first;
	struct tenant g;
	__u32 hwpt, rc;

	tenant_make(&g, way->profile);
	root = tenant_reversed(&g, 2);
	upper = tenant_entry(&g, root, 4, IOVA, 2);
	hwpt = tenant_hwpt(&g, root);
	vfio_attach(g.fn.device, hwpt);
	tenant_reversed_reached(&g, way->flags, 2);
	first = *upper;
	other = tenant_table(&g);
	*upper = other | FS_ALL | g.preset;
	invalidate_set(&g, root, 0, tenant_data(7));
	invalidate_pages(&g, hwpt, IOVA, 2, LEAF);
	memset(tenant_at(&g, tenant_data(1)), 0x41, PAGE);
	memset(tenant_at(&g, tenant_data(7)), 0x47, PAGE);
	rc = sim_run(&g.fn, VTD_SIM_OP_READ | way->flags, IOVA, PAGE, 0);
	CHECK(rc == VTD_SIM_OK && (g.fn.memory[0] == 0x41 || g.fn.memory[0] == 0x47));
	invalidate_pages(&g, hwpt, IOVA, 2, 0);
	invalidate_check(&g, way->flags, 0, tenant_data(7));
	invalidate_check(&g, way->flags, 1, 0);
	*upper = first;
	invalidate_pages(&g, hwpt, 0, ~0ULL, LEAF);
	invalidate_end(&g);
}

/*
 * Two pages side by side, of which one has the hint that only its leaf has changed, which
 * is not true of both; and two pages apart.
 */
static void two_entries(const void *arg)
{
	struct iommu_hwpt_vtd_s1_invalidate entries[2];
	const struct way *way = arg;
	__u64 root, *upper;
	struct tenant g;
	__u32 hwpt;

	tenant_make(&g, way->profile);
	root = tenant_reversed(&g, NPAGES);
	upper = tenant_entry(&g, root, 4, IOVA, 2);
	hwpt = tenant_hwpt(&g, root);
	vfio_attach(g.fn.device, hwpt);
	tenant_reversed_reached(&g, way->flags, NPAGES);
	*upper = tenant_table(&g) | FS_ALL | g.preset;
	invalidate_set(&g, root, 0, tenant_data(20));
	entries[0] = invalidate_entry(0, LEAF);
	entries[1] = invalidate_entry(1, 0);
	invalidate_array(&g, hwpt, entries, 2);
	invalidate_check(&g, way->flags, 0, tenant_data(20));
	invalidate_check(&g, way->flags, 1, 0);

	invalidate_set(&g, root, 4, tenant_data(21));
	invalidate_pages(&g, hwpt, IOVA + 4 * PAGE, 1, LEAF);
	invalidate_check(&g, way->flags, 4, tenant_data(21));
	invalidate_set(&g, root, 0, tenant_data(22));
	invalidate_set(&g, root, 4, tenant_data(23));
	entries[1] = invalidate_entry(4, LEAF);
	invalidate_array(&g, hwpt, entries, 2);
	invalidate_check(&g, way->flags, 0, tenant_data(22));
	invalidate_check(&g, way->flags, 4, tenant_data(23));
	invalidate_end(&g);
}

/* One table of several PASIDs and functions: all of them. Another one: none of it. */
static void users(const void *arg)
{
	const struct way *way = arg;
	__u32 hwpt, alone, i;
	struct tenant g, second;
	__u64 root, own;

	tenant_make(&g, way->profile);
	root = tenant_reversed(&g, 1);
	own = tenant_reversed(&g, 1);
	hwpt = tenant_hwpt(&g, root);
	alone = tenant_hwpt(&g, own);
	second = g;
	second.fn = sim_function(&g.sim, VTD_SIM_ENGINE, 0);
	sim_function_open(&second.fn, g.fd);
	vfio_attach(g.fn.device, hwpt);
	vfio_attach(second.fn.device, hwpt);
	tenant_pasid(&g, 3, hwpt);
	tenant_pasid(&g, 4, alone);
	tenant_pasid(&second, 4, hwpt);
	for (i = 0; i < 4; i++) {
		if (i) {
			invalidate_set(&g, root, 0, tenant_data(i));
			invalidate_pages(&g, hwpt, IOVA, 1, LEAF);
		}
		invalidate_check(&g, way->flags, 0, tenant_data(i));
		invalidate_check(&second, way->flags, 0, tenant_data(i));
		invalidate_check(&g, way->flags | tenant_use(&g.fn, 3), 0, tenant_data(i));
		invalidate_check(&second, way->flags | tenant_use(&second.fn, 4), 0,
				 tenant_data(i));
		/* A guest that has not invalidated still sees the old table. */
		tenant_reaches(&g, way->flags | tenant_use(&g.fn, 4), IOVA, tenant_data(0));
		invalidate_set(&g, own, 0, tenant_data(10 + i));
	}
	invalidate_pages(&g, alone, IOVA, 1, LEAF);
	invalidate_check(&g, way->flags | tenant_use(&g.fn, 4), 0, tenant_data(13));
	sim_function_close(&second.fn);
	sim_function_remove(&second.fn);
	invalidate_end(&g);
}

#define CASE(f)	{ .name = #f, .fn = f, .seconds = CASE_SECONDS }
#define ON(f, w) { .name = #f " " #w, .fn_arg = f, .arg = &(w), .seconds = CASE_SECONDS }

static const struct test_case cases[] = {
	CASE(invalidate_refusals),
	ON(changed, plain), ON(changed, ats), ON(changed, cm), ON(changed, flushed),
	ON(ranges, plain), ON(ranges, ats),
	ON(large_pages, plain), ON(large_pages, ats),
	ON(wrong_hint, plain), ON(wrong_hint, ats),
	ON(two_entries, plain), ON(two_entries, ats),
	ON(users, plain), ON(users, ats),
	ON(invalidate_bad_entry, plain), ON(invalidate_bad_entry, ats),
	CASE(invalidate_array_ends),
	ON(invalidate_big_arrays, plain), ON(invalidate_big_arrays, ats),
	CASE(invalidate_mute_device),
	ON(invalidate_fuzz, plain), ON(invalidate_fuzz, ats), ON(invalidate_fuzz, cm),
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
