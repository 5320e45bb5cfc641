/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which descriptors are valid (VT-d chapter 6).
 */
#ifndef __VTD_SIM_MODEL_DESCRIPTOR_H
#define __VTD_SIM_MODEL_DESCRIPTOR_H

#include "../../hw/qi.h"

struct vtd_model;

enum vtd_iqei vtdm_descriptor_check(const struct vtd_model *model,
				    const struct vtd_desc *desc);
u32 vtdm_descriptor_type(const struct vtd_desc *desc);

#endif
