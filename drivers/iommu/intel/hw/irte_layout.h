/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt remapping table entries and message formats (VT-d chapter 5, 9.10).
 *
 * The kernel's struct irte in linux/dmar.h names the same bits as bitfields;
 * these are the masks.
 */
#ifndef __VTD_HW_IRTE_LAYOUT_H
#define __VTD_HW_IRTE_LAYOUT_H

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/types.h>

/**
 * struct vtd_irte - one interrupt
 * @lo: mode, vector, destination or posted descriptor
 * @hi: source id check, upper half of the posted descriptor
 */
struct vtd_irte {
	u64 lo;
	u64 hi;
} __aligned(16);

#define VTD_IRT_MAX_ENTRIES	65536
/* IRTA.S for a table of 2^(S + 1) entries. */
#define VTD_IRT_S(order)	((order) - 1)

/* Both formats */
#define VTD_IRTE_P		BIT_ULL(0)
#define VTD_IRTE_FPD		BIT_ULL(1)
#define VTD_IRTE_AVAIL		GENMASK_ULL(11, 8)
#define VTD_IRTE_IM		BIT_ULL(15)
#define VTD_IRTE_VECTOR		GENMASK_ULL(23, 16)
#define VTD_IRTE_HI_SID		GENMASK_ULL(15, 0)
#define VTD_IRTE_HI_SQ		GENMASK_ULL(17, 16)
#define VTD_IRTE_HI_SVT		GENMASK_ULL(19, 18)

/* Remapped */
#define VTD_IRTE_DM		BIT_ULL(2)
#define VTD_IRTE_RH		BIT_ULL(3)
#define VTD_IRTE_TM		BIT_ULL(4)
#define VTD_IRTE_DLM		GENMASK_ULL(7, 5)
#define VTD_IRTE_DST_X2APIC	GENMASK_ULL(63, 32)
#define VTD_IRTE_DST_XAPIC	GENMASK_ULL(47, 40)

/* Posted */
#define VTD_IRTE_URG		BIT_ULL(14)
#define VTD_IRTE_PDA_LO		GENMASK_ULL(63, 38)	/* address 31:6 */
#define VTD_IRTE_HI_PDA_HI	GENMASK_ULL(63, 32)	/* address 63:32 */

/* Reserved bits of each format; DLM has two reserved values, SVT one. */
#define VTD_IRTE_RSVD		(GENMASK_ULL(14, 12) | GENMASK_ULL(31, 24))
#define VTD_IRTE_HI_RSVD	GENMASK_ULL(63, 20)
#define VTD_IRTE_POSTED_RSVD	(GENMASK_ULL(7, 2) | GENMASK_ULL(13, 12) | \
				 GENMASK_ULL(37, 24))
#define VTD_IRTE_HI_POSTED_RSVD	GENMASK_ULL(31, 20)

/* The posted descriptor: 64 bytes, of which word 4 says whom to notify. */
#define VTD_PID_PIR_WORDS	4
#define VTD_PID4_ON		BIT_ULL(0)
#define VTD_PID4_SN		BIT_ULL(1)
#define VTD_PID4_NV		GENMASK_ULL(23, 16)
#define VTD_PID4_NDST		GENMASK_ULL(63, 32)
#define VTD_PID4_NDST_XAPIC	GENMASK_ULL(47, 40)
#define VTD_PID4_RSVD		(GENMASK_ULL(15, 2) | GENMASK_ULL(31, 24))

#define VTD_SQ_ALL		0
#define VTD_SQ_IGNORE_2		1
#define VTD_SQ_IGNORE_2_1	2
#define VTD_SQ_IGNORE_2_0	3
#define VTD_SVT_NONE		0
#define VTD_SVT_SID		1
#define VTD_SVT_BUS		2

/* A remappable MSI: address and data. */
#define VTD_MSI_BASE		0xfee00000u
#define VTD_MSI_LAST		0xfeefffffu
#define VTD_MSI_HANDLE_LO	GENMASK(19, 5)	/* handle 14:0 */
#define VTD_MSI_REMAPPABLE	BIT(4)
#define VTD_MSI_SHV		BIT(3)
#define VTD_MSI_HANDLE_HI	BIT(2)		/* handle 15 */
#define VTD_MSI_DATA_SUBHANDLE	GENMASK(15, 0)

/* A remappable I/O APIC redirection entry. */
#define VTD_RTE_INDEX_LO	GENMASK_ULL(63, 49)	/* index 14:0 */
#define VTD_RTE_REMAPPABLE	BIT_ULL(48)
#define VTD_RTE_INDEX_HI	BIT_ULL(11)		/* index 15 */

static_assert(sizeof(struct vtd_irte) == 16);

#endif
