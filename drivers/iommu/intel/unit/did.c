// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domain ids of a unit.
 */
#include "did.h"
#include "unit.h"

/**
 * vtd_did_alloc() - take a domain id
 * @unit: the unit
 *
 * Context: may sleep.
 * Return: the id; -ENOSPC if all are in use; -ENOMEM.
 */
int vtd_did_alloc(struct vtd_unit *unit)
{
	return ida_alloc_range(&unit->dids, VTD_DID_FIRST_DYNAMIC,
			       unit->caps.ndids - 1, GFP_KERNEL);
}

/**
 * vtd_did_free() - give a domain id back
 * @unit: the unit
 * @did: the id; nothing is cached under it any more
 */
void vtd_did_free(struct vtd_unit *unit, u16 did)
{
	ida_free(&unit->dids, did);
}

/**
 * vtd_did_reserve() - take a certain domain id
 * @unit: the unit
 * @did: the id
 *
 * Context: may sleep.
 * Return: 0; -EBUSY if it is in use; -EINVAL if the unit has no such id; -ENOMEM.
 */
int vtd_did_reserve(struct vtd_unit *unit, u16 did)
{
	int id;

	if (did >= unit->caps.ndids)
		return -EINVAL;
	id = ida_alloc_range(&unit->dids, did, did, GFP_KERNEL);
	if (id == -ENOSPC)
		return -EBUSY;
	return min(id, 0);
}

/**
 * vtd_did_count() - how many domain ids are in use
 * @unit: the unit
 *
 * Return: the number.
 */
unsigned int vtd_did_count(struct vtd_unit *unit)
{
	unsigned int n = 0;
	int id = -1;

	while ((id = ida_find_first_range(&unit->dids, id + 1, INT_MAX)) >= 0)
		n++;
	return n;
}
