// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every fault condition of DMA (VT-d chapter 7) is met once: by an untranslated
 * request, with FPD, and by a translation request.
 */
#include "check.h"
#include "fault_case.h"

/* A translation request is answered by the condition it meets. */
static void expect_answer(const struct fault_case *c, struct world *world)
{
	struct vtd_model_request rq = c->rq;
	struct vtd_model_outcome out;
	bool recorded = c->answer != NOTHING && c->answer != REST;

	rq.at = VTD_FRCD_AT_REQUEST;
	rq.access = VTD_ACCESS_READ;
	out = world_ask(world, &rq);
	/* Without any permission the missing W is met first. */
	if (c->answer == REST && !out.read && !out.write)
		EXPECT_EQ(out.reason, 0x05);
	else
		EXPECT_EQ(out.reason, c->reason);
	EXPECT_EQ(out.recorded, recorded);
	switch (c->answer) {
	case UR:
		EXPECT_EQ(out.verdict, VTD_MODEL_UR);
		break;
	case CA:
		EXPECT_EQ(out.verdict, VTD_MODEL_CA);
		break;
	case REST:
		EXPECT_EQ(out.verdict, VTD_MODEL_DONE);
		EXPECT(!out.read || !out.write);
		break;
	default:
		EXPECT_EQ(out.verdict, VTD_MODEL_DONE);
		EXPECT(!out.read && !out.write && !out.ats_u);
		break;
	}
	if (recorded)
		EXPECT_EQ(out.record.at, VTD_FRCD_AT_REQUEST);
}

static enum vtd_model_verdict refusal(const struct vtd_model_request *rq)
{
	if (rq->access == VTD_ACCESS_PAGE_REQUEST)
		return VTD_MODEL_INVALID;
	return rq->at == VTD_FRCD_AT_UNTRANSLATED ? VTD_MODEL_BLOCKED :
						    VTD_MODEL_UR;
}

static void expect_record(const struct fault_case *c,
			  const struct vtd_model_outcome *out)
{
	const struct vtd_fault *record = &out->record;

	EXPECT_EQ(out->recorded, 1);
	EXPECT_EQ(record->valid, 1);
	EXPECT_EQ(record->reason, c->reason);
	EXPECT_EQ(record->sid, c->rq.sid);
	EXPECT_EQ(record->access, c->rq.access);
	EXPECT_EQ(record->at, c->rq.at);
	EXPECT_EQ(record->has_pasid, c->rq.has_pasid);
	EXPECT_EQ(record->pasid, c->rq.pasid);
	EXPECT_EQ(record->privileged, c->rq.privileged);
	EXPECT_EQ(record->execute, c->rq.execute);
	EXPECT_EQ(record->addr, c->rq.addr & GENMASK_ULL(56, 12));
}

static void set_up(const struct fault_case *c, struct world *world)
{
	struct vtd_model_config config = world_config();
	unsigned int i;

	config.cap &= ~c->cap_off;
	config.ecap &= ~c->ecap_off;
	if (c->major)
		config.version = FIELD_PREP(VTD_VER_MAJOR, c->major);
	world_unit(world, &config);
	world_build(world, c->kind);
	for (i = 0; i < 3 && c->patch[i].addr; i++) {
		world_clear(world, c->patch[i].addr, c->patch[i].clear);
		world_or(world, c->patch[i].addr, c->patch[i].set);
	}
	if (c->rtaddr)
		vtd_model_set_root(&world->model,
				   world->model.rtaddr | c->rtaddr);
	world->fail_read = c->fail_read;
	world->fail_update = c->fail_update;
}

/* FPD of the context entry, wherever that is. */
static void set_fpd(struct world *world, enum world_kind kind)
{
	if (kind <= LEGACY_PT) {
		world_or(world, CONTEXT, VTD_CTX_FPD);
	} else {
		world_or(world, SM_CONTEXT, VTD_SMCTX_FPD);
		world_or(world, SM_UPPER, VTD_SMCTX_FPD);
	}
}

static void run_case(const struct fault_case *c, struct world *world)
{
	struct vtd_model_outcome out;

	set_up(c, world);
	out = world_ask(world, &c->rq);
	EXPECT_EQ(out.verdict, refusal(&c->rq));
	EXPECT_EQ(out.reason, c->reason);
	EXPECT(vtd_model_accepts(&out, c->reason));
	EXPECT(!vtd_model_accepts(&out, 0));
	EXPECT(!vtd_model_accepts(&out, 0x20));
	expect_record(c, &out);

	set_up(c, world);
	set_fpd(world, c->kind);
	out = world_ask(world, &c->rq);
	EXPECT_EQ(out.reason, c->reason);
	EXPECT_EQ(out.recorded, !c->qualified);
	EXPECT_EQ(out.qualified, c->qualified);

	if (c->answer != NEVER) {
		set_up(c, world);
		expect_answer(c, world);
	}
}

/* The DMA part of the list of conditions, but for host permission tables. */
static const u8 all_reasons[] = {
	0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c,
	0x0d, 0x0e, 0x30, 0x31, 0x32, 0x33, 0x34, 0x38, 0x39, 0x3a, 0x40, 0x41,
	0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x50, 0x51, 0x52, 0x58,
	0x59, 0x5a, 0x5b, 0x5c, 0x5d, 0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76,
	0x77, 0x78, 0x79, 0x7a, 0x7b, 0x7c, 0x7d, 0x80, 0x81, 0x83, 0x84, 0x85,
	0x86, 0x87, 0x89, 0x90, 0x91,
};

static unsigned int cases_of(const struct fault_case *cases, unsigned int nr,
			     u8 reason)
{
	unsigned int i, found = 0;

	for (i = 0; i < nr; i++)
		found += cases[i].reason == reason;
	return found;
}

static void test_complete(void)
{
	unsigned int i, found;

	for (i = 0; i < sizeof(all_reasons); i++) {
		found = cases_of(fault_cases_legacy, nfault_cases_legacy,
				 all_reasons[i]);
		found += cases_of(fault_cases_scalable, nfault_cases_scalable,
				  all_reasons[i]);
		EXPECT_ABOUT(found, "for reason 0x%02x", all_reasons[i]);
	}
	check_done("every condition has a case");
}

static void run_cases(const struct fault_case *cases, unsigned int nr)
{
	struct world *world = world_new();
	unsigned int i;

	for (i = 0; i < nr; i++) {
		run_case(&cases[i], world);
		check_done(cases[i].name);
	}
	world_free(world);
}

void suite_fault(void)
{
	run_cases(fault_cases_legacy, nfault_cases_legacy);
	run_cases(fault_cases_scalable, nfault_cases_scalable);
	test_complete();
}
