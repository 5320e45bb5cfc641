/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PASID directory and tables of one source id.
 *
 *   context entry ── directory [PASID 19:6] ── table [PASID 5:0]
 */
#ifndef VTD_TABLE_PASID_H
#define VTD_TABLE_PASID_H

#include <linux/types.h>

#include "../hw/pasid_layout.h"

struct vtd_unit;

/**
 * struct vtd_pasid_table - what the PASIDs of a source id translate by
 * @unit: the unit that reads it
 * @dir: the directory
 * @dir_bits: it has 2^@dir_bits entries
 *
 * Directory entries only ever become present; callers keep each other out when
 * they add one.
 */
struct vtd_pasid_table {
	struct vtd_unit *unit;
	u64 *dir;
	unsigned int dir_bits;
};

struct vtd_pasid_table *vtd_pasid_table_create(struct vtd_unit *unit, u32 npasids);
void vtd_pasid_table_destroy(struct vtd_pasid_table *table);
u64 *vtd_pasid_slot(const struct vtd_pasid_table *table, u32 pasid);
u64 *vtd_pasid_add_slot(struct vtd_pasid_table *table, u32 pasid);

#endif
