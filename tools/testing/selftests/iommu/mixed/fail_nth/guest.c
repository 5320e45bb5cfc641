// SPDX-License-Identifier: GPL-2.0-only
/* Nested hwpts, invalidation, vIOMMUs and what is in them. */
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>

#include "lib/event.h"
#include "lib/harness.h"
#include "lib/nest.h"
#include "scene.h"

static void parent(struct scene *s)
{
	scene_mapped(s);
	s->id = scene_own(s, nest_parent_alloc(s->fd, s->dev[0].idev, s->ioas));
}

static void viommu(struct scene *s)
{
	parent(s);
	s->id = scene_own(s, viommu_alloc(s->fd, s->dev[0].idev, s->id));
}

static void viommu_window(struct scene *s)
{
	struct iommu_viommu_selftest data = { .in_data = 1 };
	struct iommu_viommu_alloc cmd = {
		.type = IOMMU_VIOMMU_TYPE_SELFTEST,
		.data_len = sizeof(data),
		.data_uptr = (uintptr_t)&data,
	};

	parent(s);
	cmd.dev_id = s->dev[0].idev;
	cmd.hwpt_id = s->id;
	CHECK_OK(__viommu_alloc(s->fd, &cmd));
	scene_own(s, cmd.out_viommu_id);
	s->iova = data.out_mmap_offset;
	s->window_size = data.out_mmap_length;
}

static void vdevice(struct scene *s)
{
	viommu(s);
	s->id2 = vdevice_alloc(s->fd, s->id, s->dev[0].idev, VIRT_ID);
	scene_own(s, s->id2);
}

static void nested(struct scene *s)
{
	parent(s);
	s->id = scene_own(s, nested_alloc(s->fd, s->dev[0].idev, s->id));
}

static void nested_to_attach(struct scene *s)
{
	nested(s);
	s->moved = 1;
}

static void nested_of_guest(struct scene *s)
{
	vdevice(s);
	s->id = scene_own(s, nested_alloc(s->fd, s->dev[0].idev, s->id));
	s->moved = 1;
}

static void queue_of_guest(struct scene *s)
{
	struct iommu_hw_queue_alloc cmd = {
		.type = IOMMU_HW_QUEUE_TYPE_SELFTEST,
		.nesting_parent_iova = MOCK_IOVA,
		.length = s->page,
	};

	viommu(s);
	cmd.viommu_id = s->id;
	CHECK_OK(__hw_queue_alloc(s->fd, &cmd));
	scene_own(s, cmd.out_hw_queue_id);
}

static void parent_with_faults(struct scene *s)
{
	struct event_queue queue;

	scene_device(s);
	queue = fault_queue(s->fd);
	s->id2 = scene_own(s, queue.id);
	scene_own_file(s, queue.fd);
	s->id = scene_own(s, nest_parent_alloc(s->fd, s->dev[0].idev, s->ioas));
}

static int run_hwpt_args(struct scene *s, struct iommu_hwpt_alloc *cmd)
{
	int rc = __hwpt_alloc(s->fd, cmd);

	if (!rc)
		scene_own(s, cmd->out_hwpt_id);
	return rc;
}

static int run_parent_alloc(struct scene *s)
{
	struct iommu_hwpt_selftest data = {
		.pagetable_type = MOCK_IOMMUPT_HUGE,
	};
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_ALLOC_NEST_PARENT,
		.dev_id = s->dev[0].idev,
		.pt_id = s->ioas,
		.data_type = IOMMU_HWPT_DATA_SELFTEST,
		.data_len = sizeof(data),
		.data_uptr = (uintptr_t)&data,
	};

	return run_hwpt_args(s, &cmd);
}

static int run_nested_alloc(struct scene *s)
{
	struct iommu_hwpt_selftest data = { .iotlb = NEST_IOTLB };
	struct iommu_hwpt_alloc cmd = nested_args(s->dev[0].idev, s->id,
						  &data);

	return run_hwpt_args(s, &cmd);
}

static int run_nested_fault_alloc(struct scene *s)
{
	struct iommu_hwpt_selftest data = { .iotlb = NEST_IOTLB };
	struct iommu_hwpt_alloc cmd = nested_args(s->dev[0].idev, s->id,
						  &data);

	cmd.flags = IOMMU_HWPT_FAULT_ID_VALID;
	cmd.fault_id = s->id2;
	return run_hwpt_args(s, &cmd);
}

static int run_attach_nested(struct scene *s)
{
	return __mock_replace(s->fd, s->dev[0].stdev, s->id, NULL);
}

static int run_invalidate(struct scene *s)
{
	struct iommu_hwpt_invalidate_selftest list[] = {
		{ .iotlb_id = 1 }, { .iotlb_id = 3 },
	};
	struct iommu_hwpt_invalidate cmd = {
		.hwpt_id = s->id,
		.data_uptr = (uintptr_t)list,
		.data_type = IOMMU_HWPT_INVALIDATE_DATA_SELFTEST,
		.entry_len = sizeof(*list),
		.entry_num = ARRAY_LEN(list),
	};

	return __invalidate(s->fd, &cmd);
}

