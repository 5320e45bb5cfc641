/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Root and context entries, legacy and scalable (VT-d chapter 9).
 *
 * Only table/ writes these in memory that a unit reads.
 */
#ifndef __VTD_HW_ROOT_LAYOUT_H
#define __VTD_HW_ROOT_LAYOUT_H

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/types.h>

#define VTD_ROOT_ENTRIES	256
#define VTD_CONTEXT_ENTRIES	256
#define VTD_SM_CONTEXT_ENTRIES	128
#define VTD_TABLE_PTR		GENMASK_ULL(63, 12)

/**
 * struct vtd_root_entry - one bus
 * @lo: legacy: P and the context table. Scalable: the table of devfn 0 to 0x7f
 * @hi: legacy: reserved. Scalable: the table of devfn 0x80 to 0xff
 */
struct vtd_root_entry {
	u64 lo;
	u64 hi;
};

#define VTD_ROOT_P		BIT_ULL(0)	/* in lo (P, LP) and in hi (UP) */
#define VTD_ROOT_PTR		VTD_TABLE_PTR

/**
 * struct vtd_context - a context entry of legacy mode
 * @lo: P, FPD, TT, second-stage root
 * @hi: AW, DID
 */
struct vtd_context {
	u64 lo;
	u64 hi;
};

#define VTD_CTX_P		BIT_ULL(0)
#define VTD_CTX_FPD		BIT_ULL(1)
#define VTD_CTX_TT		GENMASK_ULL(3, 2)
#define VTD_CTX_SSPTPTR		VTD_TABLE_PTR
#define VTD_CTX_HI_AW		GENMASK_ULL(2, 0)
#define VTD_CTX_HI_AVAIL	GENMASK_ULL(6, 3)
#define VTD_CTX_HI_DID		GENMASK_ULL(23, 8)
#define VTD_CTX_LO_RSVD		GENMASK_ULL(11, 4)
#define VTD_CTX_HI_RSVD		(BIT_ULL(7) | GENMASK_ULL(63, 24))
#define VTD_TT_TRANSLATE	0
#define VTD_TT_TRANSLATE_ATS	1
#define VTD_TT_PASSTHROUGH	2

/**
 * struct vtd_sm_context - a context entry of scalable mode
 * @qw: four words; the upper two are reserved
 */
struct vtd_sm_context {
	u64 qw[4];
};

#define VTD_SMCTX_P		BIT_ULL(0)
#define VTD_SMCTX_FPD		BIT_ULL(1)
#define VTD_SMCTX_DTE		BIT_ULL(2)
#define VTD_SMCTX_PASIDE	BIT_ULL(3)
#define VTD_SMCTX_PRE		BIT_ULL(4)
#define VTD_SMCTX_HPTE		BIT_ULL(5)
#define VTD_SMCTX_EPTR		BIT_ULL(6)
#define VTD_SMCTX_PDTS		GENMASK_ULL(11, 9)
#define VTD_SMCTX_PASIDDIR	VTD_TABLE_PTR
#define VTD_SMCTX_QW0_RSVD	GENMASK_ULL(8, 7)
#define VTD_SMCTX_QW1_RID_PASID	GENMASK_ULL(19, 0)
#define VTD_SMCTX_QW1_RID_PRIV	BIT_ULL(20)
#define VTD_SMCTX_QW1_RSVD	GENMASK_ULL(63, 21)
#define VTD_SMCTX_PDTS_MAX	7

/* The AW code: levels of a second stage minus two; also its bit in SAGAW. */
#define VTD_AW_39		1
#define VTD_AW_48		2
#define VTD_AW_57		3
#define VTD_AW_LEVELS(aw)	((aw) + 2)
#define VTD_AW_WIDTH(aw)	(30 + 9 * (aw))
#define VTD_WIDTH_AW(width)	(((width) - 30) / 9)

static_assert(sizeof(struct vtd_root_entry) == 16);
static_assert(sizeof(struct vtd_context) == 16);
static_assert(sizeof(struct vtd_sm_context) == 32);

#endif
