// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fault records and what the architecture's reasons mean (VT-d chapter 7).
 */
#include <linux/kernel.h>

#include "fault_layout.h"

static const char * const fault_texts[256] = {
	[0x01] = "root entry is not present",
	[0x02] = "context entry is not present",
	[0x03] = "context entry is invalid",
	[0x04] = "address is beyond the address width",
	[0x05] = "no write permission",
	[0x06] = "no read permission",
	[0x07] = "paging entry cannot be read",
	[0x08] = "root table cannot be read",
	[0x09] = "context table cannot be read",
	[0x0a] = "reserved bits in the root entry",
	[0x0b] = "reserved bits in the context entry",
	[0x0c] = "reserved bits in a paging entry",
	[0x0d] = "translation type forbids ATS requests",
	[0x0e] = "address leads into the interrupt range",
	[0x20] = "reserved field in the interrupt request",
	[0x21] = "interrupt index is beyond the table",
	[0x22] = "interrupt entry is not present",
	[0x23] = "interrupt table cannot be read",
	[0x24] = "reserved field in the interrupt entry",
	[0x25] = "compatibility-format interrupt is blocked",
	[0x26] = "source id of the interrupt does not match",
	[0x27] = "posted descriptor cannot be accessed",
	[0x28] = "reserved field in the posted descriptor",
	[0x29] = "request to the interrupt range is no interrupt",
	[0x2a] = "interrupt needs x2APIC mode",
	[0x2b] = "interrupt needs remapping to be on",
	[0x30] = "translation table mode is invalid",
	[0x31] = "request with PASID in legacy mode",
	[0x32] = "page request in legacy mode",
	[0x33] = "all requests are refused in abort mode",
	[0x34] = "execute requests are not supported",
	[0x38] = "scalable root entry cannot be read",
	[0x39] = "scalable root entry is not present",
	[0x3a] = "reserved bits in the scalable root entry",
	[0x40] = "scalable context entry cannot be read",
	[0x41] = "scalable context entry is not present",
	[0x42] = "reserved bits in the scalable context entry",
	[0x43] = "scalable context entry is invalid",
	[0x44] = "ATS is not enabled for the device",
	[0x45] = "PASIDs are not enabled for the device",
	[0x46] = "PASID is beyond the directory",
	[0x47] = "page requests are not enabled for the device",
	[0x48] = "PASID is the one of requests without PASID",
	[0x49] = "translated request with PASID is not enabled",
	[0x50] = "PASID directory cannot be read",
	[0x51] = "PASID directory entry is not present",
	[0x52] = "reserved bits in the PASID directory entry",
	[0x58] = "PASID table cannot be read",
	[0x59] = "PASID table entry is not present",
	[0x5a] = "reserved bits in the PASID table entry",
	[0x5b] = "PASID table entry is invalid",
	[0x5c] = "execute request is not supported",
	[0x5d] = "supervisor request is not allowed",
	[0x60] = "address is beyond the host permission table",
	[0x70] = "first-stage entry cannot be read",
	[0x71] = "first-stage entry is not present",
	[0x72] = "reserved bits in a first-stage entry",
	[0x73] = "first-stage root table cannot be read",
	[0x74] = "first-stage entry is beyond the guest address width",
	[0x75] = "second stage forbids reading the first-stage root",
	[0x76] = "second stage forbids reading a first-stage table",
	[0x77] = "second stage forbids updating a first-stage entry",
	[0x78] = "second-stage entry cannot be read",
	[0x79] = "second-stage entry is not present",
	[0x7a] = "reserved bits in a second-stage entry",
	[0x7b] = "second-stage root table cannot be read",
	[0x7c] = "second-stage accessed/dirty update needs snooping",
	[0x7d] = "second-stage accessed/dirty update failed",
	[0x80] = "address is not canonical",
	[0x81] = "user request to a supervisor page",
	[0x82] = "no execute permission",
	[0x83] = "host address is beyond the address width",
	[0x84] = "second-stage address is beyond the address width",
	[0x85] = "no write permission in the tables",
	[0x86] = "no read permission in the tables",
	[0x87] = "address leads into the interrupt range of the host",
	[0x89] = "PASID is wider than the unit supports",
	[0x90] = "first-stage accessed/dirty update needs snooping",
	[0x91] = "first-stage accessed/dirty update failed",
	[0xa0] = "host permission table cannot be read",
	[0xa1] = "reserved bits in the host permission table",
	[0xa2] = "host permission root cannot be read",
	[0xa3] = "host permission walk ended early",
	[0xa4] = "host permission table forbids writing",
	[0xa5] = "host permission table forbids reading",
};

/**
 * vtd_fault_text() - a fault reason in words
 * @reason: the architecture's number
 *
 * Return: never NULL.
 */
const char *vtd_fault_text(u8 reason)
{
	return fault_texts[reason] ?: "reason is unknown to this kernel";
}

/**
 * vtd_fault_kind() - which part of the architecture a reason belongs to
 * @reason: the architecture's number
 *
 * Return: the kind.
 */
enum vtd_fault_kind vtd_fault_kind(u8 reason)
{
	if (reason < 0x20)
		return VTD_FAULT_DMA_LEGACY;
	return reason < 0x30 ? VTD_FAULT_INTERRUPT : VTD_FAULT_DMA_SCALABLE;
}

/**
 * vtd_access_text() - what a request tried, in words
 * @access: the kind of access
 *
 * Return: never NULL.
 */
const char *vtd_access_text(enum vtd_access access)
{
	switch (access) {
	case VTD_ACCESS_WRITE:
		return "write";
	case VTD_ACCESS_READ:
		return "read";
	case VTD_ACCESS_PAGE_REQUEST:
		return "page request";
	case VTD_ACCESS_ATOMIC:
		return "atomic";
	}
	return "access";
}

/**
 * vtd_fault_decode() - name the fields of a fault record
 * @lo: lower half of the register
 * @hi: upper half
 * @fault: filled; only meaningful if its valid field is set
 */
void vtd_fault_decode(u64 lo, u64 hi, struct vtd_fault *fault)
{
	bool t1 = hi & VTD_FRCD_HI_T1, t2 = hi & VTD_FRCD_HI_T2;

	*fault = (struct vtd_fault){
		.addr = lo & VTD_FRCD_LO_FI,
		.irte = FIELD_GET(VTD_FRCD_LO_IRTE, lo),
		.sid = FIELD_GET(VTD_FRCD_HI_SID, hi),
		.reason = FIELD_GET(VTD_FRCD_HI_FR, hi),
		.at = FIELD_GET(VTD_FRCD_HI_AT, hi),
		.has_pasid = hi & VTD_FRCD_HI_PP,
		.valid = hi & VTD_FRCD_HI_F,
	};
	if (t2)
		fault->access = t1 ? VTD_ACCESS_ATOMIC : VTD_ACCESS_PAGE_REQUEST;
	else
		fault->access = t1 ? VTD_ACCESS_READ : VTD_ACCESS_WRITE;
	if (!fault->has_pasid)
		return;
	fault->pasid = FIELD_GET(VTD_FRCD_HI_PV, hi);
	fault->privileged = hi & VTD_FRCD_HI_PRIV;
	fault->execute = t1 && !t2 && hi & VTD_FRCD_HI_EXE;
}
