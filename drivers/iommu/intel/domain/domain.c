// SPDX-License-Identifier: GPL-2.0-only
/*
 * What domains with attachments have in common.
 *
 * Owns: struct vtd_domain.
 * Locks: none.
 * Calls: inval/ for its tags.
 */
#include "domain.h"
#include "failed.h"

/**
 * vtd_domain_init() - a domain that keeps account of who uses it
 * @domain: the domain, zeroed but for what the core sees
 * @kind: its kind
 */
void vtd_domain_init(struct vtd_domain *domain, const struct vtd_kind *kind)
{
	domain->kind = kind;
	domain->top = domain;
	vtd_tags_init(&domain->tags, &vtd_domain_tags_ops);
	mutex_init(&domain->lock);
	mutex_init(&domain->users_lock);
	INIT_LIST_HEAD(&domain->ids);
	INIT_LIST_HEAD(&domain->attachments);
}

/**
 * vtd_domain_exit() - undo vtd_domain_init()
 * @domain: the domain; nothing is attached
 */
void vtd_domain_exit(struct vtd_domain *domain)
{
	mutex_destroy(&domain->users_lock);
	mutex_destroy(&domain->lock);
}
