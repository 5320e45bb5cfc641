/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page requests of a simulated function.
 */
#ifndef __VTD_SIM_PAGE_H
#define __VTD_SIM_PAGE_H

#include <linux/types.h>

#include <uapi/linux/vtd_sim.h>

struct vtd_model_message;
struct vtd_sim_function;
struct vtd_sim_job;

/* Of all: the lock of the unit is held. */
enum vtd_sim_status vtd_sim_page_ask(struct vtd_sim_function *fn,
				     const struct vtd_sim_job *job);
enum vtd_sim_status vtd_sim_page_stop_marker(struct vtd_sim_function *fn,
					     const struct vtd_sim_job *job);
bool vtd_sim_page_response(struct vtd_sim_function *fn,
			   const struct vtd_model_message *message);
void vtd_sim_page_reset(struct vtd_sim_function *fn);

#endif
