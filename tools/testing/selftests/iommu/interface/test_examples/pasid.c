// SPDX-License-Identifier: GPL-2.0-only
/* The page about PASIDs: two clients of one device of the mock. */
#include <sys/ioctl.h>

#include "cases.h"
#include "mock_vfio.h"

#define ioctl mock_vfio_ioctl
#include "Documentation/userspace-api/iommufd/pasid-example.c"
#undef ioctl

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"

#define NPAGES 2

struct scene {
	int fd;
	int device;
	__u32 ioas;
	__u32 stdev;
	__u32 dev;
};

static struct scene scene_make(void)
{
	struct scene s = { .fd = mock_open() };
	struct iommu_test_cmd cmd = {
		.mock_domain_flags = { .dev_flags = MOCK_FLAGS_DEVICE_PASID },
	};

	s.ioas = ioas_alloc(s.fd);
	cmd.id = s.ioas;
	CHECK_OK(__mock_cmd(s.fd, IOMMU_TEST_OP_MOCK_DOMAIN_FLAGS, &cmd));
	s.stdev = cmd.mock_domain_flags.out_stdev_id;
	s.dev = cmd.mock_domain_flags.out_idev_id;
	s.device = mock_vfio_open(s.fd, s.stdev, s.ioas);
	/* the device itself, next to its PASIDs */
	CHECK_OK(__mock_replace(s.fd, s.stdev,
				pasid_hwpt(s.fd, s.dev, s.ioas), NULL));
	return s;
}

/* @hwpt: 0 stands for nothing */
static void check(const struct scene *s, __u32 pasid, __u32 hwpt)
{
	struct iommu_test_cmd cmd = {
		.id = s->stdev,
		.pasid_check = { .pasid = pasid, .hwpt_id = hwpt },
	};

	CHECK_OK(__mock_cmd(s->fd, IOMMU_TEST_OP_PASID_CHECK_HWPT, &cmd));
}

void pasid_example(void)
{
	struct scene s = scene_make();
	struct client one = { .pasid = 1 }, two = { .pasid = 2 };
	struct footprint before = footprint_take(s.fd);
	char *va[2] = { mem_pages(NPAGES), mem_pages(NPAGES) };
	__u64 length = NPAGES * page_size();

	CHECK_EQ(pasid_count(s.fd, s.dev), 1UL << MOCK_PASID_WIDTH);
	client_add(&one, s.fd, s.device, s.dev, va[0], length);
	client_add(&two, s.fd, s.device, s.dev, va[1], length);
	check(&s, 1, one.hwpt);
	check(&s, 2, two.hwpt);
	mock_check_map(s.fd, one.hwpt, one.iova, va[0], length);
	mock_check_map(s.fd, two.hwpt, two.iova, va[1], length);

	/* an attach of what is attached moves it */
	pasid_attach(s.device, 1, two.hwpt);
	check(&s, 1, two.hwpt);
	pasid_attach(s.device, 1, one.hwpt);
	check(&s, 1, one.hwpt);

	client_remove(&one, s.fd, s.device);
	check(&s, 1, 0);
	check(&s, 2, two.hwpt);
	client_remove(&two, s.fd, s.device);
	check(&s, 2, 0);
	mock_check_refs(s.fd, va[0], length, 0);
	mock_check_refs(s.fd, va[1], length, 0);
	footprint_check(&before);
}
