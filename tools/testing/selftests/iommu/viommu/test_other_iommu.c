// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two kinds of IOMMU in one context: a device of the mock and one behind the
 * machine's own, through VFIO (VD3, VI3, H8, H9, H14, AD1, DV5).
 */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/nest.h"
#include "lib/proc.h"
#include "lib/vfio.h"

#define OTHER_UNIT \
	"the device is not behind the physical IOMMU of the vIOMMU"
#define OTHER_DRIVER \
	"the hwpt belongs to another IOMMU driver than the device's"
#define ALIGNED_LESS \
	"something mapped is aligned less than is now needed (value: its IOVA)"

struct bench {
	struct nest n;
	int device;
	/* The device as iommufd names it. */
	__u32 dev;
};

static struct bench bench_make(void)
{
	char path[PATH_MAX];
	struct bench b;

	vfio_find(path, sizeof(path));
	b.n = nest_make();
	b.device = vfio_open(path);
	b.dev = vfio_bind(b.device, b.n.fd);
	nest_mark(&b.n);
	return b;
}

static void bench_end(struct bench *b)
{
	CHECK_EQ(close(b->device), 0);
	nest_end(&b->n);
}

static void foreign_vdevice(void)
{
	struct bench b = bench_make();
	__u32 viommu = viommu_alloc(b.n.fd, b.n.dev.idev, b.n.parent);
	__u32 id;

	nest_mark(&b.n);
	REFUSED_AS(&b.n, __vdevice_alloc(b.n.fd, viommu, b.dev, 5, &id), EINVAL,
		   OTHER_UNIT);
	/* the virtual id is free */
	id = vdevice_alloc(b.n.fd, viommu, b.n.dev.idev, 5);
	destroy(b.n.fd, id);
	destroy(b.n.fd, viommu);
	bench_end(&b);
}

static void foreign_nested(void)
{
	struct bench b = bench_make();
	__u32 viommu = viommu_alloc(b.n.fd, b.n.dev.idev, b.n.parent);
	__u32 id;
	int rc;

	nest_mark(&b.n);
	REFUSED_AS(&b.n, __nested_alloc(b.n.fd, b.dev, viommu, &id), EINVAL,
		   OTHER_UNIT);
	/* a driver that nests looks at the parent, another one does not */
	rc = __nested_alloc(b.n.fd, b.dev, b.n.parent, &id);
	CHECK(rc == -EINVAL || rc == -EOPNOTSUPP);
	REFUSED(&b.n, rc, -rc);
	CHECK(!strcmp(b.n.last.field, "pt_id"));
	destroy(b.n.fd, viommu);
	bench_end(&b);
}

static void foreign_viommu(void)
{
	struct bench b = bench_make();
	struct iommu_viommu_alloc cmd = {
		.type = IOMMU_VIOMMU_TYPE_SELFTEST,
		.dev_id = b.dev,
		.hwpt_id = b.n.parent,
	};

	REFUSED_AS(&b.n, __viommu_alloc(b.n.fd, &cmd), EOPNOTSUPP,
		   "the IOMMU driver has no vIOMMU of this type");
	bench_end(&b);
}

/* Neither device takes a page table of the other's IOMMU. */
static void foreign_hwpt(void)
{
	struct bench b = bench_make();
	__u32 mocks = hwpt_alloc(b.n.fd, b.n.dev.idev, b.n.ioas);
	__u32 theirs = hwpt_alloc(b.n.fd, b.dev, b.n.ioas);
	char *va = mem_pages(1);
	struct reject reject;
	__u32 pt = mocks;

	ioas_map_at(b.n.fd, b.n.ioas, va, b.n.page, MOCK_IOVA);
	nest_mark(&b.n);
	REFUSED_AS(&b.n, __vfio_attach(b.device, &pt), EINVAL, OTHER_DRIVER);
	pt = theirs;
	CHECK_ERR(__mock_replace(b.n.fd, b.n.dev.stdev, pt, NULL), EINVAL);
	CHECK(trace_find(&b.n.trace, EINVAL, "pt_id", &reject));
	CHECK(!strcmp(reject.reason, OTHER_DRIVER));
	footprint_check(&b.n.before);
	/* the old one is in force */
	mock_check_map(b.n.fd, b.n.dev.hwpt, MOCK_IOVA, va, b.n.page);
	CHECK_ERR(__destroy(b.n.fd, b.n.dev.hwpt), EBUSY);

	CHECK_OK(__vfio_attach(b.device, &pt));
	nest_mark(&b.n);
	pt = mocks;
	REFUSED_AS(&b.n, __vfio_attach(b.device, &pt), EINVAL, OTHER_DRIVER);
	CHECK_ERR(__destroy(b.n.fd, theirs), EBUSY);
	CHECK_OK(__vfio_detach(b.device));
	destroy(b.n.fd, theirs);
	destroy(b.n.fd, mocks);
	bench_end(&b);
}

