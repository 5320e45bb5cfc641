// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builders and shapes of table entries.
 *
 * Owns: nothing; pure.
 * Locks: none.
 * Calls: nothing.
 *
 * Spec: 9.1 to 9.6, and the table of which PASID entry fields count for which
 * translation type.
 */
#include "entry.h"

/* A pointer and a present bit, all of it looked at. */
static void pointer_used(const u64 *entry, u64 *used)
{
	used[0] = ~0ULL;
}

const struct vtd_shape vtd_shape_root_half = {
	.nwords = 1,
	.used = pointer_used,
};

const struct vtd_shape vtd_shape_pasid_dir = {
	.nwords = 1,
	.quiet = VTD_PDE_FPD,
	.used = pointer_used,
};

static void context_used(const u64 *entry, u64 *used)
{
	used[0] = VTD_CTX_P | VTD_CTX_FPD | VTD_CTX_TT;
	used[1] = VTD_CTX_HI_AW | VTD_CTX_HI_DID;
	if (FIELD_GET(VTD_CTX_TT, entry[0]) != VTD_TT_PASSTHROUGH)
		used[0] |= VTD_CTX_SSPTPTR;
}

const struct vtd_shape vtd_shape_context = {
	.nwords = 2,
	.quiet = VTD_CTX_FPD,
	.used = context_used,
};

static void sm_context_used(const u64 *entry, u64 *used)
{
	used[0] = ~0ULL;
	used[1] = ~0ULL;
}

const struct vtd_shape vtd_shape_sm_context = {
	.nwords = 4,
	.quiet = VTD_SMCTX_FPD,
	.used = sm_context_used,
};

static void pasid_used(const u64 *entry, u64 *used)
{
	unsigned int pgtt = vtd_pasid_entry_pgtt(entry);

	used[0] = VTD_PE0_P | VTD_PE0_FPD | VTD_PE0_PGTT;
	used[1] = VTD_PE1_DID | VTD_PE1_PWSNP | VTD_PE1_PGSNP | VTD_PE1_CD |
		  VTD_PE1_EMTE | VTD_PE1_PAT;
	used[2] = VTD_PE2_SRE;
	if (pgtt == VTD_PGTT_SECOND || pgtt == VTD_PGTT_NESTED)
		used[0] |= VTD_PE0_AW | VTD_PE0_SSADE | VTD_PE0_SSPTPTR;
	if (pgtt == VTD_PGTT_FIRST || pgtt == VTD_PGTT_NESTED)
		used[2] |= VTD_PE2_FSPM | VTD_PE2_WPE | VTD_PE2_EAFE |
			   VTD_PE2_FSPTPTR;
}

const struct vtd_shape vtd_shape_pasid = {
	.nwords = 8,
	.quiet = VTD_PE0_FPD,
	.used = pasid_used,
};

/**
 * vtd_entry_context() - a context entry of legacy mode
 * @root: second-stage root; 0 for pass-through
 * @aw: its address width code; the unit's largest for pass-through
 * @did: domain id
 * @tt: VTD_TT_*
 *
 * Return: the entry, present.
 */
struct vtd_context vtd_entry_context(u64 root, unsigned int aw, u16 did,
				     unsigned int tt)
{
	return (struct vtd_context){
		.lo = VTD_CTX_P | FIELD_PREP(VTD_CTX_TT, tt) |
		      (root & VTD_CTX_SSPTPTR),
		.hi = FIELD_PREP(VTD_CTX_HI_AW, aw) |
		      FIELD_PREP(VTD_CTX_HI_DID, did),
	};
}

/**
 * vtd_entry_answers_ats() - can a context entry of legacy mode answer ATS?
 * @entry: the entry
 *
 * Return: true if it is present and does not pass requests through.
 */
bool vtd_entry_answers_ats(const struct vtd_context *entry)
{
	return entry->lo & VTD_CTX_P &&
	       FIELD_GET(VTD_CTX_TT, entry->lo) != VTD_TT_PASSTHROUGH;
}

/**
 * vtd_entry_with_ats() - a context entry of legacy mode whose device has ATS
 * @entry: the entry
 *
 * Return: the entry, which answers translation requests if it can.
 */
struct vtd_context vtd_entry_with_ats(struct vtd_context entry)
{
	if (vtd_entry_answers_ats(&entry))
		entry.lo = (entry.lo & ~VTD_CTX_TT) |
			   FIELD_PREP(VTD_CTX_TT, VTD_TT_TRANSLATE_ATS);
	return entry;
}

/**
 * vtd_entry_sm_context() - a context entry of scalable mode, no request allowed
 *                          but those without PASID
 * @dir: the PASID directory
 * @dir_bits: it has 2^@dir_bits entries, at least 2^VTD_PASID_DIR_MIN_BITS
 *
 * Return: the entry, present.
 */
struct vtd_sm_context vtd_entry_sm_context(u64 dir, unsigned int dir_bits)
{
	unsigned int pdts = dir_bits - VTD_PASID_DIR_MIN_BITS;

	return (struct vtd_sm_context){
		.qw = { VTD_SMCTX_P | FIELD_PREP(VTD_SMCTX_PDTS, pdts) |
			(dir & VTD_SMCTX_PASIDDIR) },
	};
}

static u64 common_word(const struct vtd_entry_attrs *attrs)
{
	u64 word = FIELD_PREP(VTD_PE1_DID, attrs->did);

	if (attrs->snoop_force)
		word |= VTD_PE1_PGSNP;
	return word;
}

/**
 * vtd_entry_first() - a PASID entry that translates by a first stage
 * @attrs: domain id, snooping and memory types
 * @root: physical address of the top table
 * @levels: 4 or 5
 *
 * The address width belongs to the second stage: it is ignored here by units
 * that have one, and reserved as 0 with those that have none. So it is 0,
 * unless a quirk of the unit gives another one.
 *
 * Return: the entry, present.
 */
