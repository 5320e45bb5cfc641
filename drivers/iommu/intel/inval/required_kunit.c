// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: what has to be invalidated when a page table changes, row by row of
 * the specification's table. Rows of the other tables: table/required_kunit.c.
 *
 * Spec: 6.5.3.3. The domain id is 5, the device's source id 0208.
 */
#include <kunit/test.h>
#include <linux/pci.h>

#include "inval.h"
#include "words_kunit.h"

/**
 * struct rig - a unit, a device with ATS, and the caches that know a page table
 * @test: the test
 * @fake: the unit
 * @devtlb: the device's cache
 * @tags: the caches
 */
struct rig {
	struct kunit *test;
	struct fake_queue *fake;
	struct vtd_devtlb devtlb;
	struct vtd_tags tags;
};

/**
 * struct row - one row of the table
 * @change: what changes
 * @run: does it
 * @first: in a first stage; else in a second one
 * @required: what has to reach the unit
 */
struct row {
	const char *change;
	void (*run)(struct rig *rig);
	bool first;
	struct required required;
};

static const struct vtd_tags_ops no_failure;

static void add_tag(struct rig *rig, enum vtd_tag_kind kind, u32 pasid)
{
	struct vtd_tag_key key = {
		.kind = kind, .unit = &rig->fake->unit, .did = 5, .pasid = pasid,
		.devtlb = kind == VTD_TAG_DEVTLB ? &rig->devtlb : NULL,
	};
	struct vtd_tag *tag = vtd_tag_alloc(&key);

	KUNIT_ASSERT_NOT_NULL(rig->test, tag);
	vtd_tag_publish(&rig->tags, tag);
}

/* The table is used without PASID, and by PASID 3 where that is possible. */
static void use_table(struct rig *rig, const struct row *row)
{
	bool pasids = rig->fake->unit.scalable;

	vtd_tags_init(&rig->tags, &no_failure);
	add_tag(rig, row->first ? VTD_TAG_FIRST : VTD_TAG_SECOND, 0);
	add_tag(rig, VTD_TAG_DEVTLB, 0);
	if (pasids && row->first)
		add_tag(rig, VTD_TAG_FIRST, 3);
	if (pasids)
		add_tag(rig, VTD_TAG_DEVTLB, 3);
	required_look_away(rig->fake);
}

static void leave_table(struct rig *rig)
{
	struct vtd_tag *tag, *next;

	list_for_each_entry_safe(tag, next, &rig->tags.list, node) {
		struct vtd_tag_key key = tag->key;

		vtd_tag_retract(&rig->tags, &key);
	}
}

static void leaf_removed(struct rig *rig)
{
	vtd_inval_range(&rig->tags, 0x5000, 0x5fff, VTD_INVAL_LEAF);
}

static void table_removed(struct rig *rig)
{
	vtd_inval_range(&rig->tags, 0x200000, 0x3fffff, 0);
}

static void all_removed(struct rig *rig)
{
	vtd_inval_all(&rig->tags);
}

/* As a map does it. */
static void leaf_added(struct rig *rig)
{
	if (rig->tags.announce)
		vtd_inval_mapped(&rig->tags, 0x5000, 0x5fff);
}

static const struct row rows[] = {
	{ "second stage, leaf present to absent", leaf_removed,
	  .required.legacy = "iotlb:page 5 5000+0 leaf; devtlb 0208 5000+0",
	  .required.scalable = "iotlb:page 5 5000+0 leaf; devtlb 0208 5000+0; "
		      "pdevtlb 0208/3 5000+0" },
	{ "second stage, table removed", table_removed,
	  .required.legacy = "iotlb:page 5 200000+9; devtlb 0208 200000+9",
	  .required.scalable = "iotlb:page 5 200000+9; devtlb 0208 200000+9; "
		      "pdevtlb 0208/3 200000+9" },
	{ "second stage, everything", all_removed,
	  .required.legacy = "iotlb:domain 5; devtlb 0208 all",
	  .required.scalable = "iotlb:domain 5; devtlb 0208 all; pdevtlb 0208/3 all" },
	{ "second stage, leaf absent to present", leaf_added,
	  .required.legacy = "", .required.buffer = "wbf",
	  .required.legacy_cm = "iotlb:page 5 5000+0",
	  .required.scalable = "", .required.scalable_cm = "iotlb:page 5 5000+0" },
	{ "first stage, leaf present to absent", leaf_removed, .first = true,
	  .required.scalable = "piotlb:page 5/0 5000+0 leaf; piotlb:page 5/3 5000+0 leaf; "
		      "devtlb 0208 5000+0; pdevtlb 0208/3 5000+0" },
	{ "first stage, table removed", table_removed, .first = true,
	  .required.scalable = "piotlb:page 5/0 200000+9; piotlb:page 5/3 200000+9; "
		      "devtlb 0208 200000+9; pdevtlb 0208/3 200000+9" },
	{ "first stage, everything", all_removed, .first = true,
	  .required.scalable = "piotlb:pasid 5/0; piotlb:pasid 5/3; devtlb 0208 all; "
		      "pdevtlb 0208/3 all" },
	/* Also with caching mode: absent entries of a first stage are never cached. */
	{ "first stage, leaf absent to present", leaf_added, .first = true,
	  .required.scalable = "" },
};

static void vtd_required_pages_test(struct kunit *test)
{
	struct pci_dev *pdev = kunit_kzalloc(test, sizeof(*pdev), GFP_KERNEL);
	const struct row *row = test->param_value;
	struct rig rig = { .test = test };
	enum unit_kind kind;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	pdev->dev.init_name = "fake";
	rig.devtlb = (struct vtd_devtlb){
		.target.sid = 0x0208, .dev = &pdev->dev, .enabled = true,
	};
	for (kind = 0; kind < UNIT_KINDS; kind++) {
		const char *want = required_of(&row->required, kind);

		if (!want)
			continue;
		rig.fake = required_unit_new(test, kind);
		use_table(&rig, row);
		row->run(&rig);
		required_expect(test, rig.fake, want, kind);
		leave_table(&rig);
		required_unit_free(rig.fake);
	}
}

static void row_name(const struct row *row, char *name)
{
	strscpy(name, row->change, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(row, rows, row_name);

static struct kunit_case vtd_required_pages_cases[] = {
	KUNIT_CASE_PARAM(vtd_required_pages_test, row_gen_params),
	{}
};

static struct kunit_suite vtd_required_pages_suite = {
	.name = "vtd_required_pages",
	.test_cases = vtd_required_pages_cases,
};

kunit_test_suite(vtd_required_pages_suite);
