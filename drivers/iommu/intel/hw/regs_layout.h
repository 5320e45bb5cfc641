/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers of a remapping unit: offsets and fields (VT-d chapter 11).
 *
 * Capability words are in cap.h, performance and command registers in perf.h,
 * fault records in fault_layout.h. A name that ends in an offset's name is a field of
 * that register.
 */
#ifndef __VTD_HW_REGS_LAYOUT_H
#define __VTD_HW_REGS_LAYOUT_H

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/types.h>

#define VTD_VER			0x000
#define VTD_CAP			0x008
#define VTD_ECAP		0x010
#define VTD_GCMD		0x018
#define VTD_GSTS		0x01c
#define VTD_RTADDR		0x020
#define VTD_CCMD		0x028
#define VTD_FSTS		0x034
#define VTD_FECTL		0x038
#define VTD_FEDATA		0x03c
#define VTD_FEADDR		0x040
#define VTD_FEUADDR		0x044
#define VTD_PMEN		0x064
#define VTD_PLMBASE		0x068
#define VTD_PLMLIMIT		0x06c
#define VTD_PHMBASE		0x070
#define VTD_PHMLIMIT		0x078
#define VTD_IQH			0x080
#define VTD_IQT			0x088
#define VTD_IQA			0x090
#define VTD_ICS			0x09c
#define VTD_IECTL		0x0a0
#define VTD_IEDATA		0x0a4
#define VTD_IEADDR		0x0a8
#define VTD_IEUADDR		0x0ac
#define VTD_IQERCD		0x0b0
#define VTD_IRTA		0x0b8
#define VTD_PQH			0x0c0
#define VTD_PQT			0x0c8
#define VTD_PQA			0x0d0
#define VTD_PRS			0x0dc
#define VTD_PECTL		0x0e0
#define VTD_PEDATA		0x0e4
#define VTD_PEADDR		0x0e8
#define VTD_PEUADDR		0x0ec
#define VTD_MTRRCAP		0x100
#define VTD_MTRRDEF		0x108
#define VTD_MTRR_FIX64K_00000	0x120
#define VTD_MTRR_FIX16K_80000	0x128
#define VTD_MTRR_FIX16K_A0000	0x130
#define VTD_MTRR_FIX4K(n)	(0x138 + 8 * (n))	/* n: 0..7 */
#define VTD_MTRR_PHYSBASE(n)	(0x180 + 16 * (n))	/* n: 0..9 */
#define VTD_MTRR_PHYSMASK(n)	(0x188 + 16 * (n))
#define VTD_RDTC		0xdc0
#define VTD_VCMD		0xe00
#define VTD_VCMD_EO		0xe08
#define VTD_VCRSP		0xe10
#define VTD_VCCAP		0xe30

/* From ECAP.IRO, in bytes: IVA first, IOTLB behind it. */
#define VTD_IVA_AT(iro)		(iro)
#define VTD_IOTLB_AT(iro)	((iro) + 8)

/* No register of the architecture lies below this many bytes. */
#define VTD_REGS_MIN_SIZE	0x1000

/*
 * GCMD and GSTS: the same bit number commands and reports. The
 * one-shot bits must be written as 0 when another bit is meant.
 */
#define VTD_GCMD_TE		BIT(31)
#define VTD_GCMD_SRTP		BIT(30)
#define VTD_GCMD_SFL		BIT(29)
#define VTD_GCMD_EAFL		BIT(28)
#define VTD_GCMD_WBF		BIT(27)
#define VTD_GCMD_QIE		BIT(26)
#define VTD_GCMD_IRE		BIT(25)
#define VTD_GCMD_SIRTP		BIT(24)
#define VTD_GCMD_CFI		BIT(23)
#define VTD_GSTS_TES		VTD_GCMD_TE
#define VTD_GSTS_RTPS		VTD_GCMD_SRTP
#define VTD_GSTS_WBFS		VTD_GCMD_WBF
#define VTD_GSTS_QIES		VTD_GCMD_QIE
#define VTD_GSTS_IRES		VTD_GCMD_IRE
#define VTD_GSTS_IRTPS		VTD_GCMD_SIRTP
#define VTD_GSTS_CFIS		VTD_GCMD_CFI
#define VTD_GSTS_KEEP		0x96ffffffu

