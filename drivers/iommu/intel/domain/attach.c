// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attach, replace and detach, for requests with and without PASID.
 *
 * Owns: nothing; attachment.c keeps what is attached.
 * Locks: the group's lock (core) -> vtd_domain.lock -> what device/ takes.
 * Calls: the domain's kind, device/ to change entries, inval/ for tags.
 *
 * A new domain's tags are published before an entry leads to it; the old one's
 * are retracted after no cache knows it any more. A failure leaves the device
 * with the domain that it had.
 */
#include <linux/rculist.h>
#include <linux/slab.h>

#include "../device/requester.h"
#include "../device/requests.h"
#include "../device/silence.h"
#include "../mutant.h"
#include "../trace.h"
#include "../unit/unit.h"
#include "attach.h"
#include "beside.h"
#include "domain.h"
#include "kind.h"

static struct vtd_domain *top_of(const struct vtd_attachment *attachment)
{
	return attachment ? attachment->domain->top : NULL;
}

static unsigned int tags_of(const struct vtd_attachment *attachment,
			    struct vtd_tag_place places[VTD_KIND_TAGS])
{
	const struct vtd_kind *kind = attachment->domain->kind;

	return kind->tags ? kind->tags(attachment, places) : 0;
}

static void put_id(const struct vtd_attachment *attachment)
{
	const struct vtd_kind *kind = attachment->domain->kind;

	if (kind->put_id)
		kind->put_id(attachment->domain, attachment->vd);
}

/**
 * enum why - why a domain is attached
 * @ASKED_FOR: somebody wants it, and can be told that it is not to be had
 * @GIVEN_BACK: the core gives back what there was; it cannot handle a refusal
 */
enum why {
	ASKED_FOR,
	GIVEN_BACK,
};

static int attach_refuse(const struct vtd_device *vd, u32 pasid, const char *reason, int error)
{
	trace_attach_refused(dev_name(vd->dev), pasid, reason, error);
	return error;
}

/**
 * struct move - everything that an attach needs, before it changes anything
 * @attachment: the new attachment
 * @ntags: how many tags it needs
 * @places: where they go
 * @tags: the tags
 */
struct move {
	struct vtd_attachment *attachment;
	unsigned int ntags;
	struct vtd_tag_place places[VTD_KIND_TAGS];
	struct vtd_tag *tags[VTD_KIND_TAGS];
};

/* Static domains have no lock: what is theirs does not change. */
static void domain_assert_held(const struct vtd_domain *top)
{
	if (top)
		lockdep_assert_held(&top->lock);
}

static void abandon_locked(struct move *move)
{
	unsigned int i;

	domain_assert_held(top_of(move->attachment));
	for (i = 0; i < move->ntags; i++)
		kfree(move->tags[i]);
	put_id(move->attachment);
	kfree(move->attachment);
}

static int acquire_tags(struct move *move)
{
	unsigned int i;

	move->ntags = tags_of(move->attachment, move->places);
	for (i = 0; i < move->ntags; i++) {
		move->tags[i] = vtd_tag_alloc(&move->places[i].key);
		if (!move->tags[i])
			return -ENOMEM;
	}
	return 0;
}

/* Pass-through is given back to devices that cannot do without. */
static gfp_t gfp_of(const struct vtd_domain *domain)
{
	return domain->top ? GFP_KERNEL : GFP_KERNEL | __GFP_NOFAIL;
}

static int acquire_locked(struct vtd_domain *domain, struct vtd_device *vd, u32 pasid,
			  struct move *move)
{
	struct vtd_attachment *attachment;
	int ret;

	domain_assert_held(domain->top);
	*move = (struct move){};
	attachment = kzalloc_obj(*attachment, gfp_of(domain));
	if (!attachment)
		return -ENOMEM;
	ret = domain->kind->get_id(domain, vd);
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
	if (!ret)
		ret = vtd_attachment_reserve(vd, pasid, gfp_of(domain));
	if (ret)
		abandon_locked(move);
	return ret;
}

