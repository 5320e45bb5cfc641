/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A unit made of code, for the tests of the queue: it checks what it fetches,
 * and stops where and how a real one would.
 */
#ifndef __VTD_QUEUE_FAKE_KUNIT_H
#define __VTD_QUEUE_FAKE_KUNIT_H

#include <kunit/test.h>
#include <linux/time64.h>

#include "../hw/cap.h"
#include "../hw/qi.h"
#include "../unit/regs.h"
#include "../unit/unit.h"
#include "queue.h"

#define FAKE_LOG	4096
#define FAKE_PLAIN	(VTD_ECAP_QI | VTD_ECAP_DT)

/* What a device that does not answer leads to. */
enum fake_patience {
	FAKE_TELLS,	/* ITE with the source id */
	FAKE_HIDES,	/* ITE without */
	FAKE_HANGS,	/* the queue stops, no error bit */
};

/* What fake_hurry() makes of the minutes that hardware may take. */
#define FAKE_DOUBT_US	64
#define FAKE_BOUND_US	(20 * USEC_PER_MSEC)

struct fake_queue {
	struct vtd_reg_hook hook;
	struct vtd_unit unit;
	struct kunit *test;
	u64 cap, ecap;
	u32 gsts, fsts;
	u64 iqa, iqh, iqt, iqercd;
	u64 ccmd, iva, iotlb;	/* as written last */
	bool paused;		/* fetches nothing */
	unsigned int resumes_after;	/* ... until so many looks at FSTS */
	bool lazy;		/* goes on after an error only with a new tail */
	bool pending;		/* a device TLB request is not answered */
	enum fake_patience patience;
	int mute_sid[2];	/* devices that do not answer */
	unsigned int reads;	/* of FSTS: how long somebody has waited */
	unsigned int answers_after;	/* ... of them, the device answers; 0: never */
	int gone_sid;		/* a device that is not there */
	unsigned int asked;	/* how often somebody wanted to know */
	unsigned int tails;
	unsigned int drains;	/* of page requests */
	void (*drained)(struct fake_queue *fake);
	unsigned int n;
	struct vtd_desc log[FAKE_LOG];
};

/* @ecap: VTD_ECAP_*; FAKE_PLAIN for the smallest unit with a queue */
struct fake_queue *fake_new(struct kunit *test, u64 ecap);
void fake_free(struct fake_queue *fake);
/* Fetches what there is. */
void fake_run(struct fake_queue *fake);
/* Makes waits short. */
void fake_hurry(struct fake_queue *fake);
/* Stops at the head with an error. */
void fake_complain(struct fake_queue *fake, enum vtd_iqei iqei);
/* Empties the device TLB of a device. */
struct vtd_desc fake_dev_tlb(u16 sid);
/* Submits, with an empty log. */
int fake_submit(struct fake_queue *fake, const struct vtd_desc *descs, unsigned int n,
		struct vtd_queue_error *error);
/* log2 of the size of a descriptor, as the queue was set up */
unsigned int fake_shift(const struct fake_queue *fake);

#endif
