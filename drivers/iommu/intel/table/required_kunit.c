// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: the specification's table of what software has to invalidate, row
 * by row, against what reaches the unit.
 *
 * Spec: 6.5.3.3. Rows that the driver has no code for are not here: root and
 * directory entries never change once they are present, and no entry asks for silence
 * about its faults. Entries of the interrupt table are in ir/table_kunit.c.
 *
 * Domain ids are 5 before a change and 6 after it, the source id is 0208. Page
 * tables are in inval/required_kunit.c.
 */
#include <kunit/test.h>
#include <linux/cpufeature.h>
#include <linux/pci.h>

#include "../inval/inval.h"
#include "../inval/words_kunit.h"
#include "entry.h"
#include "live.h"
#include "pasid.h"
#include "root.h"

#define SID			0x0208
#define OLD_ROOT		0x5000
#define NEW_ROOT		0x6000
#define NEST_ROOT		0x7000

/**
 * struct rig - a unit, a device with ATS and PASID, and tables
 * @fake: the unit
 * @unit: the same
 * @devtlb: the device's cache
 * @context: the context entry
 * @seal: its seal
 * @pasids: a PASID table; NULL in legacy mode
 */
struct rig {
	struct fake_queue *fake;
	struct vtd_unit *unit;
	struct vtd_devtlb devtlb;
	u64 *context;
	struct vtd_seal seal;
	struct vtd_pasid_table *pasids;
};

static struct rig *rig;

static struct vtd_inval_entry place(u32 pasid)
{
	return (struct vtd_inval_entry){
		.unit = rig->unit, .devtlb = &rig->devtlb, .sid = SID, .pasid = pasid,
	};
}

/**
 * struct row - one row of the table
 * @change: what changes
 * @run: does it
 * @from: VTD_PGTT_* of a PASID entry before the change, 0 if it is absent
 * @to: the same afterwards
 * @pasid: the PASID
 * @off: something is switched off, else on
 * @no_ats: the device's cache is off
 * @esrtps: the unit flushes its caches when the root is set
 * @pairs: the change takes a store of 16 bytes
 * @required: what has to reach the unit
 */
struct row {
	const char *change;
	void (*run)(const struct row *row);
	unsigned int from;
	unsigned int to;
	u32 pasid;
	bool off;
	bool no_ats;
	bool esrtps;
	bool pairs;
	struct required required;
};

static void root_set(const struct row *row)
{
	rig->unit->caps.esrtps = row->esrtps;
	required_look_away(rig->fake);
	KUNIT_EXPECT_EQ(rig->fake->test, vtd_root_install(rig->unit), 0);
}

static void root_entry_added(const struct row *row)
{
	required_look_away(rig->fake);
	KUNIT_EXPECT_NOT_NULL(rig->fake->test, vtd_root_add_context(rig->unit, 0x0300));
}

/* @did: 0 for an absent entry */
static void set_context(u16 did, unsigned int tt)
{
	struct vtd_context entry = vtd_entry_context(OLD_ROOT, VTD_AW_48, did, tt);
	struct vtd_inval_entry where = place(IOMMU_NO_PASID);

	if (!did)
		entry = (struct vtd_context){};
	vtd_context_set(&where, rig->context, &rig->seal, &entry);
}

/* @flags: 0 for an absent entry */
static void set_sm_context(u64 flags)
{
	struct vtd_sm_context entry =
		vtd_entry_sm_context(virt_to_phys(rig->pasids->dir),
				     rig->pasids->dir_bits);
	struct vtd_inval_entry where = place(IOMMU_NO_PASID);

	entry.qw[0] |= flags;
	if (!flags)
		entry = (struct vtd_sm_context){};
	vtd_sm_context_set(&where, rig->context, &rig->seal, &entry);
}

static void context_added(const struct row *row)
{
	required_look_away(rig->fake);
	if (rig->pasids)
		set_sm_context(VTD_SMCTX_DTE);
	else
		set_context(6, VTD_TT_TRANSLATE);
}

static void context_changed(const struct row *row)
{
	if (rig->pasids) {
		set_sm_context(VTD_SMCTX_DTE);
		required_look_away(rig->fake);
		set_sm_context(VTD_SMCTX_DTE | VTD_SMCTX_PASIDE);
	} else {
		set_context(5, VTD_TT_TRANSLATE);
		required_look_away(rig->fake);
		set_context(5, VTD_TT_TRANSLATE_ATS);
	}
}

