/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that stands for the BARs of simulated functions.
 *
 * It is RAM that was kept away from the kernel at boot (vtd_sim=), so that it
 * can be in the resource tree as BARs are, and be mapped as BARs are.
 */
#ifndef __VTD_SIM_WINDOW_H
#define __VTD_SIM_WINDOW_H

#include <linux/types.h>

struct resource;

bool vtd_sim_window_exists(void);
struct resource *vtd_sim_window_resource(void);
u64 vtd_sim_window_alloc(u32 nbytes);
void vtd_sim_window_free(u64 pa, u32 nbytes);
void __iomem *vtd_sim_window_at(u64 pa);

#endif
