/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The root table of a unit and the context tables below it.
 *
 *   vtd_unit ── vtd_root ── root entry [bus] ── context entry [devfn]
 *
 * Context tables come when the first device of a bus does, and stay.
 */
#ifndef VTD_TABLE_ROOT_H
#define VTD_TABLE_ROOT_H

#include <linux/mutex.h>
#include <linux/types.h>

#include "../hw/root_layout.h"

struct vtd_unit;

/**
 * struct vtd_root - all tables of a unit down to the context entries
 * @entries: the root table
 * @lock: guards root entries that become present
 * @foreign: source ids whose context entry an earlier kernel made; NULL if none
 *
 * A context entry itself belongs to the requester that has its source id.
 */
struct vtd_root {
	struct vtd_root_entry *entries;
	struct mutex lock;	/* root entries */
	unsigned long *foreign;
};

int vtd_root_create(struct vtd_unit *unit);
void vtd_root_destroy(struct vtd_unit *unit);
int vtd_root_install(struct vtd_unit *unit);
u64 *vtd_root_context(struct vtd_unit *unit, u16 sid);
u64 *vtd_root_add_context(struct vtd_unit *unit, u16 sid);
int vtd_root_adopt(struct vtd_unit *unit);
bool vtd_root_is_foreign(const struct vtd_unit *unit, u16 sid);

#endif