static void context_removed(const struct row *row)
{
	rig->devtlb.enabled = !row->no_ats;
	if (rig->pasids) {
		set_sm_context(VTD_SMCTX_DTE);
		required_look_away(rig->fake);
		set_sm_context(0);
	} else {
		set_context(5, VTD_TT_TRANSLATE);
		required_look_away(rig->fake);
		set_context(0, 0);
	}
}

static void dir_entry_added(const struct row *row)
{
	required_look_away(rig->fake);
	KUNIT_EXPECT_NOT_NULL(rig->fake->test, vtd_pasid_add_slot(rig->pasids, 64));
}

static struct vtd_pasid_entry pasid_entry(unsigned int pgtt, u16 did)
{
	struct vtd_entry_attrs attrs = { .did = did, .snoop_walk = true };
	u64 root = did == 5 ? OLD_ROOT : NEW_ROOT;
	const struct vtd_entry_stage first = { .root = root, .levels = 4 };
	struct vtd_pasid_entry entry;

	switch (pgtt) {
	case VTD_PGTT_FIRST:
		return vtd_entry_first(&attrs, root, 4);
	case VTD_PGTT_SECOND:
		return vtd_entry_second(&attrs, root, VTD_AW_48);
	case VTD_PGTT_PASSTHROUGH:
		return vtd_entry_passthrough(&attrs);
	case VTD_PGTT_NESTED:
		entry = vtd_entry_second(&attrs, NEST_ROOT, VTD_AW_48);
		return vtd_entry_nested(&entry, 0, &first);
	}
	return (struct vtd_pasid_entry){};
}

#define FIRST		VTD_PGTT_FIRST
#define SECOND		VTD_PGTT_SECOND
#define NESTED		VTD_PGTT_NESTED
#define PASS		VTD_PGTT_PASSTHROUGH

static void set_pasid(u32 pasid, const struct vtd_pasid_entry *entry)
{
	struct vtd_inval_entry where = place(pasid);

	vtd_pasid_set(&where, vtd_pasid_slot(rig->pasids, pasid), entry);
}

static void pasid_moved(const struct row *row)
{
	struct vtd_pasid_entry entry = pasid_entry(row->from, 5);

	set_pasid(row->pasid, &entry);
	entry = pasid_entry(row->to, 6);
	required_look_away(rig->fake);
	set_pasid(row->pasid, &entry);
}

static void pasid_field(const struct row *row)
{
	struct vtd_pasid_entry entry = pasid_entry(row->from, 5);

	set_pasid(row->pasid, &entry);
	entry.qw[1] |= VTD_PE1_PGSNP;
	required_look_away(rig->fake);
	set_pasid(row->pasid, &entry);
}

static void tracking_switched(const struct row *row)
{
	struct vtd_pasid_entry entry = pasid_entry(row->from, 5);

	if (row->off)
		entry.qw[0] |= VTD_PE0_SSADE;
	set_pasid(row->pasid, &entry);
	entry.qw[0] ^= VTD_PE0_SSADE;
	required_look_away(rig->fake);
	set_pasid(row->pasid, &entry);
}

/* Another table of the guest, the same second stage and domain id. */
static void nested_pointer(const struct row *row)
{
	struct vtd_pasid_entry entry = pasid_entry(NESTED, 5);

	set_pasid(row->pasid, &entry);
	entry.qw[2] = NEW_ROOT;
	required_look_away(rig->fake);
	set_pasid(row->pasid, &entry);
}

static void id_freed(const struct row *row)
{
	required_look_away(rig->fake);
	vtd_inval_did_freed(rig->unit, 5);
}

#define FIRST_GOES	"pc:pasid 5/0; piotlb:pasid 5/0; devtlb 0208 all"
#define SECOND_GOES	"pc:pasid 5/0; iotlb:domain 5; devtlb 0208 all"
#define SM_CONTEXT_GOES	"cc:device 0208 did 0; pc:global; iotlb:global; " \
			"devtlb 0208 all; pdevtlb 0208/* all"

