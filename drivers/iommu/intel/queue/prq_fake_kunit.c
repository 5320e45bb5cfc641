// SPDX-License-Identifier: GPL-2.0-only
/*
 * For tests: see prq_fake_kunit.h.
 */
#include "../hw/regs_layout.h"
#include "../unit/unit.h"
#include "prq_fake_kunit.h"

static struct fake_prq the_prq;

static u32 read32(const struct vtd_reg_hook *hook, u32 at)
{
	if (the_prq.gone)
		return ~0U;
	return at == VTD_PRS ? the_prq.prs : the_prq.plain.read32(hook, at);
}

static u64 read64(const struct vtd_reg_hook *hook, u32 at)
{
	if (the_prq.gone)
		return ~0ULL;
	switch (at) {
	case VTD_PQH:
		return the_prq.pqh;
	case VTD_PQT:
		return the_prq.pqt;
	case VTD_PQA:
		return the_prq.pqa;
	}
	return the_prq.plain.read64(hook, at);
}

static void write32(const struct vtd_reg_hook *hook, u32 at, u32 value)
{
	if (at != VTD_PRS) {
		the_prq.plain.write32(hook, at, value);
		return;
	}
	if (value & the_prq.prs & VTD_PRS_PRO && the_prq.pqh != the_prq.pqt)
		the_prq.early = true;
	the_prq.prs &= ~value;
}

static void write64(const struct vtd_reg_hook *hook, u32 at, u64 value)
{
	switch (at) {
	case VTD_PQH:
		the_prq.pqh = value;
		return;
	case VTD_PQT:
		the_prq.pqt = value;
		return;
	case VTD_PQA:
		the_prq.pqa = value;
		return;
	}
	the_prq.plain.write64(hook, at, value);
}

struct fake_prq *fake_prq_new(struct fake_queue *fake)
{
	the_prq = (struct fake_prq){ .fake = fake, .plain = fake->hook };
	fake->ecap |= VTD_ECAP_PRS | VTD_ECAP_PDS;
	fake->unit.caps.prs = true;
	fake->unit.caps.pds = true;
	fake->hook.read32 = read32;
	fake->hook.read64 = read64;
	fake->hook.write32 = write32;
	fake->hook.write64 = write64;
	return &the_prq;
}

void fake_prq_free(struct fake_prq *prq)
{
	KUNIT_EXPECT_FALSE(prq->fake->test, prq->early);
	prq->fake->hook = prq->plain;
}

static void encode(const struct vtd_request *request, u64 *qw)
{
	memset(qw, 0, sizeof(struct vtd_page_request));
	qw[0] = 1 | (u64)request->sid << 16;
	/* What a unit puts there without PASID is left open. */
	qw[0] |= (u64)(request->has_pasid ? request->pasid : 0xbad) << 32;
	qw[0] |= request->has_pasid ? BIT(8) : 0;
	qw[0] |= request->execute ? BIT_ULL(52) : 0;
	qw[0] |= request->privileged ? BIT_ULL(53) : 0;
	qw[1] = request->addr | request->group << 3 | request->last << 2 |
		request->write << 1 | request->read;
}

void fake_prq_send(struct fake_prq *prq, const struct vtd_request *request)
{
	u64 size = SZ_4K << (prq->pqa & 7);
	u64 next = (prq->pqt + 32) % size;

	if (prq->prs & VTD_PRS_PRO || next == prq->pqh) {
		prq->events += !prq->prs;
		prq->prs |= VTD_PRS_PRO;
		prq->lost++;
		return;
	}
	encode(request, phys_to_virt(prq->pqa & ~0xfffULL) + prq->pqt);
	prq->pqt = next;
	prq->events += !prq->prs;
	prq->prs |= VTD_PRS_PPR;
}
