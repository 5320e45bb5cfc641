/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of the machine, as DMA of a simulated function reaches it.
 */
#ifndef __VTD_SIM_RAM_H
#define __VTD_SIM_RAM_H

#include <linux/types.h>

/* The callbacks of struct vtd_model_ops; the owner is not looked at. */
int vtd_sim_ram_read(void *owner, u64 pa, void *data, unsigned int size);
int vtd_sim_ram_write(void *owner, u64 pa, const void *data, unsigned int size);
int vtd_sim_ram_cmpxchg(void *owner, u64 pa, u64 old, u64 new, u64 *seen);

int vtd_sim_ram_to_dev(void __iomem *to, u64 pa, u32 nbytes);
int vtd_sim_ram_from_dev(u64 pa, const void __iomem *from, u32 nbytes);

#endif
