// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: DMAR tables, good, cut off and spoilt. The buffers have exactly the
 * size of the table, so that KASAN sees a read behind it.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "dmar.h"
#include "scope.h"

#define TABLE_MAX	1024
#define SPOILT_TABLES	4000

struct table {
	u8 bytes[TABLE_MAX];
	u32 len;
	u32 open;	/* offset of the structure that is being written */
};

struct counting_log {
	struct vtd_dmar_log log;
	unsigned int notes;
	u32 last;
};

static void count_note(struct vtd_dmar_log *log, u32 offset, const char *what)
{
	struct counting_log *counting =
		container_of(log, struct counting_log, log);

	counting->notes++;
	counting->last = offset;
}

static void put(struct table *table, u64 value, unsigned int nbytes)
{
	while (nbytes--) {
		table->bytes[table->len++] = value;
		value >>= 8;
	}
}

static void begin(struct table *table, u16 type)
{
	table->open = table->len;
	put(table, type, 2);
	put(table, 0, 2);
}

static void finish(struct table *table)
{
	u16 len = table->len - table->open;

	table->bytes[table->open + 2] = len;
	table->bytes[table->open + 3] = len >> 8;
	table->bytes[4] = table->len;
	table->bytes[5] = table->len >> 8;
}

static void scope(struct table *table, u8 type, u8 id, u8 bus, u32 path)
{
	unsigned int nhops = path >> 16 ? 2 : 1;

	put(table, type, 1);
	put(table, 6 + 2 * nhops, 1);
	put(table, 0, 2);
	put(table, id, 1);
	put(table, bus, 1);
	if (nhops == 2) {
		put(table, path >> 24, 1);
		put(table, path >> 16 & 0xff, 1);
	}
	put(table, path >> 8 & 0xff, 1);
	put(table, path & 0xff, 1);
}

static void header(struct table *table, u8 flags)
{
	memset(table, 0, sizeof(*table));
	memcpy(table->bytes, "DMAR", 4);
	table->len = VTD_DMAR_WIDTH;
	put(table, 47, 1);
	put(table, flags, 1);
	table->len = VTD_DMAR_STRUCTS;
	table->bytes[4] = table->len;
}

static void drhd(struct table *table, u8 flags, u16 segment, u64 base)
{
	begin(table, VTD_DMAR_DRHD);
	put(table, flags, 1);
	put(table, 1, 1);
	put(table, segment, 2);
	put(table, base, 8);
}

/* Every kind of structure, two of the most important one. */
static void full_table(struct table *table)
{
	header(table, VTD_DMAR_F_INTR_REMAP | VTD_DMAR_F_PLATFORM_OPT_IN);
	drhd(table, 0, 0, 0xfed90000);
	scope(table, VTD_SCOPE_ENDPOINT, 0, 0, 0x0200);
	scope(table, VTD_SCOPE_BRIDGE, 0, 0, 0x1c000001);
	scope(table, VTD_SCOPE_ACPI, 3, 0xf0, 0x1f01);
	finish(table);
	drhd(table, VTD_DRHD_F_INCLUDE_ALL, 0, 0xfed91000);
	scope(table, VTD_SCOPE_IOAPIC, 2, 0xf0, 0x1f00);
	scope(table, VTD_SCOPE_HPET, 1, 0xf0, 0x0f00);
	finish(table);
	begin(table, VTD_DMAR_RMRR);
	put(table, 0, 2);
	put(table, 0, 2);
	put(table, 0x7b800000, 8);
	put(table, 0x7fffffff, 8);
	scope(table, VTD_SCOPE_ENDPOINT, 0, 0, 0x0200);
	finish(table);
	begin(table, VTD_DMAR_ATSR);
	put(table, 0, 4);
	scope(table, VTD_SCOPE_BRIDGE, 0, 0, 0x0100);
	finish(table);
	begin(table, VTD_DMAR_RHSA);
	put(table, 0, 4);
	put(table, 0xfed91000, 8);
	put(table, 1, 4);
	finish(table);
	begin(table, VTD_DMAR_ANDD);
	put(table, 3 << 24, 4);
	put(table, 0x30504d455c, 6);	/* "\EMP0" and its end */
	finish(table);
	begin(table, VTD_DMAR_SATC);
	put(table, VTD_SATC_F_REQUIRED, 4);
	scope(table, VTD_SCOPE_ENDPOINT, 0, 0, 0x1000);
	finish(table);
	begin(table, VTD_DMAR_SIDP);
	put(table, 0, 4);
	scope(table, VTD_SCOPE_ENDPOINT, 0, 0, 0x1100);
	finish(table);
	begin(table, 0x7777);
	put(table, ~0ULL, 8);
	finish(table);
}

