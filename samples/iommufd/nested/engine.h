/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Simulated VT-d hardware: a unit that can do everything, and functions with a
 * DMA engine. See Documentation/driver-api/vtd/sim.rst.
 */
#ifndef DEMO_NESTED_ENGINE_H
#define DEMO_NESTED_ENGINE_H

#include <sys/types.h>

#include "../../../include/uapi/linux/vtd_sim.h"

struct engine {
	__u32 slot;
	char bdf[16];
	int fd;			/* the VFIO device */
	__u32 dev_id;
	off_t doorbell;
	volatile __u8 *memory;	/* BAR 2 */
};

/* All of these return 0, or -1 with the step failed. */
int engine_unit_make(void);
int engine_make(struct engine *engine);
int engine_open(struct engine *engine, int iommufd);
void engine_close(struct engine *engine);
void engine_remove(struct engine *engine);
void engine_unit_remove(void);
/* VTD_SIM_* flags of VTD_SIM_BEHAVE */
int engine_behave(const struct engine *engine, __u32 flags);
int engine_counters(struct vtd_sim_counters *counters);

/* Returns enum vtd_sim_status. */
__u32 engine_run(const struct engine *engine, __u32 command, __u32 pasid, __u64 addr);
__u32 engine_status(const struct engine *engine);

#endif
