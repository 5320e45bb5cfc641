// SPDX-License-Identifier: GPL-2.0-only
/* Nested translation: hwpts, invalidation, vIOMMUs, vdevices, queues, mmap. */
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>

#include "lib/harness.h"
#include "lib/nest.h"
#include "ops.h"

static bool is_parent(const struct target *t)
{
	return is_kind(t, KIND_HWPT) &&
	       t->object->flags & IOMMU_HWPT_ALLOC_NEST_PARENT;
}

static struct target pick_parent(struct world *w, struct ctx *c)
{
	return pick_flagged(w, c, KIND_HWPT, IOMMU_HWPT_ALLOC_NEST_PARENT);
}

void op_nested_alloc(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target dev = pick(w, c, KIND_DEVICE);
	struct target pt = chance(w, 50) ? pick_parent(w, c) :
					   pick(w, c, KIND_VIOMMU);
	struct target fault = pick(w, c, KIND_FAULT);
	struct iommu_hwpt_selftest data = { .iotlb = 7 + roll(w, 100) };
	struct iommu_hwpt_alloc cmd = nested_args(dev.id, pt.id, &data);
	bool reports = chance(w, 30);
	struct want wants = {};
	struct object *hwpt;
	int i;

	/* An IOAS would make it a paging one. */
	if (!has_room(c) || is_kind(&pt, KIND_IOAS))
		return;
	if (chance(w, 30))
		cmd.flags |= IOMMU_HWPT_ALLOC_PASID;
	if (chance(w, 3))
		cmd.flags |= IOMMU_HWPT_ALLOC_DIRTY_TRACKING;
	if (reports)
		cmd.flags |= IOMMU_HWPT_FAULT_ID_VALID;
	cmd.fault_id = fault.id;
	want_kind(&wants, &dev, KIND_DEVICE, ENOENT);
	want_kind(&wants, &pt, KIND_HWPT | KIND_VIOMMU, EINVAL);
	want(&wants, is_kind(&pt, KIND_HWPT) && !is_parent(&pt), EINVAL);
	want(&wants, cmd.flags & IOMMU_HWPT_ALLOC_DIRTY_TRACKING, EOPNOTSUPP);
	want(&wants, reports && !is_kind(&fault, KIND_FAULT), ENOENT);
	op_log(w, "HWPT_ALLOC nested dev %u pt %u flags 0x%x fault %u", dev.id,
	       pt.id, cmd.flags, cmd.fault_id);
	if (!outcome(w, &wants, __hwpt_alloc(c->fd, &cmd)))
		return;
	hwpt = object_add(w, c, KIND_NESTED, cmd.out_hwpt_id);
	hwpt->flags = cmd.flags;
	hwpt->on = pt.object;
	pt.object->users++;
	for (i = 0; i < MOCK_NESTED_DOMAIN_IOTLB_NUM; i++)
		hwpt->slot[i] = data.iotlb;
	if (reports) {
		hwpt->peer = fault.object;
		fault.object->users++;
	}
}

static struct object *device_of_guest(struct ctx *c, struct object *viommu,
				      __u64 virt_id)
{
	struct object *vdev = NULL;

	while ((vdev = object_next(c, vdev, KIND_VDEVICE)))
		if (vdev->on == viommu && vdev->virt_id == virt_id)
			return vdev->peer;
	return NULL;
}

static void clear(struct object *o, __u32 slot, bool all)
{
	__u32 i;

	for (i = 0; i < MOCK_NESTED_DOMAIN_IOTLB_NUM; i++)
		if (all || i == slot)
			o->slot[i] = 0;
}

#define MAX_ENTRIES 4

/* Each entry in turn until a bad one; returns how many are good. */
static __u32 model_iotlb(struct object *hwpt, __u32 num,
			 const struct iommu_hwpt_invalidate_selftest *list,
			 struct want *wants)
{
	__u32 i;

