/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The DMA engine of a simulated function.
 */
#ifndef __VTD_SIM_ENGINE_H
#define __VTD_SIM_ENGINE_H

#include <linux/types.h>

#include <uapi/linux/vtd_sim.h>

struct vtd_sim_function;

/**
 * struct vtd_sim_job - an operation
 * @addr: I/O address
 * @nbytes: how much
 * @offset: where in BAR 2
 * @pasid: with VTD_SIM_OP_PASID
 * @command: VTD_SIM_OP_*
 * @operand: of atomic operations
 * @compare: of VTD_SIM_OP_CAS
 * @done: bytes that were transferred
 */
struct vtd_sim_job {
	u64 addr;
	u32 nbytes;
	u32 offset;
	u32 pasid;
	u32 command;
	u64 operand;
	u64 compare;
	u32 done;
};

/* The lock of the unit is held. */
enum vtd_sim_status vtd_sim_engine_check(const struct vtd_sim_function *fn,
					 const struct vtd_sim_job *job);
enum vtd_sim_status vtd_sim_engine_run(struct vtd_sim_function *fn,
				       struct vtd_sim_job *job);
void vtd_sim_engine_ask_again(struct vtd_sim_function *fn);

#endif
