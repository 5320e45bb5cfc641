/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions whose registers are memory, which somebody has to look at.
 */
#ifndef __VTD_SIM_POLL_H
#define __VTD_SIM_POLL_H

struct vtd_sim_function;

int vtd_sim_poll_start(struct vtd_sim_function *fn);
void vtd_sim_poll_stop(struct vtd_sim_function *fn);

#endif
