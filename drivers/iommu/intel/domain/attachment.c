// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the attachment of each device, and of each PASID, is kept.
 *
 * Owns: vtd_device.rid, vtd_device.pasids, the watch.
 * Locks: the group's lock (core).
 * Calls: the watch.
 */
#include "../trace.h"
#include "attachment.h"
#include "domain.h"
#include "kind.h"

static const struct vtd_pasid_watch *pasid_watch;

/**
 * vtd_pasid_watch() - be told of PASIDs from now on
 * @watch: stays for ever; there is one
 */
void vtd_pasid_watch(const struct vtd_pasid_watch *watch)
{
	WRITE_ONCE(pasid_watch, watch);
}

/**
 * vtd_attachment_of() - what is attached?
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * Context: under the group's lock.
 * Return: the attachment; NULL if requests are blocked.
 */
struct vtd_attachment *vtd_attachment_of(struct vtd_device *vd, u32 pasid)
{
	return pasid == IOMMU_NO_PASID ? vd->rid : xa_load(&vd->pasids, pasid);
}

/**
 * vtd_attachment_reserve() - make sure that vtd_attachment_set() needs no memory
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 * @gfp: how memory is allocated
 *
 * The place is given back by setting it to NULL, and need not be.
 *
 * Context: under the group's lock; may sleep.
 * Return: 0; -ENOMEM.
 */
int vtd_attachment_reserve(struct vtd_device *vd, u32 pasid, gfp_t gfp)
{
	if (pasid == IOMMU_NO_PASID || xa_load(&vd->pasids, pasid))
		return 0;
	return xa_reserve(&vd->pasids, pasid, gfp);
}

/**
 * vtd_attachment_set() - something else is attached now
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 * @new: the attachment, whose place is reserved; NULL for none
 *
 * Context: under the group's lock; may sleep.
 */
void vtd_attachment_set(struct vtd_device *vd, u32 pasid, struct vtd_attachment *new)
{
	const struct vtd_attachment *old = vtd_attachment_of(vd, pasid);

	trace_attach(dev_name(vd->dev), pasid, old ? old->did : 0, new ? new->did : 0);
	if (pasid == IOMMU_NO_PASID)
		vd->rid = new;
	else if (new)
		xa_store(&vd->pasids, pasid, new, GFP_KERNEL);
	else
		xa_erase(&vd->pasids, pasid);
}

/**
 * vtd_attachment_has_table() - is that a page table which stays as long as it is attached?
 * @attachment: the attachment; NULL for none
 *
 * Return: true if so.
 */
bool vtd_attachment_has_table(const struct vtd_attachment *attachment)
{
	return attachment && attachment->domain->kind->keeps_table;
}

/**
 * vtd_attachment_announce() - tell the watch what became of a PASID
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 * @had: a page table was attached before
 *
 * Context: under the group's lock, and no other; may sleep.
 */
void vtd_attachment_announce(struct vtd_device *vd, u32 pasid, bool had)
{
	const struct vtd_pasid_watch *watch = READ_ONCE(pasid_watch);
	bool has = vtd_attachment_has_table(vtd_attachment_of(vd, pasid));

	if (!watch || pasid == IOMMU_NO_PASID || had == has)
		return;
	if (has)
		watch->attached(vd, pasid);
	else
		watch->detached(vd, pasid);
}
