/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words of context and PASID entries, built from what they shall mean.
 *
 * Pure: nothing here touches memory that a unit reads. The shapes say which
 * bits of a present entry hardware looks at; they are what makes a change from
 * one entry to another hitless or not.
 */
#ifndef VTD_TABLE_ENTRY_H
#define VTD_TABLE_ENTRY_H

#include "../hw/pasid_layout.h"
#include "../hw/root_layout.h"
#include "transition.h"

/**
 * struct vtd_entry_attrs - what entries of all kinds of translation share
 * @did: domain id
 * @snoop_walk: the unit can snoop page walks, so let it
 * @snoop_force: no access of the device may bypass the CPU's caches
 * @track_dirty: the unit marks second-stage entries of pages that are used
 * @aw: address width code of first-stage entries; 0 but for
 *      vtd_quirk_first_stage_width()
 * @pat: memory types of first-stage entries, VTD_PAT_*; 0 if the unit has none
 */
struct vtd_entry_attrs {
	u16 did;
	u8 aw;
	u32 pat;
	bool snoop_walk;
	bool snoop_force;
	bool track_dirty;
};

/**
 * struct vtd_entry_stage - a first stage, as far as a guest chooses it
 * @root: address of the top table; one of the second stage
 * @levels: 4 or 5
 * @supervisor: privileged requests are allowed (SRE)
 * @write_protect: they may not write read-only pages either (WPE)
 * @mark_extended: the unit sets the extended-accessed flag (EAFE)
 */
struct vtd_entry_stage {
	u64 root;
	unsigned int levels;
	bool supervisor;
	bool write_protect;
	bool mark_extended;
};

/**
 * union vtd_entry - what requests translate by, in the words that a unit reads
 * @pasid: scalable mode: a PASID entry
 * @context: legacy mode: a context entry
 * @qw: either of them
 *
 * The mode is that of the unit. All zero blocks.
 */
union vtd_entry {
	struct vtd_pasid_entry pasid;
	struct vtd_context context;
	u64 qw[VTD_ENTRY_WORDS];
};

static inline bool vtd_entry_present(const union vtd_entry *entry)
{
	return entry->qw[0] & VTD_ENTRY_PRESENT;
}

/* Somebody has the PASID, perhaps to no effect, see vtd_entry_ended(). */
static inline bool vtd_pasid_entry_taken(const u64 *entry)
{
	/* The end of a process may change it meanwhile: taken before and after. */
	return READ_ONCE(entry[0]) & (VTD_PE0_P | VTD_PE0_FPD);
}

extern const struct vtd_shape vtd_shape_root_half;
extern const struct vtd_shape vtd_shape_pasid_dir;
extern const struct vtd_shape vtd_shape_context;
extern const struct vtd_shape vtd_shape_sm_context;
extern const struct vtd_shape vtd_shape_pasid;

struct vtd_context vtd_entry_context(u64 root, unsigned int aw, u16 did,
				     unsigned int tt);
struct vtd_context vtd_entry_with_ats(struct vtd_context entry);
bool vtd_entry_answers_ats(const struct vtd_context *entry);
struct vtd_sm_context vtd_entry_sm_context(u64 dir, unsigned int dir_bits);
struct vtd_pasid_entry vtd_entry_first(const struct vtd_entry_attrs *attrs,
				       u64 root, unsigned int levels);
struct vtd_pasid_entry vtd_entry_process(const struct vtd_entry_attrs *attrs,
					 u64 root, unsigned int levels);
struct vtd_pasid_entry vtd_entry_ended(void);
u32 vtd_entry_pat(u64 msr);
struct vtd_pasid_entry vtd_entry_second(const struct vtd_entry_attrs *attrs,
					u64 root, unsigned int aw);
struct vtd_pasid_entry vtd_entry_nested(const struct vtd_pasid_entry *second, u32 pat,
					const struct vtd_entry_stage *first);
struct vtd_pasid_entry vtd_entry_passthrough(const struct vtd_entry_attrs *attrs);

static inline bool vtd_pasid_entry_present(const u64 *entry)
{
	return entry[0] & VTD_PE0_P;
}

static inline unsigned int vtd_pasid_entry_pgtt(const u64 *entry)
{
	return FIELD_GET(VTD_PE0_PGTT, entry[0]);
}

static inline u16 vtd_pasid_entry_did(const u64 *entry)
{
	return FIELD_GET(VTD_PE1_DID, entry[1]);
}

static inline u16 vtd_context_did(const u64 *entry)
{
	return FIELD_GET(VTD_CTX_HI_DID, entry[1]);
}

#endif
