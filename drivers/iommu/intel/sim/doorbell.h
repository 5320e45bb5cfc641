/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The doorbell of a simulated function, in its config space.
 */
#ifndef __VTD_SIM_DOORBELL_H
#define __VTD_SIM_DOORBELL_H

struct vtd_sim_function;

/* Of both: the lock of the unit is held. */
void vtd_sim_doorbell_page_done(struct vtd_sim_function *fn);
void vtd_sim_doorbell_ring(struct vtd_sim_function *fn);

#endif
