// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: a device that faults as fast as its faults are read does not keep
 * the CPU.
 */
#include <kunit/test.h>
#include <linux/jiffies.h>

#include "../hw/fault_layout.h"
#include "../hw/regs_layout.h"
#include "../trace.h"
#include "../unit/regs.h"
#include "../unit/unit.h"
#include "fault.h"
#include "storm.h"

#define FAKE_CAP	0x00d2008c222f0606	/* one record at 0x220 */
#define FAKE_FRCD	0x220
/* No test takes so long, whatever else the machine does. */
#define FAR_AWAY	(3600 * HZ)

/**
 * struct weather - a unit that records faults
 * @hook: its registers
 * @unit: the unit
 * @test: the test
 * @left: faults that are still to come, the one in the record included
 * @taken: faults that were read and cleared
 * @ctl: fault event control
 */
struct weather {
	struct vtd_reg_hook hook;
	struct vtd_unit unit;
	struct kunit *test;
	unsigned int left;
	unsigned int taken;
	u32 ctl;
};

static struct weather *to_weather(const struct vtd_reg_hook *hook)
{
	return container_of(hook, struct weather, hook);
}

static u32 weather_read32(const struct vtd_reg_hook *hook, u32 at)
{
	struct weather *w = to_weather(hook);

	switch (at) {
	case VTD_VER:
		return 0x10;
	case VTD_FSTS:
		return w->left ? VTD_FSTS_PPF : 0;
	case VTD_FECTL:
		return w->ctl;
	}
	KUNIT_FAIL(w->test, "32-bit read of %#x", at);
	return 0;
}

static u64 weather_read64(const struct vtd_reg_hook *hook, u32 at)
{
	struct weather *w = to_weather(hook);

	switch (at) {
	case VTD_CAP:
		return FAKE_CAP;
	case VTD_ECAP:
		return 0;
	case FAKE_FRCD:
		return 0x1000;
	case FAKE_FRCD + 8:
		return w->left ? 0x8000000500000100 : 0;
	}
	KUNIT_FAIL(w->test, "64-bit read of %#x", at);
	return 0;
}

static void weather_write32(const struct vtd_reg_hook *hook, u32 at, u32 value)
{
	struct weather *w = to_weather(hook);

	switch (at) {
	case FAKE_FRCD + VTD_FRCD_F_AT:
		KUNIT_EXPECT_NE(w->test, w->left, 0);
		w->left--;
		w->taken++;
		return;
	case VTD_FECTL:
		w->ctl = value;
		return;
	}
	KUNIT_FAIL(w->test, "32-bit write of %#x", at);
}

static void weather_write64(const struct vtd_reg_hook *hook, u32 at, u64 value)
{
	KUNIT_FAIL(to_weather(hook)->test, "64-bit write of %#x", at);
}

static struct weather *new_weather(struct kunit *test)
{
	struct weather *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->hook = (struct vtd_reg_hook){
		weather_read32, weather_read64, weather_write32, weather_write64
	};
	w->test = test;
	vtd_unit_init_hooked(&w->unit, &w->hook);
	w->unit.storm = vtd_storm_create(&w->unit, vtd_fault_service);
	KUNIT_ASSERT_NOT_NULL(test, w->unit.storm);
	return w;
}

static void free_weather(struct weather *w)
{
	vtd_storm_destroy(w->unit.storm);
	vtd_unit_exit_hooked(&w->unit);
}

/* A fault now and then costs an interrupt each, and nothing is masked. */
static void vtd_storm_calm_test(struct kunit *test)
{
	struct weather *w = new_weather(test);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, vtd_storm_interrupt(w->unit.storm), IRQ_NONE);
	for (i = 0; i < VTD_STORM_RECORDS; i++) {
		w->left = 1;
		KUNIT_EXPECT_EQ(test, vtd_storm_interrupt(w->unit.storm), IRQ_HANDLED);
	}
	KUNIT_EXPECT_EQ(test, w->taken, VTD_STORM_RECORDS);
	KUNIT_EXPECT_FALSE(test, w->ctl & VTD_EVENT_IM);

	/* As many again are none, if they come in another period. */
	w->unit.storm->since = jiffies - VTD_STORM_PERIOD - 1;
	for (i = 0; i < VTD_STORM_RECORDS / 2; i++) {
		w->left = 1;
		vtd_storm_interrupt(w->unit.storm);
	}
	KUNIT_EXPECT_FALSE(test, w->ctl & VTD_EVENT_IM);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&w->unit.storm->look));
	free_weather(w);
}

