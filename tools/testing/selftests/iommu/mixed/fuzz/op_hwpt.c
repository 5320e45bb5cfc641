// SPDX-License-Identifier: GPL-2.0-only
/* Page tables, and devices on them. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "lib/harness.h"
#include "ops.h"

/* The hwpt is gone; what it stood on is free of it. */
static void hwpt_drop(struct ctx *c, struct object *hwpt)
{
	if (hwpt->kind == KIND_HWPT)
		hwpt->on->space->ntables--;
	if (hwpt->peer)
		hwpt->peer->users--;
	object_drop(c, hwpt);
}

/* One attachment less: an automatic hwpt goes with the last one. */
void hwpt_release(struct ctx *c, struct object *hwpt)
{
	if (!--hwpt->users && hwpt->automatic)
		hwpt_drop(c, hwpt);
}

/* Page requests of an attachment that ends are answered by the kernel. */
static void faults_answered(struct ctx *c, const struct object *dev)
{
	struct object *q = NULL;
	unsigned int from, to;

	while ((q = object_next(c, q, KIND_FAULT))) {
		for (from = 0, to = 0; from < q->ngroups; from++)
			if (q->group[from].dev != dev)
				q->group[to++] = q->group[from];
		q->ngroups = to;
	}
}

void device_detach(struct ctx *c, struct object *dev)
{
	int i;

	for (i = 0; i < MAX_PASIDS; i++) {
		if (dev->pasid[i].hwpt)
			hwpt_release(c, dev->pasid[i].hwpt);
		dev->pasid[i].hwpt = NULL;
	}
	faults_answered(c, dev);
	hwpt_release(c, dev->attached);
}

static bool has_pasids(const struct object *dev)
{
	int i;

	for (i = 0; i < MAX_PASIDS; i++)
		if (dev->pasid[i].hwpt)
			return true;
	return false;
}

/* The paging hwpt whose IOAS a hwpt translates by. */
static struct object *host_of(struct object *hwpt)
{
	if (hwpt->kind == KIND_HWPT)
		return hwpt;
	return hwpt->on->kind == KIND_VIOMMU ? hwpt->on->on : hwpt->on;
}

static struct object *auto_of(struct ctx *c, const struct object *ioas)
{
	struct object *hwpt = NULL;

	while ((hwpt = object_next(c, hwpt, KIND_HWPT)))
		if (hwpt->automatic && hwpt->on == ioas)
			return hwpt;
	return NULL;
}

static bool has_vdevice(struct ctx *c, const struct object *viommu,
			const struct object *dev)
{
	struct object *vdev = NULL;

	while ((vdev = object_next(c, vdev, KIND_VDEVICE)))
		if (vdev->on == viommu && vdev->peer == dev)
			return true;
	return false;
}

void want_target(struct ctx *c, struct object *dev, __u32 dev_flags,
		 const struct target *t, struct want *wants)
{
	struct object *o = t->object;

	if (!o) {
		want(wants, true, ENOENT);
		want(wants, t->vague, EINVAL);
		return;
	}
	want(wants, !is_kind(t, KIND_IOAS | KIND_HWPT | KIND_NESTED), EINVAL);
	if (o->kind == KIND_IOAS && !auto_of(c, o))
		want_table(o, wants);
	if (o->kind == KIND_HWPT)
		want(wants, o->flags & FLAG_DIRTY &&
		     dev_flags & MOCK_FLAGS_DEVICE_NO_DIRTY, EINVAL);
	if (o->kind == KIND_NESTED && o->on->kind == KIND_VIOMMU)
		want(wants, !dev || !has_vdevice(c, o->on, dev), ENOENT);
	if (o->kind == KIND_NESTED && host_of(o)->flags & FLAG_DIRTY &&
	    dev_flags & MOCK_FLAGS_DEVICE_NO_DIRTY) {
		want(wants, true, EINVAL);
		wants->maybe = true;
	}
}

static struct object *table_add(struct world *w, struct ctx *c, __u32 id,
				struct object *ioas)
{
	struct object *hwpt = object_add(w, c, KIND_HWPT, id);

	hwpt->on = ioas;
	ioas->users++;
	ioas->space->ntables++;
	return hwpt;
}

/* What the attach to @t chose, with one user more. */
static struct object *chosen(struct world *w, struct ctx *c,
			     const struct target *t, __u32 id)
{
	struct object *hwpt = t->object;

	if (hwpt->kind == KIND_IOAS) {
		hwpt = auto_of(c, hwpt);
		if (!hwpt) {
			hwpt = table_add(w, c, id, t->object);
			hwpt->automatic = true;
		}
	}
	op_check(w, hwpt->id == id, "the attach tells the id of the hwpt");
	hwpt->users++;
	return hwpt;
}

