// SPDX-License-Identifier: GPL-2.0-only
/*
 * Giving a device, or a PASID of it, a translation.
 *
 * Owns: which entry is written for which requester.
 * Locks: the group's lock (core) -> vtd_requester.lock.
 * Calls: table/ for entries, features.c.
 */
#include "../hw/dmar_layout.h"
#include "../inval/batch.h"
#include "../inval/devtlb.h"
#include "../mutant.h"
#include "../queue/queue.h"
#include "../quirks.h"
#include "../table/live.h"
#include "../table/pasid.h"
#include "../table/root.h"
#include "../unit/did.h"
#include "../unit/unit.h"
#include "device.h"
#include "requester.h"
#include "requests.h"

/**
 * vtd_device_snoops_walks() - does the unit see tables in the CPU's caches?
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * Context: any.
 * Return: false if tables must be flushed to memory.
 */
bool vtd_device_snoops_walks(const struct vtd_device *vd, u32 pasid)
{
	const struct vtd_caps *caps = &vd->unit->caps;

	if (!vd->unit->scalable)
		return caps->coherent;
	if (pasid == IOMMU_NO_PASID && vd->sidp & VTD_SIDP_F_NO_PWSNP)
		return false;
	return caps->smpwcs;
}

/**
 * vtd_device_can_force_snoop() - may all accesses of a device be made to snoop?
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * Context: any.
 * Return: true if so.
 */
bool vtd_device_can_force_snoop(const struct vtd_device *vd, u32 pasid)
{
	if (pasid == IOMMU_NO_PASID && vd->sidp & VTD_SIDP_F_NO_PGSNP)
		return false;
	return vd->unit->caps.sc;
}

/**
 * vtd_device_tracks_dirty() - can the unit mark the pages that a device wrote to?
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * Marks are atomic updates in the CPU's caches: a walk that does not look there
 * would fault in place of making one.
 *
 * Context: any.
 * Return: true if so.
 */
bool vtd_device_tracks_dirty(const struct vtd_device *vd, u32 pasid)
{
	return vd->unit->scalable && vd->unit->caps.ssads &&
	       vtd_device_snoops_walks(vd, pasid);
}

/**
 * vtd_device_entry_attrs() - what PASID entries of a device say, whatever their kind
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 * @did: domain id
 *
 * Context: any.
 * Return: the attributes; snooping is not forced, and nothing is tracked.
 */
struct vtd_entry_attrs vtd_device_entry_attrs(const struct vtd_device *vd, u32 pasid,
					      u16 did)
{
	const struct vtd_caps *caps = &vd->unit->caps;

	return (struct vtd_entry_attrs){
		.did = did,
		.aw = vtd_quirk_first_stage_width(caps),
		.pat = caps->mts ? VTD_PAT_DEFAULT : 0,
		.snoop_walk = vtd_device_snoops_walks(vd, pasid),
	};
}

static struct vtd_sm_context scalable_entry(const struct vtd_requester *requester,
					    const struct vtd_device *owner)
{
	struct vtd_sm_context entry =
		vtd_entry_sm_context(virt_to_phys(requester->pasids->dir),
				     requester->pasids->dir_bits);

	if (owner && owner->ats_usable)
		entry.qw[0] |= VTD_SMCTX_DTE;
	if (owner && owner->pasid_usable)
		entry.qw[0] |= VTD_SMCTX_PASIDE;
	/* Without DTE it would make the whole entry invalid. */
	if (owner && owner->ats_usable &&
	    (owner->takes_requests || vtd_mutant(VTD_MUTANT_PRQ_ALLOWED)))
		entry.qw[0] |= VTD_SMCTX_PRE;
	return entry;
}

/*
 * The device whose source id it is; NULL if there is only an alias. The group's
 * lock keeps it, or an attachment of it: all devices that share a source id are in one
 * group.
 */
static struct vtd_device *owner_of(const struct vtd_requester *requester,
				   struct vtd_device *vd)
{
	struct vtd_device *owner = rcu_dereference_protected(requester->device, true);

