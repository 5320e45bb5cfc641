/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fault recording registers and fault reasons (VT-d chapters 7, 11).
 */
#ifndef __VTD_HW_FAULT_LAYOUT_H
#define __VTD_HW_FAULT_LAYOUT_H

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/types.h>

#define VTD_FRCD_SIZE		16
#define VTD_FRCD_AT(fro, i)	((fro) + VTD_FRCD_SIZE * (i))
/* Byte offset of the 32-bit word that holds F, and F in that word. */
#define VTD_FRCD_F_AT		12
#define VTD_FRCD_F32		BIT(31)

#define VTD_FRCD_LO_FI		GENMASK_ULL(63, 12)
#define VTD_FRCD_LO_IRTE	GENMASK_ULL(63, 48)
#define VTD_FRCD_HI_SID		GENMASK_ULL(15, 0)
#define VTD_FRCD_HI_T2		BIT_ULL(28)
#define VTD_FRCD_HI_PRIV	BIT_ULL(29)
#define VTD_FRCD_HI_EXE		BIT_ULL(30)
#define VTD_FRCD_HI_PP		BIT_ULL(31)
#define VTD_FRCD_HI_FR		GENMASK_ULL(39, 32)
#define VTD_FRCD_HI_PV		GENMASK_ULL(59, 40)
#define VTD_FRCD_HI_AT		GENMASK_ULL(61, 60)
#define VTD_FRCD_HI_T1		BIT_ULL(62)
#define VTD_FRCD_HI_F		BIT_ULL(63)

#define VTD_FRCD_AT_UNTRANSLATED	0
#define VTD_FRCD_AT_REQUEST	1
#define VTD_FRCD_AT_TRANSLATED	2

enum vtd_access {
	VTD_ACCESS_WRITE,
	VTD_ACCESS_READ,
	VTD_ACCESS_PAGE_REQUEST,
	VTD_ACCESS_ATOMIC,
};

/* Which part of the architecture a reason belongs to. */
enum vtd_fault_kind {
	VTD_FAULT_DMA_LEGACY,
	VTD_FAULT_INTERRUPT,
	VTD_FAULT_DMA_SCALABLE,
};

/**
 * struct vtd_fault - one fault record in named fields
 * @addr: DMA: page address. Interrupt: undefined
 * @irte: interrupt: index of the entry. DMA: undefined
 * @sid: source id of the request
 * @reason: the architecture's number
 * @pasid: only valid with @has_pasid
 * @access: what was tried
 * @at: VTD_FRCD_AT_*
 * @has_pasid: the request carried a PASID
 * @privileged: privileged request; only with @has_pasid
 * @execute: execute request; only with @has_pasid
 * @valid: the record's F bit
 */
struct vtd_fault {
	u64 addr;
	u16 irte;
	u16 sid;
	u8 reason;
	u32 pasid;
	enum vtd_access access;
	u8 at;
	bool has_pasid;
	bool privileged;
	bool execute;
	bool valid;
};

void vtd_fault_decode(u64 lo, u64 hi, struct vtd_fault *fault);
enum vtd_fault_kind vtd_fault_kind(u8 reason);
const char *vtd_fault_text(u8 reason);
const char *vtd_access_text(enum vtd_access access);

#endif