static void want_hwpt_flags(__u32 flags, const struct object *dev,
			    struct want *wants)
{
	want(wants, flags & ~(FLAG_NEST | FLAG_DIRTY | FLAG_FAULT | FLAG_PASID),
	     EOPNOTSUPP);
	want(wants, flags & FLAG_DIRTY && dev &&
	     dev->flags & MOCK_FLAGS_DEVICE_NO_DIRTY, EOPNOTSUPP);
	want(wants, flags & FLAG_NEST && flags & FLAG_FAULT, EOPNOTSUPP);
	/* a driver may not do both */
	if (flags & FLAG_NEST && flags & (FLAG_DIRTY | FLAG_PASID)) {
		want(wants, true, EOPNOTSUPP);
		wants->maybe = true;
	}
}

static __u32 any_hwpt_flags(struct world *w)
{
	static const __u32 flags[] = {
		0, FLAG_NEST, FLAG_NEST, FLAG_DIRTY, FLAG_PASID, FLAG_PASID,
		FLAG_FAULT, FLAG_FAULT, FLAG_FAULT | FLAG_PASID,
		FLAG_DIRTY | FLAG_PASID, FLAG_NEST | FLAG_DIRTY,
		FLAG_NEST | FLAG_PASID, FLAG_NEST | FLAG_FAULT,
	};

	if (chance(w, 2))
		return 1U << roll(w, 32);
	return flags[roll(w, ARRAY_LEN(flags))];
}

/* The data of the mock, good or wrong in one way. */
static void any_hwpt_data(struct world *w, struct iommu_hwpt_alloc *cmd,
			  struct iommu_hwpt_selftest *data, struct want *wants)
{
	if (chance(w, 50))
		return;
	data->pagetable_type = roll(w, 2);
	cmd->data_type = IOMMU_HWPT_DATA_SELFTEST;
	cmd->data_len = sizeof(*data);
	cmd->data_uptr = (uintptr_t)data;
	switch (roll(w, 20)) {
	case 0:
		cmd->data_type = IOMMU_HWPT_DATA_NONE;
		want(wants, true, EINVAL);
		break;
	case 1:
		cmd->data_len = 0;
		want(wants, true, EINVAL);
		break;
	case 2:
		cmd->data_uptr = 0;
		want(wants, true, EFAULT);
		break;
	case 3:
		cmd->data_type = IOMMU_HWPT_DATA_VTD_S1;
		want(wants, true, EOPNOTSUPP);
		want(wants, true, EINVAL);
		break;
	}
}

void op_hwpt_alloc(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target dev = pick(w, c, KIND_DEVICE);
	struct target pt = pick(w, c, KIND_IOAS);
	struct target fault = pick(w, c, KIND_FAULT);
	struct iommu_hwpt_selftest data = {};
	struct iommu_hwpt_alloc cmd = {
		.flags = any_hwpt_flags(w),
		.dev_id = dev.id,
		.pt_id = pt.id,
		.fault_id = fault.id,
		.__reserved = chance(w, 1),
	};
	struct want wants = {};
	struct object *hwpt;

	/* Nested ones have an operation of their own. */
	if (!has_room(c) || is_kind(&pt, KIND_HWPT | KIND_VIOMMU))
		return;
	any_hwpt_data(w, &cmd, &data, &wants);
	want(&wants, cmd.__reserved, EOPNOTSUPP);
	want_kind(&wants, &dev, KIND_DEVICE, ENOENT);
	want_kind(&wants, &pt, KIND_IOAS, EINVAL);
	want_hwpt_flags(cmd.flags, dev.object, &wants);
	want(&wants, cmd.flags & FLAG_FAULT && !is_kind(&fault, KIND_FAULT),
	     ENOENT);
	if (is_kind(&pt, KIND_IOAS))
		want_table(pt.object, &wants);
	op_log(w, "HWPT_ALLOC dev %u pt %u flags 0x%x fault %u data %u/%u",
	       cmd.dev_id, cmd.pt_id, cmd.flags, cmd.fault_id, cmd.data_type,
	       cmd.data_len);
	if (!outcome(w, &wants, __hwpt_alloc(c->fd, &cmd)))
		return;
	hwpt = table_add(w, c, cmd.out_hwpt_id, pt.object);
	hwpt->flags = cmd.flags;
	if (cmd.flags & FLAG_FAULT) {
		hwpt->peer = fault.object;
		fault.object->users++;
	}
}

