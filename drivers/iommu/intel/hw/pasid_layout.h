/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PASID directory and PASID table entries (VT-d chapter 9).
 *
 * Only table/ writes these in memory that a unit reads.
 */
#ifndef __VTD_HW_PASID_LAYOUT_H
#define __VTD_HW_PASID_LAYOUT_H

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/types.h>

#define VTD_PASID_MAX_BITS	20
#define VTD_PASID_TABLE_BITS	6
#define VTD_PASID_TABLE_ENTRIES	64
#define VTD_PASID_DIR_INDEX	GENMASK(19, 6)
#define VTD_PASID_TABLE_INDEX	GENMASK(5, 0)
/* A directory has 2^(PDTS + 7) entries. */
#define VTD_PASID_DIR_MIN_BITS	7

/* The directory entry is one word. */
#define VTD_PDE_P		BIT_ULL(0)
#define VTD_PDE_FPD		BIT_ULL(1)
#define VTD_PDE_PTR		GENMASK_ULL(63, 12)

/**
 * struct vtd_pasid_entry - what one PASID of a device translates by
 * @qw: eight words; the unit may fetch them in aligned pairs
 */
struct vtd_pasid_entry {
	u64 qw[8];
};

#define VTD_PE0_P		BIT_ULL(0)
#define VTD_PE0_FPD		BIT_ULL(1)
#define VTD_PE0_AW		GENMASK_ULL(4, 2)
#define VTD_PE0_PGTT		GENMASK_ULL(8, 6)
#define VTD_PE0_SSADE		BIT_ULL(9)
#define VTD_PE0_SSPTPTR		GENMASK_ULL(63, 12)
#define VTD_PE0_RSVD		(BIT_ULL(5) | GENMASK_ULL(11, 10))
#define VTD_PE1_DID		GENMASK_ULL(15, 0)
#define VTD_PE1_PWSNP		BIT_ULL(23)
#define VTD_PE1_PGSNP		BIT_ULL(24)
#define VTD_PE1_CD		BIT_ULL(25)
#define VTD_PE1_EMTE		BIT_ULL(26)
#define VTD_PE1_PAT		GENMASK_ULL(63, 32)
#define VTD_PE1_RSVD		(GENMASK_ULL(22, 16) | GENMASK_ULL(31, 27))
#define VTD_PE2_SRE		BIT_ULL(0)
#define VTD_PE2_FSPM		GENMASK_ULL(3, 2)
#define VTD_PE2_WPE		BIT_ULL(4)
/* Before revision 4.1; later units ignore it. */
#define VTD_PE2_NXE		BIT_ULL(5)
#define VTD_PE2_EAFE		BIT_ULL(7)
#define VTD_PE2_FSPTPTR		GENMASK_ULL(63, 12)
#define VTD_PE2_RSVD		(BIT_ULL(1) | GENMASK_ULL(11, 8))
#define VTD_PE4_HPTSZ		GENMASK_ULL(1, 0)
#define VTD_PE4_HPTPFD		BIT_ULL(2)
#define VTD_PE4_HPTPTR		GENMASK_ULL(63, 12)
#define VTD_PE5_HPTDID		GENMASK_ULL(15, 0)

/* PASID-granular translation types. */
#define VTD_PGTT_FIRST		1
#define VTD_PGTT_SECOND		2
#define VTD_PGTT_NESTED		3
#define VTD_PGTT_PASSTHROUGH	4

/*
 * PAT: memory types of first-stage leaves, four bits for each of the eight indices
 * that a leaf can name. This is what a CPU starts with: index 0 is write-back.
 */
#define VTD_PAT_DEFAULT		0x07460746U

/* FSPM: depth of the first stage. */
#define VTD_FSPM_4LEVEL		0
#define VTD_FSPM_5LEVEL		1

static_assert(sizeof(struct vtd_pasid_entry) == 64);

#endif
