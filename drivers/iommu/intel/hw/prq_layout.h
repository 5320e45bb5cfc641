/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page request descriptor (VT-d chapter 7).
 */
#ifndef __VTD_HW_PRQ_LAYOUT_H
#define __VTD_HW_PRQ_LAYOUT_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/types.h>

/**
 * struct vtd_page_request - one entry of the page request queue
 * @qw: four words; the upper two are reserved
 */
struct vtd_page_request {
	u64 qw[4];
};

#define VTD_PRQ0_TYPE		GENMASK_ULL(7, 0)
#define VTD_PRQ0_PP		BIT_ULL(8)
#define VTD_PRQ0_RID		GENMASK_ULL(31, 16)
#define VTD_PRQ0_PASID		GENMASK_ULL(51, 32)
#define VTD_PRQ0_EXE		BIT_ULL(52)
#define VTD_PRQ0_PM		BIT_ULL(53)
#define VTD_PRQ1_RD		BIT_ULL(0)
#define VTD_PRQ1_WR		BIT_ULL(1)
#define VTD_PRQ1_LPIG		BIT_ULL(2)
#define VTD_PRQ1_PRGI		GENMASK_ULL(11, 3)
#define VTD_PRQ1_ADDR		GENMASK_ULL(63, 12)
#define VTD_PRQ_TYPE_REQUEST	1

/* Response codes of a page group response descriptor. */
#define VTD_PRR_SUCCESS		0x0
#define VTD_PRR_INVALID		0x1
#define VTD_PRR_FAILURE		0xf

static_assert(sizeof(struct vtd_page_request) == 32);

/* The group index has nine bits. */
#define VTD_PRGI_COUNT		512

/**
 * struct vtd_request - a page request under names
 * @sid: source id of the device
 * @has_pasid: it is for a PASID
 * @read: the device wants to read
 * @write: the device wants to write
 * @execute: it wants to execute
 * @privileged: as a supervisor
 * @last: the last of its group, which wants an answer
 * @group: index of the group
 * @pasid: the PASID; 0 without
 * @addr: of the page
 */
struct vtd_request {
	u16 sid;
	bool has_pasid:1;
	bool read:1;
	bool write:1;
	bool execute:1;
	bool privileged:1;
	bool last:1;
	u16 group;
	u32 pasid;
	u64 addr;
};

bool vtd_request_decode(const struct vtd_page_request *raw, struct vtd_request *request);

/*
 * A device tells that it has stopped using the PASID. No group, no answer.
 * Without PASID there is no such thing.
 */
static inline bool vtd_request_is_stop_marker(const struct vtd_request *request)
{
	return request->has_pasid && request->last && !request->read &&
	       !request->write;
}

#endif