/* Parses a copy that ends where the table ends. */
static int parse(struct kunit *test, const u8 *bytes, u32 len,
		 struct vtd_dmar *dmar, struct counting_log *log)
{
	u8 *exact = kmemdup(bytes, len, GFP_KERNEL);
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, exact);
	*log = (struct counting_log){ .log.note = count_note };
	vtd_dmar_init(dmar);
	ret = vtd_dmar_parse(dmar, exact, len, &log->log);
	kfree(exact);
	return ret;
}

static void dmar_full(struct kunit *test)
{
	struct table *table = kunit_kzalloc(test, sizeof(*table), GFP_KERNEL);
	struct vtd_dmar_summary summary;
	struct counting_log log;
	struct vtd_scope *scope;
	struct vtd_drhd *drhd;
	struct vtd_dmar dmar;

	KUNIT_ASSERT_NOT_NULL(test, table);
	full_table(table);
	KUNIT_ASSERT_EQ(test, 0, parse(test, table->bytes, table->len, &dmar,
				       &log));
	KUNIT_EXPECT_EQ(test, log.notes, 0U);
	KUNIT_EXPECT_EQ(test, dmar.haw, 48);
	KUNIT_EXPECT_EQ(test, dmar.flags, 5);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&dmar.drhds), 2UL);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&dmar.rmrrs), 1UL);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&dmar.atsrs), 1UL);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&dmar.rhsas), 1UL);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&dmar.satcs), 1UL);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&dmar.sidps), 1UL);

	drhd = list_first_entry(&dmar.drhds, struct vtd_drhd, node);
	KUNIT_EXPECT_EQ(test, drhd->base, 0xfed90000ULL);
	KUNIT_EXPECT_EQ(test, drhd->order, 1);
	KUNIT_EXPECT_FALSE(test, drhd->refused || drhd->include_all);
	KUNIT_ASSERT_EQ(test, list_count_nodes(&drhd->scopes), 3UL);
	scope = list_first_entry(&drhd->scopes, struct vtd_scope, node);
	KUNIT_EXPECT_EQ(test, scope->hops[0].devfn, 0x10);
	scope = list_next_entry(scope, node);
	KUNIT_EXPECT_EQ(test, scope->nhops, 2);
	KUNIT_EXPECT_EQ(test, scope->hops[0].devfn, 0xe0);
	KUNIT_EXPECT_EQ(test, scope->hops[1].devfn, 0x01);
	KUNIT_EXPECT_TRUE(test, list_next_entry(drhd, node)->include_all);
	KUNIT_EXPECT_EQ(test, list_first_entry(&dmar.rmrrs, struct vtd_rmrr,
					       node)->last, 0x7fffffffULL);
	KUNIT_EXPECT_STREQ(test, list_first_entry(&dmar.andds, struct vtd_andd,
						  node)->name, "\\EMP0");
	KUNIT_EXPECT_TRUE(test, list_first_entry(&dmar.satcs, struct vtd_satc,
						 node)->required);
	vtd_dmar_free(&dmar);
	KUNIT_EXPECT_TRUE(test, list_empty(&dmar.drhds));

	KUNIT_EXPECT_EQ(test, 0, vtd_dmar_survey(table->bytes, table->len,
						 &summary, &log.log));
	KUNIT_EXPECT_EQ(test, summary.units, 2U);
	KUNIT_EXPECT_EQ(test, summary.flags, 5);
}

/* A table that ends early is refused wherever it ends. */
static void dmar_truncated(struct kunit *test)
{
	struct table *table = kunit_kzalloc(test, sizeof(*table), GFP_KERNEL);
	struct counting_log log;
	struct vtd_dmar dmar;
	u32 len, whole;

	KUNIT_ASSERT_NOT_NULL(test, table);
	full_table(table);
	whole = table->len;
	for (len = 1; len < whole; len++) {
		/* The header promises more than there is. */
		KUNIT_EXPECT_EQ(test, -EINVAL,
				parse(test, table->bytes, len, &dmar, &log));
		KUNIT_EXPECT_GE(test, log.notes, 1U);
		KUNIT_EXPECT_TRUE(test, list_empty(&dmar.drhds));
		vtd_dmar_free(&dmar);
	}
	for (len = VTD_DMAR_STRUCTS; len < whole; len++) {
		/* The header believes in the shorter one. */
		table->bytes[4] = len;
		table->bytes[5] = len >> 8;
		if (!parse(test, table->bytes, whole, &dmar, &log))
			KUNIT_EXPECT_EQ(test, log.notes, 0U);
		else
			KUNIT_EXPECT_TRUE(test, list_empty(&dmar.drhds));
		vtd_dmar_free(&dmar);
	}
}

