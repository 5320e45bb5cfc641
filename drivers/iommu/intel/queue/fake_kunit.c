// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: a unit made of code, see fake_kunit.h.
 */
#include <linux/bitfield.h>
#include <linux/io.h>
#include <linux/slab.h>

#include "../hw/cap.h"
#include "../hw/regs_layout.h"
#include "fake_kunit.h"
#include "ring.h"

#define FAKE_IRO	0xf0

static struct fake_queue *to_fake(const struct vtd_reg_hook *hook)
{
	return container_of(hook, struct fake_queue, hook);
}

unsigned int fake_shift(const struct fake_queue *fake)
{
	return fake->iqa & VTD_IQA_DW ? VTD_IQ_SHIFT_256 : VTD_IQ_SHIFT_128;
}

void fake_complain(struct fake_queue *fake, enum vtd_iqei iqei)
{
	fake->fsts |= VTD_FSTS_IQE;
	fake->iqercd = iqei;
}

/* All requests that devices have sent are in the ring now. */
static void fake_drain(struct fake_queue *fake)
{
	fake->drains++;
	if (fake->drained)
		fake->drained(fake);
}

/* A wait that a device holds up: the unit gives the device up, or waits on. */
static bool fake_wait(struct fake_queue *fake, const struct vtd_desc *desc)
{
	u32 *status = phys_to_virt(desc->qw[1] & VTD_WAIT1_ADDR);

	KUNIT_EXPECT_TRUE(fake->test, desc->qw[0] & VTD_WAIT_SW);
	if (desc->qw[0] & VTD_WAIT_PD && !(fake->ecap & VTD_ECAP_PDS)) {
		fake_complain(fake, VTD_IQEI_RESERVED);
		return false;
	}
	if (!fake->pending) {
		if (desc->qw[0] & VTD_WAIT_PD)
			fake_drain(fake);
		WRITE_ONCE(*status, FIELD_GET(VTD_WAIT_DATA, desc->qw[0]));
		return true;
	}
	if (fake->patience == FAKE_HANGS)
		return false;
	fake->pending = false;
	fake->fsts |= VTD_FSTS_ITE;
	if (fake->patience == FAKE_HIDES)
		fake->iqercd = 0;
	return false;
}

static void fake_device(struct fake_queue *fake, int sid)
{
	if (sid != fake->mute_sid[0] && sid != fake->mute_sid[1])
		return;
	fake->pending = true;
	fake->iqercd = FIELD_PREP(VTD_IQERCD_ITESID, (u64)sid);
}

/* Returns whether the head moves on. */
static bool fake_execute(struct fake_queue *fake, const struct vtd_desc *desc)
{
	int sid = vtd_desc_dtlb_sid(desc);

	switch (vtd_desc_type(desc)) {
	case VTD_DESC_WAIT:
		/* An aborted wait was fetched all the same. */
		return fake_wait(fake, desc) || fake->fsts & VTD_FSTS_ITE;
	case VTD_DESC_DEV_TLB:
	case VTD_DESC_PASID_DEV_TLB:
		fake_device(fake, sid);
		break;
	case VTD_DESC_CONTEXT:
	case VTD_DESC_IOTLB:
	case VTD_DESC_IEC:
	case VTD_DESC_PASID_IOTLB:
	case VTD_DESC_PASID_CACHE:
		break;
	case VTD_DESC_PAGE_RESPONSE:
		if (fake->ecap & VTD_ECAP_PRS)
			break;
		fallthrough;
	default:
		fake_complain(fake, VTD_IQEI_TYPE);
		return false;
	}
	KUNIT_ASSERT_LT(fake->test, fake->n, FAKE_LOG);
	fake->log[fake->n++] = *desc;
	return true;
}

void fake_run(struct fake_queue *fake)
{
	u64 size = SZ_4K << FIELD_GET(VTD_IQA_QS, fake->iqa);
	void *ring = phys_to_virt(fake->iqa & VTD_IQA_BASE);
	struct vtd_desc desc = {};

	while (!fake->paused && fake->gsts & VTD_GSTS_QIES &&
	       !(fake->fsts & (VTD_FSTS_IQE | VTD_FSTS_ITE)) &&
	       fake->iqh != fake->iqt) {
		memcpy(&desc, ring + fake->iqh, BIT(fake_shift(fake)));
		if (!fake_execute(fake, &desc))
			return;
		fake->iqh = (fake->iqh + BIT(fake_shift(fake))) % size;
	}
}

/* Each look at the error bits is a moment that somebody has waited. */
static u32 fake_status(struct fake_queue *fake)
{
	fake->reads++;
	if (fake->paused && fake->resumes_after && !--fake->resumes_after) {
		fake->paused = false;
		fake_run(fake);
	}
	if (fake->pending && fake->answers_after && !--fake->answers_after) {
		fake->pending = false;
		fake_run(fake);
	}
	return fake->fsts;
}

