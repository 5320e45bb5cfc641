// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking the records of a DMAR table apart again.
 */
#include <linux/slab.h>

#include "dmar.h"
#include "scope.h"

#define free_list(type, list)						\
	do {								\
		type *rec, *next;					\
									\
		list_for_each_entry_safe(rec, next, (list), node) {	\
			list_del(&rec->node);				\
			kfree(rec);					\
		}							\
	} while (0)

#define free_scoped_list(type, list)					\
	do {								\
		type *owner;						\
									\
		list_for_each_entry(owner, (list), node)		\
			vtd_scopes_free(&owner->scopes);		\
		free_list(type, list);					\
	} while (0)

/**
 * vtd_dmar_free() - forget all records
 * @dmar: empty afterwards
 */
void vtd_dmar_free(struct vtd_dmar *dmar)
{
	free_scoped_list(struct vtd_drhd, &dmar->drhds);
	free_scoped_list(struct vtd_rmrr, &dmar->rmrrs);
	free_scoped_list(struct vtd_atsr, &dmar->atsrs);
	free_scoped_list(struct vtd_satc, &dmar->satcs);
	free_scoped_list(struct vtd_satc, &dmar->sidps);
	free_list(struct vtd_rhsa, &dmar->rhsas);
	free_list(struct vtd_andd, &dmar->andds);
}
