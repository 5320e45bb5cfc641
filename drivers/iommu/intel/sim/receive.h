/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages of a unit to a simulated function.
 */
#ifndef __VTD_SIM_RECEIVE_H
#define __VTD_SIM_RECEIVE_H

#include <linux/types.h>

struct vtd_model_message;
struct vtd_sim_function;

/* Of both: the lock of the unit is held. */
u32 vtd_sim_receive_invalidation(struct vtd_sim_function *fn,
				 const struct vtd_model_message *message);
void vtd_sim_receive_response(struct vtd_sim_function *fn,
			      const struct vtd_model_message *message);

#endif