static int run_invalidate_cache(struct scene *s)
{
	struct iommu_viommu_invalidate_selftest list[] = {
		{ .vdev_id = VIRT_ID, .cache_id = 1 },
		{ .vdev_id = VIRT_ID, .cache_id = 2 },
	};
	struct iommu_hwpt_invalidate cmd = {
		.hwpt_id = s->id,
		.data_uptr = (uintptr_t)list,
		.data_type = IOMMU_VIOMMU_INVALIDATE_DATA_SELFTEST,
		.entry_len = sizeof(*list),
		.entry_num = ARRAY_LEN(list),
	};

	return __invalidate(s->fd, &cmd);
}

static int run_viommu_alloc(struct scene *s)
{
	struct iommu_viommu_selftest data = { .in_data = 1 };
	struct iommu_viommu_alloc cmd = {
		.type = IOMMU_VIOMMU_TYPE_SELFTEST,
		.dev_id = s->dev[0].idev,
		.hwpt_id = s->id,
		.data_len = sizeof(data),
		.data_uptr = (uintptr_t)&data,
	};
	int rc = __viommu_alloc(s->fd, &cmd);

	if (!rc)
		scene_own(s, cmd.out_viommu_id);
	return rc;
}

static int run_vdevice_alloc(struct scene *s)
{
	__u32 id;
	int rc = __vdevice_alloc(s->fd, s->id, s->dev[0].idev, VIRT_ID, &id);

	if (!rc)
		scene_own(s, id);
	return rc;
}

static int run_queue_alloc(struct scene *s)
{
	struct iommu_hw_queue_alloc cmd = {
		.viommu_id = s->id,
		.type = IOMMU_HW_QUEUE_TYPE_SELFTEST,
		.nesting_parent_iova = MOCK_IOVA + 8,
		.length = 64,
	};
	int rc = __hw_queue_alloc(s->fd, &cmd);

	if (!rc)
		scene_own(s, cmd.out_hw_queue_id);
	return rc;
}

static int run_second_queue_alloc(struct scene *s)
{
	struct iommu_hw_queue_alloc cmd = {
		.viommu_id = s->id,
		.type = IOMMU_HW_QUEUE_TYPE_SELFTEST,
		.index = 1,
		.nesting_parent_iova = MOCK_IOVA + s->page,
		.length = s->page,
	};
	int rc = __hw_queue_alloc(s->fd, &cmd);

	if (!rc)
		scene_own(s, cmd.out_hw_queue_id);
	return rc;
}

static int run_mmap(struct scene *s)
{
	void *va = mmap(NULL, s->window_size, PROT_READ | PROT_WRITE,
			MAP_SHARED, s->fd, s->iova);

	if (va == MAP_FAILED)
		return -errno;
	s->window = va;
	return 0;
}

static int run_destroy_last(struct scene *s)
{
	int rc = __destroy(s->fd, s->own[s->nown - 1]);

	if (!rc)
		s->nown--;
	return rc;
}

const struct command guest_commands[] = {
	{ "HWPT_ALLOC of a nest parent", scene_mapped, run_parent_alloc, 0 },
	{ "HWPT_ALLOC of a nested hwpt", parent, run_nested_alloc, 0 },
	{ "HWPT_ALLOC of a nested hwpt of a vIOMMU", viommu,
	  run_nested_alloc, 0 },
	{ "HWPT_ALLOC of a nested hwpt with faults", parent_with_faults,
	  run_nested_fault_alloc, 0 },
	{ "attach to a nested hwpt", nested_to_attach,
	  run_attach_nested, KEEPS },
	{ "attach to a nested hwpt of a vIOMMU", nested_of_guest,
	  run_attach_nested, KEEPS },
	{ "INVALIDATE", nested, run_invalidate, KEEPS | IDLE },
	{ "INVALIDATE of a vIOMMU", vdevice, run_invalidate_cache, KEEPS | IDLE },
	{ "VIOMMU_ALLOC", parent, run_viommu_alloc, 0 },
	{ "VDEVICE_ALLOC", viommu, run_vdevice_alloc, 0 },
	{ "HW_QUEUE_ALLOC", viommu, run_queue_alloc, 0 },
	{ "HW_QUEUE_ALLOC of a second one", queue_of_guest,
	  run_second_queue_alloc, 0 },
	{ "mmap", viommu_window, run_mmap, 0 },
	{ "DESTROY of a nested hwpt", nested, run_destroy_last, KEEPS | IDLE },
	{ "DESTROY of a vIOMMU", viommu_window,
	  run_destroy_last, KEEPS | IDLE },
	{ "DESTROY of a vdevice", vdevice, run_destroy_last, KEEPS | IDLE },
	{ "DESTROY of a hardware queue", queue_of_guest,
	  run_destroy_last, KEEPS | IDLE },
};

const size_t guest_ncommands = ARRAY_LEN(guest_commands);
