// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nested translation on simulated VT-d units whose caches keep all they may: a
 * guest's first stage in its own memory, over a second stage of the kernel's.
 * Documentation/driver-api/vtd/nested.rst says what holds.
 *
 * Needs a kernel with CONFIG_INTEL_IOMMU_SIM and vtd_sim=.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <linux/vfio.h>

#include <iommufd.h>

#include "lib/tenant.h"
#include "vtd_nested/cases.h"

#define CASE_SECONDS 120

static const struct profile full = { VTD_SIM_FULL, "", 0 };
static const struct profile full_cm = { VTD_SIM_FULL_CM, "", 0 };
static const struct profile incoherent = {
	VTD_SIM_FULL_INCOHERENT, "", FS_A | FS_D,
};

static const struct way plain = { &full, 0 };
static const struct way ats = { &full, VTD_SIM_OP_ATS };
static const struct way cm = { &full_cm, 0 };
static const struct way flushed = { &incoherent, 0 };
static const struct way flushed_ats = { &incoherent, VTD_SIM_OP_ATS };

/* What the guest's table leads to is reached, and nothing else. */
static void dma(const void *arg)
{
	const struct way *way = arg;
	struct tenant g;
	__u64 root;

	tenant_make(&g, way->profile);
	root = tenant_reversed(&g, NPAGES);
	vfio_attach(g.fn.device, tenant_hwpt(&g, root));
	tenant_reversed_reached(&g, way->flags, NPAGES);
	tenant_blocked(&g, way->flags, IOVA + NPAGES * PAGE);
	tenant_blocked(&g, way->flags, IOVA - PAGE);
	/* Addresses of the guest's memory are none of the device's, nor are the host's. */
	tenant_blocked(&g, way->flags, GUEST_RAM);
	tenant_blocked(&g, way->flags, 0);
	/* Not canonical. */
	tenant_blocked(&g, way->flags, 1ULL << 47);
	/* An entry that comes needs nothing. */
	tenant_map(&g, root, IOVA + NPAGES * PAGE, tenant_data(NPAGES));
	tenant_reaches(&g, way->flags, IOVA + NPAGES * PAGE, tenant_data(NPAGES));
	tenant_end(&g);
}

/* Pages of @size of the first stage, at the same place in the guest. */
static void first_large(struct tenant *g, const struct way *way, unsigned int level)
{
	__u64 size = level == 2 ? LARGE : HUGE, root = tenant_table(g);
	__u64 gpa = GUEST_RAM & ~(size - 1);

	*tenant_entry(g, root, 4, IOVA & ~(size - 1), level) = gpa | FS_ALL | FS_PS | g->preset;
	vfio_attach(g->fn.device, tenant_hwpt(g, root));
	tenant_reaches(g, way->flags, (IOVA & ~(size - 1)) + (GUEST_RAM - gpa), GUEST_RAM);
	tenant_reaches(g, way->flags, (IOVA & ~(size - 1)) + (GUEST_RAM - gpa) + 5 * PAGE,
		       GUEST_RAM + 5 * PAGE);
	/* The rest of it is no memory of the guest. */
	if (level == 3) {
		tenant_blocked(g, way->flags, IOVA & ~(size - 1));
		tenant_blocked(g, way->flags, (IOVA & ~(size - 1)) + (GUEST_RAM - gpa) +
			      g->npages * PAGE);
	}
	CHECK_OK(__vfio_detach(g->fn.device));
	tenant_blocked(g, way->flags, (IOVA & ~(size - 1)) + (GUEST_RAM - gpa));
}

static void large_pages(const void *arg)
{
	const struct way *way = arg;
	struct tenant g;

	tenant_make(&g, way->profile);
	first_large(&g, way, 2);
	first_large(&g, way, 3);
	tenant_end(&g);

	tenant_make_large(&g, way->profile);
	first_large(&g, way, 2);
	first_large(&g, way, 3);
	vfio_attach(g.fn.device, tenant_hwpt(&g, tenant_reversed(&g, NPAGES)));
	tenant_reversed_reached(&g, way->flags, NPAGES);
	tenant_end(&g);
}

