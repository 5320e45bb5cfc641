// SPDX-License-Identifier: GPL-2.0-only
/* Page tables and devices: attach, replace, PASIDs, faults, dirty bits. */
#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "lib/event.h"
#include "lib/harness.h"
#include "shared.h"

/* Anything that a device can be attached to. */
static __u32 any_target(struct shared_worker *w)
{
	static const enum slot_kind kinds[] = {
		SLOT_IOAS, SLOT_HWPT, SLOT_HWPT, SLOT_PARENT, SLOT_NESTED,
	};

	return shared_any(w, kinds[shared_roll(w, ARRAY_LEN(kinds))]);
}

static void op_attach(struct shared_worker *w)
{
	struct iommu_test_cmd cmd = {
		.id = any_target(w),
		.mock_domain_flags = { .dev_flags = MOCK_FLAGS_DEVICE_PASID },
	};
	int rc = __mock_cmd(w->shared->fd, IOMMU_TEST_OP_MOCK_DOMAIN_FLAGS,
			    &cmd);

	if (!shared_outcome(w, "attach", rc))
		return;
	shared_put(w, SLOT_STDEV, cmd.mock_domain_flags.out_stdev_id);
	/* DESTROY of a bound device is always refused. */
	shared_put(w, SLOT_DEVICE, cmd.mock_domain_flags.out_idev_id);
}

static void op_replace(struct shared_worker *w)
{
	shared_outcome(w, "replace",
		       __mock_replace(w->shared->fd,
				      shared_any(w, SLOT_STDEV),
				      any_target(w), NULL));
}

static void op_hwpt(struct shared_worker *w)
{
	static const __u32 flags[] = {
		0, IOMMU_HWPT_ALLOC_PASID, IOMMU_HWPT_ALLOC_DIRTY_TRACKING,
		IOMMU_HWPT_FAULT_ID_VALID,
		IOMMU_HWPT_FAULT_ID_VALID | IOMMU_HWPT_ALLOC_PASID,
	};
	struct iommu_hwpt_alloc cmd = {
		.flags = flags[shared_roll(w, ARRAY_LEN(flags))],
		.dev_id = shared_any(w, SLOT_DEVICE),
		.pt_id = shared_any(w, SLOT_IOAS),
		.fault_id = shared_any(w, SLOT_FAULT),
	};

	if (shared_outcome(w, "hwpt", __hwpt_alloc(w->shared->fd, &cmd)))
		shared_put(w, SLOT_HWPT, cmd.out_hwpt_id);
}

static void op_parent(struct shared_worker *w)
{
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_ALLOC_NEST_PARENT,
		.dev_id = shared_any(w, SLOT_DEVICE),
		.pt_id = shared_any(w, SLOT_IOAS),
	};

	if (shared_outcome(w, "parent", __hwpt_alloc(w->shared->fd, &cmd)))
		shared_put(w, SLOT_PARENT, cmd.out_hwpt_id);
}

static void op_pasid(struct shared_worker *w)
{
	static const __u32 ops[] = {
		IOMMU_TEST_OP_PASID_ATTACH, IOMMU_TEST_OP_PASID_REPLACE,
		IOMMU_TEST_OP_PASID_DETACH,
	};
	struct iommu_test_cmd cmd = {
		.id = shared_any(w, SLOT_STDEV),
		/* the PASID is the first member for all three */
		.pasid_attach = {
			.pasid = 1 + shared_roll(w, 3),
			.pt_id = any_target(w),
		},
	};

	shared_outcome(w, "pasid",
		       __mock_cmd(w->shared->fd,
				  ops[shared_roll(w, ARRAY_LEN(ops))], &cmd));
}

static void op_fault_queue(struct shared_worker *w)
{
	struct event_queue queue;

	if (!shared_outcome(w, "fault queue", __fault_queue(w->shared->fd,
							    &queue)))
		return;
	shared_put_file(w, FILE_EVENT, queue.fd);
	shared_put(w, SLOT_FAULT, queue.id);
}

static void op_fault(struct shared_worker *w)
{
	struct iommu_test_trigger_iopf fault = {
		.dev_id = shared_any(w, SLOT_DEVICE),
		.grpid = shared_roll(w, 100),
		.perm = IOMMU_PGFAULT_PERM_READ |
			(shared_roll(w, 3) ? 0 : MOCK_IOPF_PERM_MORE),
		.addr = MOCK_IOVA,
	};

	shared_outcome(w, "fault", __trigger_iopf(w->shared->fd, fault));
}

/* Of either kind of queue; the file may be anything by now. */
static void op_read(struct shared_worker *w)
{
	int file = shared_any_file(w, FILE_EVENT);
	char buf[400];

	if (file < 0)
		return;
	event_poll(file);
	__event_read(file, buf, (1 + shared_roll(w, 10)) * 40);
}

static void op_respond(struct shared_worker *w)
{
	struct iommu_hwpt_page_response response = {
		.cookie = 1 + shared_roll(w, 20),
		.code = shared_roll(w, 2),
	};
	int file = shared_any_file(w, FILE_EVENT);

	if (file >= 0)
		__event_write(file, &response, sizeof(response));
}

static void op_track(struct shared_worker *w)
{
	struct iommu_hwpt_set_dirty_tracking cmd = {
		.size = sizeof(cmd),
		.flags = shared_roll(w, 2),
		.hwpt_id = shared_any(w, SLOT_HWPT),
	};

	shared_outcome(w, "track", __iommu_cmd(w->shared->fd,
					       IOMMU_HWPT_SET_DIRTY_TRACKING,
					       &cmd));
}

static void op_dirty(struct shared_worker *w)
{
	__u8 bits[8] = { 1 };
	__u32 hwpt = shared_any(w, SLOT_HWPT);
	__u64 iova = MOCK_IOVA + shared_roll(w, 32) * 4 * w->shared->page;
	struct iommu_test_cmd write = {
		.id = hwpt,
		.dirty = {
			.iova = iova,
			.length = MOCK_PAGE,
			.page_size = MOCK_PAGE,
			.uptr = (uintptr_t)bits,
		},
	};
	struct iommu_hwpt_get_dirty_bitmap read = {
		.size = sizeof(read),
		.hwpt_id = hwpt,
		.flags = shared_roll(w, 2),
		.iova = iova,
		.length = w->shared->page,
		.page_size = MOCK_PAGE,
		.data = (uintptr_t)bits,
	};

	shared_outcome(w, "write", __mock_cmd(w->shared->fd,
					      IOMMU_TEST_OP_DIRTY, &write));
	shared_outcome(w, "bitmap", __iommu_cmd(w->shared->fd,
						IOMMU_HWPT_GET_DIRTY_BITMAP,
						&read));
}

static void op_info(struct shared_worker *w)
{
	struct iommu_hw_info info = { .dev_id = shared_any(w, SLOT_DEVICE) };

	shared_outcome(w, "info", __hw_info(w->shared->fd, &info));
}

const shared_op shared_device_ops[] = {
	op_attach, op_replace, op_replace, op_hwpt, op_hwpt, op_parent,
	op_pasid, op_pasid, op_fault_queue, op_fault, op_fault, op_read,
	op_respond, op_track, op_dirty, op_info,
};

const size_t shared_device_nops = ARRAY_LEN(shared_device_ops);
