/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For tests: a unit made of code in scalable mode, and what it was told.
 */
#ifndef VTD_INVAL_EXPECT_KUNIT_H
#define VTD_INVAL_EXPECT_KUNIT_H

#include "../queue/fake_kunit.h"

#define FAKE_ALL	(FAKE_PLAIN | VTD_ECAP_SMTS | VTD_ECAP_SSTS | \
			 VTD_ECAP_FSTS | VTD_ECAP_C | VTD_ECAP_PT | \
			 VTD_ECAP_SC | VTD_ECAP_PASID | VTD_ECAP_SMPWCS | \
			 FIELD_PREP(VTD_ECAP_PSS, 19))

static inline struct fake_queue *expect_unit(struct kunit *test, int id)
{
	struct fake_queue *fake = fake_new(test, FAKE_ALL);

	fake->unit.id = id;
	fake->unit.scalable = true;
	fake->unit.translating = true;
	fake->n = 0;
	return fake;
}

static inline void expect_descs(struct kunit *test, struct fake_queue *fake,
				const struct vtd_desc *want, unsigned int n)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, fake->n, n);
	for (i = 0; i < min(n, fake->n); i++)
		KUNIT_EXPECT_MEMEQ(test, &fake->log[i], &want[i], sizeof(*want));
	fake->n = 0;
}

/* Exactly these descriptors, since the last time that was asked. */
#define EXPECT_DESCS(test, fake, ...) \
	expect_descs(test, fake, (const struct vtd_desc[]){ __VA_ARGS__ }, \
		     sizeof((struct vtd_desc[]){ __VA_ARGS__ }) / \
		     sizeof(struct vtd_desc))

#endif
