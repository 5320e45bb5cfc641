/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Domain ids of a unit. 0 is never handed out: caching units tag absent
 * entries with it.
 */
#ifndef __VTD_UNIT_DID_H
#define __VTD_UNIT_DID_H

#include <linux/types.h>

struct vtd_unit;

/* For entries without a second-stage table: see vtd_did_reserve(). */
#define VTD_DID_PASSTHROUGH	1
#define VTD_DID_FIRST_STAGE	2
#define VTD_DID_FIRST_DYNAMIC	3

/* A free id; -ENOSPC, -ENOMEM. May sleep. */
int vtd_did_alloc(struct vtd_unit *unit);
void vtd_did_free(struct vtd_unit *unit, u16 did);
/* Takes one id that an old kernel's tables use; -EBUSY if it is taken already. */
int vtd_did_reserve(struct vtd_unit *unit, u16 did);
unsigned int vtd_did_count(struct vtd_unit *unit);

#endif
