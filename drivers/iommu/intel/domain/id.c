// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domain ids of a domain.
 *
 * Owns: struct vtd_domain_id.
 * Locks: vtd_domain.lock of the top, held by the caller.
 * Calls: unit/ for free ids, inval/ before an id is given back.
 */
#include <linux/slab.h>

#include "../inval/inval.h"
#include "../mutant.h"
#include "../unit/did.h"
#include "../unit/unit.h"
#include "domain.h"
#include "id.h"

static struct vtd_domain_id *id_find(struct vtd_domain *domain, struct vtd_unit *unit,
				     const struct vtd_device *nested_for)
{
	struct vtd_domain_id *id;

	list_for_each_entry(id, &domain->ids, node)
		if (id->unit == unit && (id->nested_for == nested_for ||
					 vtd_mutant(VTD_MUTANT_CHILD_SHARED_ID)))
			return id;
	return NULL;
}

/**
 * vtd_domain_id_get_locked() - the id of a domain at a unit
 * @domain: the domain
 * @unit: the unit
 * @nested_for: NULL for the domain itself; the device, behind @unit, for what is
 *	nested in the domain and attached to it
 *
 * Context: may sleep.
 * Return: the id; -ENOSPC if the unit has no free one, -ENOMEM.
 */
int vtd_domain_id_get_locked(struct vtd_domain *domain, struct vtd_unit *unit,
			     const struct vtd_device *nested_for)
{
	struct vtd_domain_id *id;
	int did;

	lockdep_assert_held(&domain->top->lock);
	id = id_find(domain, unit, nested_for);
	if (!id) {
		id = kzalloc_obj(*id);
		if (!id)
			return -ENOMEM;
		did = vtd_did_alloc(unit);
		if (did < 0) {
			kfree(id);
			return did;
		}
		id->unit = unit;
		id->nested_for = nested_for;
		id->did = did;
		list_add(&id->node, &domain->ids);
	}
	id->users++;
	return id->did;
}

/**
 * vtd_domain_id_put_locked() - an attachment behind a unit is gone
 * @domain: the domain
 * @unit: the unit
 * @nested_for: as it was got
 */
void vtd_domain_id_put_locked(struct vtd_domain *domain, struct vtd_unit *unit,
			      const struct vtd_device *nested_for)
{
	struct vtd_domain_id *id = id_find(domain, unit, nested_for);

	lockdep_assert_held(&domain->top->lock);
	if (WARN_ON_ONCE(!id) || --id->users)
		return;
	/* An id that may still stand in a cache is not given to another domain. */
	if (!vtd_inval_did_freed(unit, id->did))
		vtd_did_free(unit, id->did);
	list_del(&id->node);
	kfree(id);
}

/* vtd_kind.get_id of what has an id of its own at each unit */
int vtd_domain_id_get_own(struct vtd_domain *domain, struct vtd_device *vd)
{
	return vtd_domain_id_get_locked(domain, vd->unit, NULL);
}

/* vtd_kind.put_id */
void vtd_domain_id_put_own(struct vtd_domain *domain, struct vtd_device *vd)
{
	vtd_domain_id_put_locked(domain, vd->unit, NULL);
}