/* One IOAS serves both: a page table each, one pin for both. */
static void one_ioas(void)
{
	struct bench b = bench_make();
	char *va = mem_pages(8);
	__u32 hwpt;

	ioas_map_at(b.n.fd, b.n.ioas, va, 4 * b.n.page, MOCK_IOVA);
	hwpt = vfio_attach(b.device, b.n.ioas);
	CHECK(hwpt != b.n.dev.hwpt);
	/* the larger of the two smallest pages */
	CHECK_EQ(ioas_alignment(b.n.fd, b.n.ioas), b.n.page);
	ioas_map_at(b.n.fd, b.n.ioas, va + 4 * b.n.page, 4 * b.n.page,
		    MOCK_IOVA + 4 * b.n.page);
	mock_check_map(b.n.fd, b.n.dev.hwpt, MOCK_IOVA, va, 8 * b.n.page);
	mock_check_refs(b.n.fd, va, 8 * b.n.page, 1);

	/* the mock's tables go, the pins stay for the other */
	destroy(b.n.fd, b.n.dev.stdev);
	destroy(b.n.fd, b.n.parent);
	mock_check_refs(b.n.fd, va, 8 * b.n.page, 1);
	/* and comes back to an IOAS that has the other's automatic one */
	b.n.dev = mock_attach(b.n.fd, b.n.ioas);
	CHECK(b.n.dev.hwpt != hwpt);
	mock_check_map(b.n.fd, b.n.dev.hwpt, MOCK_IOVA, va, 8 * b.n.page);
	CHECK_OK(__vfio_detach(b.device));
	CHECK_ERR(__destroy(b.n.fd, hwpt), ENOENT);
	mock_check_refs(b.n.fd, va, 8 * b.n.page, 1);
	CHECK_EQ(ioas_unmap_all(b.n.fd, b.n.ioas), 8 * b.n.page);
	mock_check_refs(b.n.fd, va, 8 * b.n.page, 0);
	bench_end(&b);
}

/* Half a page is good enough for the mock only. */
static void alignment_conflict(void)
{
	struct bench b = bench_make();
	char *va = mem_pages(1);
	__u32 pt = b.n.ioas;

	ioas_map_at(b.n.fd, b.n.ioas, va, MOCK_PAGE, MOCK_IOVA);
	nest_mark(&b.n);
	REFUSED_AS(&b.n, __vfio_attach(b.device, &pt), EADDRINUSE,
		   ALIGNED_LESS);
	mock_check_map(b.n.fd, b.n.dev.hwpt, MOCK_IOVA, va, MOCK_PAGE);
	CHECK_EQ(ioas_alignment(b.n.fd, b.n.ioas), MOCK_PAGE);
	ioas_unmap(b.n.fd, b.n.ioas, MOCK_IOVA, MOCK_PAGE);
	vfio_attach(b.device, b.n.ioas);
	CHECK_OK(__vfio_detach(b.device));
	CHECK_EQ(ioas_alignment(b.n.fd, b.n.ioas), MOCK_PAGE);
	bench_end(&b);
}

static const struct test_case cases[] = {
	{ .name = "VD3_foreign_vdevice", .fn = foreign_vdevice },
	{ .name = "H8_H9_foreign_nested", .fn = foreign_nested },
	{ .name = "VI3_foreign_viommu", .fn = foreign_viommu },
	{ .name = "DV5_foreign_hwpt", .fn = foreign_hwpt },
	{ .name = "AD1_one_ioas", .fn = one_ioas },
	{ .name = "H14_alignment_conflict", .fn = alignment_conflict },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
