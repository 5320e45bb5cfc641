// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: an array of a user becomes descriptors.
 *
 * What descriptors cover is read from their bits.
 */
#include <kunit/test.h>
#include <linux/iommu.h>
#include <linux/prandom.h>
#include <uapi/linux/iommufd.h>

#include "../unit/caps.h"
#include "tag.h"
#include "user.h"

#define DID	0x123
#define PASID	0x45678
#define PAGES	10

static struct iommu_hwpt_vtd_s1_invalidate pages(u64 first, u64 n, u32 flags)
{
	return (struct iommu_hwpt_vtd_s1_invalidate){
		.addr = first << 12, .npages = n, .flags = flags,
	};
}

static const struct iommu_hwpt_vtd_s1_invalidate everything = { .npages = U64_MAX };

static void vtd_user_check_test(struct kunit *test)
{
	static const struct {
		u64 addr, npages;
		u32 flags, reserved;
		int want;
	} rows[] = {
		{ 0, 1, 0, 0, 0 },
		{ 0, 1, 1, 0, 0 },
		{ 0, 1, 2, 0, -EOPNOTSUPP },
		{ 0, 1, 0x80000000, 0, -EOPNOTSUPP },
		{ 0, 1, 0, 1, -EOPNOTSUPP },
		{ 0, U64_MAX, 2, 0, -EOPNOTSUPP },
		{ 0, 0, 0, 0, -EINVAL },
		{ 0, U64_MAX, 0, 0, 0 },
		{ 0, U64_MAX, 1, 0, 0 },
		{ 0x1000, U64_MAX, 0, 0, -EINVAL },
		{ 0, U64_MAX - 1, 0, 0, -EINVAL },
		{ 1, 1, 0, 0, -EINVAL },
		{ 0xfff, 1, 0, 0, -EINVAL },
		{ 0, 1ULL << 52, 0, 0, 0 },
		{ 0, (1ULL << 52) + 1, 0, 0, -EINVAL },
		{ ~0xfffULL, 1, 0, 0, 0 },
		{ ~0xfffULL, 2, 0, 0, -EINVAL },
		{ ~0xfffULL, 1ULL << 52, 0, 0, -EINVAL },
		{ 1ULL << 63, 1ULL << 51, 0, 0, 0 },
		{ 1ULL << 63, (1ULL << 51) + 1, 0, 0, -EINVAL },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct iommu_hwpt_vtd_s1_invalidate entry = {
			.addr = rows[i].addr, .npages = rows[i].npages,
			.flags = rows[i].flags, .__reserved = rows[i].reserved,
		};

		KUNIT_EXPECT_EQ_MSG(test, vtd_user_check(&entry), rows[i].want, "row %u", i);
	}
}

/* Does a descriptor for the unit cover the page, upper levels too if @upper? */
static bool iotlb_covers(const struct vtd_desc *desc, u64 page, bool upper)
{
	u64 order = desc->qw[1] & 0x3f;

	if ((desc->qw[0] & 0x3f) == 0x26)
		return true;
	if (upper && desc->qw[1] & BIT(6))
		return false;
	return page >> order == desc->qw[1] >> 12 >> order;
}

static bool devtlb_covers(const struct vtd_desc *desc, u64 page)
{
	u64 addr = desc->qw[1] >> 12, order = 0;

	if (desc->qw[1] & ((desc->qw[0] & 0xf) == 3 ? BIT(0) : BIT(11)))
		order = ffz(addr) + 1;
	return page >> order == addr >> order;
}

static void check_header(struct kunit *test, const struct vtd_desc *desc)
{
	KUNIT_ASSERT_EQ(test, desc->qw[0] & ~0x30ULL,
			6ULL | DID << 16 | (u64)PASID << 32);
}

/* Sorted; no two ranges overlap or touch: they would be one. */
static void check_apart(struct kunit *test, const struct vtd_user_chunk *chunk)
{
	unsigned int i;

	for (i = 1; i < chunk->n; i++)
		KUNIT_ASSERT_GT(test, chunk->range[i].first, chunk->range[i - 1].last + 1);
}

/* Each page that was asked for is covered, of upper levels too if that was asked. */
static void check(struct kunit *test, const struct iommu_hwpt_vtd_s1_invalidate *entries,
		  unsigned int n, const struct vtd_caps *caps)
{
	static struct vtd_user_chunk chunk;
	static struct vtd_desc unit[VTD_USER_DESCS], device[VTD_USER_DESCS];
	struct vtd_devtlb devtlb = { .target.sid = 0x510 };
	unsigned int i, k, nunit, ndevice;
	u64 page;

	memset(&chunk, 0, sizeof(chunk));
	for (i = 0; i < n; i++)
		KUNIT_ASSERT_TRUE(test, vtd_user_add(&chunk, &entries[i]));
	KUNIT_ASSERT_EQ(test, chunk.entries, n);
	check_apart(test, &chunk);
	nunit = vtd_user_iotlb(&chunk, caps, DID, PASID, unit);
	ndevice = vtd_user_devtlb(&chunk, &devtlb, PASID, device);
	/* Never more than one by one, with two blocks for each. */
	KUNIT_ASSERT_LE(test, nunit, 2 * n);
	KUNIT_ASSERT_LE(test, ndevice, 2 * n);
	for (k = 0; k < nunit; k++)
		check_header(test, &unit[k]);
	for (i = 0; i < n; i++) {
		bool upper = !(entries[i].flags & IOMMU_VTD_INV_FLAGS_LEAF);

		for (page = entries[i].addr >> 12;
		     page < (entries[i].addr >> 12) + entries[i].npages; page++) {
			for (k = 0; k < nunit; k++)
				if (iotlb_covers(&unit[k], page, upper))
					break;
			KUNIT_ASSERT_LT(test, k, nunit);
			for (k = 0; k < ndevice; k++)
				if (devtlb_covers(&device[k], page))
					break;
			KUNIT_ASSERT_LT(test, k, ndevice);
		}
	}
}

