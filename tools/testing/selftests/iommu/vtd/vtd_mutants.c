// SPDX-License-Identifier: GPL-2.0-only
/*
 * Would the tests notice if the VT-d driver forgot an invalidation? Each mutant of
 * the driver is switched on, and then a test has to fail: a short check on a simulated
 * unit, a case of another program, or a KUnit suite.
 *
 * First each of them runs without a mutant, and has to pass. To add a mutant: a name
 * in drivers/iommu/intel/mutant.h and a row in the table below.
 *
 * Needs a kernel with CONFIG_INTEL_IOMMU_MUTANTS, vtd_sim= and "kunit.enable=1
 * kunit.autorun=0", and the other programs in PATH:
 * Documentation/driver-api/vtd/testing.rst.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/proc.h"
#include "vtd_mutants/killers.h"

#define MUTANT "/sys/kernel/debug/vtd-mutant"
#define CASE_SECONDS 400

static const struct profile legacy = { "legacy", VTD_SIM_LEGACY, "" };
static const struct profile legacy_cm = { "legacy-cm", VTD_SIM_LEGACY, "+cm" };
static const struct profile second = { "second", VTD_SIM_SECOND, "" };
static const struct profile second_cm = { "second-cm", VTD_SIM_SECOND, "+cm" };
static const struct profile first = { "first", VTD_SIM_FIRST, "" };
static const struct profile full_cm = { "full-cm", VTD_SIM_FULL_CM, "" };

#define CHECK_OF(name) { #name, check_##name }

static const struct check unmap = CHECK_OF(unmap);
static const struct check unmap_ats = CHECK_OF(unmap_ats);
static const struct check border = CHECK_OF(border);
static const struct check border_ats = CHECK_OF(border_ats);
static const struct check ask_again = CHECK_OF(ask_again);
static const struct check tables = CHECK_OF(tables);
static const struct check map = CHECK_OF(map);
static const struct check attach = CHECK_OF(attach);
static const struct check leave = CHECK_OF(leave);
static const struct check replace = CHECK_OF(replace);
static const struct check replace_ats = CHECK_OF(replace_ats);
static const struct check new_domain = CHECK_OF(new_domain);
static const struct check plug = CHECK_OF(plug);
static const struct check mute = CHECK_OF(mute);
static const struct check half_written = CHECK_OF(half_written);
static const struct check leave_busy = CHECK_OF(leave_busy);
static const struct check pasid = CHECK_OF(pasid);
static const struct check pasid_ats = CHECK_OF(pasid_ats);

#define ON(_check, _profile)	{ .check = &(_check), .profile = &(_profile) }
#define CASE(_program, _test)	{ .program = _program, .test = _test }
#define SUITE(_suite)		{ .suite = _suite }

/* Which mutant, and who has to notice it. */
static const struct row {
	const char *mutant;
	struct killer killer;
} rows[] = {
	{ "drop-pasid-cache", ON(leave, second) },
	{ "drop-pasid-cache", ON(leave, first) },
	{ "drop-pasid-devtlb", ON(replace_ats, second) },
	{ "drop-pasid-devtlb", ON(replace_ats, first) },
	{ "drop-new-id", ON(replace, second) },
	{ "drop-new-id", ON(replace, first) },
	{ "drop-context-cache", ON(leave, legacy) },
	{ "drop-context-devtlb", ON(replace_ats, legacy) },
	{ "sm-context-cache", ON(plug, second) },
	{ "drop-iotlb", ON(new_domain, legacy) },
	{ "drop-iotlb", ON(new_domain, second) },
	{ "drop-iotlb", ON(new_domain, first) },
	{ "add-pasid-cache", ON(attach, full_cm) },
	{ "add-context-cache", ON(attach, legacy_cm) },
	{ "everything-context", ON(mute, legacy) },
	{ "everything-context", ON(mute, second) },
	{ "range-iotlb", ON(unmap, legacy) },
	{ "range-iotlb", ON(unmap, second) },
	{ "range-iotlb", ON(unmap, first) },
	{ "range-devtlb", ON(unmap_ats, legacy) },
	{ "range-devtlb", ON(unmap_ats, second) },
	{ "range-devtlb", ON(unmap_ats, first) },
	{ "range-last", ON(border, second) },
	{ "range-order", ON(unmap, second) },
	{ "range-order", ON(unmap, first) },
	{ "range-blocks", ON(border_ats, second) },
	{ "range-leaf", ON(tables, legacy) },
	{ "range-leaf", ON(tables, second) },
	{ "range-leaf", ON(tables, first) },
	{ "range-pasid", ON(pasid, first) },
	{ "devtlb-pasid", ON(pasid_ats, first) },
	{ "devtlb-pasid", ON(pasid_ats, second) },
	{ "second-by-pasid", ON(unmap, second) },
	{ "mapped", ON(map, second_cm) },
	{ "tag-order", ON(ask_again, legacy) },
	{ "tag-order", ON(ask_again, second) },
	{ "no-fence", ON(ask_again, first) },
	{ "keep-mute", ON(mute, second) },
	{ "present-first", ON(half_written, first) },
	{ "present-last", ON(half_written, first) },
	{ "sync-first", ON(leave_busy, second) },
	{ "sync-first", ON(leave_busy, legacy) },

	{ "child-iotlb", CASE("vtd_nested", "parent_unmap plain") },
	{ "child-iotlb", CASE("vtd_nested", "parent_unmap_large plain") },
	{ "child-devtlb", CASE("vtd_nested", "parent_unmap ats") },
	{ "child-range", CASE("vtd_nested", "parent_unmap ats") },
	{ "child-shared-id", CASE("vtd_nested", "nested_two_functions plain") },
	{ "child-replace", CASE("vtd_nested", "nested_replace plain") },
	{ "child-pasid", CASE("vtd_invalidate", "users plain") },
	{ "drop-pasid-devtlb", CASE("vtd_nested", "nested_replace ats") },

	{ "user-leaf", CASE("vtd_invalidate", "large_pages plain") },
	{ "user-merge", CASE("vtd_invalidate", "two_entries plain") },
	{ "user-last", CASE("vtd_invalidate", "ranges plain") },
	{ "user-last", CASE("vtd_invalidate", "ranges ats") },
	{ "user-one-range", CASE("vtd_invalidate", "two_entries plain") },
	{ "user-one", CASE("vtd_invalidate", "users plain") },
	{ "user-all", CASE("vtd_invalidate", "invalidate_fuzz ats") },
	{ "user-devtlb", CASE("vtd_invalidate", "changed ats") },
	{ "user-devtlb-pasid", CASE("vtd_invalidate", "users ats") },
	{ "child-iotlb", CASE("vtd_random", "random full") },
	{ "guest-sid", CASE("vtd_viommu", "faults_by_virtual_id") },
	{ "guest-silence", CASE("vtd_viommu", "a_mute_device") },
	{ "guest-lost", SUITE("vtd_guest") },
	{ "guest-mixed", CASE("vtd_viommu", "invalidate_by_virtual_id") },
	{ "guest-pasid", CASE("vtd_viommu", "invalidate_by_virtual_id") },

	{ "range-iotlb", CASE("vtd_dirty", "what_was_written full") },
	{ "range-devtlb", CASE("vtd_dirty", "by_device_tlb full") },
	{ "drop-pasid-cache", CASE("vtd_dirty", "on_and_off full") },
	{ "dirty-children", CASE("vtd_dirty", "dirty_nested plain") },
	{ "dirty-part", CASE("vtd_dirty", "large_pages full") },

	{ "prq-drain", CASE("vtd_page_requests", "replaced rid_late") },
	{ "prq-drain", CASE("vtd_page_requests", "moved pasid_late") },
	{ "prq-catch-up", SUITE("vtd_drain") },
	{ "drain-flag", SUITE("vtd_drain") },
	{ "prq-unanswered", SUITE("vtd_drain") },
	{ "prq-group", CASE("vtd_page_requests", "given rid") },
	{ "prq-pasid", CASE("vtd_page_requests", "given pasid") },
	{ "prq-all-pasids", CASE("vtd_page_requests", "pasid_ends_alone") },
	{ "prq-marker", CASE("vtd_page_requests", "pasid_stop_marker") },
	{ "prq-overflow", SUITE("vtd_requests") },
	{ "prq-unattached", SUITE("vtd_drain") },
	{ "prq-stays-on", SUITE("vtd_drain") },
	{ "prq-allowed", SUITE("vtd_drain") },
	{ "prq-early", SUITE("vtd_drain") },

	{ "mute-stays", CASE("vtd_failures", "mute second") },
	{ "mute-stays", CASE("vtd_invalidate", "invalidate_mute_device") },
	{ "keep-mute", CASE("vtd_failures", "mute full") },
	{ "cut-caches", CASE("vtd_failures", "mute legacy") },

	{ "free-first", SUITE("vtd_limits") },
	{ "sm-context-pasids", SUITE("vtd_inval") },
	{ "sm-context-iotlb", SUITE("vtd_inval") },
	{ "stage-sync", SUITE("vtd_table_transition") },
	{ "tidy-sync", SUITE("vtd_required_entries") },
	{ "ir-write", SUITE("vtd_ir_table") },
	{ "ir-free", SUITE("vtd_ir_table") },
};

