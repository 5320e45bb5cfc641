// SPDX-License-Identifier: GPL-2.0-only
/* Attach, replace and detach of PASIDs (DV7), PASID hwpts (H16). */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/dirty.h"
#include "lib/fault.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"

#define PASID_COUNT (1U << MOCK_PASID_WIDTH)
#define MAX_NTH 500

/*
 * A device with PASIDs on a hwpt made for them, a second such hwpt, and one
 * that is not.
 */
struct bench {
	int fd;
	__u32 ioas;
	struct mock_dev dev;
	__u32 hwpt;
	__u32 other;
	__u32 plain;
	size_t page;
	struct footprint before;
};

static int __attach_kind(int fd, __u32 pt, __u32 flags, struct mock_dev *dev)
{
	struct iommu_test_cmd cmd = {
		.id = pt,
		.mock_domain_flags = { .dev_flags = flags },
	};
	int rc = __mock_cmd(fd, IOMMU_TEST_OP_MOCK_DOMAIN_FLAGS, &cmd);

	dev->stdev = cmd.mock_domain_flags.out_stdev_id;
	dev->hwpt = cmd.mock_domain_flags.out_hwpt_id;
	dev->idev = cmd.mock_domain_flags.out_idev_id;
	return rc;
}

static __u32 alloc_flags(const struct bench *b, __u32 flags)
{
	struct iommu_hwpt_alloc cmd = {
		.flags = flags,
		.dev_id = b->dev.idev,
		.pt_id = b->ioas,
	};

	CHECK_OK(__hwpt_alloc(b->fd, &cmd));
	return cmd.out_hwpt_id;
}

static struct bench bench_make(void)
{
	struct bench b = { .fd = mock_open(), .page = page_size() };

	b.ioas = ioas_alloc(b.fd);
	CHECK_OK(__attach_kind(b.fd, b.ioas, MOCK_FLAGS_DEVICE_PASID, &b.dev));
	b.hwpt = alloc_flags(&b, IOMMU_HWPT_ALLOC_PASID);
	b.other = alloc_flags(&b, IOMMU_HWPT_ALLOC_PASID);
	b.plain = alloc_flags(&b, 0);
	mock_replace(b.fd, &b.dev, b.hwpt);
	b.before = footprint_take(b.fd);
	return b;
}

static int __attach(const struct bench *b, __u32 pasid, __u32 pt)
{
	struct iommu_test_cmd cmd = {
		.id = b->dev.stdev,
		.pasid_attach = { .pasid = pasid, .pt_id = pt },
	};

	return __mock_cmd(b->fd, IOMMU_TEST_OP_PASID_ATTACH, &cmd);
}

static int __replace(const struct bench *b, __u32 pasid, __u32 pt)
{
	struct iommu_test_cmd cmd = {
		.id = b->dev.stdev,
		.pasid_replace = { .pasid = pasid, .pt_id = pt },
	};

	return __mock_cmd(b->fd, IOMMU_TEST_OP_PASID_REPLACE, &cmd);
}

static void detach(const struct bench *b, __u32 pasid)
{
	struct iommu_test_cmd cmd = {
		.id = b->dev.stdev,
		.pasid_detach = { .pasid = pasid },
	};

	CHECK_OK(__mock_cmd(b->fd, IOMMU_TEST_OP_PASID_DETACH, &cmd));
}

/* @hwpt: 0 stands for nothing */
static int __check(const struct bench *b, __u32 pasid, __u32 hwpt)
{
	struct iommu_test_cmd cmd = {
		.id = b->dev.stdev,
		.pasid_check = { .pasid = pasid, .hwpt_id = hwpt },
	};

	return __mock_cmd(b->fd, IOMMU_TEST_OP_PASID_CHECK_HWPT, &cmd);
}

#define check(b, pasid, hwpt) CHECK_OK(__check(b, pasid, hwpt))

