// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attach, replace and detach, for requests with and without PASID.
 *
 * Owns: struct vtd_attachment.
 * Locks: the group's lock (core) -> vtd_domain.lock -> what device/ takes.
 * Calls: device/ to change entries, inval/ for tags.
 *
 * A new domain's tags are published before an entry leads to it; the old one's
 * are retracted after no cache knows it any more. A failure leaves the device
 * with the domain that it had.
 */
#include <linux/rculist.h>
#include <linux/slab.h>

#include "../device/requester.h"
#include "../device/silence.h"
#include "../trace.h"
#include "../unit/unit.h"
#include "attach.h"
#include "domain.h"
#include "id.h"

static struct vtd_attachment *current_of(struct vtd_device *vd, u32 pasid)
{
	return pasid == IOMMU_NO_PASID ? vd->rid : xa_load(&vd->pasids, pasid);
}

/* The slot exists if @new or what it replaces is not NULL. */
static void set_current(struct vtd_device *vd, u32 pasid, struct vtd_attachment *new)
{
	if (pasid == IOMMU_NO_PASID)
		vd->rid = new;
	else if (new)
		xa_store(&vd->pasids, pasid, new, GFP_KERNEL);
	else
		xa_erase(&vd->pasids, pasid);
}

static const struct vtd_pasid_watch *pasid_watch;

/**
 * vtd_pasid_watch() - be told of PASIDs from now on
 * @watch: stays for ever; there is one
 */
void vtd_pasid_watch(const struct vtd_pasid_watch *watch)
{
	WRITE_ONCE(pasid_watch, watch);
}

/* @before: what was attached before, only compared with NULL */
static void tell_watch(struct vtd_device *vd, u32 pasid,
		       const struct vtd_attachment *before)
{
	const struct vtd_pasid_watch *watch = READ_ONCE(pasid_watch);
	const struct vtd_attachment *now = current_of(vd, pasid);

	if (!watch || pasid == IOMMU_NO_PASID || !before == !now)
		return;
	if (now)
		watch->attached(vd, pasid);
	else
		watch->detached(vd, pasid);
}

static struct vtd_tag_key tag_key(const struct vtd_attachment *attachment, bool device)
{
	const struct vtd_domain *domain = attachment->domain;
	struct vtd_tag_key key = {
		.kind = domain->kind == VTD_FIRST ? VTD_TAG_FIRST : VTD_TAG_SECOND,
		.unit = attachment->vd->unit,
		.did = attachment->did,
	};

	/* A second stage is cached by domain id alone in the IOTLB. */
	if (device || domain->kind == VTD_FIRST)
		key.pasid = attachment->pasid;
	if (device) {
		key.kind = VTD_TAG_DEVTLB;
		key.devtlb = &attachment->vd->devtlb;
	}
	return key;
}

/**
 * struct move - everything that an attach needs, before it changes anything
 * @attachment: the new attachment
 * @iotlb: its tag for the unit
 * @devtlb: its tag for the device; NULL if the device has no cache
 */
struct move {
	struct vtd_attachment *attachment;
	struct vtd_tag *iotlb;
	struct vtd_tag *devtlb;
};

static void abandon_locked(struct vtd_domain *domain, struct move *move)
{
	kfree(move->devtlb);
	kfree(move->iotlb);
	vtd_domain_id_put_locked(domain, move->attachment->vd->unit);
	kfree(move->attachment);
}

static int acquire_tags(struct move *move)
{
	struct vtd_tag_key key = tag_key(move->attachment, false);

	move->iotlb = vtd_tag_alloc(&key);
	if (!move->iotlb)
		return -ENOMEM;
	if (!move->attachment->vd->ats_usable)
		return 0;
	key = tag_key(move->attachment, true);
	move->devtlb = vtd_tag_alloc(&key);
	return move->devtlb ? 0 : -ENOMEM;
}

static int acquire_locked(struct vtd_domain *domain, struct vtd_device *vd, u32 pasid,
			  struct move *move)
{
	struct vtd_attachment *attachment;
	int ret;

