// SPDX-License-Identifier: GPL-2.0-only
/*
 * ATS, PASID and page requests of a device: may it, and in which order.
 *
 * Owns: the enable bits of the three capabilities.
 * Locks: vtd_device.lock around switching.
 * Calls: acpi/ for what firmware allows, inval/ when a cache is left behind.
 *
 * Context entry, PASID, ATS, page requests; and back in reverse. PCIe leaves open what
 * happens when PASIDs are switched while ATS is on.
 *
 * The flag that a cache may be flushed covers all of the time that there may be
 * something in it. So for a moment before ATS is on, and after it is off,
 * requests go to a device that has nothing to forget. It answers them: the order
 * for switching ATS off demands one that late, to drain what is on its way.
 */
#include <linux/pci-ats.h>
#include <linux/pci.h>

#include "../acpi/lookup.h"
#include "../inval/inval.h"
#include "../queue/queue.h"
#include "../queue/source.h"
#include "../quirks.h"
#include "../unit/unit.h"
#include "device.h"
#include "requester.h"

/* PCIe, ATS Capability Register: one request empties the entries of all PASIDs. */
#define ATS_CAP_GLOBAL_INVALIDATE	BIT(6)

static bool takes_global(struct pci_dev *pdev)
{
	u16 cap = 0;

	pci_read_config_word(pdev, pdev->ats_cap + PCI_ATS_CAP, &cap);
	return cap & ATS_CAP_GLOBAL_INVALIDATE;
}

static bool firmware_allows_ats(const struct vtd_device *vd, struct pci_dev *pdev)
{
	switch (vtd_ats_rule(pdev)) {
	case VTD_ATS_FORBIDDEN:
		return false;
	case VTD_ATS_ALLOWED:
		return true;
	case VTD_ATS_REQUIRED:
		break;
	}
	/* In legacy mode the platform itself works the cache of such a device. */
	return vd->unit->scalable;
}

static bool ats_usable(const struct vtd_device *vd, struct pci_dev *pdev)
{
	return vd->unit->caps.dev_tlb && pci_ats_supported(pdev) &&
	       pci_ats_page_aligned(pdev) && firmware_allows_ats(vd, pdev) &&
	       pci_dev_id(pdev) == vd->devtlb.target.sid;
}

/*
 * A unit that cannot drain leaves open when the last request has arrived. Virtual
 * functions share the page requests of the physical one, which others own.
 */
static bool pri_usable(const struct vtd_device *vd, struct pci_dev *pdev)
{
	const struct vtd_caps *caps = &vd->unit->caps;

	return vd->ats_usable && vd->unit->scalable && caps->prs && caps->pds &&
	       !pdev->is_virtfn && pci_pri_supported(pdev);
}

/**
 * vtd_features_find() - what a new device may use
 * @vd: the device; unit and source id are known
 * @pdev: the same
 *
 * Context: probe; may sleep.
 */
void vtd_features_find(struct vtd_device *vd, struct pci_dev *pdev)
{
	const struct vtd_caps *caps = &vd->unit->caps;
	int depth;

	vd->pasid_usable = vd->unit->scalable && caps->pasid &&
			   pci_max_pasids(pdev) > 0;
	vd->pasid_privileged = vd->pasid_usable && caps->srs &&
			       (pci_pasid_features(pci_physfn(pdev)) &
				PCI_PASID_CAP_PRIV);

	vd->ats_usable = ats_usable(vd, pdev);
	vd->pri_usable = pri_usable(vd, pdev);
	if (!vd->ats_usable)
		return;
	/* Virtual functions take the unit size that the physical one has. */
	if (!pdev->is_virtfn && !pdev->ats_enabled)
		pci_prepare_ats(pdev, PAGE_SHIFT);
	depth = pci_ats_queue_depth(pdev);
	vd->devtlb.target.qdep = max(depth, 0);
	if (caps->dit)
		vd->devtlb.target.pfsid = pci_dev_id(pci_physfn(pdev));
	vd->devtlb.twice = vtd_quirk_flush_dev_tlb_twice(pdev);
	vd->devtlb.takes_global = takes_global(pdev);
}

static void start_pasid(struct vtd_device *vd, struct pci_dev *pdev)
{
	int ret;

	if (!vd->pasid_usable || vd->pasid_enabled)
		return;
	ret = pci_enable_pasid(pdev, vd->pasid_privileged ? PCI_PASID_CAP_PRIV : 0);
	if (ret)
		dev_info(vd->dev, "DMAR: PASIDs stay off, the device refuses them (%d)\n",
			 ret);
	else
		WRITE_ONCE(vd->pasid_enabled, true);
}