	for (i = 0; i < num; i++) {
		want(wants, list[i].flags > 1, EOPNOTSUPP);
		want(wants, list[i].iotlb_id >= MOCK_NESTED_DOMAIN_IOTLB_NUM,
		     EINVAL);
		if (wants->n)
			break;
		clear(hwpt, list[i].iotlb_id, list[i].flags);
	}
	return i;
}

static __u32 model_cache(struct ctx *c, struct object *viommu, __u32 num,
			 const struct iommu_viommu_invalidate_selftest *list,
			 struct want *wants)
{
	__u32 i;

	for (i = 0; i < num; i++) {
		struct object *dev = device_of_guest(c, viommu,
						     list[i].vdev_id);

		want(wants, list[i].flags > 1, EOPNOTSUPP);
		want(wants, list[i].cache_id >= MOCK_DEV_CACHE_NUM, EINVAL);
		want(wants, !dev, EINVAL);
		if (wants->n)
			break;
		clear(dev, list[i].cache_id, list[i].flags);
	}
	return i;
}

static void any_entries(struct world *w,
			struct iommu_hwpt_invalidate_selftest *iotlb,
			struct iommu_viommu_invalidate_selftest *cache)
{
	int i;

	for (i = 0; i < MAX_ENTRIES; i++) {
		iotlb[i].flags = chance(w, 95) ? chance(w, 15) : 2;
		iotlb[i].iotlb_id = chance(w, 93) ? roll(w, 4) : 4;
		cache[i].flags = iotlb[i].flags;
		cache[i].cache_id = iotlb[i].iotlb_id;
		cache[i].vdev_id = roll(w, 4);
	}
}

void op_invalidate(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target t = pick(w, c, KIND_NESTED | KIND_VIOMMU);
	struct iommu_hwpt_invalidate_selftest iotlb[MAX_ENTRIES] = {};
	struct iommu_viommu_invalidate_selftest cache[MAX_ENTRIES] = {};
	bool wrong_type = chance(w, 4);
	struct iommu_hwpt_invalidate cmd = {
		.hwpt_id = t.id,
		.data_type = wrong_type ?
			IOMMU_HWPT_INVALIDATE_DATA_SELFTEST_INVALID :
			IOMMU_HWPT_INVALIDATE_DATA_SELFTEST,
		.entry_num = roll(w, MAX_ENTRIES + 1),
		.__reserved = chance(w, 2),
	};
	struct want wants = {};
	__u32 done = 0;

	any_entries(w, iotlb, cache);
	cmd.entry_len = is_kind(&t, KIND_VIOMMU) ? sizeof(*cache) :
						   sizeof(*iotlb);
	cmd.data_uptr = is_kind(&t, KIND_VIOMMU) ? (uintptr_t)cache :
						   (uintptr_t)iotlb;
	want(&wants, cmd.__reserved, EOPNOTSUPP);
	want(&wants, !t.object, ENOENT);
	want(&wants, t.vague, EINVAL);
	want(&wants, t.object && !is_kind(&t, KIND_NESTED | KIND_VIOMMU),
	     EINVAL);
	want(&wants, wrong_type, EINVAL);
	if (!wants.n && is_kind(&t, KIND_NESTED))
		done = model_iotlb(t.object, cmd.entry_num, iotlb, &wants);
	else if (!wants.n)
		done = model_cache(c, t.object, cmd.entry_num, cache, &wants);
	op_log(w, "INVALIDATE %u type 0x%x entries %u", t.id, cmd.data_type,
	       cmd.entry_num);
	outcome(w, &wants, __invalidate(c->fd, &cmd));
	op_check(w, cmd.entry_num == done, "the number of entries done");
}

void op_check_slot(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct object *o = object_any(w, c, KIND_NESTED | KIND_DEVICE);
	__u32 slot = roll(w, MOCK_NESTED_DOMAIN_IOTLB_NUM);
	struct want wants = {};

	if (!o)
		return;
	op_log(w, "is slot %u of %u 0x%x?", slot, o->id, o->slot[slot]);
	if (o->kind == KIND_NESTED)
		outcome(w, &wants, __check_iotlb(c->fd, o->id, slot,
						 o->slot[slot]));
	else
		outcome(w, &wants, __check_cache(c->fd, o->id, slot,
						 o->slot[slot]));
}

