/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kind of translation: all in which blocking, pass-through and the stages differ.
 *
 * attach.c carries every kind out in the same way and knows none of them.
 */
#ifndef VTD_DOMAIN_KIND_H
#define VTD_DOMAIN_KIND_H

#include "../inval/tag.h"
#include "../table/entry.h"

struct iommu_domain;
struct vtd_attachment;
struct vtd_device;
struct vtd_domain;

/* Tags that one attachment may need: its own, and its parent's on its behalf */
#define VTD_KIND_TAGS	4

/**
 * struct vtd_tag_place - a tag that an attachment needs
 * @tags: where it is published: of the domain, or of one that it is nested in
 * @key: what it is for
 */
struct vtd_tag_place {
	struct vtd_tags *tags;
	struct vtd_tag_key key;
};

/**
 * struct vtd_kind - a kind of translation
 * @alloc: makes a domain for a device with what the flags ask for, IOMMU_HWPT_ALLOC_*;
 *         ERR_PTR(-EOPNOTSUPP) if another kind is to be asked. NULL if the core does
 *         not ask for one as a page table
 * @misfit: why can a device, or a PASID of it, not use a domain? NULL if it can.
 *          Missing if every one can
 * @clash: why can a domain not be attached at a unit beside another one of the kind and
 *         parent? NULL if it can. Not asked when the core gives back what a device had, as
 *         it cannot be refused that. Missing if all can be attached beside each other
 * @get_id: the domain id at the unit of a device, or -errno. Missing together with
 *          @entry alone
 * @put_id: the counterpart; missing if there is nothing to give back
 * @entry: the table entry of an attachment that has its domain id. Missing for what
 *         blocks: then nothing is kept about a device, so that blocking cannot fail
 * @tags: fills in the tags that an attachment needs and returns how many; the same
 *        ones whenever it is asked. Missing if no table can change behind the entry
 * @keeps_table: a page table stays as long as a domain is attached, for debugfs to show.
 *               Not set by what has none, nor by what may lose it, as a process does
 *
 * What the core asks of a domain (map, unmap, flush, force snooping) it asks by the
 * iommu_domain_ops of the kind; a change of what @entry says ends in
 * vtd_attachments_rewrite_locked(). All but @alloc are called with the lock of
 * vtd_domain.top held, if there is one.
 */
struct vtd_kind {
	struct iommu_domain *(*alloc)(struct vtd_device *vd, u32 flags);
	const char *(*misfit)(struct vtd_domain *domain, const struct vtd_device *vd,
			      u32 pasid);
	const char *(*clash)(const struct vtd_domain *domain, const struct vtd_domain *other);
	int (*get_id)(struct vtd_domain *domain, struct vtd_device *vd);
	void (*put_id)(struct vtd_domain *domain, struct vtd_device *vd);
	union vtd_entry (*entry)(const struct vtd_attachment *attachment);
	unsigned int (*tags)(const struct vtd_attachment *attachment,
			     struct vtd_tag_place places[VTD_KIND_TAGS]);
	bool keeps_table;
};

#endif
