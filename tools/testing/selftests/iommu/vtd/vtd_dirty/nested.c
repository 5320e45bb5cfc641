// SPDX-License-Identifier: GPL-2.0-only
/* Writes of a guest's device, through the guest's own table, are marked in the parent. */
#include <stdint.h>
#include <string.h>

#include <iommufd.h>

#include "lib/tenant.h"
#include "nested.h"

#define ENABLE IOMMU_HWPT_DIRTY_TRACKING_ENABLE
/* Pages of the guest's data; tables are behind them. */
#define DATA_PAGES 64

static const struct profile full = { VTD_SIM_FULL, "", 0 };

static void make(struct tenant *g)
{
	struct iommu_hwpt_alloc parent = {
		.flags = IOMMU_HWPT_ALLOC_NEST_PARENT | IOMMU_HWPT_ALLOC_PASID |
			 IOMMU_HWPT_ALLOC_DIRTY_TRACKING,
	};

	tenant_make(g, &full);
	parent.dev_id = g->fn.id;
	parent.pt_id = g->ioas;
	CHECK_OK(__hwpt_alloc(g->fd, &parent));
	g->parent = parent.out_hwpt_id;
}

static void track(const struct tenant *g, __u32 flags)
{
	CHECK_OK(iommufd_dirty_track(g->fd, g->parent, flags));
}

/* One bit for each page of data. */
static __u64 query(const struct tenant *g)
{
	__u64 bits = 0;
	struct iommu_hwpt_get_dirty_bitmap cmd = {
		.size = sizeof(cmd), .hwpt_id = g->parent, .iova = GUEST_RAM,
		.length = DATA_PAGES * PAGE, .page_size = PAGE, .data = (uintptr_t)&bits,
	};

	CHECK_OK(iommufd_dirty_read(g->fd, &cmd));
	return bits;
}

static void write_page(const struct tenant *g, __u32 flags, __u64 iova)
{
	CHECK_EQ(tenant_write(&g->fn, flags, iova, 0x5a), VTD_SIM_OK);
}

/* Page @i of IOVA is page NPAGES - 1 - @i of the guest. */
static __u64 bit_of(size_t i)
{
	return 1ULL << (NPAGES - 1 - i);
}

static void check_writes(const struct tenant *g, __u32 flags)
{
	int round;

	track(g, ENABLE);
	CHECK_EQ(query(g), 0);
	CHECK_EQ(sim_run(&g->fn, VTD_SIM_OP_READ | flags, IOVA, PAGE, 0), VTD_SIM_OK);
	CHECK_EQ(query(g), 0);
	/* Each round finds it in the caches, under the guest's id and as dirty. */
	for (round = 0; round < 3; round++) {
		write_page(g, flags, IOVA + 2 * PAGE);
		write_page(g, flags, IOVA + 5 * PAGE);
		CHECK_EQ(query(g), bit_of(2) | bit_of(5));
		CHECK_EQ(query(g), 0);
	}
	track(g, 0);
	write_page(g, flags, IOVA + 3 * PAGE);
	CHECK_EQ(query(g), 0);
	track(g, ENABLE);
	write_page(g, flags, IOVA + 3 * PAGE);
	CHECK_EQ(query(g), bit_of(3));
}

/* The table of the guest came before the switch, and comes after it. */
void dirty_nested(const void *arg)
{
	__u32 flags = *(const __u32 *)arg, first, second;
	struct tenant g;

	make(&g);
	first = tenant_hwpt(&g, tenant_reversed(&g, NPAGES));
	second = tenant_hwpt(&g, tenant_reversed(&g, NPAGES));
	vfio_attach(g.fn.device, first);
	check_writes(&g, flags);
	vfio_attach(g.fn.device, second);
	write_page(&g, flags, IOVA + PAGE);
	CHECK_EQ(query(&g), bit_of(1));
	check_writes(&g, flags);
	/* Pass-through of the guest: the parent itself. */
	vfio_attach(g.fn.device, g.parent);
	write_page(&g, flags, tenant_data(9));
	CHECK_EQ(query(&g), 1 << 9);
	tenant_end(&g);
}

/* Many tables over one parent: all of them follow the switch. */
void dirty_nested_pasids(const void *arg)
{
	__u32 flags = *(const __u32 *)arg, i;
	struct tenant g;

	make(&g);
	vfio_attach(g.fn.device, tenant_hwpt(&g, tenant_reversed(&g, NPAGES)));
	for (i = 1; i < 4; i++)
		tenant_pasid(&g, i, tenant_hwpt(&g, tenant_reversed(&g, NPAGES)));
	check_writes(&g, flags);
	for (i = 1; i < 5; i++) {
		/* The last one comes while tracking is on. */
		if (i == 4)
			tenant_pasid(&g, i, tenant_hwpt(&g, tenant_reversed(&g, NPAGES)));
		write_page(&g, flags | tenant_use(&g.fn, i), IOVA + i * PAGE);
		CHECK_EQ(query(&g), bit_of(i));
		check_writes(&g, flags | tenant_use(&g.fn, i));
	}
	tenant_end(&g);
}