static void life(void)
{
	struct bench b = bench_make();

	check(&b, 7, 0);
	CHECK_OK(__attach(&b, 7, b.other));
	check(&b, 7, b.other);
	CHECK_ERR(__check(&b, 7, b.hwpt), EINVAL);
	CHECK_ERR(__check(&b, 7, 0), EINVAL);
	CHECK_ERR(__destroy(b.fd, b.other), EBUSY);
	CHECK_OK(__replace(&b, 7, b.other));
	check(&b, 7, b.other);

	CHECK_OK(__replace(&b, 7, b.hwpt));
	check(&b, 7, b.hwpt);
	destroy(b.fd, b.other);
	detach(&b, 7);
	check(&b, 7, 0);
	detach(&b, 7);
	CHECK_OK(__attach(&b, 7, b.hwpt));
	check(&b, 7, b.hwpt);
}

static void many(void)
{
	struct bench b = bench_make();
	__u32 pasid;

	for (pasid = 1; pasid <= 200; pasid++)
		CHECK_OK(__attach(&b, pasid, pasid % 2 ? b.hwpt : b.other));
	CHECK_OK(__attach(&b, PASID_COUNT - 1, b.other));
	for (pasid = 1; pasid <= 200; pasid += 3)
		detach(&b, pasid);
	for (pasid = 2; pasid <= 200; pasid += 3)
		CHECK_OK(__replace(&b, pasid, pasid % 2 ? b.other : b.hwpt));
	for (pasid = 1; pasid <= 200; pasid++) {
		__u32 first = pasid % 2 ? b.hwpt : b.other;
		__u32 second = pasid % 2 ? b.other : b.hwpt;

		check(&b, pasid, pasid % 3 == 1 ? 0 :
				 pasid % 3 == 2 ? second : first);
	}
	check(&b, PASID_COUNT - 1, b.other);
}

static void attached_already(void)
{
	struct bench b = bench_make();

	CHECK_OK(__attach(&b, 7, b.hwpt));
	CHECK_ERR(__attach(&b, 7, b.hwpt), EBUSY);
	CHECK_ERR(__attach(&b, 7, b.other), EBUSY);
	CHECK_ERR(__attach(&b, 7, b.ioas), EBUSY);
	check(&b, 7, b.hwpt);
	destroy(b.fd, b.other);
	detach(&b, 7);
}

static void not_attached(void)
{
	struct bench b = bench_make();

	CHECK_OK(__attach(&b, 8, b.hwpt));
	CHECK_ERR(__replace(&b, 7, b.hwpt), EINVAL);
	CHECK_ERR(__replace(&b, 7, b.other), EINVAL);
	CHECK_ERR(__replace(&b, 7, b.ioas), EINVAL);
	detach(&b, 7);
	detach(&b, PASID_COUNT);
	detach(&b, ~0U);
	check(&b, 7, 0);
	check(&b, 8, b.hwpt);
	destroy(b.fd, b.other);
}

static void wrong_target(void)
{
	struct bench b = bench_make();
	const struct {
		__u32 pt;
		int errnum;
	} bad[] = {
		{ b.ioas, EINVAL }, { b.plain, EINVAL },
		{ b.dev.idev, EINVAL }, { b.dev.stdev, EINVAL },
		{ 0, ENOENT }, { 1000, ENOENT }, { ~0U, ENOENT },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		CHECK_ERR(__attach(&b, 7, bad[i].pt), bad[i].errnum);
		check(&b, 7, 0);
		footprint_check(&b.before);
	}
	CHECK_OK(__attach(&b, 7, b.hwpt));
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		CHECK_ERR(__replace(&b, 7, bad[i].pt), bad[i].errnum);
		check(&b, 7, b.hwpt);
		footprint_check(&b.before);
	}
	destroy(b.fd, b.plain);
}

static void no_such_pasid(void)
{
	struct bench b = bench_make();

	CHECK_ERR(__attach(&b, PASID_COUNT, b.hwpt), EINVAL);
	CHECK_ERR(__attach(&b, ~0U, b.hwpt), EINVAL);
	CHECK_ERR(__attach(&b, 1U << 31, b.hwpt), EINVAL);
	footprint_check(&b.before);
}

