/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entries of first-stage and second-stage tables (VT-d 9.7, 9.8).
 *
 * The generic page table library writes them and knows its own bits; these are
 * for whoever reads tables as a unit does. What both have in common is in
 * page.h.
 */
#ifndef __VTD_HW_STAGE_H
#define __VTD_HW_STAGE_H

#include <linux/bits.h>

/* First stage */
#define VTD_FS_P		BIT_ULL(0)
#define VTD_FS_RW		BIT_ULL(1)
#define VTD_FS_US		BIT_ULL(2)
#define VTD_FS_PWT		BIT_ULL(3)
#define VTD_FS_PCD		BIT_ULL(4)
#define VTD_FS_A		BIT_ULL(5)
#define VTD_FS_D		BIT_ULL(6)
#define VTD_FS_PAT_4K		BIT_ULL(7)
#define VTD_FS_EA		BIT_ULL(10)
#define VTD_FS_PAT_LARGE	BIT_ULL(12)

/* Second stage */
#define VTD_SS_R		BIT_ULL(0)
#define VTD_SS_W		BIT_ULL(1)
#define VTD_SS_EMT		GENMASK_ULL(5, 3)
#define VTD_SS_IPAT		BIT_ULL(6)
#define VTD_SS_A		BIT_ULL(8)
#define VTD_SS_D		BIT_ULL(9)
#define VTD_SS_SNP		BIT_ULL(11)
/* In the place of R and W when RTADDR.SSIRWE is set */
#define VTD_SS_IR		BIT_ULL(61)
#define VTD_SS_IW		BIT_ULL(62)

#endif