static void set_mutant(const char *name)
{
	CHECK_OK(proc_write(MUTANT, name));
}

/* Without a mutant; whatever an earlier case has left is gone afterwards. */
static void clean_up(void)
{
	if (access(MUTANT, F_OK))
		harness_skip("no " MUTANT ": the kernel has no mutants");
	set_mutant("none");
	close(sim_open());
}

static void passes(const void *arg)
{
	const struct row *row = arg;
	char report[200] = "";

	clean_up();
	if (!killer_passes(&row->killer, report, sizeof(report)))
		harness_fail(__FILE__, __LINE__, "without a mutant: %s", report);
}

static void is_killed(const void *arg)
{
	const struct row *row = arg;
	char report[200] = "", name[80];
	bool passed;

	clean_up();
	set_mutant(row->mutant);
	passed = killer_passes(&row->killer, report, sizeof(report));
	/* What is left goes as it came: with the mutant. */
	close(sim_open());
	clean_up();
	killer_name(&row->killer, name, sizeof(name));
	if (passed)
		harness_fail(__FILE__, __LINE__, "%s SURVIVES %s", row->mutant, name);
	harness_note("killed | %-19s | %-40s | %s", row->mutant, name, report);
}

static struct test_case cases[2 * ARRAY_LEN(rows)];
static char names[2 * ARRAY_LEN(rows)][80];
static size_t ncases;

static void add(const char *mutant, const struct row *row, void (*fn)(const void *arg))
{
	char killer[60];

	killer_name(&row->killer, killer, sizeof(killer));
	snprintf(names[ncases], sizeof(names[0]), "%s: %s", mutant, killer);
	cases[ncases] = (struct test_case){
		.name = names[ncases], .fn_arg = fn, .arg = row, .seconds = CASE_SECONDS,
	};
	ncases++;
}

static bool is_new(size_t i)
{
	size_t j;

	for (j = 0; j < i; j++) {
		if (killer_same(&rows[j].killer, &rows[i].killer))
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		if (is_new(i))
			add("none", &rows[i], passes);
	}
	for (i = 0; i < ARRAY_LEN(rows); i++)
		add(rows[i].mutant, &rows[i], is_killed);
	return harness_main(argc, argv, cases, ncases);
}