void op_viommu_alloc(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target dev = pick(w, c, KIND_DEVICE);
	struct target pt = pick_parent(w, c);
	struct iommu_viommu_selftest data = { .in_data = roll(w, 1000) };
	struct iommu_viommu_alloc cmd = {
		.flags = chance(w, 2),
		.type = chance(w, 97) ? IOMMU_VIOMMU_TYPE_SELFTEST :
					IOMMU_VIOMMU_TYPE_ARM_SMMUV3,
		.dev_id = dev.id,
		.hwpt_id = pt.id,
	};
	struct want wants = {};
	struct object *v;

	if (!has_room(c))
		return;
	if (chance(w, 60)) {
		cmd.data_len = sizeof(data);
		cmd.data_uptr = (uintptr_t)&data;
	}
	want(&wants, cmd.flags || cmd.type != IOMMU_VIOMMU_TYPE_SELFTEST,
	     EOPNOTSUPP);
	want_kind(&wants, &dev, KIND_DEVICE, ENOENT);
	want_kind(&wants, &pt, KIND_HWPT, ENOENT);
	want(&wants, is_kind(&pt, KIND_HWPT) && !is_parent(&pt), EINVAL);
	op_log(w, "VIOMMU_ALLOC dev %u hwpt %u data %u", dev.id, pt.id,
	       cmd.data_len);
	if (!outcome(w, &wants, __viommu_alloc(c->fd, &cmd)))
		return;
	v = object_add(w, c, KIND_VIOMMU, cmd.out_viommu_id);
	v->on = pt.object;
	pt.object->users++;
	if (!cmd.data_len)
		return;
	op_check(w, data.out_data == data.in_data, "the data comes back");
	v->window_offset = data.out_mmap_offset;
	v->window_length = data.out_mmap_length;
	v->window_value = data.in_data;
}

/* Maps the window of a vIOMMU, looks through it, or closes it. */
void op_window(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct object *v = object_any(w, c, KIND_VIOMMU);
	__u64 length;
	void *va;

	if (!v || !v->window_length)
		return;
	if (v->window) {
		op_log(w, "munmap the window of %u", v->id);
		op_check(w, *(__u32 *)v->window == v->window_value,
			 "the window shows the number");
		CHECK_EQ(munmap(v->window, v->window_length), 0);
		v->window = NULL;
		v->users--;
		return;
	}
	length = chance(w, 90) ? v->window_length : v->window_length / 2;
	op_log(w, "mmap 0x%llx length 0x%llx", v->window_offset, length);
	va = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, c->fd,
		  v->window_offset);
	if (length != v->window_length) {
		op_check(w, va == MAP_FAILED && errno == ENXIO,
			 "half a window is refused");
		return;
	}
	op_check(w, va != MAP_FAILED, "the window can be mapped");
	v->window = va;
	v->users++;
}

void op_vdevice_alloc(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target v = pick(w, c, KIND_VIOMMU);
	struct target dev = pick(w, c, KIND_DEVICE);
	__u64 virt_id = roll(w, 4);
	struct object *vdev = NULL;
	struct want wants = {};
	bool taken = false;
	__u32 id;

	if (!has_room(c))
		return;
	want_kind(&wants, &v, KIND_VIOMMU, ENOENT);
	want_kind(&wants, &dev, KIND_DEVICE, ENOENT);
	while ((vdev = object_next(c, vdev, KIND_VDEVICE))) {
		taken |= vdev->peer == dev.object;
		taken |= vdev->on == v.object && vdev->virt_id == virt_id;
	}
	want(&wants, taken, EEXIST);
	op_log(w, "VDEVICE_ALLOC viommu %u dev %u virt %llu", v.id, dev.id,
	       virt_id);
	if (!outcome(w, &wants, __vdevice_alloc(c->fd, v.id, dev.id, virt_id,
						&id)))
		return;
	vdev = object_add(w, c, KIND_VDEVICE, id);
	vdev->on = v.object;
	vdev->peer = dev.object;
	vdev->virt_id = virt_id;
	v.object->users++;
}

