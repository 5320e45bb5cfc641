// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupts of a unit itself (VT-d chapters 5, 11).
 *
 * Their messages do not go through interrupt remapping. A masked one waits in
 * IP and is sent when the mask goes, unless what it is for went before.
 */
#include "../../hw/regs_layout.h"
#include "event.h"
#include "model.h"
#include "word.h"

static void event_send(struct vtd_model *model, u32 ctl)
{
	u64 addr = vtdm_reg32(model, ctl + VTD_EVENT_ADDR_AT) |
		   (u64)vtdm_reg32(model, ctl + VTD_EVENT_UADDR_AT) << 32;

	model->config.ops->event(model->config.owner, addr,
				 vtdm_reg32(model, ctl + VTD_EVENT_DATA_AT));
}

/**
 * vtdm_event_raise() - what an interrupt is for has begun
 * @model: the unit
 * @ctl: control register of the event
 */
void vtdm_event_raise(struct vtd_model *model, u32 ctl)
{
	u32 value = vtdm_reg32(model, ctl);

	if (value & VTD_EVENT_IM)
		vtdm_set_reg32(model, ctl, value | VTD_EVENT_IP);
	else
		event_send(model, ctl);
}

/**
 * vtdm_event_drop() - software has cleared all that an interrupt is for
 * @model: the unit
 * @ctl: control register of the event
 */
void vtdm_event_drop(struct vtd_model *model, u32 ctl)
{
	vtdm_set_reg32(model, ctl, vtdm_reg32(model, ctl) & ~VTD_EVENT_IP);
}

/**
 * vtdm_event_control() - the control register is written
 * @model: the unit
 * @ctl: control register of the event
 * @value: only IM counts
 */
void vtdm_event_control(struct vtd_model *model, u32 ctl, u32 value)
{
	u32 pending = vtdm_reg32(model, ctl) & VTD_EVENT_IP;

	if (value & VTD_EVENT_IM) {
		vtdm_set_reg32(model, ctl, VTD_EVENT_IM | pending);
		return;
	}
	vtdm_set_reg32(model, ctl, 0);
	if (pending)
		event_send(model, ctl);
}
