/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A request on its way through the tables: where each file of a chapter finds
 * what the one before it found out.
 *
 *   request -> root, context -> PASID entry -> first stage -.
 *                  (root.c)       (pasid.c)       (first.c) | table reads and
 *                                                           v the final page
 *                                             second stage  (second.c)
 *
 * Each word that is read on the way is kept in a trail, with the flags that
 * must be set in it before the translation may be used (flags.c).
 */
#ifndef __VTD_SIM_MODEL_WALK_H
#define __VTD_SIM_MODEL_WALK_H

#include <linux/types.h>

#include "request.h"

struct vtd_model;

/* A word changed under the walk, which begins anew. No fault has this number. */
#define VTDM_AGAIN	0xff

enum vtdm_word_kind {
	VTDM_WORD_ROOT,
	VTDM_WORD_CONTEXT,
	VTDM_WORD_PASID_DIR,
	VTDM_WORD_PASID,
	VTDM_WORD_FIRST,
	VTDM_WORD_SECOND,
	VTDM_WORD_IRTE,
};

/**
 * struct vtdm_word - 8 bytes of a table, as they were read
 * @addr: host address
 * @value: what was read, with flags that were set since
 * @set: flags to be set before the translation is used
 * @kind: whose entry it is part of
 * @level: stages: 1 for the tables of 4-KiB pages
 * @frozen: first stage: the second stage forbids writing the word
 * @holder: first stage under nesting: 1 + index of the second-stage leaf of
 *	the page that the word is in; 0 for none
 * @input: stages: the address that is translated
 * @start: stages: index of the first word of this way through the stage
 * @grants: stages: what all levels down to here grant, VTDM_GRANT_*
 * @upper: stages: a valid entry that leads to a table
 */
struct vtdm_word {
	u64 addr;
	u64 value;
	u64 set;
	u8 kind;
	u8 level;
	bool frozen;
	u8 holder;
	u8 start;
	u8 grants;
	bool upper;
	u64 input;
};

#define VTDM_GRANT_READ		1
#define VTDM_GRANT_WRITE	2
#define VTDM_GRANT_USER		4

/*
 * Root 2, context 4, directory 1, PASID entry 8; then at most 5 first-stage
 * words, each behind 5 of the second stage, and 5 for the final page.
 */
#define VTDM_TRAIL_MAX	(2 + 4 + 1 + 8 + 5 + 5 * 5 + 5)

struct vtdm_trail {
	unsigned int nr;
	struct vtdm_word word[VTDM_TRAIL_MAX];
};

/**
 * struct vtdm_context - a root and a context entry, understood
 * @dir: scalable: the PASID directory
 * @ssptptr: legacy: the second stage's root
 * @ndir: scalable: PASIDs below this have a directory entry
 * @rid_pasid: scalable: PASID of requests without PASID
 * @did: legacy: domain id
 * @aw: legacy: address width code
 * @tt: legacy: VTD_TT_*
 * @fpd: FPD of the context entry
 * @dte: scalable: ATS is enabled
 * @paside: scalable: PASIDs are enabled
 * @pre: scalable: page requests are enabled
 * @eptr: scalable: translated requests may carry a PASID
 * @rid_priv: scalable: requests without PASID are privileged
 */
struct vtdm_context {
	u64 dir;
	u64 ssptptr;
	u32 ndir;
	u32 rid_pasid;
	u16 did;
	u8 aw;
	u8 tt;
	bool fpd;
	bool dte;
	bool paside;
	bool pre;
	bool eptr;
	bool rid_priv;
};

/**
 * struct vtdm_pasid - a PASID entry, understood; legacy mode makes one up
 * @fsptptr: first stage's root
 * @ssptptr: second stage's root
 * @did: domain id
 * @pgtt: VTD_PGTT_*
 * @aw: second stage: address width code
 * @fslevels: first stage: levels
 * @pat: eight PAT entries of 4 bits
 * @fpd: FPD of the directory entry or of the PASID entry
 * @ssade: second stage: A and D are maintained
 * @pwsnp: table accesses are snooped
 * @pgsnp: final accesses are snooped
 * @cd: final accesses are uncached
 * @emte: memory types of the second stage count
 * @sre: privileged requests are allowed
 * @wpe: they heed R/W
 * @eafe: EA is maintained
 */
struct vtdm_pasid {
	u64 fsptptr;
	u64 ssptptr;
	u16 did;
	u8 pgtt;
	u8 aw;
	u8 fslevels;
	u32 pat;
	bool fpd;
	bool ssade;
	bool pwsnp;
	bool pgsnp;
	bool cd;
	bool emte;
	bool sre;
	bool wpe;
	bool eafe;
};

/**
 * struct vtdm_leaf - the page that a stage found
 * @addr: its output address
 * @order: its size is 2^order bytes
 * @read: what all levels grant
 * @write: likewise
 * @snp: second stage: SNP
 * @ipat: second stage: IPAT
 * @emt: second stage: EMT
 * @pat: first stage: index of the PAT entry
 * @first: first stage: 1 + index of the leaf entry in the trail, 0 for none
 * @second: second stage: likewise
 */
struct vtdm_leaf {
	u64 addr;
	u8 order;
	bool read;
	bool write;
	bool snp;
	bool ipat;
	u8 emt;
	u8 pat;
	u8 first;
	u8 second;
};

/**
 * struct vtdm_walk - a request on its way through the tables
 * @model: the unit
 * @rq: the request
 * @ctx: what root.c found
 * @pe: what pasid.c found
 * @trail: every word that was read
 * @page: where the walk ended: the final page
 * @pasid: of the PASID entry, also for requests without PASID
 * @fpd: an entry on the way has FPD
 * @supervisor: first stage: a privileged request
 * @dirty: D is set wherever a write would need it
 * @legacy: reasons are those of legacy mode
 * @dry: look only: use no cache and set no flags
 * @stale: cache entries that were used though memory says otherwise
 * @also: further reasons that are allowed, see struct vtd_model_outcome
 */
struct vtdm_walk {
	struct vtd_model *model;
	const struct vtd_model_request *rq;
	struct vtdm_context ctx;
	struct vtdm_pasid pe;
	struct vtdm_trail trail;
	struct vtdm_leaf page;
	u32 pasid;
	bool fpd;
	bool supervisor;
	bool dirty;
	bool legacy;
	bool dry;
	u8 stale;
	u8 also[VTD_MODEL_ALSO];
};

static inline bool vtdm_walk_is_ats(const struct vtdm_walk *walk)
{
	return walk->rq->at == VTD_FRCD_AT_REQUEST;
}

/* Whether the second of two stated reasons may stand for the first. */
static inline void vtdm_walk_allow(struct vtdm_walk *walk, u8 first, u8 second)
{
	walk->also[0] = first;
	walk->also[1] = second;
}

#endif