static const struct row rows[] = {
	{ "root pointer, ESRTPS=0", root_set,
	  .required.legacy = "cc:global; iotlb:global",
	  .required.buffer = "wbf; cc:global; iotlb:global",
	  .required.scalable = "cc:global; pc:global; iotlb:global" },
	{ "root pointer, ESRTPS=1", root_set,
	  .esrtps = true,
	  .required.legacy = "", .required.buffer = "wbf", .required.scalable = "" },
	{ "root entry, absent to present", root_entry_added,
	  .required.legacy = "", .required.buffer = "wbf",
	  .required.legacy_cm = "cc:global; iotlb:global",
	  .required.scalable = "",
	  .required.scalable_cm = "cc:global; pc:global; iotlb:global" },

	{ "context entry, absent to present", context_added,
	  .required.legacy = "", .required.buffer = "wbf",
	  .required.legacy_cm = "cc:device 0208 did 0; iotlb:domain 6",
	  .required.scalable = "",
	  .required.scalable_cm = "cc:device 0208 did 0; pc:global; iotlb:global" },
	{ "context entry, present to changed", context_changed,
	  .required.legacy = "cc:device 0208 did 5; iotlb:domain 5; devtlb 0208 all",
	  .required.scalable = SM_CONTEXT_GOES },
	{ "context entry, present to absent", context_removed,
	  .required.legacy = "cc:device 0208 did 5; iotlb:domain 5; devtlb 0208 all",
	  .required.scalable = SM_CONTEXT_GOES },
	{ "context entry, present to absent, ATS is off", context_removed,
	  .no_ats = true,
	  .required.legacy = "cc:device 0208 did 5; iotlb:domain 5",
	  .required.scalable = "cc:device 0208 did 0; pc:global; iotlb:global" },

	{ "PASID directory entry, absent to present", dir_entry_added,
	  .required.scalable = "", .required.scalable_cm = "pc:global" },
	{ "PASID entry, absent to first stage", pasid_moved, .to = FIRST,
	  .required.scalable = "",
	  .required.scalable_cm = "pc:global; piotlb:pasid 6/0" },
	{ "PASID entry, absent to second stage", pasid_moved, .to = SECOND,
	  .required.scalable = "", .required.scalable_cm = "pc:global; iotlb:domain 6" },
	{ "PASID entry, absent to pass-through", pasid_moved, .to = PASS,
	  .required.scalable = "",
	  .required.scalable_cm = "pc:global; piotlb:pasid 6/0" },
	{ "PASID entry, first stage to absent", pasid_moved, .from = FIRST,
	  .required.scalable = FIRST_GOES },
	{ "PASID entry, pass-through to absent", pasid_moved, .from = PASS,
	  .required.scalable = FIRST_GOES },
	{ "PASID entry, second stage to absent", pasid_moved, .from = SECOND,
	  .required.scalable = SECOND_GOES },
	{ "PASID entry, nested to absent", pasid_moved, .from = NESTED,
	  .required.scalable = SECOND_GOES },
	{ "PASID entry of PASID 3, first stage to absent", pasid_moved,
	  .from = FIRST, .pasid = 3,
	  .required.scalable = "pc:pasid 5/3; piotlb:pasid 5/3; pdevtlb 0208/3 all" },
	{ "PASID entry of PASID 3, second stage to absent", pasid_moved,
	  .from = SECOND, .pasid = 3,
	  .required.scalable = "pc:pasid 5/3; iotlb:domain 5; pdevtlb 0208/3 all" },
	{ "PASID entry, field of a first stage", pasid_field, .from = FIRST,
	  .required.scalable = FIRST_GOES },
	{ "PASID entry, field of a second stage", pasid_field, .from = SECOND,
	  .required.scalable = SECOND_GOES },
	{ "PASID entry, other second stage", pasid_moved, .from = SECOND, .to = SECOND,
	  .required.scalable = SECOND_GOES, .pairs = true },
	/* Root and domain id are in different pieces: absent in between. */
	{ "PASID entry, other first stage", pasid_moved, .from = FIRST, .to = FIRST,
	  .required.scalable = FIRST_GOES,
	  .required.scalable_cm = FIRST_GOES "; pc:global; piotlb:pasid 6/0" },
	/* And once more when fields are cleared that a second stage ignores. */
	{ "PASID entry, first stage to second stage", pasid_moved,
	  .from = FIRST, .to = SECOND,
	  .required.scalable = FIRST_GOES "; pc:pasid 6/0; iotlb:domain 6; devtlb 0208 all",
	  .pairs = true },
	/* Once when fields are filled that a second stage ignores, then for good. */
	{ "PASID entry, second stage to first stage", pasid_moved,
	  .from = SECOND, .to = FIRST,
	  .required.scalable = SECOND_GOES "; " SECOND_GOES, .pairs = true },
	{ "dirty tracking is switched", tracking_switched, .from = SECOND,
	  .required.scalable = SECOND_GOES },
	{ "dirty tracking is switched off", tracking_switched, .from = SECOND, .off = true,
	  .required.scalable = SECOND_GOES },
	{ "dirty tracking of PASID 3 is switched", tracking_switched,
	  .from = SECOND, .pasid = 3,
	  .required.scalable = "pc:pasid 5/3; iotlb:domain 5; pdevtlb 0208/3 all" },
	{ "dirty tracking below a nested table is switched", tracking_switched,
	  .from = NESTED, .required.scalable = SECOND_GOES },
	{ "PASID entry, field of a nested one", pasid_field, .from = NESTED,
	  .required.scalable = SECOND_GOES },
	/* What is cached of the second stage alone goes on. */
	{ "PASID entry, first stage of a nested one", nested_pointer,
	  .required.scalable = FIRST_GOES },
	{ "PASID entry of PASID 3, first stage of a nested one", nested_pointer, .pasid = 3,
	  .required.scalable = "pc:pasid 5/3; piotlb:pasid 5/3; pdevtlb 0208/3 all" },
	{ "PASID entry, other nested one", pasid_moved, .from = NESTED, .to = NESTED,
	  .required.scalable = SECOND_GOES,
	  .required.scalable_cm = SECOND_GOES "; pc:global; iotlb:domain 6" },
	{ "PASID entry, nested to second stage", pasid_moved, .from = NESTED, .to = SECOND,
	  .required.scalable = SECOND_GOES "; pc:pasid 6/0; iotlb:domain 6; devtlb 0208 all",
	  .pairs = true },
	{ "PASID entry, second stage to nested", pasid_moved, .from = SECOND, .to = NESTED,
	  .required.scalable = SECOND_GOES "; " SECOND_GOES, .pairs = true },
	{ "domain id is used again", id_freed,
	  .required.legacy = "cc:domain 5; iotlb:domain 5",
	  .required.scalable = "pc:domain 5; iotlb:domain 5" },

};

