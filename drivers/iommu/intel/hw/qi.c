// SPDX-License-Identifier: GPL-2.0-only
/*
 * Invalidation descriptors in words.
 */
#include <linux/kernel.h>

#include "qi.h"

/**
 * vtd_iqei_text() - why a unit stopped at a descriptor
 * @iqei: IQERCD.IQEI
 *
 * Return: never NULL.
 */
const char *vtd_iqei_text(enum vtd_iqei iqei)
{
	switch (iqei) {
	case VTD_IQEI_NONE:
		return "the unit gives no reason";
	case VTD_IQEI_TAIL:
		return "invalid tail";
	case VTD_IQEI_FETCH:
		return "descriptor cannot be read";
	case VTD_IQEI_TYPE:
		return "invalid type";
	case VTD_IQEI_RESERVED:
		return "reserved field is set";
	case VTD_IQEI_WIDTH:
		return "invalid width";
	case VTD_IQEI_UNALIGNED:
		return "unaligned tail";
	case VTD_IQEI_TTM:
		return "invalid translation table mode";
	}
	return "unknown reason";
}

/**
 * vtd_desc_type_text() - what a descriptor invalidates
 * @type: its type
 *
 * Return: never NULL.
 */
const char *vtd_desc_type_text(enum vtd_desc_type type)
{
	static const char * const texts[VTD_DESC_TYPES] = {
		[VTD_DESC_CONTEXT] = "context cache",
		[VTD_DESC_IOTLB] = "IOTLB",
		[VTD_DESC_DEV_TLB] = "device TLB",
		[VTD_DESC_IEC] = "interrupt entry cache",
		[VTD_DESC_WAIT] = "wait",
		[VTD_DESC_PASID_IOTLB] = "PASID-based IOTLB",
		[VTD_DESC_PASID_CACHE] = "PASID cache",
		[VTD_DESC_PASID_DEV_TLB] = "PASID-based device TLB",
		[VTD_DESC_PAGE_RESPONSE] = "page group response",
		[VTD_DESC_HPT] = "host permission table",
	};

	return type < VTD_DESC_TYPES && texts[type] ? texts[type] : "unknown";
}
