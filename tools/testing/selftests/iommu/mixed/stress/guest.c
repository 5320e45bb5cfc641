// SPDX-License-Identifier: GPL-2.0-only
/* Nested translation, and what is in a vIOMMU. */
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>

#include "lib/event.h"
#include "lib/harness.h"
#include "lib/nest.h"
#include "shared.h"

static void op_nested(struct shared_worker *w)
{
	struct iommu_hwpt_selftest data = { .iotlb = NEST_IOTLB };
	struct iommu_hwpt_alloc cmd =
		nested_args(shared_any(w, SLOT_DEVICE),
			    shared_any(w, shared_roll(w, 2) ? SLOT_PARENT :
							      SLOT_VIOMMU),
			    &data);

	if (shared_roll(w, 2))
		cmd.flags |= IOMMU_HWPT_ALLOC_PASID;
	if (!shared_roll(w, 3)) {
		cmd.flags |= IOMMU_HWPT_FAULT_ID_VALID;
		cmd.fault_id = shared_any(w, SLOT_FAULT);
	}
	if (shared_outcome(w, "nested", __hwpt_alloc(w->shared->fd, &cmd)))
		shared_put(w, SLOT_NESTED, cmd.out_hwpt_id);
}

static void op_invalidate(struct shared_worker *w)
{
	struct iommu_hwpt_invalidate_selftest iotlb[2] = {};
	struct iommu_viommu_invalidate_selftest cache[2] = {};
	bool nested = shared_roll(w, 2);
	struct iommu_hwpt_invalidate cmd = {
		.hwpt_id = shared_any(w, nested ? SLOT_NESTED : SLOT_VIOMMU),
		.data_uptr = nested ? (uintptr_t)iotlb : (uintptr_t)cache,
		.data_type = IOMMU_HWPT_INVALIDATE_DATA_SELFTEST,
		.entry_len = nested ? sizeof(*iotlb) : sizeof(*cache),
		.entry_num = 2,
	};

	cache[0].vdev_id = shared_roll(w, 3);
	shared_outcome(w, "invalidate", __invalidate(w->shared->fd, &cmd));
}

/* Looks through the window as long as nobody can take it away. */
static void look(struct shared_worker *w,
		 const struct iommu_viommu_selftest *data)
{
	__u32 *window = mmap(NULL, data->out_mmap_length,
			     PROT_READ | PROT_WRITE, MAP_SHARED,
			     w->shared->fd, data->out_mmap_offset);

	if (window == MAP_FAILED)
		return;
	/*
	 * Another vIOMMU may have the offset by now; and once the context is
	 * closed the file is one that has no such page.
	 */
	if (!atomic_load(&w->shared->closed))
		CHECK(*window < 1000);
	CHECK_EQ(munmap(window, data->out_mmap_length), 0);
}

static void op_viommu(struct shared_worker *w)
{
	struct iommu_viommu_selftest data = { .in_data = shared_roll(w, 1000) };
	struct iommu_viommu_alloc cmd = {
		.type = IOMMU_VIOMMU_TYPE_SELFTEST,
		.dev_id = shared_any(w, SLOT_DEVICE),
		.hwpt_id = shared_any(w, SLOT_PARENT),
		.data_len = sizeof(data),
		.data_uptr = (uintptr_t)&data,
	};

	if (!shared_outcome(w, "viommu", __viommu_alloc(w->shared->fd, &cmd)))
		return;
	shared_put(w, SLOT_VIOMMU, cmd.out_viommu_id);
	look(w, &data);
}

static void op_vdevice(struct shared_worker *w)
{
	__u32 id;
	int rc = __vdevice_alloc(w->shared->fd, shared_any(w, SLOT_VIOMMU),
				 shared_any(w, SLOT_DEVICE), shared_roll(w, 3),
				 &id);

	if (shared_outcome(w, "vdevice", rc))
		shared_put(w, SLOT_VDEVICE, id);
}

static void op_queue(struct shared_worker *w)
{
	struct iommu_hw_queue_alloc cmd = {
		.viommu_id = shared_any(w, SLOT_VIOMMU),
		.type = IOMMU_HW_QUEUE_TYPE_SELFTEST,
		.index = shared_roll(w, 2),
		.nesting_parent_iova = MOCK_IOVA +
				       shared_roll(w, 32) * 4 * w->shared->page,
		.length = 64,
	};

	if (shared_outcome(w, "queue", __hw_queue_alloc(w->shared->fd, &cmd)))
		shared_put(w, SLOT_HW_QUEUE, cmd.out_hw_queue_id);
}

static void op_veventq(struct shared_worker *w)
{
	struct iommu_veventq_alloc cmd = {
		.viommu_id = shared_any(w, SLOT_VIOMMU),
		.type = IOMMU_VEVENTQ_TYPE_SELFTEST,
		.veventq_depth = 1 + shared_roll(w, 4),
	};

	if (!shared_outcome(w, "veventq", __veventq(w->shared->fd, &cmd)))
		return;
	shared_put_file(w, FILE_EVENT, cmd.out_veventq_fd);
	shared_put(w, SLOT_VEVENTQ, cmd.out_veventq_id);
}

static void op_event(struct shared_worker *w)
{
	shared_outcome(w, "event",
		       __trigger_vevent(w->shared->fd,
					shared_any(w, SLOT_DEVICE)));
}

const shared_op shared_guest_ops[] = {
	op_nested, op_nested, op_invalidate, op_viommu, op_vdevice,
	op_vdevice, op_queue, op_veventq, op_event, op_event,
};

const size_t shared_guest_nops = ARRAY_LEN(shared_guest_ops);