static struct object *queue_at(struct ctx *c, const struct object *viommu,
			       __u32 index)
{
	struct object *q = NULL;

	while ((q = object_next(c, q, KIND_HW_QUEUE)))
		if (q->on == viommu && q->index == index)
			return q;
	return NULL;
}

/* The page that the queue is in has to be there, whole and readable. */
static void want_queue_memory(struct world *w, struct object *ioas,
			      struct range at, struct want *wants)
{
	struct range page = { at.first & -w->page, at.first | (w->page - 1) };
	struct area *a = space_area(ioas->space, at.first);

	want(wants, !a, ENOENT);
	if (!a)
		return;
	want(wants, !space_is_covered(ioas->space, page), ENOENT);
	want(wants, (a->at.first | (a->at.last + 1) |
		     (a->source->addr + a->start)) & (w->page - 1), EINVAL);
	want(wants, !(a->prot & IOMMU_IOAS_MAP_READABLE), EPERM);
	want(wants, a->source->kind == SOURCE_DMABUF, EINVAL);
	want(wants, a->source->bad, EFAULT);
}

static __u64 any_mapped(struct world *w, const struct space *s)
{
	return s->area[roll(w, s->nareas)].at.first & -w->page;
}

void op_hw_queue_alloc(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target v = pick(w, c, KIND_VIOMMU);
	struct iommu_hw_queue_alloc cmd = {
		.flags = chance(w, 2),
		.viommu_id = v.id,
		.type = chance(w, 97) ? IOMMU_HW_QUEUE_TYPE_SELFTEST : 1,
		.index = roll(w, 100) < 95 ? roll(w, 2) : 2,
		.nesting_parent_iova = MOCK_IOVA + roll(w, 64) * w->page,
		.length = chance(w, 97) ? 64 << roll(w, 7) : 0,
	};
	struct want wants = {};
	struct object *q, *prev = NULL;
	struct object *ioas = NULL;
	struct range at;

	if (!has_room(c))
		return;
	if (is_kind(&v, KIND_VIOMMU)) {
		ioas = v.object->on->on;
		if (ioas->space->nareas && chance(w, 85))
			cmd.nesting_parent_iova = any_mapped(w, ioas->space);
	}
	at.first = cmd.nesting_parent_iova;
	at.last = at.first + cmd.length - 1;
	want(&wants, cmd.flags || cmd.type == 1, EOPNOTSUPP);
	want(&wants, !cmd.length, EINVAL);
	want_kind(&wants, &v, KIND_VIOMMU, ENOENT);
	want(&wants, cmd.index >= IOMMU_TEST_HW_QUEUE_MAX, EINVAL);
	if (ioas && cmd.length) {
		want(&wants, queue_at(c, v.object, cmd.index), EEXIST);
		want(&wants, !space_is_covered(ioas->space, at), ENOENT);
		want_queue_memory(w, ioas, at, &wants);
		prev = cmd.index ? queue_at(c, v.object, cmd.index - 1) : NULL;
		want(&wants, cmd.index && !prev, EIO);
	}
	op_log(w, "HW_QUEUE_ALLOC viommu %u index %u at 0x%llx length 0x%llx",
	       v.id, cmd.index, at.first, cmd.length);
	if (!outcome(w, &wants, __hw_queue_alloc(c->fd, &cmd)))
		return;
	q = object_add(w, c, KIND_HW_QUEUE, cmd.out_hw_queue_id);
	q->on = v.object;
	v.object->users++;
	q->at = at;
	q->index = cmd.index;
	q->peer = prev;
	if (prev)
		prev->users++;
}
