/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Invalidation descriptors (VT-d chapter 6) and their builders.
 *
 * A builder takes what the caller means, never raw bits. Nobody but queue/
 * puts a descriptor where a unit reads it, and only queue/ builds a wait.
 */
#ifndef __VTD_HW_QI_H
#define __VTD_HW_QI_H

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/types.h>

enum vtd_desc_type {
	VTD_DESC_CONTEXT = 1,
	VTD_DESC_IOTLB,
	VTD_DESC_DEV_TLB,
	VTD_DESC_IEC,
	VTD_DESC_WAIT,
	VTD_DESC_PASID_IOTLB,
	VTD_DESC_PASID_CACHE,
	VTD_DESC_PASID_DEV_TLB,
	VTD_DESC_PAGE_RESPONSE,
	VTD_DESC_HPT,
	VTD_DESC_TYPES,
};

/**
 * struct vtd_desc - one descriptor, wide enough for either ring
 * @qw: a 128-bit ring takes the lower two words; the upper two are reserved
 */
struct vtd_desc {
	u64 qw[4];
};

static_assert(sizeof(struct vtd_desc) == 32);

/* The type of all current descriptors fits bits 3:0; 11:9 extend it. */
#define VTD_DESC_TYPE		GENMASK_ULL(3, 0)
#define VTD_DESC_TYPE_HI	GENMASK_ULL(11, 9)

/* Common to the types that have the field */
#define VTD_DESC_G		GENMASK_ULL(5, 4)
#define VTD_DESC_DID		GENMASK_ULL(31, 16)
#define VTD_DESC_PASID		GENMASK_ULL(51, 32)
#define VTD_DESC1_ADDR		GENMASK_ULL(63, 12)

#define VTD_CC_G_GLOBAL		1
#define VTD_CC_G_DOMAIN		2
#define VTD_CC_G_DEVICE		3
#define VTD_CC_SID		GENMASK_ULL(47, 32)
#define VTD_CC_FM		GENMASK_ULL(49, 48)

#define VTD_IOTLB_G_GLOBAL	1
#define VTD_IOTLB_G_DOMAIN	2
#define VTD_IOTLB_G_PAGE	3
#define VTD_IOTLB_DESC_DW	BIT_ULL(6)
#define VTD_IOTLB_DESC_DR	BIT_ULL(7)
#define VTD_IOTLB1_AM		GENMASK_ULL(5, 0)
#define VTD_IOTLB1_IH		BIT_ULL(6)

#define VTD_DTLB_PFSID_LO	GENMASK_ULL(15, 12)
#define VTD_DTLB_MIP		GENMASK_ULL(20, 16)
#define VTD_DTLB_SID		GENMASK_ULL(47, 32)
#define VTD_DTLB_PFSID_HI	GENMASK_ULL(63, 52)
#define VTD_DTLB1_S		BIT_ULL(0)

#define VTD_IEC_G_INDEX		BIT_ULL(4)
#define VTD_IEC_IM		GENMASK_ULL(31, 27)
#define VTD_IEC_IIDX		GENMASK_ULL(47, 32)

#define VTD_WAIT_IF		BIT_ULL(4)
#define VTD_WAIT_SW		BIT_ULL(5)
#define VTD_WAIT_FN		BIT_ULL(6)
#define VTD_WAIT_PD		BIT_ULL(7)
#define VTD_WAIT_DATA		GENMASK_ULL(63, 32)
#define VTD_WAIT1_ADDR		GENMASK_ULL(63, 2)

#define VTD_PIOTLB_G_PASID	2
#define VTD_PIOTLB_G_PAGE	3

#define VTD_PC_G_DOMAIN		0
#define VTD_PC_G_PASID		1
#define VTD_PC_G_GLOBAL		3

#define VTD_PDTLB_MIP		GENMASK_ULL(8, 4)
#define VTD_PDTLB_PFSID_LO	GENMASK_ULL(15, 12)
#define VTD_PDTLB_SID		GENMASK_ULL(31, 16)
#define VTD_PDTLB_PFSID_HI	GENMASK_ULL(63, 52)
#define VTD_PDTLB1_GI		BIT_ULL(0)
#define VTD_PDTLB1_S		BIT_ULL(11)

