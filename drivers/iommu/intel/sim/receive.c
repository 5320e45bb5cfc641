// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a simulated function does with the messages of its unit.
 *
 * Locks: vtd_sim_unit.lock.
 * Calls: engine.c, page.c, doorbell.c.
 */
#include <linux/bitops.h>

#include "doorbell.h"
#include "engine.h"
#include "function.h"
#include "model/message.h"
#include "page.h"
#include "receive.h"
#include "sim_unit.h"

/**
 * vtd_sim_receive_invalidation() - the unit asks to forget translations
 * @fn: the function
 * @message: what
 *
 * Context: the unit's lock is held.
 * Return: when it is completed, as for struct vtd_model_ops.message.
 */
u32 vtd_sim_receive_invalidation(struct vtd_sim_function *fn,
				 const struct vtd_model_message *message)
{
	struct vtd_sim_unit *unit = fn->unit;

	if (fn->behave & VTD_SIM_IGNORE_INVALIDATIONS)
		return VTD_MODEL_COMPLETE_LATER;
	if (!(fn->behave & VTD_SIM_KEEP_TRANSLATIONS))
		vtd_model_dtlb_invalidate(&fn->dtlb, &message->desc);
	if (fn->behave & VTD_SIM_ASK_AGAIN)
		vtd_sim_engine_ask_again(fn);
	if (fn->behave & VTD_SIM_COMPLETE_TWICE) {
		__set_bit(vtd_sim_function_sid(fn), unit->twice);
		unit->twice_tag[vtd_sim_function_sid(fn)] = message->tag;
	}
	return fn->late;
}

/**
 * vtd_sim_receive_response() - the unit brings a response to page requests
 * @fn: the function
 * @message: the response
 *
 * Context: the unit's lock is held.
 */
void vtd_sim_receive_response(struct vtd_sim_function *fn,
			      const struct vtd_model_message *message)
{
	if (vtd_sim_page_response(fn, message))
		vtd_sim_doorbell_page_done(fn);
}
