/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The order of descriptors (VT-d chapter 6).
 */
#ifndef __VTD_SIM_MODEL_ORDER_H
#define __VTD_SIM_MODEL_ORDER_H

#include <linux/types.h>

struct vtd_model;

u32 vtdm_order_pick(struct vtd_model *model);

#endif