#define VTD_PGR_PP		BIT_ULL(4)
#define VTD_PGR_RC		GENMASK_ULL(15, 12)
#define VTD_PGR_SID		GENMASK_ULL(31, 16)
#define VTD_PGR1_PRGI		GENMASK_ULL(11, 3)

/* Address word of a device TLB descriptor that covers everything. */
#define VTD_DTLB_ALL		0x7ffffffffffff000ULL
/* A device TLB range that is not smaller than this many bits is "all". */
#define VTD_DTLB_MAX_ORDER	52

/* Why the unit stopped at a descriptor (IQERCD.IQEI). */
enum vtd_iqei {
	VTD_IQEI_NONE,
	VTD_IQEI_TAIL,
	VTD_IQEI_FETCH,
	VTD_IQEI_TYPE,
	VTD_IQEI_RESERVED,
	VTD_IQEI_WIDTH,
	VTD_IQEI_UNALIGNED,
	VTD_IQEI_TTM,
};

/**
 * struct vtd_dtlb_target - the device TLB that a descriptor is for
 * @sid: source id of the function
 * @pfsid: source id of the physical function on a unit with DIT, else 0
 * @qdep: ATS invalidate queue depth as the device reports it; 0 means 32
 */
struct vtd_dtlb_target {
	u16 sid;
	u16 pfsid;
	u8 qdep;
};

const char *vtd_iqei_text(enum vtd_iqei iqei);
const char *vtd_desc_type_text(enum vtd_desc_type type);

static inline enum vtd_desc_type vtd_desc_type(const struct vtd_desc *desc)
{
	return FIELD_GET(VTD_DESC_TYPE, desc->qw[0]);
}

/**
 * vtd_desc_dtlb_sid() - whose device TLB a descriptor invalidates
 * @desc: any descriptor
 *
 * Return: the source id; -1 if it is no device TLB descriptor.
 */
static inline int vtd_desc_dtlb_sid(const struct vtd_desc *desc)
{
	switch (vtd_desc_type(desc)) {
	case VTD_DESC_DEV_TLB:
		return FIELD_GET(VTD_DTLB_SID, desc->qw[0]);
	case VTD_DESC_PASID_DEV_TLB:
		return FIELD_GET(VTD_PDTLB_SID, desc->qw[0]);
	default:
		return -1;
	}
}

static inline struct vtd_desc vtd_desc_words(u64 qw0, u64 qw1)
{
	return (struct vtd_desc){ .qw = { qw0, qw1 } };
}

/* Context cache. Legacy mode: @did is the *old* domain id; scalable: 0. */
static inline struct vtd_desc vtd_desc_context_global(void)
{
	return vtd_desc_words(VTD_DESC_CONTEXT |
			      FIELD_PREP(VTD_DESC_G, VTD_CC_G_GLOBAL), 0);
}

static inline struct vtd_desc vtd_desc_context_domain(u16 did)
{
	return vtd_desc_words(VTD_DESC_CONTEXT |
			      FIELD_PREP(VTD_DESC_G, VTD_CC_G_DOMAIN) |
			      FIELD_PREP(VTD_DESC_DID, did), 0);
}

static inline struct vtd_desc vtd_desc_context_device(u16 did, u16 sid)
{
	return vtd_desc_words(VTD_DESC_CONTEXT |
			      FIELD_PREP(VTD_DESC_G, VTD_CC_G_DEVICE) |
			      FIELD_PREP(VTD_DESC_DID, did) |
			      FIELD_PREP(VTD_CC_SID, sid), 0);
}

/*
 * IOTLB, second stage and everything of a domain id. @drain is
 * vtd_caps.iotlb_drain of the unit.
 */
static inline struct vtd_desc vtd_desc_iotlb_global(u64 drain)
{
	return vtd_desc_words(VTD_DESC_IOTLB | drain |
			      FIELD_PREP(VTD_DESC_G, VTD_IOTLB_G_GLOBAL), 0);
}

