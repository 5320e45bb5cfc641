/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For tests: a unit made of code (fake_kunit.h) with a page request queue.
 */
#ifndef __VTD_QUEUE_PRQ_FAKE_KUNIT_H
#define __VTD_QUEUE_PRQ_FAKE_KUNIT_H

#include "fake_kunit.h"
#include "prq.h"

/**
 * struct fake_prq - the unit's side of the queue
 * @fake: the unit; its other registers
 * @plain: how they are read and written
 * @pqa: as written
 * @pqh: as written
 * @pqt: tail
 * @prs: status
 * @events: how often the event was raised
 * @lost: requests that did not fit
 * @gone: the registers read as all ones
 * @early: PRO was cleared before the ring was empty
 */
struct fake_prq {
	struct fake_queue *fake;
	struct vtd_reg_hook plain;
	u64 pqa, pqh, pqt;
	u32 prs;
	unsigned int events;
	unsigned int lost;
	bool gone;
	bool early;
};

/* One at a time. The unit has PRS and PDS from then on; freed before @fake. */
struct fake_prq *fake_prq_new(struct fake_queue *fake);
void fake_prq_free(struct fake_prq *prq);
/* A device sends a request; it is lost if the ring is full. */
void fake_prq_send(struct fake_prq *prq, const struct vtd_request *request);

#endif
