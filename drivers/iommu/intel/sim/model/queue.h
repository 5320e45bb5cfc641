/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The invalidation queue (VT-d chapter 6).
 */
#ifndef __VTD_SIM_MODEL_QUEUE_H
#define __VTD_SIM_MODEL_QUEUE_H

#include <linux/types.h>

#include "../../hw/qi.h"

struct vtd_model;

/* So many descriptors are in work at a time. */
#define VTDM_WINDOW	32

/**
 * struct vtdm_entry - a descriptor that was fetched and is not done
 * @desc: the descriptor
 * @section: how many wait descriptors were fetched before it
 * @complete_in: sent: counted reads until the device completes it; 0: it does
 *	not by itself
 * @timeout_in: sent: counted reads until it has timed out
 * @tag: sent: the tag of the request
 * @sent: a device was told, and has not completed it
 */
struct vtdm_entry {
	struct vtd_desc desc;
	u32 section;
	u32 complete_in;
	u32 timeout_in;
	u16 tag;
	bool sent;
};

/**
 * struct vtdm_queue - the descriptors in work, in the order of the queue
 * @entry: the descriptors
 * @nr: how many there are
 * @section: wait descriptors fetched so far
 * @enabled: QIES
 */
struct vtdm_queue {
	struct vtdm_entry entry[VTDM_WINDOW];
	u32 nr;
	u32 section;
	bool enabled;
};

void vtdm_queue_enable(struct vtd_model *model, u32 on);
void vtdm_queue_run(struct vtd_model *model);
u32 vtdm_queue_next_event(const struct vtd_model *model, u32 reads);
void vtdm_queue_pass(struct vtd_model *model, u32 reads);

#endif
