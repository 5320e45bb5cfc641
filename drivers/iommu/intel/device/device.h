/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One device behind a unit, and what its requests translate by.
 */
#ifndef VTD_DEVICE_DEVICE_H
#define VTD_DEVICE_DEVICE_H

#include <linux/iommu.h>
#include <linux/mutex.h>
#include <linux/xarray.h>

#include "../inval/tag.h"
#include "../table/entry.h"

struct pci_dev;
struct iommu_domain;
struct vtd_attachment;
struct vtd_domain;
struct vtd_listener;
struct vtd_prq_source;
struct vtd_requester;
struct vtd_unit;

/**
 * struct vtd_use - what one device wants requests of a source id to translate by
 * @node: in vtd_requester.uses, unless it wants them blocked
 * @vd: the device
 * @entry: its table entry, without what depends on the owner of the source id
 *
 * Guarded by vtd_requester.lock.
 */
struct vtd_use {
	struct list_head node;
	const struct vtd_device *vd;
	union vtd_entry entry;
};

/**
 * struct vtd_device - a device; dev_iommu_priv_get()
 * @dev: the device
 * @unit: the unit in front of it
 * @own: the requester of its own source id
 * @requesters: all its requesters, @own first
 * @nrequesters: how many
 * @own_use: what it wants of @own
 * @alias_uses: what it wants of the other requesters
 * @sidp: VTD_SIDP_F_*: what firmware says about requests without PASID
 * @ats_usable: ATS may be used, see features.c
 * @pasid_usable: PASIDs may be used
 * @pasid_privileged: the device may send privileged requests
 * @pri_usable: page requests may be used
 * @devtlb: its translation cache; enabled says whether ATS is on
 * @lock: guards the features that are switched on
 * @pasid_enabled: PASID is on in the device
 * @pri_enabled: page requests are on in the device
 * @takes_requests: the unit lets its page requests pass; guarded by the requester's
 *	lock
 * @requests_open: it is registered for page requests; as @npasids
 * @requests: its page requests; NULL until it is registered first
 * @npasids: PASIDs that have a translation, or had the one of a process that has ended;
 *	guarded by the group's lock
 * @still_mute: cut off, and it has not answered since it was blocked; as @npasids
 * @rid: what requests without PASID translate by; NULL if they are blocked. As @npasids
 * @pasids: the same by PASID; as @npasids
 * @listener: hears what happens to it, under RCU; NULL if nobody does
 * @parked: what a domain without table has replaced; only compared. As @npasids
 */
struct vtd_device {
	/* Constant after probe */
	struct device *dev;
	struct vtd_unit *unit;
	struct vtd_requester *own;
	struct vtd_requester **requesters;
	unsigned int nrequesters;
	u8 sidp;
	bool ats_usable;
	bool pasid_usable;
	bool pasid_privileged;
	bool pri_usable;

	struct vtd_use own_use;
	struct vtd_use *alias_uses;

	struct vtd_devtlb devtlb;
	struct mutex lock;	/* pasid_enabled, pri_enabled, devtlb.enabled */
	bool pasid_enabled;
	bool pri_enabled;
	bool takes_requests;
	bool requests_open;
	struct vtd_prq_source *requests;

	unsigned int npasids;
	bool still_mute;
	struct vtd_attachment *rid;
	struct xarray pasids;
	struct vtd_listener __rcu *listener;
	const struct vtd_domain *parked;
};

static inline struct vtd_device *to_vtd_device(struct device *dev)
{
	return dev_iommu_priv_get(dev);
}

struct iommu_device *vtd_device_probe(struct device *dev);
void vtd_device_release(struct device *dev);
bool vtd_device_deferred(struct device *dev);

void vtd_features_find(struct vtd_device *vd, struct pci_dev *pdev);
void vtd_features_start(struct vtd_device *vd);
void vtd_features_stop(struct vtd_device *vd);
bool vtd_features_has_pri(struct vtd_device *vd);
void vtd_features_stop_pri(struct vtd_device *vd);
void vtd_features_pause(struct vtd_device *vd);
bool vtd_features_clean(struct vtd_device *vd);
bool vtd_features_keep_ats(const struct vtd_device *vd, const union vtd_entry *rid);
bool vtd_features_wanted(const struct vtd_device *vd);
void vtd_features_start_all(struct vtd_unit *unit);

bool vtd_device_present(const struct vtd_device *vd);

void vtd_device_cut_off(struct vtd_device *vd);
bool vtd_device_open_again(struct vtd_device *vd);
bool vtd_device_recover(struct vtd_device *vd);
bool vtd_device_is_cut_off(const struct vtd_device *vd);
int vtd_device_refuse(const struct vtd_device *vd);

bool vtd_device_snoops_walks(const struct vtd_device *vd, u32 pasid);
bool vtd_device_can_force_snoop(const struct vtd_device *vd, u32 pasid);
bool vtd_device_tracks_dirty(const struct vtd_device *vd, u32 pasid);
int vtd_device_reserve_pasid(struct vtd_device *vd, u32 pasid);
struct vtd_entry_attrs vtd_device_entry_attrs(const struct vtd_device *vd, u32 pasid,
					      u16 did);
bool vtd_device_is_physical(const struct vtd_device *vd);
int vtd_device_translate(struct vtd_device *vd, u32 pasid,
			 const union vtd_entry *entry,
			 const struct iommu_domain *hears);
void vtd_device_rewrite(struct vtd_device *vd, u32 pasid, const union vtd_entry *entry);
void vtd_device_end_pasid(struct vtd_device *vd, u32 pasid,
			  const struct vtd_pasid_entry *was);
void vtd_device_shut_requests(struct vtd_device *vd);
void vtd_device_disown(struct vtd_device *vd);

void vtd_device_reserved_regions(struct device *dev, struct list_head *head);
int vtd_device_default_type(struct device *dev);

#endif
