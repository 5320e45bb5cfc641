// SPDX-License-Identifier: GPL-2.0-only
/*
 * Units that cannot exist are refused (VT-d chapter 11).
 */
#include <linux/kernel.h>
#include <string.h>

#include "check.h"
#include "world.h"

struct refusal {
	const char *why;
	u64 cap_off;
	u64 cap_on;
	u64 ecap_off;
	u64 ecap_on;
	u8 haw;
};

static const struct refusal refusals[] = {
	{ "host address width is not 32 to 52", .haw = 31 },
	{ "host address width is not 32 to 52", .haw = 53 },
	{ "MGAW is below the host address width or above 57",
	  .cap_off = FIELD_PREP(VTD_CAP_MGAW, 16) },
	{ "MGAW is below the host address width or above 57",
	  .cap_on = FIELD_PREP(VTD_CAP_MGAW, 1) },
	{ "SAGAW has reserved bits", .cap_on = FIELD_PREP(VTD_CAP_SAGAW, 1) },
	{ "ND is reserved", .cap_on = FIELD_PREP(VTD_CAP_ND, 7) },
	{ "PSS is above 20 bits", .ecap_on = FIELD_PREP(VTD_ECAP_PSS, 20) },
	{ "execute requests are abolished: ERS must be 0",
	  .ecap_on = VTD_ECAP_ERS },
	{ "host permission tables are not modelled",
	  .ecap_on = VTD_ECAP_HPTS },
	{ "SMTS needs QI", .ecap_off = VTD_ECAP_QI },
	{ "RWBF must be 0 with SMTS", .cap_on = VTD_CAP_RWBF },
	{ "SSADS needs SMPWCS",
	  .ecap_off = VTD_ECAP_SMPWCS | VTD_ECAP_EAFS },
	{ "EAFS needs FSTS and SMPWCS",
	  .ecap_off = VTD_ECAP_SMPWCS | VTD_ECAP_SSADS },
	{ "EAFS needs FSTS and SMPWCS", .ecap_off = VTD_ECAP_FSTS },
	{ "NEST needs FSTS and SSTS", .ecap_off = VTD_ECAP_SSTS },
	{ "NEST needs FSTS and SSTS",
	  .ecap_off = VTD_ECAP_FSTS | VTD_ECAP_EAFS },
	{ "FS5LP and FS1GP need FSTS", .cap_off = VTD_CAP_FS1GP,
	  .ecap_off = VTD_ECAP_FSTS | VTD_ECAP_NEST | VTD_ECAP_EAFS },
	{ "FS5LP and FS1GP need FSTS", .cap_off = VTD_CAP_FS5LP,
	  .ecap_off = VTD_ECAP_FSTS | VTD_ECAP_NEST | VTD_ECAP_EAFS },
	{ "RPRIVS needs SRS", .ecap_off = VTD_ECAP_SRS },
	{ "IR needs QI", .ecap_off = VTD_ECAP_QI | VTD_ECAP_SMTS },
	{ "PRS needs DT", .ecap_off = VTD_ECAP_DT },
	{ "FRO is the place of other registers", .cap_off = VTD_CAP_FRO },
	{ "FRO is the place of other registers",
	  .cap_off = VTD_CAP_FRO, .cap_on = FIELD_PREP(VTD_CAP_FRO, 0x20) },
	{ "FRO is the place of other registers", .cap_on = VTD_CAP_ECMDS },
	{ "FRO is the place of other registers", .cap_off = VTD_CAP_FRO,
	  .cap_on = FIELD_PREP(VTD_CAP_FRO, 0x3f), .ecap_on = VTD_ECAP_PMS },
	{ "FRO is the place of other registers", .cap_off = VTD_CAP_FRO,
	  .cap_on = FIELD_PREP(VTD_CAP_FRO, 0xdc), .ecap_on = VTD_ECAP_RDTS },
	{ "FRO is the place of other registers", .cap_off = VTD_CAP_FRO,
	  .cap_on = FIELD_PREP(VTD_CAP_FRO, 0xe3), .ecap_on = VTD_ECAP_VCS },
	{ "IRO is the place of other registers", .ecap_off = VTD_ECAP_IRO },
	{ "IRO is the place of other registers", .ecap_off = VTD_ECAP_IRO,
	  .ecap_on = FIELD_PREP(VTD_ECAP_IRO, 0xe) },
	{ "FRO and IRO overlap", .ecap_off = VTD_ECAP_IRO,
	  .ecap_on = FIELD_PREP(VTD_ECAP_IRO, 0x43) },
	{ "advanced fault logging is abolished: AFL must be 0",
	  .cap_on = VTD_CAP_AFL },
};

static void test_refusals(void)
{
	struct vtd_model_config config;
	struct vtd_model model;
	const char *why;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		config = world_config();
		config.cap = (config.cap & ~refusals[i].cap_off) |
			     refusals[i].cap_on;
		config.ecap = (config.ecap & ~refusals[i].ecap_off) |
			      refusals[i].ecap_on;
		if (refusals[i].haw)
			config.haw = refusals[i].haw;
		why = vtd_model_init(&model, &config);
		EXPECT_ABOUT(why && !strcmp(why, refusals[i].why),
			     "but \"%s\", for \"%s\"", why ? why : "taken",
			     refusals[i].why);
	}
	check_done("units that cannot exist");
}

