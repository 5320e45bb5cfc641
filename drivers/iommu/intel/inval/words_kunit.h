/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For tests: what reached a unit, in words, and what had to, in each kind of unit.
 *
 * cc, pc, iotlb, piotlb, devtlb and pdevtlb are descriptors of types 1, 7, 2, 6, 3
 * and 8; wbf is a flush of the write buffer. PASIDs stand behind a slash.
 */
#ifndef VTD_INVAL_WORDS_KUNIT_H
#define VTD_INVAL_WORDS_KUNIT_H

#include <linux/seq_buf.h>

#include "expect_kunit.h"

enum unit_kind {
	UNIT_LEGACY,
	UNIT_LEGACY_BUFFER,	/* software flushes its write buffer */
	UNIT_LEGACY_CM,		/* caching mode */
	UNIT_SCALABLE,
	UNIT_SCALABLE_CM,
	UNIT_KINDS,
};

/**
 * struct required - what a change requires
 * @legacy: in legacy mode; NULL if it cannot happen there
 * @buffer: the same with a write buffer; NULL if that makes no difference
 * @legacy_cm: the same with caching mode; NULL if that makes no difference
 * @scalable: as @legacy in scalable mode
 * @scalable_cm: as @legacy_cm
 */
struct required {
	const char *legacy;
	const char *buffer;
	const char *legacy_cm;
	const char *scalable;
	const char *scalable_cm;
};

const char *required_of(const struct required *required, enum unit_kind kind);

/* A unit of that kind; freed by required_unit_free() */
struct fake_queue *required_unit_new(struct kunit *test, enum unit_kind kind);
void required_unit_free(struct fake_queue *fake);

/* Looks away from what has happened so far. */
void required_look_away(struct fake_queue *fake);
void required_expect(struct kunit *test, struct fake_queue *fake, const char *want,
		     enum unit_kind kind);

#endif
