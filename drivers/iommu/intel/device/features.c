// SPDX-License-Identifier: GPL-2.0-only
/*
 * ATS and PASID of a device: may it, and in which order.
 *
 * Owns: the enable bits of the two capabilities.
 * Locks: vtd_device.lock around switching.
 * Calls: acpi/ for what firmware allows, inval/ when a cache is left behind.
 *
 * Spec: 9.2 of the fact sheet: context entry, PASID, ATS; and back in reverse.
 */
#include <linux/pci-ats.h>
#include <linux/pci.h>

#include "../acpi/lookup.h"
#include "../inval/inval.h"
#include "../queue/queue.h"
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

static void start_ats(struct vtd_device *vd, struct pci_dev *pdev)
{
	int ret;

	if (!vd->ats_usable || vd->devtlb.enabled)
		return;
	vtd_queue_release(vd->unit, vd->devtlb.target.sid);
	ret = pci_enable_ats(pdev, PAGE_SHIFT);
	if (ret) {
		dev_info(vd->dev, "DMAR: ATS stays off, the device refuses it (%d)\n",
			 ret);
		return;
	}
	/*
	 * An unmap right now would not reach the device's cache, hence the flush.
	 * The other order would send invalidations to a device that rejects them.
	 */
	WRITE_ONCE(vd->devtlb.enabled, true);
	/* Whoever unmaps after this sees the cache; what is before it is flushed. */
	smp_mb();
	if (vtd_inval_devtlb_all(vd->unit, &vd->devtlb))
		vtd_device_cut_off(vd);
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
	if (!dev_is_pci(vd->dev) || !READ_ONCE(vd->unit->translating) ||
	    vtd_devtlb_is_cut(&vd->devtlb))
		return;

	guard(mutex)(&vd->lock);
	start_pasid(vd, to_pci_dev(vd->dev));
	start_ats(vd, to_pci_dev(vd->dev));
}

/**
 * vtd_features_stop() - switch everything off again
 * @vd: the device; quiet
 *
 * The flush also drains the translated requests that are still under way.
 *
 * Context: may sleep.
 */
void vtd_features_stop(struct vtd_device *vd)
{
	guard(mutex)(&vd->lock);
	if (vd->devtlb.enabled) {
		pci_disable_ats(to_pci_dev(vd->dev));
		WRITE_ONCE(vd->devtlb.enabled, false);
		if (vtd_inval_devtlb_all(vd->unit, &vd->devtlb))
			vtd_device_cut_off(vd);
	}
	if (vd->pasid_enabled) {
		pci_disable_pasid(to_pci_dev(vd->dev));
		WRITE_ONCE(vd->pasid_enabled, false);
	}
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

	guard(mutex)(&unit->devices->lock);
	xa_for_each(&unit->devices->by_sid, sid, requester) {
		vd = rcu_dereference_protected(requester->device,
					       lockdep_is_held(&unit->devices->lock));
		if (vd && vd->kind != VTD_BLOCKED &&
		    (unit->scalable || vd->kind == VTD_SECOND))
			vtd_features_start(vd);
	}
}
