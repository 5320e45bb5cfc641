/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests to the translation cache of one device.
 */
#ifndef VTD_INVAL_DEVTLB_H
#define VTD_INVAL_DEVTLB_H

#include <linux/iommu.h>

#include "../hw/qi.h"
#include "batch.h"
#include "range.h"
#include "tag.h"

/* Is ATS on, and can the cache be invalidated now? */
static inline bool vtd_devtlb_is_asked(const struct vtd_unit *unit,
				       const struct vtd_devtlb *devtlb)
{
	return READ_ONCE(devtlb->enabled) && vtd_devtlb_answers(unit, devtlb);
}

/* How often is it asked the same? See vtd_devtlb.twice. */
static inline unsigned int vtd_devtlb_times(const struct vtd_devtlb *devtlb)
{
	return devtlb->twice ? 2 : 1;
}

/* Forget some addresses of one PASID; %IOMMU_NO_PASID for requests without. */
static inline struct vtd_desc vtd_devtlb_block(const struct vtd_devtlb *devtlb, u32 pasid,
					       const struct vtd_block *block)
{
	u64 addr = block->pfn << 12;

	if (pasid == IOMMU_NO_PASID)
		return vtd_desc_dev_tlb(&devtlb->target, addr, block->order);
	return vtd_desc_pasid_dev_tlb(&devtlb->target, pasid, addr, block->order);
}

void vtd_devtlb_add_block(struct vtd_batch *batch, const struct vtd_devtlb *devtlb,
			  u32 pasid, const struct vtd_block *block);
void vtd_devtlb_add_whole(struct vtd_batch *batch, const struct vtd_devtlb *devtlb,
			  u32 pasid);
void vtd_devtlb_add_pasids(struct vtd_batch *batch, const struct vtd_devtlb *devtlb);
void vtd_devtlb_add_all(struct vtd_batch *batch, const struct vtd_devtlb *devtlb);

#endif