static void publish_locked(struct move *move)
{
	struct vtd_domain *top = top_of(move->attachment);
	unsigned int i;

	domain_assert_held(top);
	if (top) {
		guard(mutex)(&top->users_lock);
		list_add_rcu(&move->attachment->node, &top->attachments);
	}
	for (i = 0; i < move->ntags; i++)
		vtd_tag_publish(move->places[i].tags, move->tags[i]);
}

static void retract_locked(struct vtd_attachment *attachment)
{
	struct vtd_tag_place places[VTD_KIND_TAGS];
	unsigned int i, n = tags_of(attachment, places);

	domain_assert_held(top_of(attachment));
	for (i = 0; i < n; i++)
		vtd_tag_retract(places[i].tags, &places[i].key);
	if (top_of(attachment)) {
		guard(mutex)(&top_of(attachment)->users_lock);
		list_del_rcu(&attachment->node);
	}
	put_id(attachment);
	kfree_rcu(attachment, rcu);
}

/* Two domains have no order among themselves but their addresses. Either may be NULL. */
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

static int block_entry(struct vtd_device *vd, u32 pasid)
{
	static const union vtd_entry blocked;

	return vtd_device_translate(vd, pasid, &blocked, NULL);
}

/* Without a table there is nothing to compare with after a reset. */
static void pasid_park(struct vtd_device *vd, u32 pasid, const struct vtd_attachment *old)
{
	if (pasid == IOMMU_NO_PASID)
		vd->parked = old ? old->domain : NULL;
}

/*
 * The device switches no page requests on, so nobody heard of any before: it gets what it
 * had.
 */
static int put_back_locked(struct vtd_device *vd, u32 pasid,
			   struct vtd_attachment *attachment)
{
	struct vtd_attachment *old = vtd_attachment_of(vd, pasid);
	union vtd_entry entry = {};
	int ret;

	domain_assert_held(top_of(attachment));
	domain_assert_held(top_of(old));
	if (old)
		entry = vtd_beside_entry_locked(old);
	ret = vtd_device_translate(vd, pasid, &entry, NULL);
	if (ret) {
		block_entry(vd, pasid);
		vtd_attachment_set(vd, pasid, NULL);
		pasid_park(vd, pasid, NULL);
		if (old)
			retract_locked(old);
	}
	retract_locked(attachment);
	return ret ?: attach_refuse(vd, pasid, "the device switches no page requests on",
				    -ENODEV);
}

/* Whoever waits for page requests that never come would wait for ever. */
static bool is_in_vain(struct vtd_device *vd, const struct iommu_domain *hears, enum why why)
{
	return hears && why == ASKED_FOR && !vtd_features_has_pri(vd);
}

/* The locks of both domains are held, so nobody rewrites entries of either in between. */
static int replace_locked(struct vtd_domain *domain, struct vtd_device *vd, u32 pasid,
			  const struct iommu_domain *hears, enum why why)
{
	struct vtd_attachment *old = vtd_attachment_of(vd, pasid);
	union vtd_entry entry;
	struct move move;
	int ret;

	domain_assert_held(domain->top);
	domain_assert_held(top_of(old));
	ret = acquire_locked(domain, vd, pasid, &move);
	if (ret)
		return ret;

	/* commit: nothing below can fail but hardware */
	publish_locked(&move);
	vtd_beside_pause_locked(domain, vd, pasid);
	entry = domain->kind->entry(move.attachment);
	ret = vtd_device_translate(vd, pasid, &entry, hears);
	if (!ret && is_in_vain(vd, hears, why))
		return put_back_locked(vd, pasid, move.attachment);
	if (ret) {
		/* Not confirmed: the device is cut off, and nothing is attached. */
		block_entry(vd, pasid);
		retract_locked(move.attachment);
		move.attachment = NULL;
	}
	vtd_attachment_set(vd, pasid, move.attachment);
	pasid_park(vd, pasid, domain->top ? NULL : old);
	if (old)
		retract_locked(old);
	return ret;
}

