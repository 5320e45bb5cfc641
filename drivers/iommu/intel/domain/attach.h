/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one way for a device, or a PASID of it, to get another domain.
 */
#ifndef VTD_DOMAIN_ATTACH_H
#define VTD_DOMAIN_ATTACH_H

#include <linux/list.h>
#include <linux/rcupdate.h>

#include "../device/device.h"
#include "domain.h"


/**
 * struct vtd_attachment - a device, or a PASID of it, that translates by a domain
 * @node: in vtd_domain.attachments of the domain's top, read under RCU
 * @domain: the domain
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 * @did: the domain's id at the unit of @vd
 * @rcu: a flush that failed may still be looking at it when it goes
 */
struct vtd_attachment {
	struct list_head node;
	struct vtd_domain *domain;
	struct vtd_device *vd;
	u32 pasid;
	u16 did;
	struct rcu_head rcu;
};

/**
 * struct vtd_pasid_watch - somebody who wants to know which PASIDs have a table
 * @attached: the PASID translates by a page table, and did not before
 * @detached: it does not any more
 *
 * Called under the group's lock.
 */
struct vtd_pasid_watch {
	void (*attached)(const struct vtd_device *vd, u32 pasid);
	void (*detached)(const struct vtd_device *vd, u32 pasid);
};

void vtd_pasid_watch(const struct vtd_pasid_watch *watch);
int vtd_attach(struct vtd_domain *domain, struct vtd_device *vd, u32 pasid);
int vtd_attach_restore(struct vtd_domain *domain, struct vtd_device *vd, u32 pasid);
int vtd_domain_attach(struct iommu_domain *domain, struct device *dev,
		      struct iommu_domain *old);
int vtd_domain_set_pasid(struct iommu_domain *domain, struct device *dev,
			 ioasid_t pasid, struct iommu_domain *old);
void vtd_attachments_rewrite_locked(struct vtd_domain *top)
	__must_hold(&top->lock);

#endif