static void build_rig(struct kunit *test, enum unit_kind kind)
{
	struct pci_dev *pdev = kunit_kzalloc(test, sizeof(*pdev), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	pdev->dev.init_name = "fake";
	pdev->pasid_enabled = kind >= UNIT_SCALABLE;
	*rig = (struct rig){
		.fake = required_unit_new(test, kind),
		.devtlb = {
			.target.sid = SID, .dev = &pdev->dev, .enabled = true,
			.takes_global = true,
		},
	};
	rig->unit = &rig->fake->unit;
	vtd_seal_init(&rig->seal);
	KUNIT_ASSERT_EQ(test, vtd_root_create(rig->unit), 0);
	rig->context = vtd_root_add_context(rig->unit, SID);
	KUNIT_ASSERT_NOT_NULL(test, rig->context);
	if (!rig->unit->scalable)
		return;
	rig->pasids = vtd_pasid_table_create(rig->unit, 128);
	KUNIT_ASSERT_NOT_NULL(test, rig->pasids);
}

static void take_down_rig(void)
{
	vtd_pasid_table_destroy(rig->pasids);
	vtd_root_destroy(rig->unit);
	required_unit_free(rig->fake);
}

static void vtd_required_entries_test(struct kunit *test)
{
	const struct row *row = test->param_value;
	enum unit_kind kind;

	if (row->pairs && !system_has_cmpxchg128())
		kunit_skip(test, "no 16-byte store");
	rig = kunit_kzalloc(test, sizeof(*rig), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rig);
	for (kind = 0; kind < UNIT_KINDS; kind++) {
		const char *want = required_of(&row->required, kind);

		if (!want)
			continue;
		build_rig(test, kind);
		row->run(row);
		required_expect(test, rig->fake, want, kind);
		take_down_rig();
	}
}

static void row_name(const struct row *row, char *name)
{
	strscpy(name, row->change, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(row, rows, row_name);

static struct kunit_case vtd_required_entries_cases[] = {
	KUNIT_CASE_PARAM(vtd_required_entries_test, row_gen_params),
	{}
};

static struct kunit_suite vtd_required_entries_suite = {
	.name = "vtd_required_entries",
	.test_cases = vtd_required_entries_cases,
};

kunit_test_suite(vtd_required_entries_suite);
