/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For tests: two devices behind a unit made of code, and domains for them.
 */
#ifndef VTD_DOMAIN_BENCH_KUNIT_H
#define VTD_DOMAIN_BENCH_KUNIT_H

#include "../device/requester.h"
#include "../inval/expect_kunit.h"
#include "../table/entry.h"
#include "attach.h"
#include "domain.h"
#include "kinds.h"
#include "paging.h"

#define BENCH_SID		0x0508
#define BENCH_ALIAS_SID		0x0500

/**
 * struct bench - a unit with two devices that share an alias
 * @fake: the unit
 * @vd: the devices
 * @requesters: own and alias, of each
 * @alias_use: what each wants of the alias
 * @dev: the devices of the core
 */
struct bench {
	struct fake_queue *fake;
	struct vtd_device vd[2];
	struct vtd_requester *requesters[2][2];
	struct vtd_use alias_use[2];
	struct device dev[2];
};

/* bench_free() blocks the devices first. */
struct bench *bench_new(struct kunit *test, bool scalable);
void bench_free(struct kunit *test, struct bench *bench);

/* bench_domain_free() checks that nothing is left of any attachment. */
struct vtd_domain *bench_domain_new(struct kunit *test, struct bench *bench, bool first);
void bench_domain_free(struct kunit *test, struct vtd_domain *domain);

/* The entry of a PASID; NULL if there is no table for it. */
const u64 *bench_pasid_entry(const struct vtd_device *vd, u32 pasid);
/* VTD_PGTT_*, 0 if it is absent */
unsigned int bench_pgtt(const struct vtd_device *vd, u32 pasid);

#endif