/* The first and the last one; 0 is the device itself. */
static void ends_of_the_space(void)
{
	struct bench b = bench_make();

	CHECK_OK(__attach(&b, 1, b.hwpt));
	CHECK_OK(__attach(&b, PASID_COUNT - 1, b.other));
	CHECK_ERR(__attach(&b, 0, b.other), EBUSY);
	check(&b, 1, b.hwpt);
	check(&b, PASID_COUNT - 1, b.other);
	detach(&b, PASID_COUNT - 1);
	detach(&b, 1);
	check(&b, PASID_COUNT - 1, 0);
	/* they can be had again */
	CHECK_OK(__attach(&b, PASID_COUNT - 1, b.hwpt));
	CHECK_OK(__attach(&b, 1, b.hwpt));
	detach(&b, 1);
	detach(&b, PASID_COUNT - 1);
	footprint_check(&b.before);
}

/* The core would pass such devices over. */
static void device_without_pasids(void)
{
	struct bench b = bench_make();
	struct mock_dev dev = mock_attach(b.fd, b.hwpt);

	CHECK_EQ(dev.hwpt, b.hwpt);
	b.dev = dev;
	CHECK_ERR(__attach(&b, 1, b.hwpt), EINVAL);
	check(&b, 1, 0);
}

static void rid_not_compatible(void)
{
	struct bench b = bench_make();

	mock_replace(b.fd, &b.dev, b.plain);
	CHECK_ERR(__attach(&b, 7, b.hwpt), EINVAL);
	mock_replace(b.fd, &b.dev, b.ioas);
	CHECK_ERR(__attach(&b, 7, b.hwpt), EINVAL);
	check(&b, 7, 0);

	mock_replace(b.fd, &b.dev, b.hwpt);
	CHECK_OK(__attach(&b, 7, b.hwpt));
	b.before = footprint_take(b.fd);
	CHECK_ERR(__mock_replace(b.fd, b.dev.stdev, b.plain, NULL), EINVAL);
	CHECK_ERR(__mock_replace(b.fd, b.dev.stdev, b.ioas, NULL), EINVAL);
	footprint_check(&b.before);
	check(&b, 0, b.hwpt);
	mock_replace(b.fd, &b.dev, b.other);
	detach(&b, 7);
	mock_replace(b.fd, &b.dev, b.plain);
}

/* The driver fails the second change of this PASID. */
static void failed_replace(void)
{
	struct bench b = bench_make();

	CHECK_OK(__attach(&b, IOMMU_TEST_PASID_RESERVED, b.hwpt));
	CHECK_ERR(__replace(&b, IOMMU_TEST_PASID_RESERVED, b.other), ENOMEM);
	check(&b, IOMMU_TEST_PASID_RESERVED, b.hwpt);
	destroy(b.fd, b.other);
	mock_replace(b.fd, &b.dev, b.hwpt);
	b.other = alloc_flags(&b, IOMMU_HWPT_ALLOC_PASID);
	CHECK_OK(__replace(&b, IOMMU_TEST_PASID_RESERVED, b.other));
	check(&b, IOMMU_TEST_PASID_RESERVED, b.other);
	CHECK_ERR(__destroy(b.fd, b.other), EBUSY);
	detach(&b, IOMMU_TEST_PASID_RESERVED);
	destroy(b.fd, b.other);
}

/* The device goes away with its PASIDs attached. */
static void device_goes(void)
{
	struct bench b = bench_make();

	CHECK_OK(__attach(&b, 7, b.hwpt));
	CHECK_OK(__attach(&b, 8, b.other));
	destroy(b.fd, b.dev.stdev);
	destroy(b.fd, b.hwpt);
	destroy(b.fd, b.other);
	destroy(b.fd, b.plain);
	destroy(b.fd, b.ioas);
}

static void file_closes(void)
{
	struct bench b = bench_make();

	ioas_map_at(b.fd, b.ioas, mem_pages(4), 4 * b.page, MOCK_IOVA);
	CHECK_OK(__attach(&b, 7, b.hwpt));
	CHECK_OK(__attach(&b, 8, b.other));
	CHECK_EQ(close(b.fd), 0);
}