/* Range @i of a small space; false if there is no such range in it. */
static bool small_range(unsigned int i, u32 flags,
			struct iommu_hwpt_vtd_s1_invalidate *entry)
{
	*entry = pages(i / PAGES, i % PAGES + 1, flags);
	return i / PAGES + i % PAGES + 1 <= PAGES;
}

/* All pairs of ranges of a small space, with and without the hint. */
static void vtd_user_pairs_test(struct kunit *test)
{
	static const u8 mamvs[] = { 0, 1, 9, 18 };
	struct iommu_hwpt_vtd_s1_invalidate entries[2];
	unsigned int pair, flags, i;
	struct vtd_caps caps = {};

	for (pair = 0; pair < PAGES * PAGES * PAGES * PAGES; pair++)
		for (flags = 0; flags < 4; flags++) {
			if (!small_range(pair / (PAGES * PAGES), flags & 1, &entries[0]) ||
			    !small_range(pair % (PAGES * PAGES), flags >> 1, &entries[1]))
				break;
			for (i = 0; i < ARRAY_SIZE(mamvs); i++) {
				caps.mamv = mamvs[i];
				check(test, entries, 2, &caps);
			}
		}
}

/* Ranges that meet at borders of every power of two */
static void vtd_user_borders_test(struct kunit *test)
{
	struct vtd_caps caps = { .mamv = 18, .fs1gp = true };
	struct iommu_hwpt_vtd_s1_invalidate entries[3];
	unsigned int order;
	u64 border;

	for (order = 1; order < 52; order++) {
		border = 1ULL << order;
		entries[0] = pages(border - 1, 1, 1);
		entries[1] = pages(border, 1, 0);
		entries[2] = pages(border - 1, 2, 1);
		check(test, entries, 3, &caps);
		check(test, entries + 2, 1, &caps);
	}
	entries[0] = pages((1ULL << 52) - 1, 1, 0);
	check(test, entries, 1, &caps);
}

/* Ranges as long as one or two of the unit's largest blocks, wherever they begin. */
static void vtd_user_blocks_test(struct kunit *test)
{
	struct iommu_hwpt_vtd_s1_invalidate entry;
	struct vtd_caps caps = {};
	u64 block, step, first;
	unsigned int i;

	for (caps.mamv = 0; caps.mamv <= 11; caps.mamv++) {
		const u64 lengths[] = {
			1, 2ULL << caps.mamv, (2ULL << caps.mamv) - 1,
			1ULL << caps.mamv, (1ULL << caps.mamv) + 1,
		};

		block = 1ULL << caps.mamv;
		step = max(block / 8, 1);
		for (first = 0; first < 2 * block; first += step)
			for (i = 0; i < ARRAY_SIZE(lengths); i++) {
				entry = pages(first, lengths[i], 1);
				check(test, &entry, 1, &caps);
			}
	}
}

static void vtd_user_random_test(struct kunit *test)
{
	struct iommu_hwpt_vtd_s1_invalidate entries[VTD_USER_RANGES];
	struct vtd_caps caps = {};
	unsigned int i, k, n;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 0x7d0feed);
	for (i = 0; i < 3000; i++) {
		n = prandom_u32_state(&rnd) % VTD_USER_RANGES + 1;
		caps.mamv = prandom_u32_state(&rnd) % 19;
		for (k = 0; k < n; k++)
			entries[k] = pages(prandom_u32_state(&rnd) % 4096,
					   prandom_u32_state(&rnd) % 64 + 1,
					   prandom_u32_state(&rnd) & 1);
		check(test, entries, n, &caps);
	}
}

