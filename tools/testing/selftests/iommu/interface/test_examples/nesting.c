// SPDX-License-Identifier: GPL-2.0-only
/* The page about nesting: its program with the mock's data for the driver's. */
#include <errno.h>
#include <sys/ioctl.h>

#include "cases.h"
#include "mock_vfio.h"

#define ioctl mock_vfio_ioctl
#include "Documentation/userspace-api/iommufd/nesting-example.c"
#undef ioctl

#include "lib/event.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/nest.h"

#define NPAGES 4

static void check_slots(const struct guest_space *g, __u32 slot1, __u32 others)
{
	__u32 slot;

	for (slot = 0; slot < MOCK_NESTED_DOMAIN_IOTLB_NUM; slot++)
		CHECK_OK(__check_iotlb(g->iommufd, g->nested, slot,
				       slot == 1 ? slot1 : others));
}

static void invalidations(struct guest_space *g)
{
	struct iommu_hwpt_invalidate_selftest entries[] = {
		{ .iotlb_id = 1 },
		{ .iotlb_id = MOCK_NESTED_DOMAIN_IOTLB_ID_MAX + 1 },
		{ .flags = IOMMU_TEST_INVALIDATE_FLAG_ALL },
	};
	struct driver_data data = {
		.type = IOMMU_HWPT_INVALIDATE_DATA_SELFTEST,
		.length = sizeof(*entries),
		.data = entries,
	};

	check_slots(g, NEST_IOTLB, NEST_IOTLB);
	CHECK_EQ(guest_invalidate(g, &data, 1), 1);
	check_slots(g, 0, NEST_IOTLB);
	/* the second entry is bad: one is done, the third is not */
	CHECK_EQ(guest_invalidate(g, &data, 3), 1);
	check_slots(g, 0, NEST_IOTLB);
	data.data = &entries[2];
	CHECK_EQ(guest_invalidate(g, &data, 1), 1);
	check_slots(g, 0, 0);
}

void nesting_example(void)
{
	struct iommu_hwpt_selftest table = { .iotlb = NEST_IOTLB };
	const struct driver_data data = {
		.type = IOMMU_HWPT_DATA_SELFTEST,
		.length = sizeof(table),
		.data = &table,
	};
	int fd = mock_open();
	__u32 home = ioas_alloc(fd);
	struct mock_dev dev = mock_attach(fd, home);
	struct guest_space g = {
		.iommufd = fd,
		.device = mock_vfio_open(fd, dev.stdev, home),
		.dev_id = dev.idev,
	};
	struct footprint before = footprint_take(fd);
	char *va = mem_pages(NPAGES);

	guest_memory(&g, va, NPAGES * page_size(), MOCK_IOVA);
	mock_check_map(fd, g.parent, MOCK_IOVA, va, NPAGES * page_size());
	guest_table(&g, &data);
	CHECK_ERR(__destroy(fd, g.nested), EBUSY);
	invalidations(&g);

	CHECK_EQ(guest_faults(&g), 0);
	trigger_iopf(fd, dev.idev, 1);
	trigger_iopf_group(fd, dev.idev, 2, 3);
	CHECK_EQ(guest_faults(&g), 2);
	CHECK_EQ(guest_faults(&g), 0);

	guest_end(&g);
	mock_check_refs(fd, va, NPAGES * page_size(), 0);
	footprint_check(&before);
}
