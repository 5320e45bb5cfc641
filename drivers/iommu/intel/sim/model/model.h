/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A golden model of one VT-d remapping unit: what it answers, by the letter of
 * the architecture.
 *
 * It knows nothing of any driver: of this one's sources it shares the layouts
 * in hw/ alone. It allocates nothing, takes no lock and keeps no clock; its
 * owner gives it memory at the start and calls it from one thread at a time.
 */
#ifndef __VTD_SIM_MODEL_H
#define __VTD_SIM_MODEL_H

#include <linux/types.h>

#include "cache.h"
#include "caps.h"
#include "command.h"
#include "config.h"
#include "pages.h"
#include "queue.h"
#include "record.h"
#include "registers.h"
#include "request.h"
#include "walk.h"

/**
 * struct vtd_model - one unit
 * @config: as given
 * @caps: its capabilities
 * @rtaddr: RTADDR as latched by SRTP
 * @random: state of the generator behind everything that is done by seed
 * @translating: GSTS.TES
 * @irta: IRTA as latched by SIRTP
 * @remapping: GSTS.IRES
 * @compatible: GSTS.CFIS
 * @clock: operations so far
 * @stale: cache entries that were used though memory said otherwise
 * @caches: what it remembers
 * @walk: the request being translated; too large for a stack
 * @fresh: the same request without any cache, to compare with
 * @registers: registers
 * @command: the command in progress
 * @records: fault recording registers
 * @queue: the invalidation queue
 * @pages: page requests on their way to the queue
 *
 * The owner allocates it and looks at none of its members.
 */
struct vtd_model {
	struct vtd_model_config config;
	struct vtdm_caps caps;
	u64 rtaddr;
	u64 random;
	bool translating;
	u64 irta;
	bool remapping;
	bool compatible;
	u64 clock;
	u64 stale;
	struct vtdm_caches caches;
	struct vtdm_walk walk;
	struct vtdm_walk fresh;
	struct vtdm_registers registers;
	struct vtdm_command command;
	struct vtdm_records records;
	struct vtdm_queue queue;
	struct vtdm_pages pages;
};

const char *vtd_model_init(struct vtd_model *model,
			   const struct vtd_model_config *config);
void vtd_model_set_root(struct vtd_model *model, u64 rtaddr);
void vtd_model_set_translation(struct vtd_model *model, u32 on);
void vtd_model_translate(struct vtd_model *model,
			 const struct vtd_model_request *rq,
			 struct vtd_model_outcome *out);
u32 vtd_model_accepts(const struct vtd_model_outcome *out, u8 reason);

#endif
