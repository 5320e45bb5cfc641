/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device TLB of one function (VT-d chapter 4): it belongs to the device,
 * not to the unit, and only invalidations of its own reach it.
 */
#ifndef __VTD_SIM_MODEL_DTLB_H
#define __VTD_SIM_MODEL_DTLB_H

#include <linux/types.h>

#include "../../hw/qi.h"
#include "request.h"

struct vtd_model;

/**
 * struct vtd_model_dtlb_entry - a translation that a device was told
 * @addr: first untranslated address
 * @host: where that is
 * @filled: when, in operations of the unit's model
 * @pasid: with @has_pasid only
 * @order: 2^order bytes
 * @valid: holds a translation
 * @has_pasid: for requests with this PASID
 * @privileged: for privileged requests
 * @read: may be read
 * @write: may be written
 */
struct vtd_model_dtlb_entry {
	u64 addr;
	u64 host;
	u64 filled;
	u32 pasid;
	u8 order;
	bool valid;
	bool has_pasid;
	bool privileged;
	bool read;
	bool write;
};

/**
 * struct vtd_model_dtlb - the device TLB of one function
 * @entry: memory of the owner
 * @nr: how many entries that is
 * @next: which one goes next when all are taken
 * @sid: the function
 */
struct vtd_model_dtlb {
	struct vtd_model_dtlb_entry *entry;
	u32 nr;
	u32 next;
	u16 sid;
};

void vtd_model_dtlb_init(struct vtd_model_dtlb *dtlb, u16 sid,
			 struct vtd_model_dtlb_entry *entry, u32 nr);
void vtd_model_dtlb_fill(struct vtd_model_dtlb *dtlb,
			 const struct vtd_model *model,
			 const struct vtd_model_request *rq,
			 const struct vtd_model_outcome *out);
const struct vtd_model_dtlb_entry *
vtd_model_dtlb_find(const struct vtd_model_dtlb *dtlb,
		    const struct vtd_model_request *rq);
u32 vtd_model_dtlb_invalidate(struct vtd_model_dtlb *dtlb,
			      const struct vtd_desc *desc);
u32 vtd_model_dtlb_stale(struct vtd_model *model,
			 const struct vtd_model_dtlb *dtlb,
			 const struct vtd_model_dtlb_entry *entry);

#endif
