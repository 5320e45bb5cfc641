/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interrupts of a unit itself (VT-d chapters 5, 11): fault, invalidation
 * and page request event.
 */
#ifndef __VTD_SIM_MODEL_EVENT_H
#define __VTD_SIM_MODEL_EVENT_H

#include <linux/types.h>

struct vtd_model;

/* @ctl: the control register of the event: VTD_FECTL, VTD_IECTL, VTD_PECTL */
void vtdm_event_raise(struct vtd_model *model, u32 ctl);
void vtdm_event_drop(struct vtd_model *model, u32 ctl);
void vtdm_event_control(struct vtd_model *model, u32 ctl, u32 value);

#endif
