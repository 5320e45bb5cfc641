// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a page request says (VT-d chapter 7).
 */
#include <linux/bitfield.h>

#include "prq_layout.h"

/**
 * vtd_request_decode() - a page request under names
 * @raw: as the unit wrote it
 * @request: filled in, whatever the type
 *
 * What the unit leaves undefined is 0.
 *
 * Return: whether it is a page request at all.
 */
bool vtd_request_decode(const struct vtd_page_request *raw, struct vtd_request *request)
{
	u64 lo = raw->qw[0], hi = raw->qw[1];

	*request = (struct vtd_request){
		.sid = FIELD_GET(VTD_PRQ0_RID, lo),
		.has_pasid = lo & VTD_PRQ0_PP,
		.read = hi & VTD_PRQ1_RD,
		.write = hi & VTD_PRQ1_WR,
		.last = hi & VTD_PRQ1_LPIG,
		.group = FIELD_GET(VTD_PRQ1_PRGI, hi),
		.addr = hi & VTD_PRQ1_ADDR,
	};
	if (request->has_pasid) {
		request->pasid = FIELD_GET(VTD_PRQ0_PASID, lo);
		request->privileged = lo & VTD_PRQ0_PM;
		/* Only reads may execute. */
		request->execute = request->read && lo & VTD_PRQ0_EXE;
	}
	return FIELD_GET(VTD_PRQ0_TYPE, lo) == VTD_PRQ_TYPE_REQUEST;
}