static inline struct vtd_desc vtd_desc_iotlb_domain(u64 drain, u16 did)
{
	return vtd_desc_words(VTD_DESC_IOTLB | drain |
			      FIELD_PREP(VTD_DESC_G, VTD_IOTLB_G_DOMAIN) |
			      FIELD_PREP(VTD_DESC_DID, did), 0);
}

/**
 * vtd_desc_iotlb_page() - second-stage pages of a domain
 * @drain: vtd_caps.iotlb_drain of the unit
 * @did: domain id
 * @addr: aligned to 2^@order pages
 * @order: number of pages as a power of two, at most vtd_caps.mamv
 * @ih: VTD_IOTLB1_IH if only leaf entries changed, else 0
 *
 * Return: the descriptor.
 */
static inline struct vtd_desc vtd_desc_iotlb_page(u64 drain, u16 did, u64 addr,
						  unsigned int order, u64 ih)
{
	return vtd_desc_words(VTD_DESC_IOTLB | drain |
			      FIELD_PREP(VTD_DESC_G, VTD_IOTLB_G_PAGE) |
			      FIELD_PREP(VTD_DESC_DID, did),
			      (addr & VTD_DESC1_ADDR) |
			      FIELD_PREP(VTD_IOTLB1_AM, order) | ih);
}

/* First stage by PASID; the unit always drains. */
static inline struct vtd_desc vtd_desc_pasid_iotlb_all(u16 did, u32 pasid)
{
	return vtd_desc_words(VTD_DESC_PASID_IOTLB |
			      FIELD_PREP(VTD_DESC_G, VTD_PIOTLB_G_PASID) |
			      FIELD_PREP(VTD_DESC_DID, did) |
			      FIELD_PREP(VTD_DESC_PASID, pasid), 0);
}

static inline struct vtd_desc vtd_desc_pasid_iotlb_page(u16 did, u32 pasid,
							u64 addr,
							unsigned int order,
							u64 ih)
{
	return vtd_desc_words(VTD_DESC_PASID_IOTLB |
			      FIELD_PREP(VTD_DESC_G, VTD_PIOTLB_G_PAGE) |
			      FIELD_PREP(VTD_DESC_DID, did) |
			      FIELD_PREP(VTD_DESC_PASID, pasid),
			      (addr & VTD_DESC1_ADDR) |
			      FIELD_PREP(VTD_IOTLB1_AM, order) | ih);
}

static inline struct vtd_desc vtd_desc_pasid_cache_global(void)
{
	return vtd_desc_words(VTD_DESC_PASID_CACHE |
			      FIELD_PREP(VTD_DESC_G, VTD_PC_G_GLOBAL), 0);
}

static inline struct vtd_desc vtd_desc_pasid_cache_domain(u16 did)
{
	return vtd_desc_words(VTD_DESC_PASID_CACHE |
			      FIELD_PREP(VTD_DESC_G, VTD_PC_G_DOMAIN) |
			      FIELD_PREP(VTD_DESC_DID, did), 0);
}

static inline struct vtd_desc vtd_desc_pasid_cache(u16 did, u32 pasid)
{
	return vtd_desc_words(VTD_DESC_PASID_CACHE |
			      FIELD_PREP(VTD_DESC_G, VTD_PC_G_PASID) |
			      FIELD_PREP(VTD_DESC_DID, did) |
			      FIELD_PREP(VTD_DESC_PASID, pasid), 0);
}

/*
 * The size of a device TLB range is coded into the address: bit 11 + order is
 * 0 and all below it down to bit 12 are 1; one page has no S.
 */
static inline u64 vtd_dtlb_addr(u64 addr, unsigned int order, u64 s)
{
	if (order >= VTD_DTLB_MAX_ORDER)
		return VTD_DTLB_ALL | s;
	if (!order)
		return addr & VTD_DESC1_ADDR;
	addr &= ~0ULL << (12 + order);
	return addr | (GENMASK_ULL(11 + order, 12) >> 1 & VTD_DESC1_ADDR) | s;
}