static void five_levels(void)
{
	struct iommu_hwpt_vtd_s1 data = { .addr_width = 57 };
	__u64 iova = 1ULL << 55;
	struct tenant g;
	__u32 hwpt;

	tenant_make(&g, &full);
	data.pgtbl_addr = tenant_table(&g);
	*tenant_entry(&g, data.pgtbl_addr, 5, iova, 1) = tenant_data(3) | FS_ALL;
	CHECK_OK(__tenant_hwpt(&g, &data, &hwpt));
	vfio_attach(g.fn.device, hwpt);
	tenant_reaches(&g, 0, iova, tenant_data(3));
	tenant_blocked(&g, 0, 1ULL << 54);
	tenant_end(&g);
}

/* Rights of the first stage, for requests of users. */
static void rights(const void *arg)
{
	const struct way *way = arg;
	__u64 root, *entry;
	struct tenant g;

	tenant_make(&g, way->profile);
	root = tenant_reversed(&g, 3);
	*tenant_entry(&g, root, 4, IOVA + PAGE, 1) &= ~FS_RW;
	*tenant_entry(&g, root, 4, IOVA + 2 * PAGE, 1) &= ~FS_US;
	vfio_attach(g.fn.device, tenant_hwpt(&g, root));
	tenant_reaches(&g, way->flags, IOVA, tenant_data(2));
	memset(tenant_at(&g, tenant_data(1)), 0x33, PAGE);
	CHECK_EQ(tenant_read(&g.fn, way->flags, IOVA + PAGE, 0x33), VTD_SIM_OK);
	CHECK(tenant_write(&g.fn, way->flags, IOVA + PAGE, 0x44) != VTD_SIM_OK);
	CHECK(sim_run(&g.fn, VTD_SIM_OP_ADD | way->flags, IOVA + PAGE, 8, 0) != VTD_SIM_OK);
	CHECK_EQ(tenant_read(&g.fn, way->flags, IOVA + PAGE, 0x33), VTD_SIM_OK);
	tenant_blocked(&g, way->flags, IOVA + 2 * PAGE);
	/* Upper entries count as well. */
	entry = tenant_entry(&g, root, 4, IOVA + LARGE, 2);
	tenant_map(&g, root, IOVA + LARGE, tenant_data(4));
	*entry &= ~FS_US;
	tenant_blocked(&g, way->flags, IOVA + LARGE);
	tenant_end(&g);
}

/* Privileged requests: SRE lets them in, WPE stops them at read-only pages. */
static void supervisor(void)
{
	static const struct { __u64 flags; __u32 read, write; } rows[] = {
		{ 0, VTD_SIM_BLOCKED, VTD_SIM_BLOCKED },
		{ IOMMU_VTD_S1_WPE, VTD_SIM_BLOCKED, VTD_SIM_BLOCKED },
		{ IOMMU_VTD_S1_SRE, VTD_SIM_OK, VTD_SIM_OK },
		{ IOMMU_VTD_S1_SRE | IOMMU_VTD_S1_WPE, VTD_SIM_OK, VTD_SIM_BLOCKED },
	};
	__u32 flags, hwpt, old = 0;
	struct tenant g;
	unsigned int i;
	__u64 root;

	tenant_make(&g, &full);
	root = tenant_reversed(&g, 1);
	*tenant_entry(&g, root, 4, IOVA, 1) &= ~(FS_RW | FS_US);
	flags = tenant_use(&g.fn, 9) | VTD_SIM_OP_PRIVILEGED;
	vfio_attach(g.fn.device, g.parent);
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct iommu_hwpt_vtd_s1 data = {
			.pgtbl_addr = root, .addr_width = 48, .flags = rows[i].flags,
		};

		/* Replaced under the same address: the flags of the new one count. */
		CHECK_OK(__tenant_hwpt(&g, &data, &hwpt));
		tenant_pasid(&g, 9, hwpt);
		if (old)
			destroy(g.fd, old);
		old = hwpt;
		memset(tenant_at(&g, tenant_data(0)), 0x51, PAGE);
		CHECK_EQ(tenant_read(&g.fn, flags, IOVA, 0x51), rows[i].read);
		CHECK_EQ(tenant_write(&g.fn, flags, IOVA, 0x52), rows[i].write);
		/* Requests of users stay where they are. */
		tenant_blocked(&g, flags & ~VTD_SIM_OP_PRIVILEGED, IOVA);
	}
	tenant_end(&g);
}

