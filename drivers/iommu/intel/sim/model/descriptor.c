// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which descriptors are valid (VT-d chapter 6).
 *
 * In this order: mode of the unit, width of the queue, type, fields.
 */
#include <linux/bitfield.h>

#include "../../hw/regs_layout.h"
#include "descriptor.h"
#include "model.h"
#include "word.h"

#define TYPE_BITS	(VTD_DESC_TYPE | VTD_DESC_TYPE_HI)
#define ADDR_AM_IH	(VTD_DESC1_ADDR | VTD_IOTLB1_AM | VTD_IOTLB1_IH)
/* A page group response: once "last in group", ignored since. */
#define PGR1_IGNORED	BIT_ULL(2)
#define PC_G_RESERVED	2

/* The fields of each type; all other bits are reserved. */
static const u64 fields[VTD_DESC_TYPES][2] = {
	[VTD_DESC_CONTEXT] = {
		VTD_DESC_G | VTD_DESC_DID | VTD_CC_SID | VTD_CC_FM, 0 },
	[VTD_DESC_IOTLB] = {
		VTD_DESC_G | VTD_IOTLB_DESC_DW | VTD_IOTLB_DESC_DR |
		VTD_DESC_DID, ADDR_AM_IH },
	[VTD_DESC_DEV_TLB] = {
		VTD_DTLB_MIP | VTD_DTLB_SID | VTD_DTLB_PFSID_LO |
		VTD_DTLB_PFSID_HI, VTD_DTLB1_S | VTD_DESC1_ADDR },
	[VTD_DESC_IEC] = {
		VTD_IEC_G_INDEX | VTD_IEC_IM | VTD_IEC_IIDX, 0 },
	[VTD_DESC_WAIT] = {
		VTD_WAIT_IF | VTD_WAIT_SW | VTD_WAIT_FN | VTD_WAIT_PD |
		VTD_WAIT_DATA, VTD_WAIT1_ADDR },
	[VTD_DESC_PASID_IOTLB] = {
		VTD_DESC_G | VTD_DESC_DID | VTD_DESC_PASID, ADDR_AM_IH },
	[VTD_DESC_PASID_CACHE] = {
		VTD_DESC_G | VTD_DESC_DID | VTD_DESC_PASID, 0 },
	[VTD_DESC_PASID_DEV_TLB] = {
		VTD_PDTLB_MIP | VTD_PDTLB_SID | VTD_DESC_PASID |
		VTD_PDTLB_PFSID_LO | VTD_PDTLB_PFSID_HI,
		VTD_PDTLB1_GI | VTD_PDTLB1_S | VTD_DESC1_ADDR },
	[VTD_DESC_PAGE_RESPONSE] = {
		VTD_PGR_PP | VTD_PGR_RC | VTD_PGR_SID | VTD_DESC_PASID,
		VTD_PGR1_PRGI | PGR1_IGNORED },
};

static bool queue_wide(const struct vtd_model *model)
{
	return vtdm_reg64(model, VTD_IQA) & VTD_IQA_DW;
}

static u64 table_mode(const struct vtd_model *model)
{
	return FIELD_GET(VTD_RTADDR_TTM, model->rtaddr);
}

static enum vtd_iqei check_mode(const struct vtd_model *model)
{
	const struct vtdm_caps *caps = &model->caps;
	bool possible;

	switch (table_mode(model)) {
	case VTD_TTM_LEGACY:
		if (queue_wide(model) && !caps->smts && !caps->adms)
			return VTD_IQEI_WIDTH;
		return VTD_IQEI_NONE;
	case VTD_TTM_SCALABLE:
		possible = caps->smts;
		break;
	case VTD_TTM_ABORT:
		possible = caps->adms;
		break;
	default:
		possible = false;
		break;
	}
	if (!possible)
		return VTD_IQEI_TTM;
	return queue_wide(model) ? VTD_IQEI_NONE : VTD_IQEI_WIDTH;
}

/**
 * vtdm_descriptor_type() - the type with its upper bits
 * @desc: any descriptor
 *
 * Return: 0 to 127.
 */