/**
 * vtd_desc_dev_tlb() - a range of a device TLB, requests without PASID
 * @target: the device
 * @addr: aligned to 2^@order pages
 * @order: pages as a power of two; VTD_DTLB_MAX_ORDER and above is everything
 *
 * Return: the descriptor.
 */
static inline struct vtd_desc
vtd_desc_dev_tlb(const struct vtd_dtlb_target *target, u64 addr,
		 unsigned int order)
{
	return vtd_desc_words(VTD_DESC_DEV_TLB |
			      FIELD_PREP(VTD_DTLB_PFSID_LO, target->pfsid & 0xf) |
			      FIELD_PREP(VTD_DTLB_PFSID_HI, target->pfsid >> 4) |
			      FIELD_PREP(VTD_DTLB_MIP, target->qdep & 0x1f) |
			      FIELD_PREP(VTD_DTLB_SID, target->sid),
			      vtd_dtlb_addr(addr, order, VTD_DTLB1_S));
}

/* As vtd_desc_dev_tlb() for the requests that carry @pasid. */
static inline struct vtd_desc
vtd_desc_pasid_dev_tlb(const struct vtd_dtlb_target *target, u32 pasid,
		       u64 addr, unsigned int order)
{
	return vtd_desc_words(VTD_DESC_PASID_DEV_TLB |
			      FIELD_PREP(VTD_PDTLB_PFSID_LO, target->pfsid & 0xf) |
			      FIELD_PREP(VTD_PDTLB_PFSID_HI, target->pfsid >> 4) |
			      FIELD_PREP(VTD_PDTLB_MIP, target->qdep & 0x1f) |
			      FIELD_PREP(VTD_PDTLB_SID, target->sid) |
			      FIELD_PREP(VTD_DESC_PASID, pasid),
			      vtd_dtlb_addr(addr, order, VTD_PDTLB1_S));
}

/* The requests with PASID, whatever PASID they carry. */
static inline struct vtd_desc
vtd_desc_pasid_dev_tlb_global(const struct vtd_dtlb_target *target)
{
	struct vtd_desc desc = vtd_desc_pasid_dev_tlb(target, 0, 0,
						      VTD_DTLB_MAX_ORDER);

	desc.qw[1] |= VTD_PDTLB1_GI;
	return desc;
}

static inline struct vtd_desc vtd_desc_iec_global(void)
{
	return vtd_desc_words(VTD_DESC_IEC, 0);
}

/* 2^@order entries from @index on, which is aligned to them. */
static inline struct vtd_desc vtd_desc_iec(u16 index, unsigned int order)
{
	return vtd_desc_words(VTD_DESC_IEC | VTD_IEC_G_INDEX |
			      FIELD_PREP(VTD_IEC_IM, order) |
			      FIELD_PREP(VTD_IEC_IIDX, index), 0);
}

/**
 * vtd_desc_page_response() - the answer to a group of page requests
 * @sid: source id of the device
 * @pasid: VTD_PGR_PP and the PASID if the requests had one, else 0: the answer has
 *	what they had
 * @group: index of the group
 * @code: VTD_PRR_*
 *
 * Return: the descriptor.
 */
static inline struct vtd_desc vtd_desc_page_response(u16 sid, u64 pasid, u16 group,
						     unsigned int code)
{
	return vtd_desc_words(VTD_DESC_PAGE_RESPONSE | pasid |
			      FIELD_PREP(VTD_PGR_RC, code) |
			      FIELD_PREP(VTD_PGR_SID, sid),
			      FIELD_PREP(VTD_PGR1_PRGI, group));
}

/* @pasid of the above */
static inline u64 vtd_desc_response_pasid(u32 pasid)
{
	return VTD_PGR_PP | FIELD_PREP(VTD_DESC_PASID, pasid);
}

/* For queue/ only: @flags of VTD_WAIT_{IF,SW,FN,PD}. */
static inline struct vtd_desc vtd_desc_wait(u64 flags, u32 data, u64 addr)
{
	return vtd_desc_words(VTD_DESC_WAIT | flags |
			      FIELD_PREP(VTD_WAIT_DATA, data),
			      addr & VTD_WAIT1_ADDR);
}

#endif
