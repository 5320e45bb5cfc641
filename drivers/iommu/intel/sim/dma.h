/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests that simulated functions send to their unit.
 */
#ifndef __VTD_SIM_DMA_H
#define __VTD_SIM_DMA_H

struct vtd_model_outcome;
struct vtd_model_request;
struct vtd_sim_unit;

/* The lock of the unit is held. */
void vtd_sim_dma(struct vtd_sim_unit *unit, const struct vtd_model_request *rq,
		 struct vtd_model_outcome *out);

#endif
