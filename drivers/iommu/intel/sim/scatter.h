/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations of a simulated function by a list of segments.
 */
#ifndef __VTD_SIM_SCATTER_H
#define __VTD_SIM_SCATTER_H

#include <uapi/linux/vtd_sim.h>

struct vtd_sim_function;
struct vtd_sim_job;

/* The lock of the unit is held. */
enum vtd_sim_status vtd_sim_scatter_run(struct vtd_sim_function *fn,
					struct vtd_sim_job *job);

#endif
