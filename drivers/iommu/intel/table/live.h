/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Setting the context and PASID entries that decide about translation.
 */
#ifndef VTD_TABLE_LIVE_H
#define VTD_TABLE_LIVE_H

#include "../inval/inval.h"
#include "entry.h"

int vtd_pasid_set(const struct vtd_inval_entry *where, u64 *slot,
		  const struct vtd_pasid_entry *new);
int vtd_context_set(const struct vtd_inval_entry *where, u64 *slot,
		    struct vtd_seal *seal, const struct vtd_context *new);
int vtd_sm_context_set(const struct vtd_inval_entry *where, u64 *slot,
		       struct vtd_seal *seal, const struct vtd_sm_context *new);
void vtd_context_close(const struct vtd_unit *unit, u64 *slot,
		       struct vtd_seal *seal);
void vtd_context_open(struct vtd_seal *seal);

#endif
