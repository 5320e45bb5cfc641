/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page request queue (VT-d chapter 7).
 */
#ifndef __VTD_SIM_MODEL_PAGES_H
#define __VTD_SIM_MODEL_PAGES_H

#include <linux/types.h>

#include "../../hw/prq_layout.h"

struct vtd_model;

/* So many requests can be on their way to the queue. */
#define VTDM_HELD_MAX	8

/**
 * struct vtdm_held - a page request on its way to the queue
 * @request: its descriptor
 * @left: counted reads until it is there
 */
struct vtdm_held {
	struct vtd_page_request request;
	u32 left;
};

/**
 * struct vtdm_pages - page requests inside the unit
 * @held: those on their way, the oldest first
 * @nr: how many these are
 */
struct vtdm_pages {
	struct vtdm_held held[VTDM_HELD_MAX];
	u32 nr;
};

void vtdm_pages_drain(struct vtd_model *model);
u32 vtdm_pages_next_event(const struct vtd_model *model, u32 reads);
void vtdm_pages_pass(struct vtd_model *model, u32 reads);
void vtdm_pages_clear_status(struct vtd_model *model, u32 bits);

#endif