void op_hw_info(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target dev = pick(w, c, KIND_DEVICE);
	struct iommu_test_hw_info data;
	struct iommu_hw_info cmd = {
		.flags = chance(w, 3) ? 2 : 0,
		.dev_id = dev.id,
		.data_len = chance(w, 90) ? sizeof(data) : 0,
		.data_uptr = (uintptr_t)&data,
	};
	struct want wants = {};

	want(&wants, cmd.flags, EOPNOTSUPP);
	want_kind(&wants, &dev, KIND_DEVICE, ENOENT);
	op_log(w, "GET_HW_INFO dev %u", dev.id);
	if (outcome(w, &wants, __hw_info(c->fd, &cmd)) && cmd.data_len)
		op_check(w, cmd.data_len == sizeof(data), "the data's length");
}

/* Much is possible only on a hwpt for PASIDs, or on one that reports faults. */
struct target any_target(struct world *w, struct ctx *c)
{
	static const unsigned int kinds = KIND_HWPT | KIND_NESTED;

	switch (roll(w, 3)) {
	case 0:
		return pick(w, c, kinds | KIND_IOAS);
	case 1:
		return pick_flagged(w, c, kinds, FLAG_PASID);
	default:
		return pick_flagged(w, c, kinds, FLAG_FAULT);
	}
}

void op_attach(struct world *w)
{
	static const __u32 flags[] = {
		0, 0, MOCK_FLAGS_DEVICE_PASID, MOCK_FLAGS_DEVICE_PASID,
		MOCK_FLAGS_DEVICE_NO_DIRTY, 2,
	};
	struct ctx *c = any_ctx(w);
	struct target t = any_target(w, c);
	struct iommu_test_cmd cmd = {
		.id = t.id,
		.mock_domain_flags.dev_flags =
			flags[roll(w, ARRAY_LEN(flags))],
	};
	__u32 dev_flags = cmd.mock_domain_flags.dev_flags;
	struct object *dev, *stdev;
	struct want wants = {};
	int i;

	if (!has_room(c))
		return;
	want(&wants, dev_flags == 2, EINVAL);
	/* the id may become that of the device on the way */
	want(&wants, !t.object && t.id < MAX_ID, EINVAL);
	want_target(c, NULL, dev_flags, &t, &wants);
	op_log(w, "MOCK_DOMAIN_FLAGS pt %u flags 0x%x", t.id, dev_flags);
	if (!outcome(w, &wants,
		     __mock_cmd(c->fd, IOMMU_TEST_OP_MOCK_DOMAIN_FLAGS, &cmd)))
		return;
	stdev = object_add(w, c, KIND_STDEV,
			   cmd.mock_domain_flags.out_stdev_id);
	dev = object_add(w, c, KIND_DEVICE, cmd.mock_domain_flags.out_idev_id);
	dev->peer = stdev;
	stdev->peer = dev;
	dev->flags = dev_flags;
	dev->attached = chosen(w, c, &t, cmd.mock_domain_flags.out_hwpt_id);
	for (i = 0; i < MOCK_DEV_CACHE_NUM; i++)
		dev->slot[i] = IOMMU_TEST_DEV_CACHE_DEFAULT;
}

/* Is what @t names in use at @now already? */
static bool is_same(struct ctx *c, const struct target *t,
		    const struct object *now)
{
	return t->object == now ||
	       (is_kind(t, KIND_IOAS) && auto_of(c, t->object) == now);
}

void op_replace(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target dev = pick(w, c, KIND_STDEV);
	struct target t = any_target(w, c);
	struct object *d = is_kind(&dev, KIND_STDEV) ? dev.object->peer : NULL;
	struct want wants = {};
	struct object *old;
	__u32 id;

	if (!has_room(c))
		return;
	want_kind(&wants, &dev, KIND_STDEV, ENOENT);
	if (!d || !t.object || !is_same(c, &t, d->attached))
		want_target(c, d, d ? d->flags : 0, &t, &wants);
	if (d && t.object && !is_same(c, &t, d->attached))
		want(&wants, has_pasids(d) && !(t.object->flags & FLAG_PASID),
		     EINVAL);
	op_log(w, "MOCK_DOMAIN_REPLACE stdev %u pt %u", dev.id, t.id);
	if (!outcome(w, &wants, __mock_replace(c->fd, dev.id, t.id, &id)))
		return;
	old = d->attached;
	if (is_same(c, &t, old))
		return;
	d->attached = chosen(w, c, &t, id);
	faults_answered(c, d);
	hwpt_release(c, old);
}
