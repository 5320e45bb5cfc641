/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A domain of any kind: what devices translate by, and who uses it.
 *
 *   vtd_domain ─┬─ kind        what is special about it
 *               ├─ tags        where its translations may be cached
 *               ├─ ids         its domain id at each unit
 *               └─ attachments devices and PASIDs
 *
 * A paging domain (paging.h) has a page table behind that.
 */
#ifndef VTD_DOMAIN_DOMAIN_H
#define VTD_DOMAIN_DOMAIN_H

#include <linux/iommu.h>
#include <linux/mutex.h>

#include "../device/device.h"
#include "../inval/tag.h"

struct vtd_kind;

/**
 * struct vtd_domain - what devices can translate by
 * @kind: what is special about it; constant
 * @top: whose lock and attachments count: its own, or those of the domain that it is
 *       nested in. NULL if nothing is kept about who uses it. Constant
 * @tags: where translations may be cached
 * @lock: guards what follows, and changes of @tags
 * @ids: struct vtd_domain_id; guarded by the lock of @top
 * @users_lock: held with @lock when @attachments changes, so that either keeps them. Whoever
 *              holds it waits for invalidations and for memory, not for handlers of page
 *              requests
 * @attachments: struct vtd_attachment, of this domain and of those nested in it
 * @domain: what the core sees. Last, as the page table of a paging domain contains it
 *
 * Lock order: the group's lock (core) -> @lock -> @users_lock -> vtd_requester.lock.
 */
struct vtd_domain {
	const struct vtd_kind *kind;
	struct vtd_domain *top;
	struct vtd_tags tags;

	struct mutex lock;	/* what follows, and changes of tags */
	struct list_head ids;
	struct mutex users_lock;	/* attachments */
	struct list_head attachments;

	struct iommu_domain domain;
};

static inline struct vtd_domain *to_vtd_domain(struct iommu_domain *domain)
{
	return container_of(domain, struct vtd_domain, domain);
}

void vtd_domain_init(struct vtd_domain *domain, const struct vtd_kind *kind);
void vtd_domain_exit(struct vtd_domain *domain);

#endif