/*
 * After a reset the core gives domains back before config space. It would switch
 * PASIDs on when ATS is on already.
 */
static void restore_pasid(struct vtd_device *vd, struct pci_dev *pdev)
{
	u16 ctrl = PCI_PASID_CTRL_ENABLE;

	if (!vd->pasid_enabled || pdev->is_virtfn || vd->devtlb.enabled)
		return;
	pci_read_config_word(pdev, pdev->pasid_cap + PCI_PASID_CTRL, &ctrl);
	if (ctrl & PCI_PASID_CTRL_ENABLE)
		return;
	pci_disable_pasid(pdev);
	WRITE_ONCE(vd->pasid_enabled, false);
	start_pasid(vd, pdev);
}

/* Returns whether ATS is to be switched on. */
static bool announce_ats(struct vtd_device *vd)
{
	if (!vd->ats_usable || vd->devtlb.enabled)
		return false;
	WRITE_ONCE(vd->devtlb.enabled, true);
	return true;
}

/* @vd is announced, and whoever has not seen that has finished its flush. */
static void start_ats(struct vtd_device *vd, struct pci_dev *pdev)
{
	int ret;

	if (!vd->devtlb.enabled || pdev->ats_enabled)
		return;
	ret = pci_enable_ats(pdev, PAGE_SHIFT);
	if (ret) {
		WRITE_ONCE(vd->devtlb.enabled, false);
		dev_info(vd->dev, "DMAR: ATS stays off, the device refuses it (%d)\n",
			 ret);
		return;
	}
	/* Whatever somebody else may have left there */
	if (vtd_inval_devtlb_all(vd->unit, &vd->devtlb))
		vtd_device_cut_off(vd);
}

/* Only a device whose requests pass the unit; see vtd_requests_open(). */
static void start_pri(struct vtd_device *vd, struct pci_dev *pdev)
{
	int ret;

	if (!READ_ONCE(vd->takes_requests) || vd->pri_enabled || !pdev->ats_enabled)
		return;
	ret = pci_enable_pri(pdev, vd->requests->room);
	if (ret)
		dev_warn(vd->dev, "DMAR: page requests stay off, the device refuses them (%d)\n",
			 ret);
	else
		vd->pri_enabled = true;
}

static void stop_pri(struct vtd_device *vd)
{
	if (!vd->pri_enabled)
		return;
	pci_disable_pri(to_pci_dev(vd->dev));
	vd->pri_enabled = false;
}

static bool may_start(const struct vtd_device *vd)
{
	return dev_is_pci(vd->dev) && READ_ONCE(vd->unit->translating) &&
	       !vtd_devtlb_is_cut(&vd->devtlb);
}

/* The flush also drains the translated requests that are still under way. */
static void stop_ats(struct vtd_device *vd)
{
	stop_pri(vd);
	if (!vd->devtlb.enabled)
		return;
	pci_disable_ats(to_pci_dev(vd->dev));
	if (vtd_inval_devtlb_all(vd->unit, &vd->devtlb))
		vtd_device_cut_off(vd);
	WRITE_ONCE(vd->devtlb.enabled, false);
}

/**
 * vtd_features_start() - switch on what the device may use
 * @vd: the device; its context entry allows it already
 *
 * Does nothing while the unit does not translate: a device whose translation
 * requests are refused may give up on ATS for good.
 *
 * Context: may sleep.
 */
void vtd_features_start(struct vtd_device *vd)
{
	if (!may_start(vd))
		return;

	guard(mutex)(&vd->lock);
	start_pasid(vd, to_pci_dev(vd->dev));
	restore_pasid(vd, to_pci_dev(vd->dev));
	if (announce_ats(vd)) {
		/* Devices are attached one after the other, and each waits for this. */
		synchronize_rcu_expedited();
		start_ats(vd, to_pci_dev(vd->dev));
	}
	start_pri(vd, to_pci_dev(vd->dev));
}

/**
 * vtd_features_has_pri() - may a device send page requests?
 * @vd: the device
 *
 * Context: under the group's lock; may sleep.
 * Return: true if they are on.
 */
bool vtd_features_has_pri(struct vtd_device *vd)
{
	guard(mutex)(&vd->lock);
	return vd->pri_enabled;
}