/* RTADDR */
#define VTD_RTADDR_RTA		GENMASK_ULL(63, 12)
#define VTD_RTADDR_TTM		GENMASK_ULL(11, 10)
#define VTD_RTADDR_SSIRWE	BIT_ULL(7)
#define VTD_TTM_LEGACY		0
#define VTD_TTM_SCALABLE	1
#define VTD_TTM_ABORT		3

/* CCMD */
#define VTD_CCMD_ICC		BIT_ULL(63)
#define VTD_CCMD_CIRG		GENMASK_ULL(62, 61)
#define VTD_CCMD_CAIG		GENMASK_ULL(60, 59)
#define VTD_CCMD_FM		GENMASK_ULL(33, 32)
#define VTD_CCMD_SID		GENMASK_ULL(31, 16)
#define VTD_CCMD_DID		GENMASK_ULL(15, 0)
#define VTD_CIRG_GLOBAL		1
#define VTD_CIRG_DOMAIN		2
#define VTD_CIRG_DEVICE		3

/* IVA and IOTLB */
#define VTD_IVA_ADDR		GENMASK_ULL(63, 12)
#define VTD_IVA_IH		BIT_ULL(6)
#define VTD_IVA_AM		GENMASK_ULL(5, 0)
#define VTD_IOTLB_IVT		BIT_ULL(63)
#define VTD_IOTLB_IIRG		GENMASK_ULL(61, 60)
#define VTD_IOTLB_IAIG		GENMASK_ULL(58, 57)
#define VTD_IOTLB_DR		BIT_ULL(49)
#define VTD_IOTLB_DW		BIT_ULL(48)
#define VTD_IOTLB_DID		GENMASK_ULL(47, 32)
#define VTD_IIRG_GLOBAL		1
#define VTD_IIRG_DOMAIN		2
#define VTD_IIRG_PAGE		3

/* FSTS */
#define VTD_FSTS_PFO		BIT(0)
#define VTD_FSTS_PPF		BIT(1)
#define VTD_FSTS_IQE		BIT(4)
#define VTD_FSTS_ICE		BIT(5)
#define VTD_FSTS_ITE		BIT(6)
#define VTD_FSTS_FRI		GENMASK(15, 8)
#define VTD_FSTS_QUEUE		(VTD_FSTS_IQE | VTD_FSTS_ICE | VTD_FSTS_ITE)

/* FECTL, IECTL, PECTL and PERFINTRCTL share this layout. */
#define VTD_EVENT_IM		BIT(31)
#define VTD_EVENT_IP		BIT(30)
#define VTD_EVENT_DATA		GENMASK(15, 0)
#define VTD_EVENT_ADDR		GENMASK(31, 2)
/* Offsets inside such a group of four registers. */
#define VTD_EVENT_CTL_AT	0x0
#define VTD_EVENT_DATA_AT	0x4
#define VTD_EVENT_ADDR_AT	0x8
#define VTD_EVENT_UADDR_AT	0xc

#define VTD_PMEN_EPM		BIT(31)
#define VTD_PMEN_PRS		BIT(0)

#define VTD_ICS_IWC		BIT(0)

/* IQH, IQT, IQA */
#define VTD_IQ_OFFSET		GENMASK_ULL(18, 4)
#define VTD_IQA_BASE		GENMASK_ULL(63, 12)
#define VTD_IQA_DW		BIT_ULL(11)
#define VTD_IQA_QS		GENMASK_ULL(2, 0)
#define VTD_IQA_QS_MAX		7
/* Bytes of one descriptor, by IQA.DW. */
#define VTD_IQ_SHIFT_128	4
#define VTD_IQ_SHIFT_256	5

/* IQERCD */
#define VTD_IQERCD_IQEI		GENMASK_ULL(3, 0)
#define VTD_IQERCD_ITESID	GENMASK_ULL(47, 32)
#define VTD_IQERCD_ICESID	GENMASK_ULL(63, 48)

/* IRTA */
#define VTD_IRTA_ADDR		GENMASK_ULL(63, 12)
#define VTD_IRTA_EIME		BIT_ULL(11)
#define VTD_IRTA_S		GENMASK_ULL(3, 0)

/* Page request queue; the descriptor is in prq_layout.h. */
#define VTD_PQ_OFFSET		GENMASK_ULL(18, 5)
#define VTD_PQA_BASE		GENMASK_ULL(63, 12)
#define VTD_PQA_PQS		GENMASK_ULL(2, 0)
#define VTD_PRS_PPR		BIT(0)
#define VTD_PRS_PRO		BIT(1)

#endif
