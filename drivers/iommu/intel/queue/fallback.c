// SPDX-License-Identifier: GPL-2.0-only
/*
 * Invalidation through registers, for old units without a queue. They have
 * neither device TLBs nor interrupt remapping nor scalable mode.
 */
#include <linux/bitfield.h>
#include <linux/build_bug.h>

#include "../hw/qi.h"
#include "../hw/regs_layout.h"
#include "../unit/cmd.h"
#include "../unit/unit.h"
#include "fallback.h"

/* Registers and descriptors use the same numbers for what is covered... */
static_assert(VTD_CIRG_GLOBAL == VTD_CC_G_GLOBAL);
static_assert(VTD_CIRG_DOMAIN == VTD_CC_G_DOMAIN);
static_assert(VTD_CIRG_DEVICE == VTD_CC_G_DEVICE);
static_assert(VTD_IIRG_GLOBAL == VTD_IOTLB_G_GLOBAL);
static_assert(VTD_IIRG_DOMAIN == VTD_IOTLB_G_DOMAIN);
static_assert(VTD_IIRG_PAGE == VTD_IOTLB_G_PAGE);
/* ... and the same places for address, hint and mask. */
static_assert(VTD_IVA_ADDR == VTD_DESC1_ADDR);
static_assert(VTD_IVA_IH == VTD_IOTLB1_IH);
static_assert(VTD_IVA_AM == VTD_IOTLB1_AM);

static u64 context_command(const struct vtd_desc *desc)
{
	u64 qw0 = desc->qw[0];

	return FIELD_PREP(VTD_CCMD_CIRG, FIELD_GET(VTD_DESC_G, qw0)) |
	       FIELD_PREP(VTD_CCMD_FM, FIELD_GET(VTD_CC_FM, qw0)) |
	       FIELD_PREP(VTD_CCMD_SID, FIELD_GET(VTD_CC_SID, qw0)) |
	       FIELD_PREP(VTD_CCMD_DID, FIELD_GET(VTD_DESC_DID, qw0));
}

static u64 iotlb_command(const struct vtd_desc *desc)
{
	u64 qw0 = desc->qw[0], command;

	command = FIELD_PREP(VTD_IOTLB_IIRG, FIELD_GET(VTD_DESC_G, qw0)) |
		  FIELD_PREP(VTD_IOTLB_DID, FIELD_GET(VTD_DESC_DID, qw0));
	if (qw0 & VTD_IOTLB_DESC_DR)
		command |= VTD_IOTLB_DR;
	if (qw0 & VTD_IOTLB_DESC_DW)
		command |= VTD_IOTLB_DW;
	return command;
}

static u64 iotlb_address(const struct vtd_desc *desc)
{
	return desc->qw[1];
}

/**
 * vtd_fallback_submit() - carry descriptors out one by one
 * @unit: the unit; caps.reg_inval is set
 * @descs: descriptors
 * @n: how many
 *
 * Return: 0; the first error of -EOPNOTSUPP, -ETIMEDOUT, -EIO.
 */
int vtd_fallback_submit(struct vtd_unit *unit, const struct vtd_desc *descs,
			unsigned int n)
{
	unsigned int i;
	int ret, result = 0;

	for (i = 0; i < n; i++) {
		switch (vtd_desc_type(&descs[i])) {
		case VTD_DESC_CONTEXT:
			ret = vtd_unit_reg_context(unit,
						   context_command(&descs[i]));
			break;
		case VTD_DESC_IOTLB:
			ret = vtd_unit_reg_iotlb(unit, iotlb_address(&descs[i]),
						 iotlb_command(&descs[i]));
			break;
		default:
			ret = -EOPNOTSUPP;
		}
		result = result ?: ret;
	}
	return result;
}
