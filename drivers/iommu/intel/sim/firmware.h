/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What firmware would say about a simulated unit, byte by byte.
 */
#ifndef __VTD_SIM_FIRMWARE_H
#define __VTD_SIM_FIRMWARE_H

#include <linux/types.h>

/* A function in each slot of one bus */
#define VTD_SIM_SLOTS		32
#define VTD_SIM_FIRMWARE_MAX	512

/**
 * struct vtd_sim_firmware - structures of a DMAR table
 * @len: bytes
 * @bytes: they
 */
struct vtd_sim_firmware {
	u32 len;
	u8 bytes[VTD_SIM_FIRMWARE_MAX];
};

void vtd_sim_firmware_build(struct vtd_sim_firmware *record, u64 base, u16 segment);

#endif
