/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a unit has counted.
 */
#ifndef __VTD_SIM_MODEL_COUNTERS_H
#define __VTD_SIM_MODEL_COUNTERS_H

#include <linux/types.h>

#include "config.h"

struct vtd_model;

/**
 * struct vtd_model_counters - what a unit has counted since it was made
 * @operations: requests, interrupts and invalidations; notes have their times
 *	in these
 * @stale: cache entries that were used though memory said otherwise
 * @misuses: what software did against the rules
 * @held: by cache: entries that it has now
 * @dropped: by cache: entries that went because it was full
 * @descriptors: invalidation descriptors that were fetched and are not done
 */
struct vtd_model_counters {
	u64 operations;
	u64 stale;
	u64 misuses;
	u32 held[VTD_MODEL_CACHES];
	u64 dropped[VTD_MODEL_CACHES];
	u32 descriptors;
};

void vtd_model_count(const struct vtd_model *model,
		     struct vtd_model_counters *counters);

#endif
