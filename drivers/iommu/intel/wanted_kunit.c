// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of the decision whether DMA is remapped.
 */
#include <kunit/test.h>

#include "cmdline.h"
#include "wanted.h"

static void vtd_wanted_default_test(struct kunit *test)
{
	struct vtd_wish wish = { .wanted = VTD_WANTED_ON };

	KUNIT_EXPECT_EQ(test, vtd_decide(&wish), VTD_ON);
	wish.opt_out = true;
	KUNIT_EXPECT_EQ(test, vtd_decide(&wish), VTD_OFF_BY_PLATFORM);
	wish.tboot = true;
	KUNIT_EXPECT_EQ(test, vtd_decide(&wish), VTD_ON_BY_TBOOT);
}

static void vtd_wanted_user_test(struct kunit *test)
{
	struct vtd_wish wish = {
		.wanted = VTD_WANTED_OFF_BY_USER,
		.opt_in = true,
		.external_port = true,
	};

	KUNIT_EXPECT_EQ(test, vtd_decide(&wish), VTD_OFF_BY_USER);
	wish.tboot = true;
	KUNIT_EXPECT_EQ(test, vtd_decide(&wish), VTD_ON_BY_TBOOT);

	wish = (struct vtd_wish){ .wanted = VTD_WANTED_ON, .no_iommu = true };
	KUNIT_EXPECT_EQ(test, vtd_decide(&wish), VTD_OFF_BY_USER);
}

/* Firmware's opt-in counts only where somebody could plug something in. */
static void vtd_wanted_platform_test(struct kunit *test)
{
	struct vtd_wish wish = {
		.wanted = VTD_WANTED_OFF_BY_CONFIG,
		.opt_in = true,
	};

	KUNIT_EXPECT_EQ(test, vtd_decide(&wish), VTD_OFF_BY_CONFIG);
	wish.external_port = true;
	KUNIT_EXPECT_EQ(test, vtd_decide(&wish), VTD_ON_BY_PLATFORM);
	wish.opt_in = false;
	KUNIT_EXPECT_EQ(test, vtd_decide(&wish), VTD_OFF_BY_CONFIG);
}

static struct kunit_case vtd_wanted_cases[] = {
	KUNIT_CASE(vtd_wanted_default_test),
	KUNIT_CASE(vtd_wanted_user_test),
	KUNIT_CASE(vtd_wanted_platform_test),
	{}
};

static struct kunit_suite vtd_wanted_suite = {
	.name = "vtd_wanted",
	.test_cases = vtd_wanted_cases,
};

kunit_test_suite(vtd_wanted_suite);