/* As few as there can be. */
static void vtd_user_few_test(struct kunit *test)
{
	static struct vtd_user_chunk chunk;
	struct vtd_caps caps = { .mamv = 18 };
	static struct vtd_desc descs[VTD_USER_DESCS];
	struct iommu_hwpt_vtd_s1_invalidate entry;
	unsigned int i;

	/* 512 pages one by one: one block, with the hint. */
	memset(&chunk, 0, sizeof(chunk));
	for (i = 0; i < 512; i++) {
		entry = pages(0x1000 + i, 1, 1);
		KUNIT_ASSERT_TRUE(test, vtd_user_add(&chunk, &entry));
	}
	KUNIT_EXPECT_EQ(test, vtd_user_iotlb(&chunk, &caps, DID, PASID, descs), 1U);
	KUNIT_EXPECT_EQ(test, descs[0].qw[1], 0x1000049ULL);
	/* One of them without, and the hint is gone. */
	entry = pages(0x1007, 1, 0);
	KUNIT_ASSERT_TRUE(test, vtd_user_add(&chunk, &entry));
	KUNIT_EXPECT_EQ(test, vtd_user_iotlb(&chunk, &caps, DID, PASID, descs), 1U);
	KUNIT_EXPECT_EQ(test, descs[0].qw[1], 0x1000009ULL);
	/* Everything swallows all, in front of it and behind it. */
	KUNIT_EXPECT_TRUE(test, vtd_user_add(&chunk, &everything));
	KUNIT_EXPECT_TRUE(test, vtd_user_add(&chunk, &entry));
	KUNIT_EXPECT_EQ(test, vtd_user_iotlb(&chunk, &caps, DID, PASID, descs), 1U);
	KUNIT_EXPECT_EQ(test, descs[0].qw[0], 0x0004567801230026ULL);
	KUNIT_EXPECT_EQ(test, chunk.entries, 515U);
}

/* A leaf that the unit's blocks do not cover takes the whole PASID. */
static void vtd_user_leaves_test(struct kunit *test)
{
	struct iommu_hwpt_vtd_s1_invalidate entry = pages(0, 512, 1);
	static struct vtd_desc descs[VTD_USER_DESCS];
	struct vtd_caps caps = { .mamv = 8 };
	struct vtd_user_chunk chunk = {};

	vtd_user_add(&chunk, &entry);
	KUNIT_EXPECT_EQ(test, vtd_user_iotlb(&chunk, &caps, DID, PASID, descs), 1U);
	KUNIT_EXPECT_EQ(test, descs[0].qw[0] & 0x30, 0x20ULL);
	caps.mamv = 9;
	KUNIT_EXPECT_EQ(test, vtd_user_iotlb(&chunk, &caps, DID, PASID, descs), 1U);
	KUNIT_EXPECT_EQ(test, descs[0].qw[0] & 0x30, 0x30ULL);
	caps.fs1gp = true;
	memset(&chunk, 0, sizeof(chunk));
	entry = pages(0, 1 << 18, 1);
	vtd_user_add(&chunk, &entry);
	KUNIT_EXPECT_EQ(test, vtd_user_iotlb(&chunk, &caps, DID, PASID, descs), 1U);
	KUNIT_EXPECT_EQ(test, descs[0].qw[0] & 0x30, 0x20ULL);
}

/* Full, but what touches a range still fits; the chunk is as it was otherwise. */
static void vtd_user_full_test(struct kunit *test)
{
	struct iommu_hwpt_vtd_s1_invalidate entry;
	static struct vtd_desc descs[VTD_USER_DESCS];
	struct vtd_devtlb devtlb = { .target.sid = 0x510, .twice = true };
	struct vtd_caps caps = { .mamv = 18 };
	struct vtd_user_chunk chunk = {};
	unsigned int i;

	for (i = 0; i < VTD_USER_RANGES; i++) {
		entry = pages(8 * i + 7, 2, 0);
		KUNIT_ASSERT_TRUE(test, vtd_user_add(&chunk, &entry));
	}
	entry = pages(4000, 1, 0);
	KUNIT_EXPECT_FALSE(test, vtd_user_add(&chunk, &entry));
	KUNIT_EXPECT_EQ(test, chunk.entries, (unsigned int)VTD_USER_RANGES);
	/* Two blocks each, twice for the device: it fits the room. */
	KUNIT_EXPECT_EQ(test, vtd_user_iotlb(&chunk, &caps, DID, PASID, descs),
			2U * VTD_USER_RANGES);
	KUNIT_EXPECT_EQ(test, vtd_user_devtlb(&chunk, &devtlb, IOMMU_NO_PASID, descs),
			(unsigned int)VTD_USER_DESCS);
	entry = pages(9, 1, 0);
	KUNIT_EXPECT_TRUE(test, vtd_user_add(&chunk, &entry));
	entry = pages(0, 256, 0);
	KUNIT_EXPECT_TRUE(test, vtd_user_add(&chunk, &entry));
	KUNIT_EXPECT_EQ(test, chunk.n, 1U);
}

static struct kunit_case vtd_user_cases[] = {
	KUNIT_CASE(vtd_user_check_test),
	KUNIT_CASE(vtd_user_pairs_test),
	KUNIT_CASE(vtd_user_borders_test),
	KUNIT_CASE(vtd_user_blocks_test),
	KUNIT_CASE(vtd_user_random_test),
	KUNIT_CASE(vtd_user_few_test),
	KUNIT_CASE(vtd_user_leaves_test),
	KUNIT_CASE(vtd_user_full_test),
	{}
};

static struct kunit_suite vtd_user_suite = {
	.name = "vtd_user",
	.test_cases = vtd_user_cases,
};

kunit_test_suite(vtd_user_suite);
