// SPDX-License-Identifier: GPL-2.0-only
/*
 * For tests: what reached a unit, in words; see words_kunit.h.
 *
 * The words are made from the bits of a descriptor, not with its builders.
 */
#include "../hw/regs_layout.h"
#include "words_kunit.h"

const char *required_of(const struct required *required, enum unit_kind kind)
{
	switch (kind) {
	case UNIT_LEGACY:
		return required->legacy;
	case UNIT_LEGACY_BUFFER:
		return required->buffer ?: required->legacy;
	case UNIT_LEGACY_CM:
		return required->legacy_cm ?: required->legacy;
	case UNIT_SCALABLE:
		return required->scalable;
	case UNIT_SCALABLE_CM:
		return required->scalable_cm ?: required->scalable;
	case UNIT_KINDS:
		break;
	}
	return NULL;
}

/*
 * Two commands that the unit of the queue's tests has no use for. One test runs at
 * a time.
 */
static struct vtd_reg_hook plain;
static bool flushed_buffer;

static u32 read32(const struct vtd_reg_hook *hook, u32 at)
{
	u32 value = plain.read32(hook, at);

	return at == VTD_GSTS ? value | VTD_GSTS_RTPS : value;
}

static void write32(const struct vtd_reg_hook *hook, u32 at, u32 value)
{
	if (at == VTD_GCMD && value & VTD_GCMD_WBF)
		flushed_buffer = true;
	plain.write32(hook, at, value);
}

static void write64(const struct vtd_reg_hook *hook, u32 at, u64 value)
{
	if (at != VTD_RTADDR)
		plain.write64(hook, at, value);
}

struct fake_queue *required_unit_new(struct kunit *test, enum unit_kind kind)
{
	struct fake_queue *fake = expect_unit(test, 0);

	fake->unit.scalable = kind >= UNIT_SCALABLE;
	fake->unit.caps.rwbf = kind == UNIT_LEGACY_BUFFER;
	fake->unit.caps.cm = kind == UNIT_LEGACY_CM || kind == UNIT_SCALABLE_CM;
	plain = fake->hook;
	fake->hook.read32 = read32;
	fake->hook.write32 = write32;
	fake->hook.write64 = write64;
	return fake;
}

void required_unit_free(struct fake_queue *fake)
{
	fake->hook = plain;
	fake_free(fake);
}

void required_look_away(struct fake_queue *fake)
{
	fake->n = 0;
	flushed_buffer = false;
}

static void say(struct seq_buf *text, const struct vtd_desc *desc)
{
	unsigned int g = desc->qw[0] >> 4 & 3, did = desc->qw[0] >> 16 & 0xffff;
	unsigned int id = desc->qw[0] >> 32 & 0xfffff, order = desc->qw[1] & 0x3f;
	u64 addr = desc->qw[1] & ~0xfffULL;
	const char *leaf = desc->qw[1] & BIT(6) ? " leaf" : "";

	switch (vtd_desc_type(desc)) {
	case VTD_DESC_CONTEXT:
		if (g == 1)
			seq_buf_puts(text, "cc:global");
		else if (g == 2)
			seq_buf_printf(text, "cc:domain %u", did);
		else
			seq_buf_printf(text, "cc:device %04x did %u", id, did);
		return;
	case VTD_DESC_IOTLB:
		if (g == 1)
			seq_buf_puts(text, "iotlb:global");
		else if (g == 2)
			seq_buf_printf(text, "iotlb:domain %u", did);
		else
			seq_buf_printf(text, "iotlb:page %u %llx+%u%s", did, addr,
				       order, leaf);
		return;
	case VTD_DESC_PASID_CACHE:
		if (g == 3)
			seq_buf_puts(text, "pc:global");
		else if (g == 0)
			seq_buf_printf(text, "pc:domain %u", did);
		else
			seq_buf_printf(text, "pc:pasid %u/%u", did, id);
		return;
	case VTD_DESC_PASID_IOTLB:
		if (g == 2)
			seq_buf_printf(text, "piotlb:pasid %u/%u", did, id);
		else
			seq_buf_printf(text, "piotlb:page %u/%u %llx+%u%s", did, id,
				       addr, order, leaf);
		return;
	default:
		seq_buf_printf(text, "type %u", vtd_desc_type(desc));
	}
}

/* The size is the lowest bit of the address that is 0, from bit 12 on. */
static void say_device(struct seq_buf *text, const struct vtd_desc *desc)
{
	bool by_pasid = vtd_desc_type(desc) == VTD_DESC_PASID_DEV_TLB;
	u64 size = desc->qw[1] & (by_pasid ? BIT(11) : BIT(0));
	u64 addr = desc->qw[1] & ~0xfffULL;
	unsigned int order = size ? ffz(addr >> 12) + 1 : 0;

	if (!by_pasid)
		seq_buf_printf(text, "devtlb %04llx", desc->qw[0] >> 32 & 0xffff);
	else if (desc->qw[1] & BIT(0))
		seq_buf_printf(text, "pdevtlb %04llx/*", desc->qw[0] >> 16 & 0xffff);
	else
		seq_buf_printf(text, "pdevtlb %04llx/%llu",
			       desc->qw[0] >> 16 & 0xffff,
			       desc->qw[0] >> 32 & 0xfffff);
	if (order == VTD_DTLB_MAX_ORDER)
		seq_buf_puts(text, " all");
	else
		seq_buf_printf(text, " %llx+%u", addr & (~0ULL << (12 + order)), order);
}

static void say_all(struct seq_buf *text, const struct fake_queue *fake)
{
	unsigned int i;

	if (flushed_buffer)
		seq_buf_puts(text, "; wbf");
	for (i = 0; i < fake->n; i++) {
		seq_buf_puts(text, "; ");
		if (vtd_desc_dtlb_sid(&fake->log[i]) >= 0)
			say_device(text, &fake->log[i]);
		else
			say(text, &fake->log[i]);
	}
}

void required_expect(struct kunit *test, struct fake_queue *fake, const char *want,
		     enum unit_kind kind)
{
	char room[256];
	struct seq_buf text;
	const char *got;

	seq_buf_init(&text, room, sizeof(room));
	say_all(&text, fake);
	got = seq_buf_str(&text);
	/* behind the first separator */
	KUNIT_EXPECT_STREQ_MSG(test, *got ? got + 2 : got, want, "unit of kind %d", kind);
}