	*move = (struct move){};
	attachment = kzalloc_obj(*attachment);
	if (!attachment)
		return -ENOMEM;
	ret = vtd_domain_id_get_locked(domain, vd->unit);
	if (ret < 0) {
		kfree(attachment);
		return ret;
	}
	attachment->domain = domain;
	attachment->vd = vd;
	attachment->pasid = pasid;
	attachment->did = ret;
	move->attachment = attachment;

	ret = acquire_tags(move);
	if (!ret && pasid != IOMMU_NO_PASID && !xa_load(&vd->pasids, pasid))
		ret = xa_reserve(&vd->pasids, pasid, GFP_KERNEL);
	if (ret)
		abandon_locked(domain, move);
	return ret;
}

static void publish_locked(struct vtd_domain *domain, struct move *move)
{
	list_add_rcu(&move->attachment->node, &domain->attachments);
	vtd_tag_publish(&domain->tags, move->iotlb);
	if (move->devtlb)
		vtd_tag_publish(&domain->tags, move->devtlb);
}

static void retract_locked(struct vtd_domain *domain, struct vtd_attachment *attachment)
{
	struct vtd_tag_key key = tag_key(attachment, false);

	vtd_tag_retract(&domain->tags, &key);
	if (attachment->vd->ats_usable) {
		key = tag_key(attachment, true);
		vtd_tag_retract(&domain->tags, &key);
	}
	list_del_rcu(&attachment->node);
	vtd_domain_id_put_locked(domain, attachment->vd->unit);
	kfree_rcu(attachment, rcu);
}

/* Two domains have no order among themselves but their addresses. */
static void lock_both(struct vtd_domain *a, struct vtd_domain *b)
{
	if (a == b)
		b = NULL;
	if (a > b)
		swap(a, b);
	if (a)
		mutex_lock(&a->lock);
	if (b)
		mutex_lock_nested(&b->lock, SINGLE_DEPTH_NESTING);
}

static void unlock_both(struct vtd_domain *a, struct vtd_domain *b)
{
	if (a)
		mutex_unlock(&a->lock);
	if (b && b != a)
		mutex_unlock(&b->lock);
}

/* The change was not confirmed: the device is cut off, and nothing is attached. */
static void fall_back(struct vtd_device *vd, u32 pasid)
{
	static const union vtd_entry blocked;

	vtd_device_translate(vd, pasid, &blocked);
}

/* Both domains are locked, so nobody rewrites entries of either in between. */
static int replace_locked(struct vtd_domain *domain, struct vtd_device *vd, u32 pasid)
{
	struct vtd_attachment *old = current_of(vd, pasid);
	union vtd_entry entry;
	struct move move;
	int ret;

	ret = acquire_locked(domain, vd, pasid, &move);
	if (ret)
		return ret;

	/* commit: nothing below can fail but hardware */
	publish_locked(domain, &move);
	entry = vtd_domain_entry(move.attachment);
	ret = vtd_device_translate(vd, pasid, &entry);
	if (ret) {
		fall_back(vd, pasid);
		retract_locked(domain, move.attachment);
		move.attachment = NULL;
	}
	set_current(vd, pasid, move.attachment);
	if (old)
		retract_locked(old->domain, old);
	return ret;
}

static int refuse(const struct vtd_device *vd, u32 pasid, const char *reason, int error)
{
	trace_attach_refused(dev_name(vd->dev), pasid, reason, error);
	return error;
}

/*
 * What the core has to restore without fail may be restored, to no effect: the
 * kernel's own domain, and the one that a device had before it was reset.
 */
static bool is_refused(const struct vtd_domain *domain, struct vtd_device *vd, u32 pasid)
{
	if (vtd_device_recover(vd) && !vd->unit->lost)
		return false;
	return pasid != IOMMU_NO_PASID ||
	       (vd->parked != domain && !(domain->domain.type & __IOMMU_DOMAIN_DMA_API));
}