/* The unit marks what it uses in the guest's memory. */
static void marks(void)
{
	struct iommu_hwpt_vtd_s1 data = { .addr_width = 48 };
	__u64 *leaf, *upper;
	struct tenant g;
	__u32 hwpt;

	tenant_make(&g, &full);
	data.pgtbl_addr = tenant_reversed(&g, 1);
	leaf = tenant_entry(&g, data.pgtbl_addr, 4, IOVA, 1);
	upper = tenant_entry(&g, data.pgtbl_addr, 4, IOVA, 4);
	vfio_attach(g.fn.device, tenant_hwpt(&g, data.pgtbl_addr));
	CHECK_EQ(tenant_read(&g.fn, 0, IOVA, 0), VTD_SIM_OK);
	CHECK_EQ(*leaf & (FS_A | FS_D | FS_EA), FS_A);
	CHECK_EQ(*upper & (FS_A | FS_EA), FS_A);
	CHECK_EQ(tenant_write(&g.fn, 0, IOVA, 1), VTD_SIM_OK);
	CHECK_EQ(*leaf & (FS_A | FS_D | FS_EA), FS_A | FS_D);
	/* And the extended mark if it is asked for. */
	data.pgtbl_addr = tenant_reversed(&g, 1);
	leaf = tenant_entry(&g, data.pgtbl_addr, 4, IOVA, 1);
	upper = tenant_entry(&g, data.pgtbl_addr, 4, IOVA, 4);
	data.flags = IOMMU_VTD_S1_EAFE;
	CHECK_OK(__tenant_hwpt(&g, &data, &hwpt));
	vfio_attach(g.fn.device, hwpt);
	tenant_reaches(&g, 0, IOVA, tenant_data(0));
	CHECK_EQ(*leaf & (FS_A | FS_D | FS_EA), FS_A | FS_D | FS_EA);
	CHECK_EQ(*upper & (FS_A | FS_EA), FS_A | FS_EA);
	tenant_end(&g);
}

/* Without coherent walks no mark can be set: the guest does it, or is refused. */
static void marks_incoherent(void)
{
	struct profile clean = incoherent;
	struct tenant g;
	__u64 root;

	clean.preset = 0;
	tenant_make(&g, &clean);
	root = tenant_reversed(&g, 1);
	vfio_attach(g.fn.device, tenant_hwpt(&g, root));
	tenant_blocked(&g, 0, IOVA);
	tenant_end(&g);
}

/* A page of the guest's memory goes: data, then tables. */
static void parent_unmap(const void *arg)
{
	const struct way *way = arg;
	struct tenant g;
	__u64 root, table;
	size_t i;

	tenant_make(&g, way->profile);
	/* In single pages, each of which can go. */
	ioas_unmap(g.fd, g.ioas, GUEST_RAM, g.npages * PAGE);
	for (i = 0; i < g.npages; i++)
		ioas_map_at(g.fd, g.ioas, g.ram + i * PAGE, PAGE, GUEST_RAM + i * PAGE);
	root = tenant_reversed(&g, NPAGES);
	vfio_attach(g.fn.device, tenant_hwpt(&g, root));
	tenant_reversed_reached(&g, way->flags, NPAGES);
	ioas_unmap(g.fd, g.ioas, tenant_data(2), PAGE);
	tenant_blocked(&g, way->flags, IOVA + (NPAGES - 1 - 2) * PAGE);
	tenant_reaches(&g, way->flags, IOVA, tenant_data(NPAGES - 1));
	/* Other memory under the same address of the guest. */
	ioas_map_at(g.fd, g.ioas, g.ram + 100 * PAGE, PAGE, tenant_data(2));
	tenant_reaches(&g, way->flags, IOVA + (NPAGES - 1 - 2) * PAGE, tenant_data(100));
	/* The table of the last level. */
	table = *tenant_entry(&g, root, 4, IOVA, 2) & FS_ADDR;
	ioas_unmap(g.fd, g.ioas, table, PAGE);
	for (i = 0; i < NPAGES; i++)
		tenant_blocked(&g, way->flags, IOVA + i * PAGE);
	ioas_map_at(g.fd, g.ioas, tenant_at(&g, table), PAGE, table);
	tenant_reaches(&g, way->flags, IOVA, tenant_data(NPAGES - 1));
	/* All of it. */
	ioas_unmap_all(g.fd, g.ioas);
	for (i = 0; i < NPAGES; i++)
		tenant_blocked(&g, way->flags, IOVA + i * PAGE);
	tenant_end(&g);
}

