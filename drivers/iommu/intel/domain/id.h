/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Domain ids: the name of a domain in the caches of one unit.
 *
 * First-stage domains have ids of their own, too: two devices whose requests
 * carry no PASID both look up PASID 0, and would share cached entries if
 * their domains shared an id.
 *
 * What is nested in a domain has one id for each device that it is attached to: the
 * caches tell apart by PASID what the device has, and two devices, which may use the
 * same PASID for different tables, never meet.
 */
#ifndef VTD_DOMAIN_ID_H
#define VTD_DOMAIN_ID_H

#include <linux/list.h>
#include <linux/types.h>

struct vtd_device;
struct vtd_domain;
struct vtd_unit;

/**
 * struct vtd_domain_id - the id of a domain at a unit
 * @node: in vtd_domain.ids
 * @unit: the unit
 * @nested_for: whose it is, if it is for what is nested in the domain; NULL for
 *	the domain itself
 * @did: the id
 * @users: attachments that have it
 */
struct vtd_domain_id {
	struct list_head node;
	struct vtd_unit *unit;
	const struct vtd_device *nested_for;
	u16 did;
	unsigned int users;
};

int vtd_domain_id_get_locked(struct vtd_domain *domain, struct vtd_unit *unit,
			     const struct vtd_device *nested_for)
	__must_hold(&domain->top->lock);
void vtd_domain_id_put_locked(struct vtd_domain *domain, struct vtd_unit *unit,
			      const struct vtd_device *nested_for)
	__must_hold(&domain->top->lock);
int vtd_domain_id_get_own(struct vtd_domain *domain, struct vtd_device *vd);
void vtd_domain_id_put_own(struct vtd_domain *domain, struct vtd_device *vd);

#endif
