// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt remapping tables on a unit made of code: which entries are given
 * out, what is written, and what the unit is told.
 */
#include <kunit/test.h>
#include <linux/bitfield.h>
#include <linux/io.h>
#include <linux/slab.h>

#include "../inval/expect_kunit.h"
#include "../queue/queue.h"
#include "irte.h"
#include "table.h"

static struct fake_queue *new_unit(struct kunit *test)
{
	struct fake_queue *fake =
		fake_new(test, FAKE_ALL | FIELD_PREP(VTD_ECAP_MHMV, 15));

	KUNIT_ASSERT_EQ(test, 0, vtd_ir_table_create(&fake->unit));
	fake->n = 0;
	return fake;
}

static void free_unit(struct fake_queue *fake)
{
	vtd_ir_table_destroy(&fake->unit);
	fake_free(fake);
}

static struct vtd_irte some_entry(u8 vector)
{
	struct vtd_irte_target target = { .apic_id = 3, .vector = vector };

	return vtd_irte_remapped(&target, 0x40108);
}

static void register_names_the_table(struct kunit *test)
{
	struct fake_queue *fake = new_unit(test);
	struct vtd_ir *ir = fake->unit.ir;
	u64 at = virt_to_phys(ir->entries);

	KUNIT_EXPECT_EQ(test, at & GENMASK_ULL(11, 0), 0ULL);
	KUNIT_EXPECT_EQ(test, vtd_ir_table_register(ir, false), at | 0xf);
	KUNIT_EXPECT_EQ(test, vtd_ir_table_register(ir, true), at | 0x80f);
	/* Nothing is present before somebody writes it. */
	KUNIT_EXPECT_NULL(test, memchr_inv(ir->entries, 0,
					   VTD_IR_ENTRIES * 16));
	free_unit(fake);
}

static void blocks_are_aligned(struct kunit *test)
{
	struct fake_queue *fake = new_unit(test);
	struct vtd_ir *ir = fake->unit.ir;

	KUNIT_EXPECT_EQ(test, vtd_ir_alloc(ir, 0), 0);
	KUNIT_EXPECT_EQ(test, vtd_ir_alloc(ir, 5), 32);
	KUNIT_EXPECT_EQ(test, vtd_ir_alloc(ir, 1), 2);
	KUNIT_EXPECT_EQ(test, vtd_ir_alloc(ir, 0), 1);
	KUNIT_EXPECT_EQ(test, vtd_ir_alloc(ir, 2), 4);
	KUNIT_EXPECT_EQ(test, ir->nused, 1U + 32 + 2 + 1 + 4);
	free_unit(fake);
}

static void a_full_table_says_so(struct kunit *test)
{
	struct fake_queue *fake = new_unit(test);
	struct vtd_ir *ir = fake->unit.ir;
	unsigned int n = 0;

	while (vtd_ir_alloc(ir, 5) >= 0)
		n += 32;
	KUNIT_EXPECT_EQ(test, n, (unsigned int)VTD_IR_ENTRIES);
	KUNIT_EXPECT_EQ(test, vtd_ir_alloc(ir, 0), -ENOSPC);
	vtd_ir_free(ir, 0xfffe, 0);
	KUNIT_EXPECT_EQ(test, vtd_ir_alloc(ir, 1), -ENOSPC);
	KUNIT_EXPECT_EQ(test, vtd_ir_alloc(ir, 0), 0xfffe);
	free_unit(fake);
}

static void writes_are_told(struct kunit *test)
{
	struct vtd_irte_post post = { .descriptor = 0x1000040, .vector = 9 };
	struct fake_queue *fake = new_unit(test);
	struct vtd_ir *ir = fake->unit.ir;
	struct vtd_irte values[] = {
		some_entry(0x31),
		some_entry(0x32),
		vtd_irte_posted(&post, 0x40108),
		some_entry(0x33),
		{ },
	};
	int index = vtd_ir_alloc(ir, 0);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		KUNIT_EXPECT_EQ(test, vtd_ir_write(ir, index, values[i]), 0);
		KUNIT_EXPECT_EQ(test, ir->entries[index].lo, values[i].lo);
		KUNIT_EXPECT_EQ(test, ir->entries[index].hi, values[i].hi);
		EXPECT_DESCS(test, fake, vtd_desc_iec(index, 0));
	}
	free_unit(fake);
}

