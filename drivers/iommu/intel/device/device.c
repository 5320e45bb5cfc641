// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices come and go.
 *
 * Owns: struct vtd_device.
 * Locks: the core's probe lock; vtd_devmap.lock for the map.
 * Calls: unit/ to find the unit, requester.c, features.c.
 */
#include <linux/pci-ats.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "../acpi/lookup.h"
#include "../queue/queue.h"
#include "../quirks.h"
#include "../table/root.h"
#include "../unit/list.h"
#include "../unit/unit.h"
#include "device.h"
#include "requester.h"
#include "requests.h"

/* The source ids of a device; one may come up twice. */
struct ids {
	u16 *sid;
	unsigned int n;
	unsigned int room;
};

static int add_id(struct pci_dev *pdev, u16 sid, void *data)
{
	struct ids *ids = data;
	unsigned int i;

	for (i = 0; i < min(ids->n, ids->room); i++)
		if (ids->sid[i] == sid)
			return 0;
	if (ids->n < ids->room)
		ids->sid[ids->n] = sid;
	ids->n++;
	return 0;
}

static void collect_ids(struct device *dev, u16 own, struct ids *ids)
{
	add_id(NULL, own, ids);
	if (dev_is_pci(dev))
		pci_for_each_dma_alias(to_pci_dev(dev), add_id, ids);
}

/* Who looks at the device under RCU finds them until the grace period is over. */
static void put_requesters(struct vtd_device *vd)
{
	unsigned int i = vd->nrequesters;

	while (i)
		vtd_requester_put(vd->requesters[--i]);
}

static void free_requesters(struct vtd_device *vd)
{
	kfree(vd->requesters);
	kfree(vd->alias_uses);
}

static int get_requesters(struct vtd_device *vd, u16 own)
{
	struct ids ids = {};
	u32 npasids = 1;
	unsigned int i;

	collect_ids(vd->dev, own, &ids);
	u16 *sids __free(kfree) = kcalloc(ids.n, sizeof(*sids), GFP_KERNEL);

	vd->requesters = kcalloc(ids.n, sizeof(*vd->requesters), GFP_KERNEL);
	if (ids.n > 1)
		vd->alias_uses = kcalloc(ids.n - 1, sizeof(*vd->alias_uses), GFP_KERNEL);
	if (!sids || !vd->requesters || (ids.n > 1 && !vd->alias_uses))
		return -ENOMEM;
	ids = (struct ids){ .sid = sids, .room = ids.n };
	collect_ids(vd->dev, own, &ids);

	if (vd->pasid_usable)
		npasids = min_t(u32, pci_max_pasids(to_pci_dev(vd->dev)),
				1U << vd->unit->caps.pasid_bits);
	for (i = 0; i < ids.n; i++) {
		struct vtd_requester *requester =
			vtd_requester_get(vd->unit, sids[i], i ? 1 : npasids);

		if (!requester)
			return -ENOMEM;
		vd->requesters[vd->nrequesters++] = requester;
	}
	vd->own = vd->requesters[0];
	return 0;
}

static int set_up(struct vtd_device *vd, u16 sid)
{
	int ret;

	vd->devtlb.dev = vd->dev;
	vd->devtlb.target.sid = sid;
	vd->devtlb.pasids = &vd->pasids;
	mutex_init(&vd->lock);
	xa_init(&vd->pasids);
	vd->sidp = vtd_sidp_flags(vd->dev);
	if (dev_is_pci(vd->dev))
		vtd_features_find(vd, to_pci_dev(vd->dev));
	ret = get_requesters(vd, sid);
	if (ret) {
		put_requesters(vd);
		free_requesters(vd);
		return ret;
	}
	scoped_guard(mutex, &vd->unit->devices->lock)
		if (!rcu_access_pointer(vd->own->device))
			rcu_assign_pointer(vd->own->device, vd);
	return 0;
}

/**
 * vtd_device_probe() - the core found a device
 * @dev: the device
 *
 * Nothing changes for its requests until a domain is attached.
 *
 * Context: iommu_ops.probe_device.
 * Return: the unit in front of it; ERR_PTR(-ENODEV) if none translates it,
 * ERR_PTR(-ENOMEM).
 */
struct iommu_device *vtd_device_probe(struct device *dev)
{
	struct vtd_unit *unit;
	struct vtd_device *vd;
	u16 sid;
	int ret;

	unit = vtd_unit_of_device(dev, &sid);
	if (!unit || unit->ignored || unit->dead || !unit->root)
		return ERR_PTR(-ENODEV);
	if (dev_is_pci(dev) && vtd_quirk_wrong_unit(to_pci_dev(dev), unit->reg_phys))
		return ERR_PTR(-ENODEV);

	vd = kzalloc_obj(*vd);
	if (!vd)
		return ERR_PTR(-ENOMEM);
	vd->dev = dev;
	vd->unit = unit;
	ret = set_up(vd, sid);
	if (ret) {
		kfree(vd);
		return ERR_PTR(ret);
	}
	dev->iommu->shadow_on_flush = unit->caps.cm;
	dev_iommu_priv_set(dev, vd);
	return &unit->iommu;
}

/**
 * vtd_device_release() - the core lets a device go
 * @dev: the device; it is blocked, or was never attached
 *
 * Context: iommu_ops.release_device; may sleep.
 */
void vtd_device_release(struct device *dev)
{
	struct vtd_device *vd = to_vtd_device(dev);

	vtd_features_stop(vd);
	vtd_device_disown(vd);
	vtd_queue_release(vd->unit, vd->own->sid);
	put_requesters(vd);
	WARN_ON_ONCE(!xa_empty(&vd->pasids));
	xa_destroy(&vd->pasids);
	/* Flushes and fault reports may still look at it, and at @dev through it. */
	synchronize_rcu();
	free_requesters(vd);
	vtd_requests_free(vd);
	kfree(vd);
}

/**
 * vtd_device_deferred() - does the translation of an earlier kernel go on?
 * @dev: the device
 *
 * Until its driver resets the device, its DMA must go where it always went.
 *
 * Context: iommu_ops.is_attach_deferred.
 *
 * Return: true while attaching must wait.
 */
bool vtd_device_deferred(struct device *dev)
{
	struct vtd_device *vd = to_vtd_device(dev);

	return vtd_root_is_foreign(vd->unit, vd->own->sid);
}
