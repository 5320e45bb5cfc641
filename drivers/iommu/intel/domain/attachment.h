/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a device, or a PASID of it, translates by: one place for each of them.
 *
 *   vtd_device ── rid         requests without PASID
 *              ── pasids[n]   requests with PASID n
 *
 * Blocked is what has no attachment.
 */
#ifndef VTD_DOMAIN_ATTACHMENT_H
#define VTD_DOMAIN_ATTACHMENT_H

#include <linux/list.h>
#include <linux/rcupdate.h>

#include "../device/device.h"

struct vtd_domain;

/**
 * struct vtd_attachment - a device, or a PASID of it, that translates by a domain
 * @node: in vtd_domain.attachments of the domain's top, read under RCU
 * @domain: the domain
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 * @did: the domain's id at the unit of @vd
 * @paused: its entry is absent, see beside.c. Guarded by the lock of the domain's top
 * @rcu: a flush that failed may still be looking at it when it goes
 */
struct vtd_attachment {
	struct list_head node;
	struct vtd_domain *domain;
	struct vtd_device *vd;
	u32 pasid;
	u16 did;
	bool paused;
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

struct vtd_attachment *vtd_attachment_of(struct vtd_device *vd, u32 pasid);
int vtd_attachment_reserve(struct vtd_device *vd, u32 pasid, gfp_t gfp);
void vtd_attachment_set(struct vtd_device *vd, u32 pasid, struct vtd_attachment *new);
bool vtd_attachment_has_table(const struct vtd_attachment *attachment);
void vtd_attachment_announce(struct vtd_device *vd, u32 pasid, bool had);

#endif