/* The last thing that can be done; it never fails. */
static int pasid_block(struct vtd_device *vd, u32 pasid)
{
	struct vtd_attachment *old = vtd_attachment_of(vd, pasid);
	struct vtd_domain *top = top_of(old);
	bool had = vtd_attachment_has_table(old);

	lock_both(top, NULL);
	block_entry(vd, pasid);
	vtd_attachment_set(vd, pasid, NULL);
	pasid_park(vd, pasid, old);
	if (old)
		retract_locked(old);
	vtd_beside_resume_locked(top, vd, pasid);
	unlock_both(top, NULL);
	vtd_attachment_announce(vd, pasid, had);
	return 0;
}

/*
 * The core cannot handle a refusal when it gives a device its kernel domain back, or the
 * domain that it had before a reset. Such an attach succeeds, and a device that was cut
 * off stays so.
 */
static bool is_given_back(const struct vtd_domain *domain, const struct vtd_device *vd,
			  u32 pasid)
{
	if (domain->domain.type == IOMMU_DOMAIN_IDENTITY)
		return true;
	return pasid == IOMMU_NO_PASID &&
	       (vd->parked == domain || domain->domain.type & __IOMMU_DOMAIN_DMA_API);
}

static bool is_refused(const struct vtd_domain *domain, struct vtd_device *vd, u32 pasid)
{
	if (vtd_device_recover(vd) && !vd->unit->lost)
		return false;
	return !is_given_back(domain, vd, pasid);
}

static const char *domain_misfit(struct vtd_domain *domain, const struct vtd_device *vd,
				 u32 pasid)
{
	return domain->kind->misfit ? domain->kind->misfit(domain, vd, pasid) : NULL;
}

/* Also beside what others have? Not asked of what is given back. */
static const char *pasid_misplaced(struct vtd_domain *domain, const struct vtd_device *vd,
				   u32 pasid, enum why why)
{
	const char *reason = domain_misfit(domain, vd, pasid);

	if (reason || why == GIVEN_BACK)
		return reason;
	return vtd_beside_clash_locked(domain, vd, pasid);
}

/*
 * Who is to hear of page requests; NULL for nobody. Whoever waits for page requests that
 * are never reported would wait for ever.
 */
static const struct iommu_domain *open_requests(const struct vtd_domain *domain,
						struct vtd_device *vd, u32 pasid,
						enum why why)
{
	int ret;

	if (!domain->domain.iopf_handler)
		return NULL;
	ret = vtd_requests_open(vd, pasid);
	if (!ret)
		return &domain->domain;
	switch (why) {
	case ASKED_FOR:
		attach_refuse(vd, pasid, "page requests of the device cannot be reported", ret);
		return ERR_PTR(ret);
	case GIVEN_BACK:
		break;
	}
	dev_warn(vd->dev, "DMAR: page requests of the device are not reported until it is attached again (%d)\n",
		 ret);
	return NULL;
}

static int pasid_attach(struct vtd_domain *domain, struct vtd_device *vd, u32 pasid,
			enum why why)
{
	struct vtd_attachment *old = vtd_attachment_of(vd, pasid);
	struct vtd_domain *old_top = top_of(old);
	bool had = vtd_attachment_has_table(old);
	const struct iommu_domain *hears;
	const char *reason;
	int ret;

	ret = vtd_device_reserve_pasid(vd, pasid);
	if (ret)
		return attach_refuse(vd, pasid, "the device cannot use the PASID", ret);
	hears = open_requests(domain, vd, pasid, why);
	if (IS_ERR(hears))
		return PTR_ERR(hears);

	/* Not given back before it is attached: what was checked could change. */
	lock_both(domain->top, old_top);
	reason = pasid_misplaced(domain, vd, pasid, why);
	ret = reason ? attach_refuse(vd, pasid, reason, -EINVAL) :
		       replace_locked(domain, vd, pasid, hears, why);
	vtd_beside_resume_locked(domain->top, vd, pasid);
	unlock_both(domain->top, old_top);
	vtd_requests_settle(vd, pasid);
	vtd_attachment_announce(vd, pasid, had);
	return ret;
}

