/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One request of a device, and what becomes of it (VT-d chapters 3, 4, 7).
 */
#ifndef __VTD_SIM_MODEL_REQUEST_H
#define __VTD_SIM_MODEL_REQUEST_H

#include <linux/types.h>

#include "../../hw/fault_layout.h"

/**
 * struct vtd_model_request - one request as it arrives at the unit
 * @addr: untranslated address; translated requests: the host's address
 * @pasid: with @has_pasid only
 * @size: bytes. 0 is a zero-length read. A request stays inside 4 KiB, as
 *	PCI Express has it; a translation request asks for its page of 4 KiB,
 *	and its size does not count
 * @sid: source id
 * @group: page request: its group
 * @access: what it does; translation requests are reads
 * @at: VTD_FRCD_AT_*: untranslated, translation request, or translated
 * @has_pasid: carries a PASID
 * @privileged: privileged mode, only with a PASID
 * @execute: execute, only reads with a PASID
 * @no_snoop: carries No-Snoop
 * @no_write: translation request: the device will only read (NW)
 * @want_read: page request: read access is wanted
 * @want_write: page request: write access is wanted
 * @last: page request: the last one of its group (LPIG)
 */
struct vtd_model_request {
	u64 addr;
	u32 pasid;
	u32 size;
	u16 sid;
	u16 group;
	enum vtd_access access;
	u8 at;
	bool has_pasid;
	bool privileged;
	bool execute;
	bool no_snoop;
	bool no_write;
	bool want_read;
	bool want_write;
	bool last;
};

/**
 * enum vtd_model_verdict - what the device sees
 * @VTD_MODEL_DONE: untranslated and translated requests go to memory.
 *	Translation requests: a successful completion, which may grant nothing.
 *	Page requests: taken
 * @VTD_MODEL_INTERRUPT: no DMA but an interrupt message
 * @VTD_MODEL_BLOCKED: an untranslated request is aborted: writes are dropped,
 *	reads complete with UR or CA
 * @VTD_MODEL_UR: a translation request or translated request completes with UR
 * @VTD_MODEL_CA: a translation request completes with CA
 * @VTD_MODEL_INVALID: a page request is refused: response "invalid request" if
 *	it is the last of its group, else dropped
 * @VTD_MODEL_MALFORMED: no device can send this request; nothing was done
 */
enum vtd_model_verdict {
	VTD_MODEL_DONE,
	VTD_MODEL_INTERRUPT,
	VTD_MODEL_BLOCKED,
	VTD_MODEL_UR,
	VTD_MODEL_CA,
	VTD_MODEL_INVALID,
	VTD_MODEL_MALFORMED,
};

/**
 * enum vtd_model_memtype - who says what type of memory the page has
 * @VTD_MODEL_MT_NONE: the unit has no memory types (MTS=0)
 * @VTD_MODEL_MT_UC: the PASID entry: uncached
 * @VTD_MODEL_MT_MTRR: the MTRRs alone
 * @VTD_MODEL_MT_MTRR_PAT: the MTRRs, combined with the first stage's PAT
 * @VTD_MODEL_MT_EMT: EMT of the second stage alone
 * @VTD_MODEL_MT_EMT_PAT: EMT of the second stage, combined with PAT
 */
enum vtd_model_memtype {
	VTD_MODEL_MT_NONE,
	VTD_MODEL_MT_UC,
	VTD_MODEL_MT_MTRR,
	VTD_MODEL_MT_MTRR_PAT,
	VTD_MODEL_MT_EMT,
	VTD_MODEL_MT_EMT_PAT,
};

#define VTD_MODEL_ALSO	2

/**
 * struct vtd_model_outcome - what becomes of a request
 * @addr: with DONE: the host's address; translation requests: of their page
 * @size: bytes of the page around it, as found or as answered
 * @record: the fault record, with @recorded only
 * @verdict: what the device sees
 * @memtype: who says the memory type
 * @pat: with *_PAT: the type of the PAT entry
 * @emt: with *_EMT*: EMT of the leaf
 * @reason: the fault condition that was met, 0 for none. A translation request
 *	may meet one and succeed, with fewer permissions or none
 * @also: further reasons that the architecture allows for this outcome
 * @recorded: the fault goes to a fault recording register
 * @qualified: FPD kept it from there
 * @read: the page may be read by this kind of request
 * @write: it may be written
 * @snoop: accesses of this request are snooped
 * @ats_u: translation request: untranslated access only (U)
 * @ats_n: translation request: accesses are snooped whatever No-Snoop says (N)
 * @ats_priv: the answer is for privileged requests (PRIV)
 * @stale: cache entries that were used though memory says otherwise
 */
struct vtd_model_outcome {
	u64 addr;
	u64 size;
	struct vtd_fault record;
	enum vtd_model_verdict verdict;
	enum vtd_model_memtype memtype;
	u8 pat;
	u8 emt;
	u8 reason;
	u8 also[VTD_MODEL_ALSO];
	bool recorded;
	bool qualified;
	bool read;
	bool write;
	bool snoop;
	bool ats_u;
	bool ats_n;
	bool ats_priv;
	u8 stale;
};

#endif