/* Registers that touch others and do not overlap. */
static void test_places(void)
{
	static const struct {
		u64 fro;
		u64 iro;
		u64 cap;
		u64 ecap;
	} fits[] = {
		{ 0x40, 0x50, 0, VTD_ECAP_PMS },
		{ 0x3c, 0x50, VTD_CAP_ECMDS, 0 },
		{ 0x0f, 0x50, 0, 0 },
		{ 0x40, 0x0f, 0, 0 },
		{ 0x40, 0x44, 0, 0 },
		{ 0x40, 0x3f, 0, 0 },
		{ 0xd8, 0xdd, 0, VTD_ECAP_RDTS },
		{ 0xdc, 0xe4, 0, VTD_ECAP_VCS },
	};
	struct vtd_model_config config;
	struct vtd_model model;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fits); i++) {
		config = world_config();
		config.cap = (config.cap & ~VTD_CAP_FRO) | fits[i].cap |
			     FIELD_PREP(VTD_CAP_FRO, fits[i].fro);
		config.ecap = (config.ecap & ~VTD_ECAP_IRO & ~VTD_ECAP_MTS) |
			      fits[i].ecap |
			      FIELD_PREP(VTD_ECAP_IRO, fits[i].iro);
		EXPECT_ABOUT(!vtd_model_init(&model, &config), "case %u", i);
	}
	check_done("registers side by side");
}

void suite_caps(void)
{
	struct vtd_model_config config;
	struct vtd_model model;

	test_refusals();
	test_places();

	/* A legacy unit as QEMU has it: CAP, ECAP as measured. */
	config = (struct vtd_model_config){
		.cap = 0x00d2008c222f0606, .ecap = 0xf00f4e,
		.version = 0x10, .haw = 48,
	};
	EXPECT(!vtd_model_init(&model, &config));
	EXPECT_EQ(model.caps.major, 1);
	EXPECT_EQ(model.caps.did_bits, 16);
	EXPECT_EQ(model.caps.sagaw, VTD_SAGAW_39 | VTD_SAGAW_48);
	EXPECT_EQ(model.caps.mgaw, 48);
	EXPECT_EQ(model.caps.nfr, 1);
	EXPECT_EQ(model.caps.fro, 0x220);
	EXPECT_EQ(model.caps.iro, 0xf0);
	EXPECT_EQ(model.caps.mamv, 18);
	EXPECT(model.caps.psi && model.caps.ss2m && model.caps.ss1g);
	EXPECT(model.caps.qi && model.caps.ir && model.caps.pt && model.caps.dt);
	EXPECT(!model.caps.smts && !model.caps.cm && !model.caps.c);
	check_done("fields of a legacy unit");

	/* And one that has all. */
	config = world_config();
	config.cap |= VTD_CAP_CM | VTD_CAP_PI | VTD_CAP_ESIRTPS | VTD_CAP_ESRTPS;
	config.ecap |= VTD_ECAP_EIMER | VTD_ECAP_IRREQ;
	EXPECT(!vtd_model_init(&model, &config));
	EXPECT(model.caps.cm && model.caps.pi && model.caps.esirtps &&
	       model.caps.esrtps && model.caps.dwd && model.caps.drd);
	EXPECT(model.caps.c && model.caps.eim && model.caps.dit &&
	       model.caps.pds && model.caps.sms && model.caps.eimer &&
	       model.caps.irreq);
	EXPECT_EQ(model.caps.mhmv, 15);
	EXPECT_EQ(model.caps.pasid_bits, 20);
	config.haw = 52;
	EXPECT(!vtd_model_init(&model, &config));
	config.haw = 32;
	EXPECT(!vtd_model_init(&model, &config));
	config = (struct vtd_model_config){
		.cap = 0x00d2008c222f0606, .ecap = 0xf00f4e,
		.version = 0x10, .haw = 48,
	};
	check_done("fields of a unit that has all");

	/* QI and what needs it can be missing together. */
	config.ecap &= ~(VTD_ECAP_QI | VTD_ECAP_IR);
	EXPECT(!vtd_model_init(&model, &config));
	check_done("a unit without QI");

	/* Seed and start value of the generator must not cancel out. */
	config.seed = 0x9e3779b97f4a7c15ULL;
	EXPECT(!vtd_model_init(&model, &config));
	EXPECT(vtdm_random(&model));
	check_done("any seed will do");
}

void suite_choices(void)
{
	struct vtd_model_config config = world_config();
	struct vtd_model model, twin;
	unsigned int i, set = 0;

	EXPECT(!vtd_model_init(&model, &config));
	EXPECT(!vtdm_choose(&model, VTD_MODEL_CHOICE_PIECES));
	check_done("strict is always the first");

	config.choices = VTD_MODEL_LENIENT;
	EXPECT(!vtd_model_init(&model, &config));
	EXPECT(vtdm_choose(&model, VTD_MODEL_CHOICE_PIECES));
	check_done("lenient is always the other");

	config.choices = VTD_MODEL_SEEDED;
	config.seed = 42;
	EXPECT(!vtd_model_init(&model, &config));
	EXPECT(!vtd_model_init(&twin, &config));
	for (i = 0; i < 1000; i++) {
		bool choice = vtdm_choose(&model, VTD_MODEL_CHOICE_PIECES);

		set += choice;
		EXPECT_EQ(vtdm_choose(&twin, VTD_MODEL_CHOICE_PIECES), choice);
	}
	EXPECT_ABOUT(set > 300 && set < 700, "%u of 1000", set);
	check_done("seeded is both, and the same with the same seed");
}