static void check_invariants(struct kunit *test, const struct vtd_dmar *dmar,
			     u32 len)
{
	const struct vtd_scope *scope;
	const struct vtd_drhd *drhd;
	const struct vtd_rmrr *rmrr;

	list_for_each_entry(drhd, &dmar->drhds, node) {
		KUNIT_EXPECT_LT(test, drhd->offset, len);
		KUNIT_EXPECT_LE(test, drhd->order, 15);
		if (!drhd->refused)
			KUNIT_EXPECT_EQ(test, drhd->base & 0xfff, 0ULL);
		list_for_each_entry(scope, &drhd->scopes, node)
			KUNIT_EXPECT_GE(test, scope->nhops, 1);
	}
	list_for_each_entry(rmrr, &dmar->rmrrs, node) {
		KUNIT_EXPECT_LT(test, rmrr->first, rmrr->last);
		KUNIT_EXPECT_EQ(test, (rmrr->last + 1) & 0xfff, 0ULL);
	}
}

/* Anything may stand in a table: it is read to its end and no further. */
static void dmar_spoilt(struct kunit *test)
{
	struct table *good = kunit_kzalloc(test, sizeof(*good), GFP_KERNEL);
	struct table *bad = kunit_kzalloc(test, sizeof(*bad), GFP_KERNEL);
	unsigned int i, refused = 0, partly = 0;
	struct counting_log log;
	struct rnd_state rnd;
	struct vtd_dmar dmar;
	u32 at, nbytes, len;

	KUNIT_ASSERT_NOT_NULL(test, good);
	KUNIT_ASSERT_NOT_NULL(test, bad);
	full_table(good);
	prandom_seed_state(&rnd, 0x7d4d4152);
	for (i = 0; i < SPOILT_TABLES; i++) {
		*bad = *good;
		nbytes = 1 + prandom_u32_state(&rnd) % 8;
		while (nbytes--) {
			at = prandom_u32_state(&rnd) % bad->len;
			bad->bytes[at] = prandom_u32_state(&rnd);
		}
		len = i % 4 ? bad->len : 1 + prandom_u32_state(&rnd) % bad->len;
		if (parse(test, bad->bytes, len, &dmar, &log))
			refused++;
		else if (log.log.errors)
			partly++;
		KUNIT_EXPECT_LE(test, log.last, len);
		check_invariants(test, &dmar, len);
		vtd_dmar_free(&dmar);
	}
	/* Of so many, some are refused as a whole and some in part. */
	KUNIT_EXPECT_GT(test, refused, SPOILT_TABLES / 10U);
	KUNIT_EXPECT_GT(test, partly, SPOILT_TABLES / 50U);
	KUNIT_EXPECT_LT(test, refused + partly, SPOILT_TABLES + 0U);
}

/* A damaged unit is kept as one that must not be used. */
static void dmar_damaged_unit(struct kunit *test)
{
	struct table *table = kunit_kzalloc(test, sizeof(*table), GFP_KERNEL);
	struct counting_log log;
	struct vtd_drhd *unit;
	struct vtd_dmar dmar;

	KUNIT_ASSERT_NOT_NULL(test, table);
	header(table, 0);
	drhd(table, 0, 2, 0xfed90000);
	scope(table, VTD_SCOPE_ENDPOINT, 0, 0, 0x0200);
	scope(table, VTD_SCOPE_ENDPOINT, 0, 0, 0x2000);	/* device 32 */
	finish(table);
	drhd(table, VTD_DRHD_F_INCLUDE_ALL, 2, 0xfed91000);
	finish(table);
	KUNIT_ASSERT_EQ(test, 0, parse(test, table->bytes, table->len, &dmar,
				       &log));
	KUNIT_EXPECT_EQ(test, log.log.errors, 1U);
	unit = list_first_entry(&dmar.drhds, struct vtd_drhd, node);
	KUNIT_EXPECT_TRUE(test, unit->refused);
	KUNIT_EXPECT_TRUE(test, unit->include_all);
	KUNIT_EXPECT_EQ(test, unit->segment, 2);
	/* Nobody knows what is behind it, so nobody may have the rest. */
	KUNIT_EXPECT_TRUE(test, list_next_entry(unit, node)->refused);
	vtd_dmar_free(&dmar);
}