	return owner ?: requester == vd->own ? vd : NULL;
}

static struct vtd_inval_entry requester_entry(struct vtd_requester *requester,
					      struct vtd_device *owner, u32 pasid)
{
	return (struct vtd_inval_entry){
		.unit = requester->unit,
		.devtlb = owner && owner->ats_usable ? &owner->devtlb : NULL,
		.sid = requester->sid,
		.pasid = pasid,
	};
}

/* The PASID entry before the context entry that makes it reachable. */
static int set_scalable(struct vtd_requester *requester, struct vtd_device *owner,
			u32 pasid, const struct vtd_pasid_entry *entry)
{
	struct vtd_inval_entry where = requester_entry(requester, owner, pasid);
	struct vtd_sm_context context = scalable_entry(requester, owner);
	u64 *slot = vtd_pasid_slot(requester->pasids, pasid);
	int ret = 0, err;

	if (slot)
		ret = vtd_pasid_set(&where, slot, entry);
	where.pasid = IOMMU_NO_PASID;
	err = vtd_sm_context_set(&where, requester->context, &requester->seal,
				 &context);
	return ret ?: err;
}

static int set_legacy(struct vtd_requester *requester, struct vtd_device *owner,
		      struct vtd_context entry)
{
	struct vtd_inval_entry where = requester_entry(requester, owner, IOMMU_NO_PASID);

	if (owner && owner->ats_usable)
		entry = vtd_entry_with_ats(entry);
	return vtd_context_set(&where, requester->context, &requester->seal, &entry);
}

/*
 * Whose translation the requester has; NULL for none. The cache of the owner must
 * not be filled from a domain that does not know it, so while ATS is on nobody
 * else's counts.
 */
static const struct vtd_use *requester_followed(struct vtd_requester *requester,
						const struct vtd_device *owner)
{
	const struct vtd_use *use =
		list_first_entry_or_null(&requester->uses, struct vtd_use, node);

	if (use && owner && use->vd != owner && READ_ONCE(owner->devtlb.enabled))
		return NULL;
	return use;
}

static int requester_follow(struct vtd_requester *requester, struct vtd_device *owner)
{
	const struct vtd_use *use = requester_followed(requester, owner);
	union vtd_entry entry = {};

	lockdep_assert_held(&requester->lock);
	if (use)
		entry = use->entry;
	if (!requester->unit->scalable)
		return set_legacy(requester, owner, entry.context);
	return set_scalable(requester, owner, IOMMU_NO_PASID, &entry.pasid);
}

static void insert_use(struct vtd_requester *requester, const struct vtd_device *owner,
		       struct vtd_use *use)
{
	const struct vtd_use *first =
		list_first_entry_or_null(&requester->uses, struct vtd_use, node);

	if (first && first->vd == owner)
		list_add(&use->node, requester->uses.next);
	else
		list_add(&use->node, &requester->uses);
}

static int set_rid(struct vtd_device *vd, unsigned int i,
		   const union vtd_entry *entry)
{
	struct vtd_requester *requester = vd->requesters[i];
	struct vtd_device *owner = owner_of(requester, vd);
	struct vtd_use *use = i ? &vd->alias_uses[i - 1] : &vd->own_use;

	guard(mutex)(&requester->lock);
	if (vtd_entry_present(&use->entry))
		list_del(&use->node);
	use->vd = vd;
	use->entry = *entry;
	if (vtd_entry_present(entry))
		insert_use(requester, owner, use);
	return requester_follow(requester, owner);
}

/**
 * vtd_device_shut_requests() - the unit refuses page requests of a device
 * @vd: the device, which has sent more than it may
 *
 * Until it gets another translation.
 *
 * Context: under vtd_prq.lock; may sleep.
 */
void vtd_device_shut_requests(struct vtd_device *vd)
{
	struct vtd_requester *own = vd->own;

	guard(mutex)(&own->lock);
	if (!vd->takes_requests)
		return;
	WRITE_ONCE(vd->takes_requests, false);
	if (requester_follow(own, owner_of(own, vd)))
		vtd_device_cut_off(vd);
}

