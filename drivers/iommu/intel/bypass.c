// SPDX-License-Identifier: GPL-2.0-only
/*
 * Translation that changes nothing.
 *
 * Where translation must stay on (graphics.c) and an earlier kernel left it on,
 * but this one does not use the unit, the old tables must go all the same: their
 * memory belongs to this kernel, and may hold anything soon.
 *
 * Owns: nothing; fills vtd_unit.root and vtd_unit.devices.
 * Locks: none; boot.
 * Calls: domain/ and device/ for the entries, table/ to install them.
 */
#include <linux/pci.h>
#include <linux/slab.h>

#include "acpi/lookup.h"
#include "bypass.h"
#include "device/device.h"
#include "device/requester.h"
#include "domain/kinds.h"
#include "queue/queue.h"
#include "start.h"
#include "table/root.h"
#include "unit/cmd.h"
#include "unit/unit.h"

int vtd_bypass_device(struct vtd_unit *unit, struct pci_dev *pdev)
{
	struct vtd_device *vd = kzalloc_obj(*vd);
	union vtd_entry physical;

	if (!vd)
		return -ENOMEM;
	vd->own = vtd_requester_get(unit, pci_dev_id(pdev), 1);
	if (!vd->own) {
		kfree(vd);
		return -ENOMEM;
	}
	/*
	 * Both stay, as the entries follow what the device wants. The IOMMU core
	 * does not know this device.
	 */
	vd->dev = &pdev->dev;
	vd->unit = unit;
	vd->requesters = &vd->own;
	vd->nrequesters = 1;
	mutex_init(&vd->lock);
	physical = vtd_identity_entry(vd, IOMMU_NO_PASID);
	return vtd_device_translate(vd, IOMMU_NO_PASID, &physical, NULL);
}

static int bypass_fill(struct vtd_unit *unit)
{
	struct pci_dev *pdev = NULL;
	int ret;

	for_each_pci_dev(pdev) {
		if (!vtd_drhd_covers(unit->drhd, pdev))
			continue;
		ret = vtd_bypass_device(unit, pdev);
		if (ret) {
			pci_dev_put(pdev);
			return ret;
		}
	}
	return 0;
}

int vtd_bypass_install(struct vtd_unit *unit)
{
	int ret;

	vtd_start_mode(unit);
	if (!unit->caps.pt || !vtd_may_replace_tables(unit))
		return -EOPNOTSUPP;
	ret = vtd_start_queue(unit);
	if (!ret)
		ret = vtd_root_create(unit);
	if (!ret)
		ret = vtd_devmap_create(unit);
	if (!ret)
		ret = bypass_fill(unit);
	if (!ret)
		ret = vtd_root_install(unit);
	return ret;
}

static int give_up_tables(struct vtd_unit *unit)
{
	int ret;

	ret = vtd_unit_disable_translation(unit);
	if (ret != -EBUSY)
		return ret;
	ret = vtd_bypass_install(unit);
	if (!ret) {
		unit->ignored = true;
		vtd_info(unit, "translation stays on in pass-through, because integrated graphics may hang without it\n");
		return 0;
	}
	vtd_warn(unit, "translation is switched off, and integrated graphics may hang: pass-through cannot be set up (%pe)\n",
		 ERR_PTR(ret));
	return vtd_unit_force_translation_off(unit);
}

void vtd_leave_off(struct vtd_unit *unit)
{
	if (vtd_unit_translates(unit) && give_up_tables(unit))
		vtd_err(unit, "still translates with the tables of an earlier kernel: memory may be overwritten\n");
	vtd_unit_disable_protected_memory(unit);
}
