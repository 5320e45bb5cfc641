// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to the translation cache of one device.
 *
 * A cache keeps entries without PASID apart from those with one, and a request
 * reaches either the former or one PASID of the latter. To empty the cache takes
 * both kinds.
 *
 * Owns: nothing.
 * Locks: none.
 * Calls: batches.
 *
 * Spec: 6.5.2 (descriptors); PCIe, Address Translation Services, for the cache.
 */
#include <linux/iommu.h>
#include <linux/pci.h>
#include <linux/xarray.h>

#include "../mutant.h"
#include "../unit/unit.h"
#include "devtlb.h"

static void devtlb_add(struct vtd_batch *batch, const struct vtd_devtlb *devtlb,
		       struct vtd_desc desc)
{
	unsigned int i;

	for (i = 0; i < vtd_devtlb_times(devtlb); i++)
		vtd_batch_add(batch, desc);
}

/**
 * vtd_devtlb_add_block() - forget some addresses of one PASID
 * @batch: where the request is added
 * @devtlb: the cache
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 * @block: the addresses
 *
 * Context: any but NMI.
 */
void vtd_devtlb_add_block(struct vtd_batch *batch, const struct vtd_devtlb *devtlb,
			  u32 pasid, const struct vtd_block *block)
{
	if (vtd_mutant(VTD_MUTANT_DEVTLB_PASID))
		pasid = IOMMU_NO_PASID;
	devtlb_add(batch, devtlb, vtd_devtlb_block(devtlb, pasid, block));
}

/**
 * vtd_devtlb_add_whole() - forget all addresses of one PASID
 * @batch: where the request is added
 * @devtlb: the cache
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * Context: any but NMI.
 */
void vtd_devtlb_add_whole(struct vtd_batch *batch, const struct vtd_devtlb *devtlb,
			  u32 pasid)
{
	static const struct vtd_block whole = { 0, VTD_DTLB_MAX_ORDER };

	vtd_devtlb_add_block(batch, devtlb, pasid, &whole);
}

/* Virtual functions have no switch of their own: the physical one's counts. */
static bool takes_pasids(const struct vtd_batch *batch, const struct vtd_devtlb *devtlb)
{
	return batch->unit->scalable &&
	       pci_physfn(to_pci_dev(devtlb->dev))->pasid_enabled;
}

/**
 * vtd_devtlb_add_pasids() - forget everything that has a PASID
 * @batch: where the request is added
 * @devtlb: the cache of a device that knows such requests
 *
 * Context: any but NMI.
 */
void vtd_devtlb_add_pasids(struct vtd_batch *batch, const struct vtd_devtlb *devtlb)
{
	devtlb_add(batch, devtlb, vtd_desc_pasid_dev_tlb_global(&devtlb->target));
}

/**
 * vtd_devtlb_add_all() - forget everything, with PASID and without
 * @batch: where the requests are added
 * @devtlb: the cache
 *
 * A device that does not know requests for all PASIDs would take one for PASID 0.
 * It gets one for each PASID that has a translation; the others were emptied when
 * theirs went.
 *
 * Context: any but NMI.
 */
void vtd_devtlb_add_all(struct vtd_batch *batch, const struct vtd_devtlb *devtlb)
{
	unsigned long pasid;
	void *user;

	vtd_devtlb_add_whole(batch, devtlb, IOMMU_NO_PASID);
	if (!takes_pasids(batch, devtlb))
		return;
	if (devtlb->takes_global) {
		vtd_devtlb_add_pasids(batch, devtlb);
		return;
	}
	if (!devtlb->pasids)
		return;
	xa_for_each(devtlb->pasids, pasid, user)
		vtd_devtlb_add_whole(batch, devtlb, pasid);
}
