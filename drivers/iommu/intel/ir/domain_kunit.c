// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts of a PCI device through the domain of a unit made of code: how many
 * entries they take, and that all of these come back.
 */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/irqdomain.h>
#include <linux/log2.h>
#include <linux/msi.h>
#include <linux/pci.h>

#include <asm/hw_irq.h>
#include <asm/irq_remapping.h>
#include <asm/irqdomain.h>

#include "../inval/expect_kunit.h"
#include "domain.h"

#define TEST_UNIT	1000	/* no real unit has this number */

/**
 * struct bench - a unit with a domain, and a device to allocate for
 * @fake: the unit
 * @pdev: the device; only its requester id counts
 * @desc: what asks for messages
 */
struct bench {
	struct fake_queue *fake;
	struct pci_dev *pdev;
	struct msi_desc desc;
};

static void free_bench(void *data)
{
	struct bench *bench = data;

	vtd_ir_domain_destroy(bench->fake->unit.ir);
	vtd_ir_table_destroy(&bench->fake->unit);
	fake_free(bench->fake);
	pci_dev_put(bench->pdev);
}

static struct bench *new_bench(struct kunit *test)
{
	struct bench *bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bench);
	if (!arch_get_ir_parent_domain())
		kunit_skip(test, "no vectors without an APIC");
	bench->pdev = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, NULL);
	if (!bench->pdev)
		kunit_skip(test, "the machine has no PCI device");
	bench->desc.dev = &bench->pdev->dev;
	bench->fake = fake_new(test, FAKE_ALL | FIELD_PREP(VTD_ECAP_MHMV, 15));
	bench->fake->unit.id = TEST_UNIT;
	KUNIT_ASSERT_EQ(test, 0, vtd_ir_table_create(&bench->fake->unit));
	KUNIT_ASSERT_EQ(test, 0, vtd_ir_domain_create(bench->fake->unit.ir));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, free_bench, bench));
	return bench;
}

static int alloc_msi(struct bench *bench, unsigned int n)
{
	struct irq_alloc_info info = {
		.type = X86_IRQ_ALLOC_TYPE_PCI_MSI,
		.desc = &bench->desc,
	};

	bench->fake->n = 0;
	return irq_domain_alloc_irqs(bench->fake->unit.ir->domain, n, NUMA_NO_NODE,
				     &info);
}

static struct vtd_ir_irq *entry(struct bench *bench, int virq)
{
	return irq_domain_get_irq_data(bench->fake->unit.ir->domain, virq)->chip_data;
}

/* Three messages take four entries, and give back four. */
static void every_number_comes_back(struct kunit *test)
{
	struct bench *bench = new_bench(test);
	struct vtd_ir *ir = bench->fake->unit.ir;
	unsigned int n, i;
	int virq;

	for (n = 1; n <= 32; n++) {
		virq = alloc_msi(bench, n);
		KUNIT_ASSERT_GT_MSG(test, virq, 0, "%u messages", n);
		KUNIT_EXPECT_EQ_MSG(test, ir->nused, roundup_pow_of_two(n),
				    "%u messages", n);
		for (i = 0; i < n; i++)
			KUNIT_EXPECT_EQ(test, entry(bench, virq + i)->index,
					entry(bench, virq)->index + i);
		irq_domain_free_irqs(virq, n);
		KUNIT_EXPECT_EQ_MSG(test, ir->nused, 0U, "after %u messages", n);
		KUNIT_EXPECT_TRUE_MSG(test, bitmap_empty(ir->used, VTD_IR_ENTRIES),
				      "after %u messages", n);
	}
}

/* What a block has to spare is nobody else's while the device may send it. */
static void spare_entries_are_nobody_elses(struct kunit *test)
{
	struct bench *bench = new_bench(test);
	struct vtd_ir *ir = bench->fake->unit.ir;
	int three = alloc_msi(bench, 3), one = alloc_msi(bench, 1);

	KUNIT_ASSERT_GT(test, three, 0);
	KUNIT_ASSERT_GT(test, one, 0);
	KUNIT_EXPECT_EQ(test, entry(bench, three)->index, 0U);
	KUNIT_EXPECT_EQ(test, entry(bench, one)->index, 4U);
	KUNIT_EXPECT_EQ(test, ir->entries[3].lo, 0ULL);

	irq_domain_free_irqs(three, 3);
	KUNIT_EXPECT_EQ(test, ir->nused, 1U);
	KUNIT_EXPECT_TRUE(test, test_bit(4, ir->used));
	irq_domain_free_irqs(one, 1);
	KUNIT_EXPECT_EQ(test, ir->nused, 0U);
}

/* A table with one free entry has no place for two messages, and loses none. */
static void a_refusal_takes_nothing(struct kunit *test)
{
	struct bench *bench = new_bench(test);
	struct vtd_ir *ir = bench->fake->unit.ir;

	while (vtd_ir_alloc(ir, 5) >= 0)
		;
	vtd_ir_free(ir, 0xfffe, 0);
	KUNIT_EXPECT_EQ(test, alloc_msi(bench, 3), -ENOSPC);
	KUNIT_EXPECT_EQ(test, alloc_msi(bench, 2), -ENOSPC);
	KUNIT_EXPECT_EQ(test, ir->nused, (unsigned int)VTD_IR_ENTRIES - 1);
	KUNIT_EXPECT_FALSE(test, test_bit(0xfffe, ir->used));
}

static struct kunit_case domain_cases[] = {
	KUNIT_CASE(every_number_comes_back),
	KUNIT_CASE(spare_entries_are_nobody_elses),
	KUNIT_CASE(a_refusal_takes_nothing),
	{}
};

static struct kunit_suite domain_suite = {
	.name = "vtd_ir_domain",
	.test_cases = domain_cases,
};

kunit_test_suite(domain_suite);
