/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One way into a fault condition.
 */
#ifndef FAULT_CASE_H
#define FAULT_CASE_H

#include "world.h"

/* What a translation request that meets the condition is answered. */
enum answer {
	NOTHING,	/* success, nothing granted, no record */
	REST,		/* success with the rest of the permissions, no record */
	RECORD,		/* success, nothing granted, and a record */
	UR,
	CA,
	NEVER,		/* it cannot meet it */
};

struct patch {
	u64 addr;
	u64 clear;
	u64 set;
};

struct fault_case {
	const char *name;
	u8 reason;
	bool qualified;
	enum answer answer;
	enum world_kind kind;
	struct vtd_model_request rq;
	struct patch patch[3];
	u64 cap_off;
	u64 ecap_off;
	u64 rtaddr;		/* set on top */
	u64 fail_read;
	u64 fail_update;
	u8 major;
};

#define HOST_BIT	BIT_ULL(FULL_HAW)	/* the first one too many */
#define TTM(n)		FIELD_PREP(VTD_RTADDR_TTM, n)
#define IN_RANGE	0xfee00000ULL
#define PTW		ENTRY(PASID)		/* PASID entry, word 0 */

extern const struct fault_case fault_cases_legacy[];
extern const unsigned int nfault_cases_legacy;
extern const struct fault_case fault_cases_scalable[];
extern const unsigned int nfault_cases_scalable;

#endif
