/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VTD_SIM_COMMAND_H
#define VTD_SIM_COMMAND_H

#include <sys/types.h>
#include <linux/types.h>

#include "../../../include/uapi/linux/vtd_sim.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* 1: the command is wrong; 2: the kernel refused it; 3: the DMA was not done */
enum { OK, USAGE, REFUSED, NOT_DONE };

/* Where the doorbell is in an open config space; -1 if there is none. */
off_t doorbell_find(int fd);
/* Rings, prints how it ended, returns an exit status. */
int doorbell_ring(int fd, off_t at, __u32 command, __u64 addr, __u32 nbytes,
		  __u32 pasid);

#endif
