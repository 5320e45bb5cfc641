// SPDX-License-Identifier: GPL-2.0-only
/*
 * The words of intel_iommu=.
 */
#include <kunit/test.h>
#include <linux/string.h>

#include "cmdline.h"

static void words_are_read_in_order(struct kunit *test)
{
	struct vtd_cmdline c;

	vtd_cmdline_defaults(&c);
	KUNIT_EXPECT_NULL(test, vtd_cmdline_parse(&c, "off"));
	KUNIT_EXPECT_EQ(test, (int)c.wanted, (int)VTD_WANTED_OFF_BY_USER);
	KUNIT_EXPECT_NULL(test, vtd_cmdline_parse(&c, "off,sm_off,on"));
	KUNIT_EXPECT_EQ(test, (int)c.wanted, (int)VTD_WANTED_ON);
	KUNIT_EXPECT_FALSE(test, c.scalable);
	KUNIT_EXPECT_NULL(test, vtd_cmdline_parse(&c, "sm_on"));
	KUNIT_EXPECT_TRUE(test, c.scalable);
}

static void each_flag_sets_its_own(struct kunit *test)
{
	static const struct {
		const char *text;
		size_t offset;
	} rows[] = {
		{ "igfx_off", offsetof(struct vtd_cmdline, igfx_off) },
		{ "intgpu_off", offsetof(struct vtd_cmdline, igfx_off) },
		{ "forcedac", offsetof(struct vtd_cmdline, forcedac) },
		{ "strict", offsetof(struct vtd_cmdline, strict) },
		{ "sp_off", offsetof(struct vtd_cmdline, superpages_off) },
		{ "tboot_noforce", offsetof(struct vtd_cmdline, tboot_noforce) },
	};
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vtd_cmdline c = { };

		KUNIT_EXPECT_NULL_MSG(test, vtd_cmdline_parse(&c, rows[i].text),
				      "%s", rows[i].text);
		for (j = 0; j < ARRAY_SIZE(rows); j++)
			KUNIT_EXPECT_EQ_MSG(test, rows[j].offset == rows[i].offset,
					    *(bool *)((void *)&c + rows[j].offset),
					    "%s", rows[i].text);
	}
}

static void unknown_words_are_named(struct kunit *test)
{
	struct vtd_cmdline c;
	const char *unknown;

	vtd_cmdline_defaults(&c);
	unknown = vtd_cmdline_parse(&c, "sm_of,,off,bogus");
	KUNIT_ASSERT_NOT_NULL(test, unknown);
	KUNIT_EXPECT_EQ(test, strncmp(unknown, "sm_of,", 6), 0);
	KUNIT_EXPECT_EQ(test, (int)c.wanted, (int)VTD_WANTED_OFF_BY_USER);

	KUNIT_EXPECT_NOT_NULL(test, vtd_cmdline_parse(&c, "onn"));
	KUNIT_EXPECT_NOT_NULL(test, vtd_cmdline_parse(&c, "o"));
	KUNIT_EXPECT_NULL(test, vtd_cmdline_parse(&c, ""));
	KUNIT_EXPECT_NULL(test, vtd_cmdline_parse(&c, ","));
}

static struct kunit_case cmdline_cases[] = {
	KUNIT_CASE(words_are_read_in_order),
	KUNIT_CASE(each_flag_sets_its_own),
	KUNIT_CASE(unknown_words_are_named),
	{}
};

static struct kunit_suite cmdline_suite = {
	.name = "vtd_cmdline",
	.test_cases = cmdline_cases,
};

kunit_test_suite(cmdline_suite);
