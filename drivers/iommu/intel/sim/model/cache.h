/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a unit remembers (VT-d chapter 6): context cache, PASID cache, IOTLB,
 * and the paging-structure caches of both stages.
 *
 * The slots are the owner's memory; a slot holds one entry of one cache. By
 * the policy "keep all" an entry leaves only by an invalidation, so that one
 * that is missing always shows.
 */
#ifndef __VTD_SIM_MODEL_CACHE_H
#define __VTD_SIM_MODEL_CACHE_H

#include "config.h"
#include "walk.h"

/**
 * struct vtdm_tag - by what an entry is found and removed
 * @addr: IOTLB and paging caches: first input address. Interrupts: the index
 * @pasid: of the PASID entry, also if the request carried none
 * @sid: context, PASID, IOTLB: source id
 * @did: domain id; 0 for faulting context and PASID entries (CM=1)
 * @order: IOTLB and paging caches: 2^order bytes are covered
 * @level: paging caches: level of the entry, which selects a table below
 * @pgtt: IOTLB: VTD_PGTT_*
 * @at: IOTLB: VTD_FRCD_AT_* of the request that made it
 * @has_pasid: PASID, IOTLB: the request carried a PASID
 * @privileged: IOTLB: and was privileged
 * @legacy: IOTLB: made in legacy mode
 */
struct vtdm_tag {
	u64 addr;
	u32 pasid;
	u16 sid;
	u16 did;
	u8 order;
	u8 level;
	u8 pgtt;
	u8 at;
	bool has_pasid;
	bool privileged;
	bool legacy;
};

/**
 * struct vtdm_upper - a table that upper levels lead to
 * @root: the pointer above it: root table, PASID directory, or the stage's
 * @table: address of the table, the guest's in a nested first stage
 * @host: host address of that table, if @has_host
 * @grants: VTDM_GRANT_*, of all levels down to here
 * @has_host: the second stage's work for the table is remembered, too
 * @frozen: as in struct vtdm_word, for the entries of the table
 */
struct vtdm_upper {
	u64 root;
	u64 table;
	u64 host;
	u8 grants;
	bool has_host;
	bool frozen;
};

/**
 * struct vtdm_cached - a slot
 * @valid: holds an entry
 * @tag: by what it is found
 * @reason: a fault reason that is remembered (CM=1), else 0
 * @fpd: FPD on the way to it
 * @dirty: IOTLB: D is set wherever a write needs it
 * @ctx: context cache
 * @pe: all but the context cache: the PASID entry
 * @page: IOTLB: the page; its address is that of @tag's first byte
 * @upper: paging caches; its root in all but the IOTLB
 * @irte: interrupt entries: both words
 * @filled: when: the model's count of operations
 * @trail: every word that it was made of
 */
struct vtdm_cached {
	bool valid;
	struct vtdm_tag tag;
	u8 reason;
	bool fpd;
	bool dirty;
	struct vtdm_context ctx;
	struct vtdm_pasid pe;
	struct vtdm_leaf page;
	struct vtdm_upper upper;
	u64 irte[2];
	u64 filled;
	struct vtdm_trail trail;
};

/**
 * struct vtdm_caches - where the slots of each cache are
 * @slot: first slot of each cache
 * @nr: number of slots
 * @next: where a full cache drops an entry next
 * @dropped: how often it did
 */
struct vtdm_caches {
	struct vtdm_cached *slot[VTD_MODEL_CACHES];
	u32 nr[VTD_MODEL_CACHES];
	u32 next[VTD_MODEL_CACHES];
	u64 dropped[VTD_MODEL_CACHES];
};

void vtdm_cache_init(struct vtd_model *model);
void vtdm_cache_clear(struct vtd_model *model);
void vtdm_cache_clear_interrupts(struct vtd_model *model);
bool vtdm_cache_usable(struct vtdm_walk *walk, enum vtd_model_cache cache);
struct vtdm_cached *vtdm_cache_put(struct vtdm_walk *walk,
				   enum vtd_model_cache cache,
				   const struct vtdm_tag *tag,
				   unsigned int from, unsigned int to);
void vtdm_cache_follow(struct vtdm_walk *walk, const struct vtdm_cached *entry);

struct vtdm_cached *vtdm_cache_context(struct vtdm_walk *walk);
void vtdm_cache_put_context(struct vtdm_walk *walk, u8 reason);
struct vtdm_cached *vtdm_cache_pasid(struct vtdm_walk *walk);
void vtdm_cache_put_pasid(struct vtdm_walk *walk, u8 reason, unsigned int from);
struct vtdm_cached *vtdm_cache_page(struct vtdm_walk *walk);
void vtdm_cache_put_page(struct vtdm_walk *walk, u8 reason);

#endif