static void free_entries_are_absent(struct kunit *test)
{
	struct fake_queue *fake = new_unit(test);
	struct vtd_ir *ir = fake->unit.ir;
	int index = vtd_ir_alloc(ir, 3);
	unsigned int i;

	for (i = 0; i < 8; i++)
		vtd_ir_write(ir, index + i, some_entry(0x40 + i));
	fake->n = 0;
	vtd_ir_free(ir, index, 3);
	EXPECT_DESCS(test, fake, vtd_desc_iec(index, 3));
	KUNIT_EXPECT_NULL(test, memchr_inv(&ir->entries[index], 0, 8 * 16));
	KUNIT_EXPECT_EQ(test, ir->nused, 0U);
	KUNIT_EXPECT_EQ(test, vtd_ir_alloc(ir, 3), index);
	free_unit(fake);
}

/* What the unit may still hold must not become somebody else's interrupt. */
static void unconfirmed_entries_are_given_up(struct kunit *test)
{
	struct fake_queue *fake = new_unit(test);
	struct vtd_ir *ir = fake->unit.ir;
	int index = vtd_ir_alloc(ir, 0);

	KUNIT_ASSERT_EQ(test, vtd_ir_write(ir, index, some_entry(0x31)), 0);
	fake_complain(fake, VTD_IQEI_FETCH);
	vtd_queue_handle_errors(&fake->unit);
	KUNIT_EXPECT_EQ(test, vtd_ir_write(ir, index, some_entry(0x32)), -EIO);
	vtd_ir_free(ir, index, 0);
	KUNIT_EXPECT_EQ(test, ir->entries[index].lo, 0ULL);
	KUNIT_EXPECT_EQ(test, ir->nused, 1U);
	KUNIT_EXPECT_NE(test, vtd_ir_alloc(ir, 0), index);
	free_unit(fake);
}

static void old_entries_stay_taken(struct kunit *test)
{
	struct fake_queue *old = new_unit(test), *new = new_unit(test);
	struct vtd_ir *ir = new->unit.ir;
	u64 irta = vtd_ir_table_register(old->unit.ir, true);

	vtd_ir_write(old->unit.ir, 0, some_entry(0x31));
	vtd_ir_write(old->unit.ir, 2, some_entry(0x32));
	vtd_ir_write(old->unit.ir, 0xffff, some_entry(0x33));

	/* Half the size is no table of ours. */
	KUNIT_EXPECT_EQ(test, vtd_ir_table_adopt(ir, irta & ~1ULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, ir->nused, 0U);

	KUNIT_ASSERT_EQ(test, vtd_ir_table_adopt(ir, irta), 0);
	KUNIT_EXPECT_EQ(test, ir->nused, 3U);
	KUNIT_EXPECT_EQ(test, ir->entries[2].lo, some_entry(0x32).lo);
	KUNIT_EXPECT_EQ(test, vtd_ir_alloc(ir, 0), 1);
	KUNIT_EXPECT_EQ(test, vtd_ir_alloc(ir, 0), 3);
	free_unit(new);
	free_unit(old);
}

static struct kunit_case table_cases[] = {
	KUNIT_CASE(register_names_the_table),
	KUNIT_CASE(blocks_are_aligned),
	KUNIT_CASE(a_full_table_says_so),
	KUNIT_CASE(writes_are_told),
	KUNIT_CASE(free_entries_are_absent),
	KUNIT_CASE(unconfirmed_entries_are_given_up),
	KUNIT_CASE(old_entries_stay_taken),
	{}
};

static struct kunit_suite table_suite = {
	.name = "vtd_ir_table",
	.test_cases = table_cases,
};

kunit_test_suite(table_suite);
