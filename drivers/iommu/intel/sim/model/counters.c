// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a unit has counted.
 */
#include "counters.h"
#include "model.h"

static u32 words_held(const struct vtdm_caches *caches, unsigned int cache)
{
	u32 i, nr = 0;

	for (i = 0; i < caches->nr[cache]; i++)
		nr += caches->slot[cache][i].valid;
	return nr;
}

/**
 * vtd_model_count() - what the unit has counted
 * @model: the unit
 * @counters: filled
 */
void vtd_model_count(const struct vtd_model *model,
		     struct vtd_model_counters *counters)
{
	unsigned int i;

	*counters = (struct vtd_model_counters){
		.operations = model->clock,
		.stale = model->stale,
		.misuses = model->registers.misuses,
		.descriptors = model->queue.nr,
	};
	for (i = 0; i < VTD_MODEL_CACHES; i++) {
		counters->held[i] = words_held(&model->caches, i);
		counters->dropped[i] = model->caches.dropped[i];
	}
}
