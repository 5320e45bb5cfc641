/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Does memory still say what a cache entry says?
 */
#ifndef __VTD_SIM_MODEL_STALE_H
#define __VTD_SIM_MODEL_STALE_H

#include "config.h"
#include "walk.h"

struct vtdm_cached;

void vtdm_stale_context(struct vtdm_walk *walk, const struct vtdm_cached *known);
void vtdm_stale_pasid(struct vtdm_walk *walk, const struct vtdm_cached *known);
void vtdm_stale_upper(struct vtdm_walk *walk, enum vtd_model_cache cache,
		      const struct vtdm_cached *known);
void vtdm_stale_page(struct vtdm_walk *walk, const struct vtdm_cached *known,
		     u8 reason, u8 truth);
void vtdm_stale_interrupt(struct vtdm_walk *walk,
			  const struct vtdm_cached *known);

#endif