static void dmar_duplicates(struct kunit *test)
{
	struct table *table = kunit_kzalloc(test, sizeof(*table), GFP_KERNEL);
	struct counting_log log;
	struct vtd_drhd *unit;
	struct vtd_dmar dmar;

	KUNIT_ASSERT_NOT_NULL(test, table);
	header(table, 0);
	drhd(table, VTD_DRHD_F_INCLUDE_ALL, 0, 0xfed90000);
	finish(table);
	drhd(table, 0, 0, 0xfed90000);			/* same registers */
	scope(table, VTD_SCOPE_ENDPOINT, 0, 0, 0x0200);
	finish(table);
	drhd(table, VTD_DRHD_F_INCLUDE_ALL, 0, 0xfed91000);	/* for all again */
	finish(table);
	drhd(table, VTD_DRHD_F_INCLUDE_ALL, 1, 0xfed92000);	/* another one */
	finish(table);
	drhd(table, 0, 1, 0x1000000000000);		/* above 48 bits */
	finish(table);
	drhd(table, 0, 1, 0xfed93800);			/* not a page */
	finish(table);
	KUNIT_ASSERT_EQ(test, 0, parse(test, table->bytes, table->len, &dmar,
				       &log));
	KUNIT_EXPECT_EQ(test, log.log.errors, 3U);
	KUNIT_ASSERT_EQ(test, list_count_nodes(&dmar.drhds), 5UL);
	unit = list_first_entry(&dmar.drhds, struct vtd_drhd, node);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&unit->scopes), 1UL);
	KUNIT_EXPECT_TRUE(test, unit->refused);
	unit = list_next_entry(unit, node);
	KUNIT_EXPECT_TRUE(test, unit->refused);
	unit = list_next_entry(unit, node);
	KUNIT_EXPECT_EQ(test, unit->segment, 1);
	KUNIT_EXPECT_FALSE(test, unit->refused);
	vtd_dmar_free(&dmar);
}

static void dmar_regions(struct kunit *test)
{
	static const struct {
		u64 base, limit, first, last;
	} rows[] = {
		{ 0x1000, 0x1fff, 0x1000, 0x1fff },
		{ 0x1010, 0x1ffe, 0x1000, 0x1fff },	/* widened */
		{ 0x2000, 0x1fff, 0, 0 },		/* backwards */
		{ 0x2000, 1ULL << 48, 0, 0 },		/* too high */
		{ 0, 0, 0, 0xfff },
	};
	struct table *table = kunit_kzalloc(test, sizeof(*table), GFP_KERNEL);
	struct counting_log log;
	struct vtd_rmrr *rmrr;
	struct vtd_dmar dmar;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, table);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		header(table, 0);
		begin(table, VTD_DMAR_RMRR);
		put(table, 0, 4);
		put(table, rows[i].base, 8);
		put(table, rows[i].limit, 8);
		finish(table);
		KUNIT_ASSERT_EQ(test, 0, parse(test, table->bytes, table->len,
					       &dmar, &log));
		rmrr = list_first_entry_or_null(&dmar.rmrrs, struct vtd_rmrr,
						node);
		KUNIT_EXPECT_EQ(test, !rmrr, !rows[i].last);
		KUNIT_EXPECT_EQ(test, log.log.errors, !rows[i].last ? 1U : 0U);
		if (rmrr) {
			KUNIT_EXPECT_EQ(test, rmrr->first, rows[i].first);
			KUNIT_EXPECT_EQ(test, rmrr->last, rows[i].last);
		}
		vtd_dmar_free(&dmar);
	}
}

/* What a _DSM returns has no header, and belongs to somebody. */
static void dmar_owned(struct kunit *test)
{
	struct table *table = kunit_kzalloc(test, sizeof(*table), GFP_KERNEL);
	struct counting_log log = { .log.note = count_note };
	struct vtd_dmar dmar;

	KUNIT_ASSERT_NOT_NULL(test, table);
	full_table(table);
	vtd_dmar_init(&dmar);
	KUNIT_EXPECT_EQ(test, 0,
			vtd_dmar_parse_owned(&dmar,
					     table->bytes + VTD_DMAR_STRUCTS,
					     table->len - VTD_DMAR_STRUCTS,
					     test, &log.log));
	/* Reserved regions do not come with a bridge. */
	KUNIT_EXPECT_EQ(test, log.log.errors, 1U);
	KUNIT_EXPECT_TRUE(test, list_empty(&dmar.rmrrs));
	KUNIT_EXPECT_PTR_EQ(test, list_first_entry(&dmar.drhds, struct vtd_drhd,
						   node)->owner, (void *)test);
	KUNIT_EXPECT_PTR_EQ(test, list_first_entry(&dmar.atsrs, struct vtd_atsr,
						   node)->owner, (void *)test);
	vtd_dmar_free(&dmar);
}

static struct kunit_case dmar_cases[] = {
	KUNIT_CASE(dmar_full),
	KUNIT_CASE(dmar_truncated),
	KUNIT_CASE(dmar_spoilt),
	KUNIT_CASE(dmar_damaged_unit),
	KUNIT_CASE(dmar_duplicates),
	KUNIT_CASE(dmar_regions),
	KUNIT_CASE(dmar_owned),
	{}
};

static struct kunit_suite dmar_suite = {
	.name = "vtd_dmar",
	.test_cases = dmar_cases,
};

kunit_test_suite(dmar_suite);