/**
 * vtd_features_stop_pri() - switch page requests off
 * @vd: the device
 *
 * What it has sent before is on its way to the unit when this returns.
 *
 * Context: may sleep.
 */
void vtd_features_stop_pri(struct vtd_device *vd)
{
	guard(mutex)(&vd->lock);
	stop_pri(vd);
}

/**
 * vtd_features_pause() - switch ATS off until there is a translation again
 * @vd: the device; quiet
 *
 * No flush goes to it from then on, so that it can be reset.
 *
 * Context: may sleep.
 */
void vtd_features_pause(struct vtd_device *vd)
{
	guard(mutex)(&vd->lock);
	stop_ats(vd);
}

/**
 * vtd_features_stop() - switch everything off again
 * @vd: the device; quiet
 *
 * Context: may sleep.
 */
void vtd_features_stop(struct vtd_device *vd)
{
	guard(mutex)(&vd->lock);
	stop_ats(vd);
	if (vd->pasid_enabled) {
		pci_disable_pasid(to_pci_dev(vd->dev));
		WRITE_ONCE(vd->pasid_enabled, false);
	}
}

/**
 * vtd_features_clean() - does a device that was cut off answer again?
 * @vd: the device; it is blocked, or its entry is taken away
 *
 * Its ATS is off then, and its cache is empty.
 *
 * Context: may sleep.
 * Return: true if it answers.
 */
bool vtd_features_clean(struct vtd_device *vd)
{
	guard(mutex)(&vd->lock);
	stop_pri(vd);
	if (vd->devtlb.enabled) {
		pci_disable_ats(to_pci_dev(vd->dev));
		WRITE_ONCE(vd->devtlb.enabled, false);
	}
	if (!vtd_device_present(vd))
		return false;
	vtd_queue_release(vd->unit, vd->devtlb.target.sid);
	return !vtd_inval_devtlb_cut(vd->unit, &vd->devtlb);
}

/**
 * vtd_features_keep_ats() - may ATS be on?
 * @vd: the device
 * @rid: what requests without PASID translate by, or will next
 *
 * ATS is off while nothing is translated: the device may be reset then, and must not
 * be asked anything. In legacy mode only a second stage answers translation
 * requests. And a device whose cache could not be emptied has to lose it.
 *
 * Context: under the group's lock, or before a driver is bound.
 * Return: true if it may.
 */
bool vtd_features_keep_ats(const struct vtd_device *vd, const union vtd_entry *rid)
{
	if (vtd_devtlb_is_cut(&vd->devtlb))
		return false;
	if (!vtd_entry_present(rid))
		return vd->npasids;
	return vd->unit->scalable || vtd_entry_answers_ats(&rid->context);
}

/**
 * vtd_features_wanted() - do requests without PASID translate, such that ATS may be on?
 * @vd: the device
 *
 * Context: as vtd_features_keep_ats().
 * Return: true if so.
 */
bool vtd_features_wanted(const struct vtd_device *vd)
{
	const union vtd_entry *rid = &vd->own_use.entry;

	return vtd_entry_present(rid) && vtd_features_keep_ats(vd, rid);
}

static bool may_start_now(const struct vtd_device *vd)
{
	return may_start(vd) && vtd_features_wanted(vd);
}

static struct vtd_device *device_of(struct vtd_unit *unit,
				    const struct vtd_requester *requester)
{
	return rcu_dereference_protected(requester->device,
					 lockdep_is_held(&unit->devices->lock));
}

/**
 * vtd_features_start_all() - the unit has begun to translate
 * @unit: the unit
 *
 * Context: boot or hot plug; may sleep.
 */
void vtd_features_start_all(struct vtd_unit *unit)
{
	struct vtd_requester *requester;
	struct vtd_device *vd;
	unsigned long sid;
	bool any = false;

	guard(mutex)(&unit->devices->lock);
	xa_for_each(&unit->devices->by_sid, sid, requester) {
		vd = device_of(unit, requester);
		if (!vd || !may_start_now(vd))
			continue;
		guard(mutex)(&vd->lock);
		start_pasid(vd, to_pci_dev(vd->dev));
		any |= announce_ats(vd);
	}
	if (!any)
		return;
	synchronize_rcu();
	xa_for_each(&unit->devices->by_sid, sid, requester) {
		vd = device_of(unit, requester);
		if (!vd || !may_start_now(vd))
			continue;
		guard(mutex)(&vd->lock);
		start_ats(vd, to_pci_dev(vd->dev));
	}
}