/* Where nobody hears any of them they stop at the unit. */
static void let_requests_pass(struct vtd_device *vd, const struct iommu_domain *hears)
{
	guard(mutex)(&vd->own->lock);
	WRITE_ONCE(vd->takes_requests, hears || vtd_requests_are_heard(vd));
}

/**
 * vtd_device_disown() - a device gives its source id up
 * @vd: the device; blocked, its ATS and PASID are off
 *
 * Others may use the id on, without the features that were this device's.
 *
 * Context: release; may sleep.
 */
void vtd_device_disown(struct vtd_device *vd)
{
	struct vtd_requester *own = vd->own;
	bool shared;

	scoped_guard(mutex, &vd->unit->devices->lock) {
		if (rcu_access_pointer(own->device) == vd)
			RCU_INIT_POINTER(own->device, NULL);
		shared = own->users > 1;
	}
	if (!shared || vtd_root_is_foreign(vd->unit, own->sid))
		return;
	guard(mutex)(&own->lock);
	/* An entry that lets translated requests pass must not stay in a cache. */
	if (requester_follow(own, rcu_dereference_protected(own->device, true)))
		vtd_device_cut_off(vd);
}

/**
 * vtd_device_is_physical() - do requests without PASID go to the addresses they name?
 * @vd: the device
 *
 * Context: under the group's lock, or while nothing else runs.
 * Return: true if so; false also if they are blocked.
 */
bool vtd_device_is_physical(const struct vtd_device *vd)
{
	const union vtd_entry *rid = &vd->own_use.entry;

	if (!vtd_entry_present(rid))
		return false;
	if (vd->unit->scalable)
		return vtd_pasid_entry_pgtt(rid->qw) == VTD_PGTT_PASSTHROUGH;
	return !vtd_entry_answers_ats(&rid->context);
}

static int set_all(struct vtd_device *vd, const union vtd_entry *entry)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < vd->nrequesters; i++) {
		int err = set_rid(vd, i, entry);

		ret = ret ?: err;
	}
	return ret;
}

static int set_pasid(struct vtd_device *vd, u32 pasid, const union vtd_entry *entry)
{
	guard(mutex)(&vd->own->lock);
	return set_scalable(vd->own, owner_of(vd->own, vd), pasid, &entry->pasid);
}

static int set_entry(struct vtd_device *vd, u32 pasid, const union vtd_entry *entry)
{
	return pasid == IOMMU_NO_PASID ? set_all(vd, entry) :
					 set_pasid(vd, pasid, entry);
}

static bool has_translation(const struct vtd_device *vd, u32 pasid)
{
	const u64 *slot = vtd_pasid_slot(vd->own->pasids, pasid);

	return slot && vtd_pasid_entry_taken(slot);
}

static void count_pasid(struct vtd_device *vd, u32 pasid, const union vtd_entry *entry)
{
	bool taken = vtd_pasid_entry_taken(entry->qw);

	if (pasid != IOMMU_NO_PASID && taken != has_translation(vd, pasid))
		vd->npasids += taken ? 1 : -1;
}

/* Also where requests without PASID are blocked, the PASIDs may need ATS. */
static bool may_have_features(const struct vtd_device *vd, u32 pasid)
{
	return pasid == IOMMU_NO_PASID ? vtd_features_wanted(vd) :
					 vtd_features_keep_ats(vd, &vd->own_use.entry);
}

