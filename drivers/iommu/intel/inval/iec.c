// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt entry cache.
 *
 * Owns: nothing.
 * Locks: none.
 * Calls: queue/ through batches.
 */
#include "../unit/unit.h"
#include "batch.h"
#include "inval.h"

/**
 * vtd_inval_iec() - interrupt remapping entries changed
 * @unit: the unit
 * @index: first entry, aligned to 2^@order
 * @order: 2^@order entries
 *
 * Context: any but NMI.
 * Return: see inval.h.
 */
int vtd_inval_iec(struct vtd_unit *unit, u16 index, unsigned int order)
{
	struct vtd_batch batch __uninitialized;

	if (order > unit->caps.mhmv)
		return vtd_inval_iec_all(unit);
	vtd_batch_start(&batch, unit);
	vtd_batch_add(&batch, vtd_desc_iec(index, order));
	return vtd_batch_finish(&batch);
}

/**
 * vtd_inval_iec_all() - the whole interrupt remapping table changed
 * @unit: the unit
 *
 * Context: any but NMI.
 * Return: see inval.h.
 */
int vtd_inval_iec_all(struct vtd_unit *unit)
{
	struct vtd_batch batch __uninitialized;

	vtd_batch_start(&batch, unit);
	vtd_batch_add(&batch, vtd_desc_iec_global());
	return vtd_batch_finish(&batch);
}