static int attach(struct vtd_domain *domain, struct vtd_device *vd, u32 pasid)
{
	struct vtd_attachment *old = current_of(vd, pasid);
	struct vtd_domain *old_domain = old ? old->domain : NULL;
	const char *misfit;
	int ret;

	/* Whoever waits for them would wait for ever. */
	if (domain->domain.iopf_handler)
		return refuse(vd, pasid, "the driver does not report page requests",
			      -ENODEV);
	ret = vtd_device_reserve_pasid(vd, pasid);
	if (ret)
		return refuse(vd, pasid, "the device cannot use the PASID", ret);

	lock_both(domain, old_domain);
	misfit = vtd_domain_misfit_locked(domain, vd, pasid);
	ret = misfit ? refuse(vd, pasid, misfit, -EINVAL) :
		       replace_locked(domain, vd, pasid);
	unlock_both(domain, old_domain);
	tell_watch(vd, pasid, old);
	return ret;
}

/**
 * vtd_attach_paging() - let a device translate by a page table
 * @domain: the domain with the table
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * Context: under the group's lock; may sleep.
 * Return: 0; -ENODEV if the domain wants to hear of page requests; -EINVAL if the
 * device cannot use the table; -EOPNOTSUPP for a PASID of a device that cannot use
 * them; -ENOSPC, -ENOMEM: the device keeps its domain.
 * -EIO, -ETIMEDOUT if the unit or the device did not answer: it has been cut
 * off; -EIO also if it was before and does not answer yet, or if the unit is lost.
 */
int vtd_attach_paging(struct vtd_domain *domain, struct vtd_device *vd, u32 pasid)
{
	if (is_refused(domain, vd, pasid))
		return vtd_device_check_unit(vd) ?: vtd_device_refuse(vd);
	return attach(domain, vd, pasid);
}

/**
 * vtd_attach_restore() - give back the page table that a PASID had before a reset
 * @domain: the domain with the table
 * @vd: the device
 * @pasid: the PASID
 *
 * The core cannot handle a refusal: a device that is still cut off gets it to no
 * effect.
 *
 * Context: as vtd_attach_paging().
 * Return: as vtd_attach_paging(), but for -EIO of a device that was cut off before.
 */
int vtd_attach_restore(struct vtd_domain *domain, struct vtd_device *vd, u32 pasid)
{
	vtd_device_recover(vd);
	return attach(domain, vd, pasid);
}

/**
 * vtd_attach_static() - block a device, or let its addresses be physical
 * @kind: %VTD_BLOCKED or %VTD_IDENTITY
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * Context: under the group's lock; may sleep.
 * Return: 0, always for %VTD_BLOCKED; -EINVAL if the unit has no pass-through;
 * errors of a PASID, and of hardware, as in vtd_attach_paging().
 */
int vtd_attach_static(enum vtd_translation_kind kind, struct vtd_device *vd, u32 pasid)
{
	union vtd_entry entry = {};
	struct vtd_attachment *old = current_of(vd, pasid);
	struct vtd_domain *old_domain = old ? old->domain : NULL;
	int ret;

	if (kind == VTD_IDENTITY) {
		entry = vtd_identity_entry(vd, pasid);
		if (!vd->unit->caps.pt)
			return refuse(vd, pasid, "the unit has no pass-through", -EINVAL);
		vtd_device_recover(vd);
		ret = vtd_device_reserve_pasid(vd, pasid);
		if (ret)
			return refuse(vd, pasid, "the device cannot use the PASID", ret);
	}

	lock_both(old_domain, NULL);
	ret = vtd_device_translate(vd, pasid, &entry);
	/* Blocking is the last thing that can be done; it never fails. */
	if (kind == VTD_BLOCKED)
		ret = 0;
	else if (ret)
		fall_back(vd, pasid);
	set_current(vd, pasid, NULL);
	if (pasid == IOMMU_NO_PASID)
		vd->parked = old_domain;
	if (old)
		retract_locked(old_domain, old);
	unlock_both(old_domain, NULL);
	tell_watch(vd, pasid, old);
	return ret;
}

/**
 * vtd_attachments_rewrite_locked() - a property of the domain changed that is
 *                                    written in entries
 * @domain: the domain
 *
 * Context: may sleep.
 */
void vtd_attachments_rewrite_locked(struct vtd_domain *domain)
{
	struct vtd_attachment *attachment;

	lockdep_assert_held(&domain->lock);
	list_for_each_entry(attachment, &domain->attachments, node) {
		union vtd_entry entry = vtd_domain_entry(attachment);

		vtd_device_translate(attachment->vd, attachment->pasid, &entry);
	}
}