/* There is a look to come. From here on it does so when it is flushed. */
static void hold_look(struct weather *w)
{
	struct delayed_work *look = &w->unit.storm->look;

	/* If its time has come already, there is another one after it. */
	flush_work(&look->work);
	KUNIT_EXPECT_TRUE(w->test, cancel_delayed_work(look));
	schedule_delayed_work(look, FAR_AWAY);
}

/* A look is bounded as well, and not the last one as long as there are faults. */
static void take_look(struct weather *w)
{
	unsigned int before, taken;
	unsigned long begun, looks;

	hold_look(w);
	before = w->taken;
	begun = jiffies;
	flush_delayed_work(&w->unit.storm->look);
	taken = w->taken;
	KUNIT_EXPECT_GT(w->test, taken, before);
	/* The next ones come by themselves, each a period later. */
	looks = 1 + (jiffies - begun) / (HZ / VTD_STORM_LOOKS);
	KUNIT_EXPECT_LE(w->test, taken, before + 8 * looks);
	KUNIT_EXPECT_TRUE(w->test, w->ctl & VTD_EVENT_IM);
}

static void vtd_storm_masks_test(struct kunit *test)
{
	struct weather *w = new_weather(test);
	unsigned int n;

	/*
	 * Endless: each interrupt ends, and soon there are no more of them. No
	 * period ends before, on however slow a machine.
	 */
	w->unit.storm->since = jiffies + FAR_AWAY;
	w->left = UINT_MAX;
	for (n = 0; n < VTD_STORM_RECORDS && !(w->ctl & VTD_EVENT_IM); n++)
		KUNIT_EXPECT_EQ(test, vtd_storm_interrupt(w->unit.storm), IRQ_HANDLED);
	KUNIT_EXPECT_TRUE(test, w->ctl & VTD_EVENT_IM);
	KUNIT_EXPECT_LE(test, w->taken, VTD_STORM_RECORDS + 8);

	for (n = 0; n < 3; n++)
		take_look(w);

	hold_look(w);
	w->left = 0;
	flush_delayed_work(&w->unit.storm->look);
	KUNIT_EXPECT_FALSE(test, w->ctl & VTD_EVENT_IM);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&w->unit.storm->look));
	/* The next storm is noticed like the first. */
	w->left = UINT_MAX;
	for (n = 0; n < VTD_STORM_RECORDS && !(w->ctl & VTD_EVENT_IM); n++)
		vtd_storm_interrupt(w->unit.storm);
	KUNIT_EXPECT_TRUE(test, w->ctl & VTD_EVENT_IM);
	hold_look(w);
	w->left = 0;
	free_weather(w);
}

static void count(void *data, const char *iommu, const char *dev, const char *access,
		  u64 where, s32 pasid, u8 reason, const char *text)
{
	unsigned int *n = data;

	if (!strcmp(dev, "0000:01:00.0") && !strcmp(access, "write") &&
	    where == 0x1000 && pasid == -1 && reason == 5)
		(*n)++;
}

/* The tracepoint has those that the limit keeps out of the log, too. */
static void vtd_storm_traced_test(struct kunit *test)
{
	struct weather *w = new_weather(test);
	unsigned int n = 0;

	if (register_trace_fault_report(count, &n)) {
		free_weather(w);
		kunit_skip(test, "there are no tracepoints");
	}
	for (w->left = 50; w->left;)
		vtd_storm_interrupt(w->unit.storm);
	unregister_trace_fault_report(count, &n);
	tracepoint_synchronize_unregister();
	KUNIT_EXPECT_EQ(test, n, 50);
	free_weather(w);
}

static struct kunit_case vtd_storm_cases[] = {
	KUNIT_CASE(vtd_storm_calm_test),
	KUNIT_CASE(vtd_storm_masks_test),
	KUNIT_CASE(vtd_storm_traced_test),
	{}
};

static struct kunit_suite vtd_storm_suite = {
	.name = "vtd_storm",
	.test_cases = vtd_storm_cases,
};

kunit_test_suite(vtd_storm_suite);