/**
 * vtd_attach() - let a device translate by a domain
 * @domain: the domain, of any kind
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * Context: under the group's lock; may sleep.
 * Return: 0, always if @domain blocks. -ENODEV if the domain wants to hear of page
 * requests, and those of the device cannot be reported or it does not switch them on:
 * it keeps its domain, but may have had the new one for a moment. -EBUSY if the
 * device still waits for answers to page requests of before; -EINVAL if the device
 * cannot use it; -EOPNOTSUPP for a PASID of a device that cannot use them; -ENOSPC,
 * -ENOMEM: the device keeps its domain.
 * -EIO, -ETIMEDOUT if the unit or the device did not answer: it has been cut
 * off; -EIO also if it was before and does not answer yet, or if the unit is lost.
 */
int vtd_attach(struct vtd_domain *domain, struct vtd_device *vd, u32 pasid)
{
	if (!domain->kind->entry)
		return pasid_block(vd, pasid);
	if (is_refused(domain, vd, pasid))
		return vtd_device_check_unit(vd) ?: vtd_device_refuse(vd);
	return pasid_attach(domain, vd, pasid,
			    is_given_back(domain, vd, pasid) ? GIVEN_BACK : ASKED_FOR);
}

/**
 * vtd_attach_restore() - give back what a PASID translated by before a reset
 * @domain: the domain, not the blocking one
 * @vd: the device
 * @pasid: the PASID
 *
 * The core cannot handle a refusal: a device that is still cut off gets it to no
 * effect, and page requests that cannot be reported stop at the unit.
 *
 * Context: as vtd_attach().
 * Return: as vtd_attach(), but for -EIO of a device that was cut off before.
 */
int vtd_attach_restore(struct vtd_domain *domain, struct vtd_device *vd, u32 pasid)
{
	vtd_device_recover(vd);
	return pasid_attach(domain, vd, pasid, GIVEN_BACK);
}

/**
 * vtd_domain_attach() - iommu_domain_ops.attach_dev, of all kinds
 * @domain: the domain
 * @dev: the device
 * @old: what it replaces
 *
 * Context: as vtd_attach().
 * Return: as vtd_attach().
 */
int vtd_domain_attach(struct iommu_domain *domain, struct device *dev,
		      struct iommu_domain *old)
{
	return vtd_attach(to_vtd_domain(domain), to_vtd_device(dev), IOMMU_NO_PASID);
}

/**
 * vtd_domain_set_pasid() - iommu_domain_ops.set_dev_pasid, of all kinds
 * @domain: the domain
 * @dev: the device
 * @pasid: the PASID
 * @old: what it replaces; NULL for nothing
 *
 * What replaces the blocking domain was there before a reset.
 *
 * Context: as vtd_attach().
 * Return: as vtd_attach().
 */
int vtd_domain_set_pasid(struct iommu_domain *domain, struct device *dev,
			 ioasid_t pasid, struct iommu_domain *old)
{
	if (old && old->type == IOMMU_DOMAIN_BLOCKED)
		return vtd_attach_restore(to_vtd_domain(domain), to_vtd_device(dev),
					  pasid);
	return vtd_attach(to_vtd_domain(domain), to_vtd_device(dev), pasid);
}

/**
 * vtd_attachments_rewrite_locked() - a property of a domain changed that is
 *                                    written in entries
 * @top: the domain; those that are nested in it are rewritten, too
 *
 * Context: may sleep.
 */
void vtd_attachments_rewrite_locked(struct vtd_domain *top)
{
	struct vtd_attachment *attachment;

	lockdep_assert_held(&top->lock);
	list_for_each_entry(attachment, &top->attachments, node) {
		union vtd_entry entry = vtd_beside_entry_locked(attachment);

		if (attachment->domain != top && vtd_mutant(VTD_MUTANT_DIRTY_CHILDREN))
			continue;
		vtd_device_rewrite(attachment->vd, attachment->pasid, &entry);
	}
}
