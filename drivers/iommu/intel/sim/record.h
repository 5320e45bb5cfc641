/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What firmware would say about a simulated unit, byte by byte.
 */
#ifndef __VTD_SIM_RECORD_H
#define __VTD_SIM_RECORD_H

#include <linux/types.h>

/* A function in each slot of one bus */
#define VTD_SIM_SLOTS		32
#define VTD_SIM_RECORD_MAX	512

/**
 * struct vtd_sim_record - structures of a DMAR table
 * @len: bytes
 * @bytes: they
 */
struct vtd_sim_record {
	u32 len;
	u8 bytes[VTD_SIM_RECORD_MAX];
};

void vtd_sim_record_build(struct vtd_sim_record *record, u64 base, u16 segment);

#endif
