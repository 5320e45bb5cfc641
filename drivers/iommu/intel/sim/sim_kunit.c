// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a simulated unit is made of: its profile, and what firmware would say.
 */
#include <kunit/test.h>

#include <uapi/linux/vtd_sim.h>

#include "../acpi/dmar.h"
#include "../acpi/plug.h"
#include "../hw/cap.h"
#include "firmware.h"
#include "model/model.h"
#include "profile.h"

#define BASE	0xfed91000
#define SEGMENT	0xe005

static void forget_note(struct vtd_dmar_log *log, u32 offset, const char *what)
{
}

static void a_record_says_it_all(struct kunit *test)
{
	struct vtd_dmar_log log = { .note = forget_note };
	struct vtd_sim_firmware record;
	struct vtd_dmar dmar;
	struct vtd_drhd *drhd;
	struct vtd_satc *satc;
	struct vtd_rhsa *rhsa;

	vtd_sim_firmware_build(&record, BASE, SEGMENT);
	vtd_dmar_init(&dmar);
	KUNIT_ASSERT_EQ(test, 0, vtd_dmar_parse_owned(&dmar, record.bytes, record.len,
						      &record, &log));
	KUNIT_EXPECT_EQ(test, log.errors, 0);
	drhd = list_first_entry(&dmar.drhds, struct vtd_drhd, node);
	KUNIT_EXPECT_TRUE(test, list_is_singular(&dmar.drhds));
	KUNIT_EXPECT_EQ(test, drhd->base, BASE);
	KUNIT_EXPECT_EQ(test, drhd->segment, SEGMENT);
	KUNIT_EXPECT_TRUE(test, drhd->include_all);
	KUNIT_EXPECT_PTR_EQ(test, drhd->owner, (void *)&record);
	KUNIT_EXPECT_TRUE(test, list_is_singular(&dmar.atsrs));
	satc = list_first_entry(&dmar.satcs, struct vtd_satc, node);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&satc->scopes), VTD_SIM_SLOTS);
	KUNIT_EXPECT_FALSE(test, satc->required);
	rhsa = list_first_entry(&dmar.rhsas, struct vtd_rhsa, node);
	KUNIT_EXPECT_EQ(test, rhsa->base, BASE);
	vtd_dmar_free(&dmar);
}

/* The last structure is cut off: none of them counts. */
static int read_damaged(const struct vtd_plug *plug, struct vtd_dmar *dmar,
			struct vtd_dmar_log *log)
{
	struct vtd_sim_firmware *record = plug->owner;

	return vtd_dmar_parse_owned(dmar, record->bytes, record->len - 1, record, log);
}

static void a_damaged_record_is_refused(struct kunit *test)
{
	struct vtd_sim_firmware record;
	struct vtd_plug plug = { .read = read_damaged, .owner = &record };

	if (!vtd_plug_possible())
		kunit_skip(test, "the driver is off");
	vtd_sim_firmware_build(&record, BASE, SEGMENT);
	KUNIT_EXPECT_EQ(test, vtd_plug_add(&plug), -EINVAL);
	/* Nor can what never came be removed. */
	KUNIT_EXPECT_EQ(test, vtd_plug_remove(&plug), -EINVAL);
}

static const char *why_not(struct kunit *test, const struct vtd_sim_caps *caps)
{
	struct vtd_model *model = kunit_kzalloc(test, sizeof(*model), GFP_KERNEL);
	struct vtd_model_config config = {
		.cap = caps->cap,
		.ecap = caps->ecap,
		.version = caps->version,
		.haw = 46,
	};

	KUNIT_ASSERT_NOT_NULL(test, model);
	return vtd_model_init(model, &config);
}

static void each_profile_can_exist(struct kunit *test)
{
	struct vtd_sim_caps caps;
	u32 profile;

	for (profile = 0; profile < VTD_SIM_PROFILES; profile++) {
		KUNIT_ASSERT_EQ(test, 0, vtd_sim_profile(profile, "", &caps));
		KUNIT_EXPECT_STREQ(test, why_not(test, &caps) ?: "", "");
	}
	KUNIT_EXPECT_EQ(test, vtd_sim_profile(profile, "", &caps), -EINVAL);
}

static void strikes_are_exact(struct kunit *test)
{
	struct vtd_sim_caps all, less;

	KUNIT_ASSERT_EQ(test, 0, vtd_sim_profile(VTD_SIM_FULL, "", &all));
	KUNIT_ASSERT_EQ(test, 0, vtd_sim_profile(VTD_SIM_FULL, "-nest,-esrtps", &less));
	KUNIT_EXPECT_EQ(test, all.ecap ^ less.ecap, VTD_ECAP_NEST);
	KUNIT_EXPECT_EQ(test, all.cap ^ less.cap, VTD_CAP_ESRTPS);
	KUNIT_EXPECT_EQ(test, vtd_sim_profile(VTD_SIM_FULL, "nest", &less), -EINVAL);
	KUNIT_EXPECT_EQ(test, vtd_sim_profile(VTD_SIM_FULL, "-nes", &less), -EINVAL);
	KUNIT_EXPECT_EQ(test, vtd_sim_profile(VTD_SIM_FULL, "-nestx", &less), -EINVAL);
	KUNIT_EXPECT_EQ(test, vtd_sim_profile(VTD_SIM_FULL, "-nest,,-pt", &less), -EINVAL);
	/* What cannot exist is for the model to say. */
	KUNIT_ASSERT_EQ(test, 0, vtd_sim_profile(VTD_SIM_FULL, "-ssts", &less));
	KUNIT_EXPECT_NOT_NULL(test, why_not(test, &less));
}

static struct kunit_case sim_cases[] = {
	KUNIT_CASE(a_record_says_it_all),
	KUNIT_CASE(a_damaged_record_is_refused),
	KUNIT_CASE(each_profile_can_exist),
	KUNIT_CASE(strikes_are_exact),
	{}
};

static struct kunit_suite sim_suite = {
	.name = "vtd_sim",
	.test_cases = sim_cases,
};

kunit_test_suite(sim_suite);