static u32 fake_read32(const struct vtd_reg_hook *hook, u32 at)
{
	struct fake_queue *fake = to_fake(hook);

	switch (at) {
	case VTD_VER:
		return 0x10;
	case VTD_GSTS:
		return fake->gsts;
	case VTD_FSTS:
		return fake_status(fake);
	}
	KUNIT_FAIL(fake->test, "32-bit read of %#x", at);
	return 0;
}

static u64 fake_read64(const struct vtd_reg_hook *hook, u32 at)
{
	struct fake_queue *fake = to_fake(hook);

	switch (at) {
	case VTD_CAP:
		return fake->cap;
	case VTD_ECAP:
		return fake->ecap;
	case VTD_IQA:
		return fake->iqa;
	case VTD_IQH:
		return fake->iqh;
	case VTD_IQT:
		return fake->iqt;
	case VTD_IQERCD:
		return fake->iqercd;
	case VTD_CCMD:
		return (fake->ccmd & ~VTD_CCMD_ICC) | VTD_CCMD_CAIG;
	case VTD_IOTLB_AT(FAKE_IRO):
		return (fake->iotlb & ~VTD_IOTLB_IVT) | VTD_IOTLB_IAIG;
	}
	KUNIT_FAIL(fake->test, "64-bit read of %#x", at);
	return 0;
}

static void fake_write32(const struct vtd_reg_hook *hook, u32 at, u32 value)
{
	struct fake_queue *fake = to_fake(hook);

	switch (at) {
	case VTD_GCMD:
		fake->gsts = value & VTD_GSTS_KEEP;
		if (!(fake->gsts & VTD_GSTS_QIES)) {
			fake->iqh = 0;
			fake->pending = false;
		}
		return;
	case VTD_FSTS:
		fake->fsts &= ~value;
		if (!fake->lazy)
			fake_run(fake);
		return;
	}
	KUNIT_FAIL(fake->test, "32-bit write of %#x", at);
}

static void fake_write64(const struct vtd_reg_hook *hook, u32 at, u64 value)
{
	struct fake_queue *fake = to_fake(hook);

	switch (at) {
	case VTD_IQT:
		fake->iqt = value;
		fake->tails++;
		fake_run(fake);
		return;
	case VTD_IQA:
		fake->iqa = value;
		return;
	case VTD_CCMD:
		fake->ccmd = value;
		return;
	case VTD_IVA_AT(FAKE_IRO):
		fake->iva = value;
		return;
	case VTD_IOTLB_AT(FAKE_IRO):
		fake->iotlb = value;
		return;
	}
	KUNIT_FAIL(fake->test, "64-bit write of %#x", at);
}

static bool fake_present(struct vtd_unit *unit, u16 sid)
{
	struct fake_queue *fake = container_of(unit, struct fake_queue, unit);

	fake->asked++;
	return sid != fake->gone_sid;
}

struct fake_queue *fake_new(struct kunit *test, u64 ecap)
{
	struct fake_queue *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->hook = (struct vtd_reg_hook){
		fake_read32, fake_read64, fake_write32, fake_write64
	};
	fake->test = test;
	fake->cap = 0x00d2008c222f0606;
	fake->ecap = ecap | FIELD_PREP(VTD_ECAP_IRO, FAKE_IRO / 16);
	fake->mute_sid[0] = -1;
	fake->mute_sid[1] = -1;
	fake->gone_sid = -1;
	vtd_unit_init_hooked(&fake->unit, &fake->hook);
	KUNIT_ASSERT_EQ(test, 0, vtd_queue_create(&fake->unit));
	vtd_queue_ask(&fake->unit, fake_present);
	KUNIT_ASSERT_EQ(test, 0, vtd_queue_start(&fake->unit));
	fake->tails = 0;
	return fake;
}

void fake_hurry(struct fake_queue *fake)
{
	fake->unit.queue->doubt_us = FAKE_DOUBT_US;
	fake->unit.queue->bound_us = FAKE_BOUND_US;
}

struct vtd_desc fake_dev_tlb(u16 sid)
{
	struct vtd_dtlb_target target = { .sid = sid };

	return vtd_desc_dev_tlb(&target, 0, VTD_DTLB_MAX_ORDER);
}

int fake_submit(struct fake_queue *fake, const struct vtd_desc *descs, unsigned int n,
		struct vtd_queue_error *error)
{
	fake->n = 0;
	return vtd_queue_submit(&fake->unit, descs, n, 0, error);
}

void fake_free(struct fake_queue *fake)
{
	fake->paused = false;
	fake->pending = false;
	fake->fsts = 0;
	fake->mute_sid[0] = -1;
	fake->mute_sid[1] = -1;
	fake_run(fake);
	KUNIT_EXPECT_EQ(fake->test, 0, vtd_queue_stop(&fake->unit));
	vtd_queue_destroy(&fake->unit);
	vtd_unit_exit_hooked(&fake->unit);
}
