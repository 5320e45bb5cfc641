// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fault conditions: what each one means for record and device (VT-d chapter 7).
 */
#include <linux/bits.h>

#include "../../hw/root_layout.h"
#include "model.h"
#include "reason.h"

/* What a translation request is answered when it meets the condition. */
enum reason_ats {
	REASON_ATS_NEVER,	/* it cannot meet it */
	REASON_ATS_NOTHING,	/* success, nothing granted, no record */
	REASON_ATS_REST,	/* success with what is left, no record */
	REASON_ATS_RECORDED,	/* success, nothing granted, and a record */
	REASON_ATS_UR,		/* UR and a record */
	REASON_ATS_CA,		/* CA and a record */
};

struct reason_rule {
	bool qualified;		/* FPD keeps it from being recorded */
	u8 ats;
};

/* The table of fault conditions, DMA part, without host permission tables. */
static const struct reason_rule rules[256] = {
	[0x01] = { false, REASON_ATS_UR },
	[0x02] = { true, REASON_ATS_UR },
	[0x03] = { true, REASON_ATS_CA },
	[0x04] = { true, REASON_ATS_NOTHING },
	[0x05] = { true, REASON_ATS_REST },
	[0x06] = { true, REASON_ATS_REST },
	[0x07] = { true, REASON_ATS_CA },
	[0x08] = { false, REASON_ATS_CA },
	[0x09] = { false, REASON_ATS_CA },
	[0x0a] = { false, REASON_ATS_CA },
	[0x0b] = { true, REASON_ATS_CA },
	[0x0c] = { true, REASON_ATS_CA },
	[0x0d] = { true, REASON_ATS_UR },
	[0x0e] = { true, REASON_ATS_CA },
	[0x29] = { false, REASON_ATS_NEVER },
	[0x30] = { false, REASON_ATS_CA },
	[0x31] = { false, REASON_ATS_UR },
	[0x32] = { false, REASON_ATS_NEVER },
	[0x33] = { false, REASON_ATS_UR },
	[0x34] = { false, REASON_ATS_UR },
	[0x38] = { false, REASON_ATS_CA },
	[0x39] = { false, REASON_ATS_UR },
	[0x3a] = { false, REASON_ATS_CA },
	[0x40] = { false, REASON_ATS_CA },
	[0x41] = { true, REASON_ATS_UR },
	[0x42] = { true, REASON_ATS_CA },
	[0x43] = { true, REASON_ATS_CA },
	[0x44] = { true, REASON_ATS_UR },
	[0x45] = { true, REASON_ATS_UR },
	[0x46] = { true, REASON_ATS_UR },
	[0x47] = { true, REASON_ATS_NEVER },
	[0x48] = { true, REASON_ATS_UR },
	[0x49] = { true, REASON_ATS_NEVER },
	[0x50] = { false, REASON_ATS_CA },
	[0x51] = { true, REASON_ATS_NOTHING },
	[0x52] = { true, REASON_ATS_CA },
	[0x58] = { false, REASON_ATS_CA },
	[0x59] = { true, REASON_ATS_NOTHING },
	[0x5a] = { true, REASON_ATS_CA },
	[0x5b] = { true, REASON_ATS_CA },
	[0x5c] = { true, REASON_ATS_NOTHING },
	[0x5d] = { true, REASON_ATS_NOTHING },
	[0x70] = { true, REASON_ATS_NOTHING },
	[0x71] = { true, REASON_ATS_NOTHING },
	[0x72] = { true, REASON_ATS_NOTHING },
	[0x73] = { true, REASON_ATS_NOTHING },
	[0x74] = { true, REASON_ATS_NOTHING },
	[0x75] = { true, REASON_ATS_NOTHING },
	[0x76] = { true, REASON_ATS_NOTHING },
	[0x77] = { true, REASON_ATS_NOTHING },
	[0x78] = { true, REASON_ATS_CA },
	[0x79] = { true, REASON_ATS_NOTHING },
	[0x7a] = { true, REASON_ATS_CA },
	[0x7b] = { true, REASON_ATS_CA },
	[0x7c] = { true, REASON_ATS_CA },
	[0x7d] = { true, REASON_ATS_CA },
	[0x80] = { true, REASON_ATS_NOTHING },
	[0x81] = { true, REASON_ATS_NOTHING },
	[0x83] = { true, REASON_ATS_NOTHING },
	[0x84] = { true, REASON_ATS_NOTHING },
	[0x85] = { true, REASON_ATS_REST },
	[0x86] = { true, REASON_ATS_REST },
	[0x87] = { true, REASON_ATS_CA },
	[0x89] = { true, REASON_ATS_UR },
	[0x90] = { true, REASON_ATS_NOTHING },
	[0x91] = { true, REASON_ATS_RECORDED },
};

