// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking the records of a DMAR table apart again.
 */
#include <linux/slab.h>

#include "dmar.h"
#include "scope.h"

#define free_records(list, type, each)					\
	do {								\
		type *rec, *next;					\
									\
		list_for_each_entry_safe(rec, next, (list), node) {	\
			list_del(&rec->node);				\
			each;						\
			kfree(rec);					\
		}							\
	} while (0)

/**
 * vtd_dmar_free() - forget all records
 * @dmar: empty afterwards
 */
void vtd_dmar_free(struct vtd_dmar *dmar)
{
	free_records(&dmar->drhds, struct vtd_drhd, vtd_scopes_free(&rec->scopes));
	free_records(&dmar->rmrrs, struct vtd_rmrr, vtd_scopes_free(&rec->scopes));
	free_records(&dmar->atsrs, struct vtd_atsr, vtd_scopes_free(&rec->scopes));
	free_records(&dmar->satcs, struct vtd_satc, vtd_scopes_free(&rec->scopes));
	free_records(&dmar->sidps, struct vtd_satc, vtd_scopes_free(&rec->scopes));
	free_records(&dmar->rhsas, struct vtd_rhsa, );
	free_records(&dmar->andds, struct vtd_andd, );
}
