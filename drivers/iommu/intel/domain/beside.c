// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domains of one parent that must not be attached beside each other at a unit, and how
 * a group of several devices goes from one to the other all the same.
 *
 * The core gives a new domain to the devices of a group one after the other. So the
 * devices that come later are no reason to refuse it to the first: they will have it, too,
 * or the first one gets its old domain back. But their entries must not stand beside the
 * new one until then. They are made absent, and present again if their device keeps its
 * domain after all.
 *
 * Owns: vtd_attachment.paused.
 * Locks: the group's lock (core) -> vtd_domain.lock of the parent.
 * Calls: the domain's kind, device/ to change entries.
 *
 * Spec: 9.6 (FSPM and EAFE of entries with the same pointers).
 */
#include "../device/requester.h"
#include "attachment.h"
#include "beside.h"
#include "kind.h"

static const char *clash(const struct vtd_domain *domain, const struct vtd_attachment *other)
{
	if (!domain->kind->clash || other->domain->kind != domain->kind)
		return NULL;
	return domain->kind->clash(domain, other->domain);
}

/* The same of another device of the group: it gets what this one gets. */
static bool is_sibling(const struct vtd_attachment *other, const struct vtd_device *vd,
		       u32 pasid)
{
	return vd->dev->iommu_group && vd->dev->iommu_group == other->vd->dev->iommu_group &&
	       other->vd != vd && other->pasid == pasid;
}

static bool is_itself(const struct vtd_attachment *other, const struct vtd_device *vd,
		      u32 pasid)
{
	return other->vd == vd && other->pasid == pasid;
}

/**
 * vtd_beside_clash_locked() - what is attached elsewhere that a domain must not be beside?
 * @domain: the domain, of any kind
 * @vd: the device that is to get it
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * What it replaces does not count, nor what the other devices of the group have there:
 * that is replaced as well.
 *
 * Context: under the group's lock.
 * Return: the reason to refuse it; NULL for none.
 */
const char *vtd_beside_clash_locked(const struct vtd_domain *domain,
				    const struct vtd_device *vd, u32 pasid)
{
	struct vtd_attachment *other;
	const char *reason;

	if (!domain->top)
		return NULL;
	lockdep_assert_held(&domain->top->lock);
	list_for_each_entry(other, &domain->top->attachments, node) {
		if (other->vd->unit != vd->unit || is_itself(other, vd, pasid) ||
		    is_sibling(other, vd, pasid))
			continue;
		reason = clash(domain, other);
		if (reason)
			return reason;
	}
	return NULL;
}

/**
 * vtd_beside_entry_locked() - the entry of an attachment as it has to be now
 * @attachment: of any kind
 *
 * Context: under the lock of the domain's top.
 * Return: what the kind says; without P while it makes way, as somebody still has the
 * PASID.
 */
union vtd_entry vtd_beside_entry_locked(const struct vtd_attachment *attachment)
{
	const struct vtd_domain *top = attachment->domain->top;

	if (top)
		lockdep_assert_held(&top->lock);
	if (attachment->paused)
		return (union vtd_entry){ .pasid = vtd_entry_ended() };
	return attachment->domain->kind->entry(attachment);
}

/**
 * vtd_beside_pause_locked() - make way for a domain
 * @domain: the domain, of any kind
 * @vd: the device that is about to get it
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * Requests of the other devices of the group fail until these get it, too, or until
 * vtd_beside_resume_locked().
 *
 * Context: under the group's lock; may sleep.
 */
void vtd_beside_pause_locked(const struct vtd_domain *domain, const struct vtd_device *vd,
			     u32 pasid)
{
	struct vtd_attachment *other;
	union vtd_entry entry;

	if (!domain->top)
		return;
	lockdep_assert_held(&domain->top->lock);
	list_for_each_entry(other, &domain->top->attachments, node) {
		if (other->vd->unit != vd->unit || !is_sibling(other, vd, pasid) ||
		    other->paused || !clash(domain, other))
			continue;
		other->paused = true;
		entry = vtd_beside_entry_locked(other);
		vtd_device_rewrite(other->vd, other->pasid, &entry);
	}
}

static bool may_resume_locked(const struct vtd_attachment *paused)
{
	const struct vtd_domain *top = paused->domain->top;
	struct vtd_attachment *other;

	lockdep_assert_held(&top->lock);
	list_for_each_entry(other, &top->attachments, node)
		if (other != paused && !other->paused &&
		    other->vd->unit == paused->vd->unit && clash(paused->domain, other))
			return false;
	return true;
}

/**
 * vtd_beside_resume_locked() - end pauses that have become needless
 * @top: whose attachments to look at; NULL for none
 * @vd: a device that has got another domain, or has kept its own
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * Context: under the group's lock; may sleep.
 */
void vtd_beside_resume_locked(struct vtd_domain *top, const struct vtd_device *vd, u32 pasid)
{
	struct vtd_attachment *other;
	union vtd_entry entry;

	if (!top)
		return;
	lockdep_assert_held(&top->lock);
	list_for_each_entry(other, &top->attachments, node) {
		if (!other->paused || !is_sibling(other, vd, pasid) ||
		    !may_resume_locked(other))
			continue;
		other->paused = false;
		entry = vtd_beside_entry_locked(other);
		vtd_device_rewrite(other->vd, other->pasid, &entry);
	}
}
