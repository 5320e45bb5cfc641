// SPDX-License-Identifier: GPL-2.0-only
/* DESTROY: what goes, what is in use, what there never was. */
#include <errno.h>

#include "lib/harness.h"
#include "ops.h"

static void stdev_gone(struct ctx *c, struct object *stdev)
{
	struct object *dev = stdev->peer;
	struct object *vdev = NULL;

	while ((vdev = object_next(c, vdev, KIND_VDEVICE))) {
		if (vdev->peer != dev)
			continue;
		/* The kernel keeps its id out of use. */
		c->tombstones++;
		object_drop(c, vdev);
	}
	device_detach(c, dev);
	object_drop(c, dev);
	object_drop(c, stdev);
}

static void gone(struct ctx *c, struct object *o)
{
	switch (o->kind) {
	case KIND_STDEV:
		stdev_gone(c, o);
		return;
	case KIND_HWPT:
		o->on->space->ntables--;
		break;
	case KIND_HW_QUEUE:
		/* the queue with the index before it */
		if (o->peer)
			o->peer->users--;
		o->peer = NULL;
		break;
	case KIND_VDEVICE:
		o->peer = NULL;
		break;
	default:
		break;
	}
	if (o->peer)
		o->peer->users--;
	object_drop(c, o);
}

void op_destroy(struct world *w)
{
	static const unsigned int often = KIND_ANY & ~KIND_DEVICE;
	struct ctx *c = any_ctx(w);
	struct target t = pick(w, c, chance(w, 90) ? often : KIND_DEVICE);
	struct want wants = {};

	want(&wants, !t.object, ENOENT);
	want(&wants, t.vague, EBUSY);
	if (t.object)
		want(&wants, t.object->users || t.object->kind == KIND_DEVICE,
		     EBUSY);
	op_log(w, "DESTROY %u (kind 0x%x)", t.id,
	       t.object ? t.object->kind : 0);
	if (outcome(w, &wants, __destroy(c->fd, t.id)))
		gone(c, t.object);
}
