// SPDX-License-Identifier: GPL-2.0-only
/*
 * Giving a device, or a PASID of it, a translation.
 *
 * Owns: which entry is written for which requester.
 * Locks: the group's lock (core) -> vtd_requester.lock.
 * Calls: table/ for entries, features.c.
 */
#include "../quirks.h"
#include "../table/live.h"
#include "../table/pasid.h"
#include "../unit/did.h"
#include "../unit/unit.h"
#include "device.h"
#include "requester.h"

static struct vtd_pasid_entry pasid_entry(const struct vtd_unit *unit,
					  const struct vtd_translation *how)
{
	struct vtd_entry_attrs attrs = {
		.did = how->did,
		.aw = vtd_quirk_first_stage_width(&unit->caps),
		.pat = unit->caps.mts ? VTD_PAT_DEFAULT : 0,
		.snoop_walk = unit->caps.smpwcs,
		.snoop_force = how->snoop_force,
	};

	switch (how->kind) {
	case VTD_BLOCKED:
		break;
	case VTD_IDENTITY:
		return vtd_entry_passthrough(&attrs);
	case VTD_FIRST:
		return vtd_entry_first(&attrs, how->root, how->depth);
	case VTD_SECOND:
		return vtd_entry_second(&attrs, how->root, how->depth);
	}
	return (struct vtd_pasid_entry){};
}

static struct vtd_context legacy_entry(const struct vtd_unit *unit,
				       const struct vtd_translation *how, bool ats)
{
	switch (how->kind) {
	case VTD_IDENTITY:
		return vtd_entry_context(0, vtd_caps_best_aw(&unit->caps), how->did,
					 VTD_TT_PASSTHROUGH);
	case VTD_SECOND:
		return vtd_entry_context(how->root, how->depth, how->did,
					 ats ? VTD_TT_TRANSLATE_ATS :
					       VTD_TT_TRANSLATE);
	case VTD_BLOCKED:
	case VTD_FIRST:
		break;
	}
	return (struct vtd_context){};
}

static struct vtd_sm_context scalable_entry(const struct vtd_device *vd,
					    const struct vtd_requester *requester)
{
	struct vtd_sm_context entry =
		vtd_entry_sm_context(virt_to_phys(requester->pasids->dir),
				     requester->pasids->dir_bits);

	if (requester == vd->own && vd->ats_usable)
		entry.qw[0] |= VTD_SMCTX_DTE;
	if (requester == vd->own && vd->pasid_usable)
		entry.qw[0] |= VTD_SMCTX_PASIDE;
	return entry;
}

static struct vtd_inval_entry place(struct vtd_device *vd,
				    struct vtd_requester *requester, u32 pasid)
{
	return (struct vtd_inval_entry){
		.unit = vd->unit,
		.devtlb = requester == vd->own && vd->ats_usable ? &vd->devtlb : NULL,
		.sid = requester->sid,
		.pasid = pasid,
	};
}

/* The PASID entry before the context entry that makes it reachable. */
static int set_scalable(struct vtd_device *vd, struct vtd_requester *requester,
			u32 pasid, const struct vtd_translation *how)
{
	struct vtd_inval_entry where = place(vd, requester, pasid);
	struct vtd_pasid_entry entry = pasid_entry(vd->unit, how);
	struct vtd_sm_context context = scalable_entry(vd, requester);
	u64 *slot = vtd_pasid_slot(requester->pasids, pasid);
	int ret = 0, err;

	if (slot)
		ret = vtd_pasid_set(&where, slot, &entry);
	where.pasid = IOMMU_NO_PASID;
	err = vtd_sm_context_set(&where, requester->context, &requester->seal,
				 &context);
	return ret ?: err;
}

static int set_legacy(struct vtd_device *vd, struct vtd_requester *requester,
		      const struct vtd_translation *how)
{
	struct vtd_inval_entry where = place(vd, requester, IOMMU_NO_PASID);
	struct vtd_context entry =
		legacy_entry(vd->unit, how, requester == vd->own && vd->ats_usable);

	return vtd_context_set(&where, requester->context, &requester->seal, &entry);
}

static int set_rid(struct vtd_device *vd, struct vtd_requester *requester,
		   const struct vtd_translation *how)
{
	guard(mutex)(&requester->lock);
	requester->active += (how->kind != VTD_BLOCKED) - (vd->kind != VTD_BLOCKED);
	/* Somebody else behind the bridge still needs it. */
	if (how->kind == VTD_BLOCKED && requester->active)
		return 0;
	if (vd->unit->scalable)
		return set_scalable(vd, requester, IOMMU_NO_PASID, how);
	return set_legacy(vd, requester, how);
}

/*
 * In legacy mode only a second stage answers translation requests. And a device
 * whose cache could not be emptied has to lose it.
 */
static bool keeps_ats(const struct vtd_device *vd, enum vtd_translation_kind kind)
{
	if (vtd_devtlb_is_cut(&vd->devtlb))
		return false;
	return vd->unit->scalable || kind == VTD_SECOND;
}

static int translate_rid(struct vtd_device *vd, const struct vtd_translation *how)
{
	unsigned int i;
	int ret = 0;

	if (!keeps_ats(vd, how->kind))
		vtd_features_stop(vd);
	for (i = 0; i < vd->nrequesters; i++) {
		int err = set_rid(vd, vd->requesters[i], how);

		if (err && !ret)
			ret = err;
	}
	vd->kind = how->kind;
	if (how->kind != VTD_BLOCKED && keeps_ats(vd, how->kind))
		vtd_features_start(vd);
	return ret;
}

/**
 * vtd_device_translate() - change what a device, or a PASID of it, translates by
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 * @how: the translation
 *
 * When it returns no cache holds anything of the old translation. If hardware
 * does not confirm that, the device has been cut off.
 *
 * Context: under the group's lock; may sleep. vtd_device_reserve_pasid() has
 *          succeeded for a @pasid that gets a translation.
 * Return: 0; an error of vtd_queue_submit(), the entries are changed even so.
 */
int vtd_device_translate(struct vtd_device *vd, u32 pasid,
			 const struct vtd_translation *how)
{
	int ret;

	if (pasid == IOMMU_NO_PASID)
		ret = translate_rid(vd, how);
	else
		scoped_guard(mutex, &vd->own->lock)
			ret = set_scalable(vd, vd->own, pasid, how);
	if (ret)
		vtd_device_cut_off(vd);
	return ret;
}

/**
 * vtd_device_reserve_pasid() - make sure that a PASID can get a translation
 * @vd: the device
 * @pasid: the PASID
 *
 * Context: under the group's lock; may sleep.
 * Return: 0; -EOPNOTSUPP if the device cannot use PASIDs; -EINVAL for a PASID
 * that its table has no place for; -ENOMEM.
 */
int vtd_device_reserve_pasid(struct vtd_device *vd, u32 pasid)
{
	if (pasid == IOMMU_NO_PASID)
		return 0;
	if (!READ_ONCE(vd->pasid_enabled))
		return -EOPNOTSUPP;
	if (pasid >> VTD_PASID_TABLE_BITS >> vd->own->pasids->dir_bits)
		return -EINVAL;

	guard(mutex)(&vd->own->lock);
	return vtd_pasid_add_slot(vd->own->pasids, pasid) ? 0 : -ENOMEM;
}
