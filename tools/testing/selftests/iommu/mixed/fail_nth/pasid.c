// SPDX-License-Identifier: GPL-2.0-only
/* PASIDs and dirty tracking. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "lib/harness.h"
#include "scene.h"

static __u32 alloc_flags(struct scene *s, __u32 flags)
{
	struct iommu_hwpt_alloc cmd = {
		.flags = flags,
		.dev_id = s->dev[0].idev,
		.pt_id = s->ioas,
	};

	CHECK_OK(__hwpt_alloc(s->fd, &cmd));
	return scene_own(s, cmd.out_hwpt_id);
}

static int __attach_pasid_device(struct scene *s, struct mock_dev *dev)
{
	struct iommu_test_cmd cmd = {
		.id = s->ioas,
		.mock_domain_flags = { .dev_flags = MOCK_FLAGS_DEVICE_PASID },
	};
	int rc = __mock_cmd(s->fd, IOMMU_TEST_OP_MOCK_DOMAIN_FLAGS, &cmd);

	dev->stdev = cmd.mock_domain_flags.out_stdev_id;
	dev->idev = cmd.mock_domain_flags.out_idev_id;
	return rc;
}

static void pasid_device(struct scene *s)
{
	scene_two_ioas(s);
	CHECK_OK(__attach_pasid_device(s, &s->dev[0]));
	s->id = alloc_flags(s, IOMMU_HWPT_ALLOC_PASID);
	s->id2 = alloc_flags(s, IOMMU_HWPT_ALLOC_PASID);
	mock_replace(s->fd, &s->dev[0], s->id);
	s->moved = 1;
	s->pasids = 1;
}

static int __set_pasid(struct scene *s, __u32 op, __u32 pasid, __u32 pt)
{
	struct iommu_test_cmd cmd = {
		.id = s->dev[0].stdev,
		/* attach and replace have the same struct */
		.pasid_attach = { .pasid = pasid, .pt_id = pt },
	};

	return __mock_cmd(s->fd, op, &cmd);
}

static void pasid_attached(struct scene *s)
{
	pasid_device(s);
	CHECK_OK(__set_pasid(s, IOMMU_TEST_OP_PASID_ATTACH, 1, s->id));
}

static void dirty(struct scene *s)
{
	scene_mapped(s);
	s->id = alloc_flags(s, IOMMU_HWPT_ALLOC_DIRTY_TRACKING);
}

static int __track(struct scene *s)
{
	struct iommu_hwpt_set_dirty_tracking cmd = {
		.size = sizeof(cmd),
		.flags = IOMMU_HWPT_DIRTY_TRACKING_ENABLE,
		.hwpt_id = s->id,
	};

	return __iommu_cmd(s->fd, IOMMU_HWPT_SET_DIRTY_TRACKING, &cmd);
}

static int run_write(struct scene *s)
{
	__u8 bits[8];
	struct iommu_test_cmd cmd = {
		.id = s->id,
		.dirty = {
			.iova = MOCK_IOVA,
			.length = SCENE_PAGES * s->page,
			.page_size = MOCK_PAGE,
			.uptr = (uintptr_t)bits,
		},
	};

	memset(bits, 0x5a, sizeof(bits));
	return __mock_cmd(s->fd, IOMMU_TEST_OP_DIRTY, &cmd);
}

static void dirty_tracked(struct scene *s)
{
	dirty(s);
	CHECK_OK(__track(s));
}

static void dirty_written(struct scene *s)
{
	dirty_tracked(s);
	CHECK_OK(run_write(s));
}

static int run_attach_device(struct scene *s)
{
	return __attach_pasid_device(s, &s->dev[2]);
}

static int run_attach(struct scene *s)
{
	return __set_pasid(s, IOMMU_TEST_OP_PASID_ATTACH, 2, s->id2);
}

static int run_replace(struct scene *s)
{
	return __set_pasid(s, IOMMU_TEST_OP_PASID_REPLACE, 1, s->id2);
}

static int run_detach(struct scene *s)
{
	struct iommu_test_cmd cmd = {
		.id = s->dev[0].stdev,
		.pasid_detach = { .pasid = 1 },
	};

	return __mock_cmd(s->fd, IOMMU_TEST_OP_PASID_DETACH, &cmd);
}

static int run_dirty_alloc(struct scene *s)
{
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_ALLOC_DIRTY_TRACKING,
		.dev_id = s->dev[0].idev,
		.pt_id = s->ioas,
	};
	int rc = __hwpt_alloc(s->fd, &cmd);

	if (!rc)
		scene_own(s, cmd.out_hwpt_id);
	return rc;
}

static int run_track(struct scene *s)
{
	return __track(s);
}

static int get_bits(struct scene *s, __u32 flags)
{
	__u8 bits[8] = {};
	struct iommu_hwpt_get_dirty_bitmap cmd = {
		.size = sizeof(cmd),
		.hwpt_id = s->id,
		.flags = flags,
		.iova = MOCK_IOVA,
		.length = SCENE_PAGES * s->page,
		.page_size = MOCK_PAGE,
		.data = (uintptr_t)bits,
	};

	return __iommu_cmd(s->fd, IOMMU_HWPT_GET_DIRTY_BITMAP, &cmd);
}

static int run_get(struct scene *s)
{
	return get_bits(s, 0);
}

static int run_peek(struct scene *s)
{
	return get_bits(s, IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR);
}

const struct command pasid_commands[] = {
	{ "attach of a device with PASIDs", pasid_device,
	  run_attach_device, PROBES },
	{ "PASID attach", pasid_device, run_attach, 0 },
	{ "PASID attach of a second one", pasid_attached, run_attach, 0 },
	{ "PASID replace", pasid_attached, run_replace, KEEPS },
	{ "PASID detach", pasid_attached, run_detach, KEEPS | IDLE },
	{ "HWPT_ALLOC with dirty tracking", scene_mapped, run_dirty_alloc, 0 },
	{ "SET_DIRTY_TRACKING", dirty, run_track, KEEPS | IDLE },
	{ "writes of a device", dirty_tracked, run_write, KEEPS | IDLE },
	{ "GET_DIRTY_BITMAP", dirty_written, run_get, KEEPS | IDLE },
	{ "GET_DIRTY_BITMAP without clearing", dirty_written, run_peek, 0 },
};

const size_t pasid_ncommands = ARRAY_LEN(pasid_commands);