/* FI has the bits of the widest address that the unit translates. */
static u64 fault_info(const struct vtd_model *model, u64 addr)
{
	const struct vtdm_caps *caps = &model->caps;
	unsigned int width = caps->haw, aw, first;

	for (aw = VTD_AW_39; aw <= VTD_AW_57; aw++) {
		if (vtdm_caps_has_aw(caps, aw) && VTD_AW_WIDTH(aw) > width)
			width = VTD_AW_WIDTH(aw);
	}
	first = caps->fs5l ? VTD_AW_WIDTH(VTD_AW_57) : VTD_AW_WIDTH(VTD_AW_48);
	if (caps->fsts && first > width)
		width = first;
	return addr & VTD_FRCD_LO_FI & (BIT_ULL(width) - 1);
}

/**
 * vtdm_reason_record() - a fault that is recorded in any case
 * @walk: the walk
 * @reason: fault reason
 * @out: its record is filled
 */
void vtdm_reason_record(const struct vtdm_walk *walk, u8 reason,
			struct vtd_model_outcome *out)
{
	const struct vtd_model_request *rq = walk->rq;

	out->recorded = true;
	out->record = (struct vtd_fault){
		.addr = fault_info(walk->model, rq->addr),
		.sid = rq->sid,
		.reason = reason,
		.pasid = rq->has_pasid ? rq->pasid : 0,
		.access = rq->access,
		.at = rq->at,
		.has_pasid = rq->has_pasid,
		.privileged = rq->privileged,
		.execute = rq->execute,
		.valid = true,
	};
}

static enum vtd_model_verdict ats_verdict(u8 ats)
{
	switch (ats) {
	case REASON_ATS_UR:
		return VTD_MODEL_UR;
	case REASON_ATS_CA:
		return VTD_MODEL_CA;
	default:
		return VTD_MODEL_DONE;
	}
}

static enum vtd_model_verdict reason_verdict(const struct vtd_model_request *rq,
					     u8 reason)
{
	if (rq->access == VTD_ACCESS_PAGE_REQUEST)
		return VTD_MODEL_INVALID;
	switch (rq->at) {
	case VTD_FRCD_AT_REQUEST:
		return ats_verdict(rules[reason].ats);
	case VTD_FRCD_AT_TRANSLATED:
		return VTD_MODEL_UR;
	default:
		return VTD_MODEL_BLOCKED;
	}
}

/**
 * vtdm_reason_apply() - a request ends in a fault condition
 * @walk: the walk
 * @reason: fault reason
 * @out: verdict and record are filled
 *
 * A translation request that succeeds with nothing granted has no record; an
 * untranslated one of the same condition has.
 */
void vtdm_reason_apply(const struct vtdm_walk *walk, u8 reason,
		       struct vtd_model_outcome *out)
{
	const struct vtd_model_request *rq = walk->rq;
	const struct reason_rule *rule = &rules[reason];

	out->reason = reason;
	out->also[0] = walk->also[0];
	out->also[1] = walk->also[1];
	out->verdict = reason_verdict(rq, reason);
	if (out->verdict == VTD_MODEL_DONE && rule->ats != REASON_ATS_RECORDED)
		return;
	out->qualified = rule->qualified && walk->fpd;
	if (!out->qualified)
		vtdm_reason_record(walk, reason, out);
}
