/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What entries of first-stage and second-stage tables have in common (9.7, 9.8).
 * Each stage's own bits are in stage.h.
 */
#ifndef __VTD_HW_PAGE_H
#define __VTD_HW_PAGE_H

#include <linux/bits.h>

#define VTD_PT_LEVEL_BITS	9
#define VTD_PT_ENTRIES		512U

/* A table, or a page of 4 KiB; bits from the host address width up are 0. */
#define VTD_PT_ADDR		GENMASK_ULL(51, 12)
#define VTD_PT_ADDR_BITS	52
/* A page at levels where a table could be */
#define VTD_PT_PS		BIT_ULL(7)

/* Accessed and dirty of a second stage; the unit sets them while it is told to. */
#define VTD_PT_SECOND_AD	GENMASK_ULL(9, 8)

/*
 * Bits that hardware ignores, and that the page table library sets in the entry of a
 * table once it has flushed the table from the CPU's caches.
 */
#define VTD_PT_FIRST_FLUSHED	BIT_ULL(9)
#define VTD_PT_SECOND_FLUSHED	BIT_ULL(10)

/* Present: P in the first stage; R or W in the second. */
#define VTD_PT_FIRST_P		BIT_ULL(0)
#define VTD_PT_SECOND_RW	GENMASK_ULL(1, 0)

#endif
