/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Descriptors that go to one unit together.
 *
 * One submission has one wait, so a caller collects what belongs together. The
 * order in which descriptors are added is the order in which the unit sees them:
 * context, PASID cache, IOTLB, device TLB.
 */
#ifndef VTD_INVAL_BATCH_H
#define VTD_INVAL_BATCH_H

#include "../hw/qi.h"

struct vtd_unit;

#define VTD_BATCH_MAX		16

/**
 * struct vtd_batch - a submission in the making, on the caller's stack
 * @unit: where it goes
 * @n: descriptors so far
 * @ret: first error of what was submitted already
 * @desc: the descriptors
 */
struct vtd_batch {
	struct vtd_unit *unit;
	unsigned int n;
	int ret;
	struct vtd_desc desc[VTD_BATCH_MAX];
};

/* Not all of @desc is initialised: it is 512 bytes, and few are used. */
static inline void vtd_batch_start(struct vtd_batch *batch, struct vtd_unit *unit)
{
	batch->unit = unit;
	batch->n = 0;
	batch->ret = 0;
}

void vtd_batch_add(struct vtd_batch *batch, struct vtd_desc desc);
int vtd_batch_finish(struct vtd_batch *batch);

#endif