static void unknown_device(void)
{
	struct bench b = bench_make();
	const __u32 ids[] = { 0, b.dev.idev, b.ioas, 1000 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(ids); i++) {
		b.dev.stdev = ids[i];
		CHECK_ERR(__attach(&b, 7, b.hwpt), ENOENT);
		CHECK_ERR(__replace(&b, 7, b.hwpt), ENOENT);
		CHECK_ERR(__check(&b, 7, b.hwpt), ENOENT);
	}
	footprint_check(&b.before);
}

/* Dirty tracking covers a page table that only a PASID uses. */
static void dirty_tracking(void)
{
	struct bench b = bench_make();
	struct dirty_bench d = { .fd = b.fd };
	struct mock_dev without = {};
	__u32 stdev = b.dev.stdev;

	d.hwpt = alloc_flags(&b, IOMMU_HWPT_ALLOC_PASID |
				 IOMMU_HWPT_ALLOC_DIRTY_TRACKING);
	ioas_map_at(b.fd, b.ioas, mem_pages(2), 2 * b.page, MOCK_IOVA);
	CHECK_OK(__attach(&b, 7, d.hwpt));
	dirty_track(&d);
	dirty_write(&d, MOCK_IOVA + b.page);
	CHECK_EQ(dirty_peek(&d, MOCK_IOVA, 4), 0xc);

	CHECK_OK(__attach_kind(b.fd, b.hwpt,
			       MOCK_FLAGS_DEVICE_PASID |
			       MOCK_FLAGS_DEVICE_NO_DIRTY, &without));
	b.dev.stdev = without.stdev;
	CHECK_ERR(__attach(&b, 7, d.hwpt), EINVAL);
	check(&b, 7, 0);
	CHECK_OK(__attach(&b, 7, b.hwpt));
	CHECK_ERR(__replace(&b, 7, d.hwpt), EINVAL);
	check(&b, 7, b.hwpt);
	b.dev.stdev = stdev;
	check(&b, 7, d.hwpt);
}

/* Every step fails once; what was in force before stays so. */
static void steps_fail(void)
{
	struct fault fault = fault_open();
	struct bench b = bench_make();
	unsigned int nth, attaches;
	bool injected = true;
	int rc;

	for (nth = 1; nth < MAX_NTH && injected; nth++) {
		fault_arm(&fault, nth);
		rc = __attach(&b, 7, b.hwpt);
		injected = fault_disarm(&fault);
		CHECK(!rc || injected);
		check(&b, 7, rc ? 0 : b.hwpt);
		if (rc)
			footprint_check(&b.before);
		else
			detach(&b, 7);
	}
	attaches = nth;
	CHECK_OK(__attach(&b, 7, b.hwpt));
	injected = true;
	for (nth = 1; nth < MAX_NTH && injected; nth++) {
		fault_arm(&fault, nth);
		rc = __replace(&b, 7, b.other);
		injected = fault_disarm(&fault);
		CHECK(!rc || injected);
		check(&b, 7, rc ? b.hwpt : b.other);
		if (!rc)
			CHECK_OK(__replace(&b, 7, b.hwpt));
	}
	harness_note("attach: %u steps, replace: %u", attaches - 2, nth - 2);
	CHECK(attaches > 3 && attaches < MAX_NTH && nth > 2 && nth < MAX_NTH);
	detach(&b, 7);
	footprint_check(&b.before);
	destroy(b.fd, b.other);
}

static const struct test_case cases[] = {
	{ .name = "life", .fn = life },
	{ .name = "many", .fn = many },
	{ .name = "attached_already", .fn = attached_already },
	{ .name = "not_attached", .fn = not_attached },
	{ .name = "wrong_target", .fn = wrong_target },
	{ .name = "ends_of_the_space", .fn = ends_of_the_space },
	{ .name = "no_such_pasid", .fn = no_such_pasid },
	{ .name = "device_without_pasids", .fn = device_without_pasids },
	{ .name = "rid_not_compatible", .fn = rid_not_compatible },
	{ .name = "failed_replace", .fn = failed_replace },
	{ .name = "device_goes", .fn = device_goes },
	{ .name = "file_closes", .fn = file_closes },
	{ .name = "unknown_device", .fn = unknown_device },
	{ .name = "dirty_tracking", .fn = dirty_tracking },
	{ .name = "steps_fail", .fn = steps_fail, .seconds = 300 },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