struct vtd_pasid_entry vtd_entry_first(const struct vtd_entry_attrs *attrs,
				       u64 root, unsigned int levels)
{
	unsigned int fspm = levels == 5 ? VTD_FSPM_5LEVEL : VTD_FSPM_4LEVEL;
	struct vtd_pasid_entry entry = {
		.qw = {
			VTD_PE0_P | FIELD_PREP(VTD_PE0_PGTT, VTD_PGTT_FIRST) |
			FIELD_PREP(VTD_PE0_AW, attrs->aw),
			common_word(attrs),
			FIELD_PREP(VTD_PE2_FSPM, fspm) | (root & VTD_PE2_FSPTPTR),
		},
	};

	entry.qw[1] |= FIELD_PREP(VTD_PE1_PAT, attrs->pat);
	if (attrs->snoop_walk)
		entry.qw[1] |= VTD_PE1_PWSNP;
	return entry;
}

/**
 * vtd_entry_process() - a PASID entry that translates by the table of a process
 * @attrs: domain id, snooping and memory types; walks snoop
 * @root: physical address of the top table
 * @levels: as many as the CPU uses, 4 or 5
 *
 * No request is privileged (SRE), so it does not matter what those may write (WPE). EAFE
 * would change a bit that the CPU leaves to the kernel. Units before revision 4.1 refuse
 * entries that forbid execution unless they are told that there are some (NXE).
 *
 * Return: the entry, present.
 */
struct vtd_pasid_entry vtd_entry_process(const struct vtd_entry_attrs *attrs,
					 u64 root, unsigned int levels)
{
	struct vtd_pasid_entry entry = vtd_entry_first(attrs, root, levels);

	entry.qw[2] |= VTD_PE2_NXE;
	return entry;
}

/**
 * vtd_entry_ended() - a PASID entry of a process that has ended
 *
 * Return: the entry: absent, and faults by it are not recorded.
 */
struct vtd_pasid_entry vtd_entry_ended(void)
{
	return (struct vtd_pasid_entry){ .qw = { VTD_PE0_FPD } };
}

/**
 * vtd_entry_pat() - memory types as the CPU has them
 * @msr: IA32_PAT: a type in each byte, of the same codes
 *
 * Return: the same for a PASID entry, four bits each.
 */
u32 vtd_entry_pat(u64 msr)
{
	unsigned int i;
	u32 pat = 0;

	for (i = 0; i < 8; i++)
		pat |= (u32)(msr >> 8 * i & 0xf) << 4 * i;
	return pat;
}

/**
 * vtd_entry_second() - a PASID entry that translates by a second stage
 * @attrs: domain id, snooping and dirty tracking
 * @root: physical address of the top table
 * @aw: address width code
 *
 * Return: the entry, present.
 */
struct vtd_pasid_entry vtd_entry_second(const struct vtd_entry_attrs *attrs,
					u64 root, unsigned int aw)
{
	struct vtd_pasid_entry entry = {
		.qw = {
			VTD_PE0_P | FIELD_PREP(VTD_PE0_PGTT, VTD_PGTT_SECOND) |
			FIELD_PREP(VTD_PE0_AW, aw) | (root & VTD_PE0_SSPTPTR),
			common_word(attrs),
		},
	};

	if (attrs->track_dirty)
		entry.qw[0] |= VTD_PE0_SSADE;
	if (attrs->snoop_walk)
		entry.qw[1] |= VTD_PE1_PWSNP;
	return entry;
}

/**
 * vtd_entry_nested() - a PASID entry that translates by a first stage, whose
 *                      addresses are translated by a second one
 * @second: an entry of that second stage alone, with the domain id of this one
 * @pat: memory types, VTD_PAT_*; 0 if the unit has none
 * @first: the first stage
 *
 * All that counts for the second stage counts here, too: its root, depth, marks,
 * and snooping.
 *
 * Return: the entry, present.
 */
struct vtd_pasid_entry vtd_entry_nested(const struct vtd_pasid_entry *second, u32 pat,
					const struct vtd_entry_stage *first)
{
	unsigned int fspm = first->levels == 5 ? VTD_FSPM_5LEVEL : VTD_FSPM_4LEVEL;
	struct vtd_pasid_entry entry = *second;

	entry.qw[0] &= ~VTD_PE0_PGTT;
	entry.qw[0] |= FIELD_PREP(VTD_PE0_PGTT, VTD_PGTT_NESTED);
	entry.qw[1] |= FIELD_PREP(VTD_PE1_PAT, pat);
	entry.qw[2] = FIELD_PREP(VTD_PE2_FSPM, fspm) | (first->root & VTD_PE2_FSPTPTR);
	if (first->supervisor)
		entry.qw[2] |= VTD_PE2_SRE;
	if (first->write_protect)
		entry.qw[2] |= VTD_PE2_WPE;
	if (first->mark_extended)
		entry.qw[2] |= VTD_PE2_EAFE;
	return entry;
}

/**
 * vtd_entry_passthrough() - a PASID entry that does not translate
 * @attrs: domain id and snooping; there is no table to walk
 *
 * The address width stays 0: a unit without a second stage demands that, all
 * others ignore the field, and entries that share a domain id must agree in it.
 *
 * Return: the entry, present.
 */
struct vtd_pasid_entry vtd_entry_passthrough(const struct vtd_entry_attrs *attrs)
{
	return (struct vtd_pasid_entry){
		.qw = {
			VTD_PE0_P | FIELD_PREP(VTD_PE0_PGTT, VTD_PGTT_PASSTHROUGH),
			common_word(attrs),
		},
	};
}