u32 vtdm_descriptor_type(const struct vtd_desc *desc)
{
	return FIELD_GET(VTD_DESC_TYPE, desc->qw[0]) |
	       FIELD_GET(VTD_DESC_TYPE_HI, desc->qw[0]) << 4;
}

static bool type_valid(const struct vtd_model *model, u32 type)
{
	switch (type) {
	case VTD_DESC_CONTEXT:
	case VTD_DESC_IOTLB:
	case VTD_DESC_IEC:
	case VTD_DESC_WAIT:
		return true;
	case VTD_DESC_DEV_TLB:
		return model->caps.dt;
	case VTD_DESC_PASID_IOTLB:
	case VTD_DESC_PASID_CACHE:
		return table_mode(model) != VTD_TTM_LEGACY;
	case VTD_DESC_PASID_DEV_TLB:
		return table_mode(model) != VTD_TTM_LEGACY && model->caps.dt;
	case VTD_DESC_PAGE_RESPONSE:
		return table_mode(model) != VTD_TTM_LEGACY && model->caps.prs;
	default:
		return false;
	}
}

static u64 type_reserved(const struct vtd_model *model, u32 type)
{
	u64 used = fields[type][0] | TYPE_BITS;

	if (type == VTD_DESC_DEV_TLB && !model->caps.dit)
		used &= ~(VTD_DTLB_PFSID_LO | VTD_DTLB_PFSID_HI);
	if (type == VTD_DESC_PASID_DEV_TLB && !model->caps.dit)
		used &= ~(VTD_PDTLB_PFSID_LO | VTD_PDTLB_PFSID_HI);
	if (type == VTD_DESC_WAIT && !model->caps.pds)
		used &= ~VTD_WAIT_PD;
	return ~used;
}

static bool iotlb_valid(const struct vtdm_caps *caps,
			const struct vtd_desc *desc)
{
	u64 g = FIELD_GET(VTD_DESC_G, desc->qw[0]);

	if (g != VTD_IOTLB_G_PAGE)
		return g;
	return caps->psi && FIELD_GET(VTD_IOTLB1_AM, desc->qw[1]) <= caps->mamv;
}

/* Granularity and order: values that are reserved or beyond the unit. */
static bool values_valid(const struct vtd_model *model, u32 type,
			 const struct vtd_desc *desc)
{
	u64 g = FIELD_GET(VTD_DESC_G, desc->qw[0]);

	switch (type) {
	case VTD_DESC_CONTEXT:
		return g;
	case VTD_DESC_IOTLB:
		return iotlb_valid(&model->caps, desc);
	case VTD_DESC_IEC:
		return !(desc->qw[0] & VTD_IEC_G_INDEX) ||
		       FIELD_GET(VTD_IEC_IM, desc->qw[0]) <= model->caps.mhmv;
	case VTD_DESC_PASID_IOTLB:
		return g >= VTD_PIOTLB_G_PASID;
	case VTD_DESC_PASID_CACHE:
		return g != PC_G_RESERVED;
	default:
		return true;
	}
}

/**
 * vtdm_descriptor_check() - is a descriptor valid, for this unit and mode?
 * @model: the unit
 * @desc: as fetched; of a 128-bit one the upper words are 0
 *
 * Return: VTD_IQEI_NONE if it is, else what IQERCD says.
 */
enum vtd_iqei vtdm_descriptor_check(const struct vtd_model *model,
				    const struct vtd_desc *desc)
{
	u32 type = vtdm_descriptor_type(desc);
	enum vtd_iqei iqei = check_mode(model);

	if (iqei != VTD_IQEI_NONE)
		return iqei;
	if (!type_valid(model, type))
		return VTD_IQEI_TYPE;
	if (desc->qw[0] & type_reserved(model, type) ||
	    desc->qw[1] & ~fields[type][1] || desc->qw[2] || desc->qw[3] ||
	    !values_valid(model, type, desc))
		return VTD_IQEI_RESERVED;
	return VTD_IQEI_NONE;
}
