// SPDX-License-Identifier: GPL-2.0-only
/* PASIDs of devices; dirty tracking. */
#include <errno.h>
#include <stdint.h>

#include "lib/harness.h"
#include "ops.h"

static struct pasid *any_pasid(struct world *w, struct object *dev)
{
	struct pasid *p = &dev->pasid[roll(w, MAX_PASIDS)];

	if (!p->pasid)
		p->pasid = 1 + (p - dev->pasid);
	return p;
}

static void want_pasid(struct ctx *c, struct object *dev,
		       const struct target *t, struct want *wants)
{
	want_target(c, dev, dev->flags, t, wants);
	want(wants, !(dev->flags & MOCK_FLAGS_DEVICE_PASID), EINVAL);
	want(wants, !(dev->attached->flags & FLAG_PASID), EINVAL);
	want(wants, t->object && !(t->object->flags & FLAG_PASID), EINVAL);
}

static void pasid_set(struct world *w, struct ctx *c, struct object *dev,
		      struct pasid *p, bool replaces)
{
	struct target t = any_target(w, c);
	struct iommu_test_cmd cmd = {
		.id = dev->peer->id,
		/* attach and replace have the same struct */
		.pasid_attach = { .pasid = p->pasid, .pt_id = t.id },
	};
	struct object *old = p->hwpt;
	struct want wants = {};

	want(&wants, !replaces && old, EBUSY);
	want(&wants, replaces && !old, EINVAL);
	if (!replaces || !old || t.object != old)
		want_pasid(c, dev, &t, &wants);
	op_log(w, "PASID %s stdev %u pasid %u pt %u",
	       replaces ? "replace" : "attach", cmd.id, p->pasid, t.id);
	if (!outcome(w, &wants,
		     __mock_cmd(c->fd, replaces ? IOMMU_TEST_OP_PASID_REPLACE :
						  IOMMU_TEST_OP_PASID_ATTACH,
				&cmd)))
		return;
	p->hwpt = t.object;
	p->hwpt->users++;
	if (old)
		hwpt_release(c, old);
}

void op_pasid(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct object *dev = pick_flagged(w, c, KIND_DEVICE,
					  MOCK_FLAGS_DEVICE_PASID).object;
	struct iommu_test_cmd cmd = {};
	struct want wants = {};
	struct pasid *p;

	if (!dev || dev->kind != KIND_DEVICE || !has_room(c))
		return;
	p = any_pasid(w, dev);
	cmd.id = dev->peer->id;
	switch (roll(w, 5)) {
	case 0:
		cmd.pasid_detach.pasid = p->pasid;
		op_log(w, "PASID detach stdev %u pasid %u", cmd.id, p->pasid);
		if (!outcome(w, &wants,
			     __mock_cmd(c->fd, IOMMU_TEST_OP_PASID_DETACH,
					&cmd)))
			break;
		if (p->hwpt)
			hwpt_release(c, p->hwpt);
		p->hwpt = NULL;
		break;
	case 1:
		cmd.pasid_check.pasid = p->pasid;
		cmd.pasid_check.hwpt_id = p->hwpt ? p->hwpt->id : 0;
		op_log(w, "PASID check stdev %u pasid %u is %u", cmd.id,
		       p->pasid, cmd.pasid_check.hwpt_id);
		outcome(w, &wants,
			__mock_cmd(c->fd, IOMMU_TEST_OP_PASID_CHECK_HWPT,
				   &cmd));
		break;
	default:
		pasid_set(w, c, dev, p, chance(w, 40));
		break;
	}
}

static void dirty_read(struct world *w, struct ctx *c, const struct target *t)
{
	__u8 bits[1024] = {};
	struct iommu_hwpt_get_dirty_bitmap cmd = {
		.size = sizeof(cmd),
		.hwpt_id = t->id,
		.flags = roll(w, 100) < 97 ? roll(w, 2) : 2,
		.iova = MOCK_IOVA + roll(w, 512) * MOCK_PAGE,
		.length = roll(w, 64) * MOCK_PAGE,
		.page_size = MOCK_PAGE << roll(w, 2),
		.data = (uintptr_t)bits,
	};
	struct object *hwpt = t->object;
	struct want wants = {};

	want_kind(&wants, t, KIND_HWPT, ENOENT);
	want(&wants, cmd.flags > 1, EOPNOTSUPP);
	want(&wants, !cmd.length, EINVAL);
	want(&wants, (cmd.iova | cmd.length) & (cmd.page_size - 1), EINVAL);
	if (is_kind(t, KIND_HWPT)) {
		want(&wants, (cmd.iova | cmd.length) &
		     (space_alignment(w, c, hwpt->on) - 1), EINVAL);
		want(&wants, !(hwpt->flags & FLAG_DIRTY), EOPNOTSUPP);
		want(&wants, !hwpt->tracking, EINVAL);
		want(&wants, cmd.length &&
		     !space_is_covered(hwpt->on->space,
				       range_at(cmd.iova, cmd.length)),
		     EINVAL);
	}
	/* an area that begins or ends inside of a bit */
	if (!wants.n && cmd.page_size > MOCK_PAGE) {
		want(&wants, true, EINVAL);
		wants.maybe = true;
	}
	op_log(w, "GET_DIRTY_BITMAP hwpt %u 0x%llx length 0x%llx page 0x%llx flags 0x%x",
	       t->id, cmd.iova, cmd.length, cmd.page_size, cmd.flags);
	outcome(w, &wants, __iommu_cmd(c->fd, IOMMU_HWPT_GET_DIRTY_BITMAP,
				       &cmd));
}

void op_dirty(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target t = pick_flagged(w, c, KIND_HWPT, FLAG_DIRTY);
	struct iommu_hwpt_set_dirty_tracking cmd = {
		.size = sizeof(cmd),
		.flags = roll(w, 100) < 97 ? roll(w, 4) > 0 : 2,
		.hwpt_id = t.id,
	};
	struct want wants = {};

	if (chance(w, 60)) {
		dirty_read(w, c, &t);
		return;
	}
	want_kind(&wants, &t, KIND_HWPT, ENOENT);
	want(&wants, cmd.flags > 1, EOPNOTSUPP);
	want(&wants, is_kind(&t, KIND_HWPT) && !(t.object->flags & FLAG_DIRTY),
	     EOPNOTSUPP);
	op_log(w, "SET_DIRTY_TRACKING hwpt %u flags 0x%x", t.id, cmd.flags);
	if (outcome(w, &wants, __iommu_cmd(c->fd, IOMMU_HWPT_SET_DIRTY_TRACKING,
					   &cmd)))
		t.object->tracking = cmd.flags;
}