/* The same at pages of 2 MiB, of which only all goes. */
static void parent_unmap_large(const void *arg)
{
	const struct way *way = arg;
	struct tenant g;

	tenant_make_large(&g, way->profile);
	vfio_attach(g.fn.device, tenant_hwpt(&g, tenant_reversed(&g, NPAGES)));
	tenant_reversed_reached(&g, way->flags, NPAGES);
	ioas_unmap_all(g.fd, g.ioas);
	tenant_blocked(&g, way->flags, IOVA);
	ioas_map_at(g.fd, g.ioas, g.ram, g.npages * PAGE, GUEST_RAM);
	tenant_reversed_reached(&g, way->flags, NPAGES);
	tenant_end(&g);
}

/* What a reset interrupts is there afterwards. */
static void reset(const void *arg)
{
	const struct way *way = arg;
	__u32 with_pasid;
	struct tenant g;

	tenant_make(&g, way->profile);
	vfio_attach(g.fn.device, tenant_hwpt(&g, tenant_reversed(&g, NPAGES)));
	tenant_pasid(&g, 3, tenant_hwpt(&g, tenant_reversed(&g, 2)));
	tenant_reversed_reached(&g, way->flags, NPAGES);
	CHECK_OK(iommufd_vfio_reset(g.fn.device));
	tenant_reversed_reached(&g, way->flags, NPAGES);
	with_pasid = tenant_use(&g.fn, 3);
	tenant_reversed_reached(&g, way->flags | with_pasid, 2);
	tenant_end(&g);
}

#define CASE(f)	{ .name = #f, .fn = f, .seconds = CASE_SECONDS }
#define ON(f, w) { .name = #f " " #w, .fn_arg = f, .arg = &(w), .seconds = CASE_SECONDS }

static const struct test_case cases[] = {
	ON(dma, plain), ON(dma, ats), ON(dma, cm), ON(dma, flushed), ON(dma, flushed_ats),
	ON(large_pages, plain), ON(large_pages, ats),
	CASE(five_levels),
	ON(rights, plain), ON(rights, ats),
	CASE(supervisor),
	CASE(marks), CASE(marks_incoherent),
	ON(parent_unmap, plain), ON(parent_unmap, ats), ON(parent_unmap, cm),
	ON(parent_unmap, flushed),
	ON(parent_unmap_large, plain), ON(parent_unmap_large, ats),
	ON(reset, plain), ON(reset, ats),
	CASE(nested_hw_info), CASE(nested_refusals), CASE(nested_read_only), CASE(nested_order),
	ON(nested_outside, plain), ON(nested_outside, ats),
	ON(nested_reserved, plain), ON(nested_reserved, ats),
	ON(nested_loops, plain), ON(nested_loops, ats),
	CASE(nested_cut_off),
	ON(nested_replace, plain), ON(nested_replace, ats), ON(nested_replace, cm),
	ON(nested_pasids, plain), ON(nested_pasids, ats),
	ON(nested_many, plain), ON(nested_many, ats),
	ON(nested_two_functions, plain), ON(nested_two_functions, ats),
	CASE(nested_pairs),
	CASE(nested_debugfs), CASE(nested_debugfs_hostile),
	ON(nested_stream, plain), ON(nested_stream, ats),
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