static int entry_change(struct vtd_device *vd, u32 pasid, const union vtd_entry *entry,
			const struct iommu_domain *hears)
{
	const union vtd_entry *rid = pasid == IOMMU_NO_PASID ? entry : &vd->own_use.entry;
	int ret = 0, err;

	if (!hears)
		ret = vtd_requests_stop(vd, pasid);
	count_pasid(vd, pasid, entry);
	if (!vtd_features_keep_ats(vd, rid))
		vtd_features_pause(vd);
	let_requests_pass(vd, hears);
	if (hears && vtd_mutant(VTD_MUTANT_PRQ_EARLY))
		vtd_features_start(vd);
	err = set_entry(vd, pasid, entry);
	ret = ret ?: err;
	err = vtd_requests_switch(vd, pasid, hears);
	ret = ret ?: err;
	if (may_have_features(vd, pasid))
		vtd_features_start(vd);
	return ret;
}

/* Whoever is on the way out may be gone; that need not be found out by waiting. */
static void look_after(struct vtd_device *vd)
{
	if (vtd_devtlb_is_asked(vd->unit, &vd->devtlb) && !vtd_device_present(vd))
		vtd_queue_gone(vd->unit, vd->devtlb.target.sid);
}

/**
 * vtd_device_translate() - change what a device, or a PASID of it, translates by
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 * @entry: the new entry; all zero to block
 * @hears: the domain that is to hear of its page requests; NULL for nobody
 *
 * When it returns no cache holds anything of the old translation. If hardware
 * does not confirm that, the device has been cut off.
 *
 * Context: under the group's lock; may sleep. vtd_device_reserve_pasid() has
 *          succeeded for a @pasid that gets a translation, and vtd_requests_open() if
 *          somebody is to hear.
 * Return: 0; an error of vtd_queue_submit(), the entries are changed even so.
 */
int vtd_device_translate(struct vtd_device *vd, u32 pasid,
			 const union vtd_entry *entry,
			 const struct iommu_domain *hears)
{
	int ret;

	if (!vtd_entry_present(entry))
		vd->still_mute = false;
	look_after(vd);
	ret = entry_change(vd, pasid, entry, hears);
	if (ret)
		vtd_device_cut_off(vd);
	return ret;
}

/**
 * vtd_device_rewrite() - change the entry of a device that keeps its table
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 * @entry: the new entry; vtd_entry_ended() to let all requests fail for a while
 *
 * Features and page requests stay as they are. As vtd_device_translate() otherwise.
 *
 * Context: the attachment stays; the group's lock need not be held. May sleep.
 */
void vtd_device_rewrite(struct vtd_device *vd, u32 pasid, const union vtd_entry *entry)
{
	look_after(vd);
	if (set_entry(vd, pasid, entry))
		vtd_device_cut_off(vd);
}

/**
 * vtd_device_end_pasid() - what a PASID translates by ends before it is detached
 * @vd: the device
 * @pasid: the PASID
 * @was: its entry, unless somebody has changed it or has not come to write it
 *
 * From now on its requests fail, and no fault is recorded. When this returns no cache
 * holds anything of it; if hardware does not confirm that, the device has been cut off.
 * Page requests are not stopped.
 *
 * Context: the attachment stays; the group's lock need not be held. May sleep.
 */
void vtd_device_end_pasid(struct vtd_device *vd, u32 pasid,
			  const struct vtd_pasid_entry *was)
{
	struct vtd_pasid_entry ended = vtd_entry_ended();
	struct vtd_requester *own = vd->own;
	const u64 *slot;

	look_after(vd);
	guard(mutex)(&own->lock);
	slot = vtd_pasid_slot(own->pasids, pasid);
	if (!slot || memcmp(slot, was->qw, sizeof(was->qw)))
		return;
	if (set_scalable(own, owner_of(own, vd), pasid, &ended))
		vtd_device_cut_off(vd);
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
	/* The PASIDs of a source id are those of one device. */
	if (!READ_ONCE(vd->pasid_enabled) || owner_of(vd->own, vd) != vd)
		return -EOPNOTSUPP;
	if (pasid >> VTD_PASID_TABLE_BITS >> vd->own->pasids->dir_bits)
		return -EINVAL;

	guard(mutex)(&vd->own->lock);
	return vtd_pasid_add_slot(vd->own->pasids, pasid) ? 0 : -ENOMEM;
}
