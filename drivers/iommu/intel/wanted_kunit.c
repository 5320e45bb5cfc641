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
	wish.measured = true;
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
	wish.measured = true;
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

/* What the command line says, and what becomes of it. */
struct line {
	const char *text;
	bool no_iommu;
	bool may_refuse_tboot;
	enum vtd_verdict on, off;	/* the configuration says on, off */
};

static const struct line lines[] = {
	{ "", false, false, VTD_ON, VTD_OFF_BY_CONFIG },
	{ "on", false, false, VTD_ON, VTD_ON },
	{ "off", false, false, VTD_OFF_BY_USER, VTD_OFF_BY_USER },
	{ "on,sm_off", false, false, VTD_ON, VTD_ON },
	{ "igfx_off", false, false, VTD_ON, VTD_OFF_BY_CONFIG },
	{ "tboot_noforce", false, true, VTD_ON, VTD_OFF_BY_CONFIG },
	{ "on,tboot_noforce", false, true, VTD_ON, VTD_ON },
	{ "off,tboot_noforce", false, true, VTD_OFF_BY_USER, VTD_OFF_BY_USER },
	{ "", true, false, VTD_OFF_BY_USER, VTD_OFF_BY_USER },
	{ "on", true, false, VTD_OFF_BY_USER, VTD_OFF_BY_USER },
	{ "off", true, false, VTD_OFF_BY_USER, VTD_OFF_BY_USER },
	{ "on,tboot_noforce", true, true, VTD_OFF_BY_USER, VTD_OFF_BY_USER },
};

#define ASPECTS		5	/* configuration, launch, firmware's two, port */

static struct vtd_wish wish_of(const struct line *line, unsigned int aspects)
{
	struct vtd_cmdline cmdline;

	vtd_cmdline_defaults(&cmdline);
	cmdline.wanted = aspects & BIT(0) ? VTD_WANTED_ON : VTD_WANTED_OFF_BY_CONFIG;
	vtd_cmdline_parse(&cmdline, line->text);
	return (struct vtd_wish){
		.wanted = cmdline.wanted,
		.tboot_noforce = cmdline.tboot_noforce,
		.no_iommu = line->no_iommu,
		.measured = aspects & BIT(1),
		.opt_in = aspects & BIT(2),
		.opt_out = aspects & BIT(3),
		.external_port = aspects & BIT(4),
	};
}

static enum vtd_verdict expected(const struct line *line, const struct vtd_wish *wish,
				 unsigned int aspects)
{
	enum vtd_verdict plain = aspects & BIT(0) ? line->on : line->off;

	if (wish->measured && !line->may_refuse_tboot)
		return VTD_ON_BY_TBOOT;
	if (plain == VTD_OFF_BY_USER)
		return plain;
	if (wish->opt_out)
		return VTD_OFF_BY_PLATFORM;
	if (plain == VTD_OFF_BY_CONFIG && wish->opt_in && wish->external_port)
		return VTD_ON_BY_PLATFORM;
	return plain;
}

/* Wherever DMA will be remapped, ACS was asked for when PCI was not known yet. */
static void vtd_wanted_table_test(struct kunit *test)
{
	unsigned int i, aspects;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		for (aspects = 0; aspects < BIT(ASPECTS); aspects++) {
			struct vtd_wish wish = wish_of(&lines[i], aspects);
			enum vtd_verdict verdict = vtd_decide(&wish);

			KUNIT_EXPECT_EQ_MSG(test, verdict,
					    expected(&lines[i], &wish, aspects),
					    "\"%s\" iommu=%s, aspects %#x",
					    lines[i].text,
					    lines[i].no_iommu ? "off" : "", aspects);
			wish.external_port = false;
			if (vtd_verdict_is_on(verdict))
				KUNIT_EXPECT_TRUE_MSG(test, vtd_may_be_on(&wish),
						      "\"%s\" iommu=%s, aspects %#x",
						      lines[i].text,
						      lines[i].no_iommu ? "off" : "",
						      aspects);
		}
	}
}

static void vtd_wanted_acs_test(struct kunit *test)
{
	struct vtd_wish wish = { .wanted = VTD_WANTED_OFF_BY_USER, .no_iommu = true };

	KUNIT_EXPECT_FALSE(test, vtd_may_be_on(&wish));
	wish.measured = true;
	KUNIT_EXPECT_TRUE(test, vtd_may_be_on(&wish));
	wish.tboot_noforce = true;
	KUNIT_EXPECT_FALSE(test, vtd_may_be_on(&wish));
}

static struct kunit_case vtd_wanted_cases[] = {
	KUNIT_CASE(vtd_wanted_default_test),
	KUNIT_CASE(vtd_wanted_user_test),
	KUNIT_CASE(vtd_wanted_platform_test),
	KUNIT_CASE(vtd_wanted_table_test),
	KUNIT_CASE(vtd_wanted_acs_test),
	{}
};

static struct kunit_suite vtd_wanted_suite = {
	.name = "vtd_wanted",
	.test_cases = vtd_wanted_cases,
};

kunit_test_suite(vtd_wanted_suite);
