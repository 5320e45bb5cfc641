// SPDX-License-Identifier: GPL-2.0-only
/* IOAS_UNMAP (U1 to U13). */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"

/* Four areas of two pages each, one after the other, and a device. */
struct bench {
	int fd;
	__u32 ioas;
	struct mock_dev dev;
	size_t page;
	char *va;
};

static struct bench bench_make(void)
{
	struct bench b = {
		.fd = mock_open(),
		.page = page_size(),
		.va = mem_pages(8),
	};
	int i;

	b.ioas = ioas_alloc(b.fd);
	b.dev = mock_attach(b.fd, b.ioas);
	for (i = 0; i < 8; i += 2)
		ioas_map_at(b.fd, b.ioas, b.va + i * b.page, 2 * b.page,
			    MOCK_IOVA + i * b.page);
	return b;
}

/* Everything still mapped? */
static void check_intact(const struct bench *b)
{
	mock_check_map(b->fd, b->dev.hwpt, MOCK_IOVA, b->va, 8 * b->page);
	mock_check_refs(b->fd, b->va, 8 * b->page, 1);
	CHECK_EQ(ioas_unmap_all(b->fd, b->ioas), 8 * b->page);
}

static void refusals(void)
{
	struct bench b = bench_make();
	struct footprint before = footprint_take(b.fd);
	int fd = b.fd;

	CHECK_ERR(__ioas_unmap(fd, 0, MOCK_IOVA, b.page, NULL), ENOENT);
	CHECK_ERR(__ioas_unmap(fd, b.dev.hwpt, MOCK_IOVA, b.page, NULL),
		  ENOENT);
	CHECK_ERR(__ioas_unmap(fd, b.ioas, ~0ULL, b.page, NULL), EOVERFLOW);
	CHECK_ERR(__ioas_unmap(fd, b.ioas, MOCK_IOVA, ~0ULL, NULL), EOVERFLOW);
	CHECK_ERR(__ioas_unmap(fd, b.ioas, ~0ULL, ~0ULL, NULL), EOVERFLOW);
	CHECK_ERR(__ioas_unmap(fd, b.ioas, MOCK_IOVA, 0, NULL), EINVAL);
	CHECK_ERR(__ioas_unmap(fd, b.ioas, 0, 0, NULL), EINVAL);
	CHECK_ERR(__ioas_unmap(fd, b.ioas, -b.page, 2 * b.page, NULL),
		  EOVERFLOW);
	CHECK_ERR(__ioas_unmap(fd, b.ioas, MOCK_IOVA, -b.page, NULL),
		  EOVERFLOW);
	CHECK_ERR(__ioas_unmap(fd, b.ioas, MOCK_IOVA + 8 * b.page, b.page,
			       NULL), ENOENT);
	CHECK_ERR(__ioas_unmap(fd, b.ioas, 0, b.page, NULL), ENOENT);
	CHECK_ERR(__ioas_unmap(fd, b.ioas, -b.page, b.page, NULL), ENOENT);
	footprint_check(&before);
	check_intact(&b);
}

static void unmap_all(void)
{
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);
	char *va = mem_pages(1);

	CHECK_EQ(ioas_unmap_all(fd, ioas), 0);
	ioas_map_at(fd, ioas, va, page_size(), 0);
	ioas_map_at(fd, ioas, va, page_size(), -page_size());
	ioas_map_at(fd, ioas, va, 10, 0x123456789);
	CHECK_EQ(ioas_unmap_all(fd, ioas), 2 * page_size() + 10);
	CHECK_EQ(ioas_unmap_all(fd, ioas), 0);
}

static void whole_areas(void)
{
	struct bench b = bench_make();
	__u64 unmapped;

	/* A range may be wider than the areas in it. */
	CHECK_OK(__ioas_unmap(b.fd, b.ioas, 1, MOCK_IOVA + 2 * b.page - 1,
			      &unmapped));
	CHECK_EQ(unmapped, 2 * b.page);
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA + 2 * b.page, 4 * b.page);
	mock_check_hole(b.fd, b.dev.hwpt, MOCK_IOVA, b.va, 6 * b.page);
	mock_check_refs(b.fd, b.va, 6 * b.page, 0);
	mock_check_refs(b.fd, b.va + 6 * b.page, 2 * b.page, 1);
	CHECK_OK(__ioas_unmap(b.fd, b.ioas, MOCK_IOVA, 1ULL << 40, &unmapped));
	CHECK_EQ(unmapped, 2 * b.page);
}

static void cut_single_area(void)
{
	struct bench b = bench_make();
	struct footprint before = footprint_take(b.fd);

	CHECK_ERR(__ioas_unmap(b.fd, b.ioas, MOCK_IOVA, b.page, NULL), ENOENT);
	CHECK_ERR(__ioas_unmap(b.fd, b.ioas, MOCK_IOVA + b.page, b.page, NULL),
		  ENOENT);
	CHECK_ERR(__ioas_unmap(b.fd, b.ioas, MOCK_IOVA + b.page, 2 * b.page,
			       NULL), ENOENT);
	CHECK_ERR(__ioas_unmap(b.fd, b.ioas, MOCK_IOVA + 1, 2 * b.page,
			       NULL), ENOENT);
	CHECK_ERR(__ioas_unmap(b.fd, b.ioas, MOCK_IOVA, 2 * b.page - 1, NULL),
		  ENOENT);
	footprint_check(&before);
	check_intact(&b);
}

/* All or nothing: a cut at the end leaves the areas before it alone. */
static void cut_removes_nothing(void)
{
	struct bench b = bench_make();
	struct footprint before = footprint_take(b.fd);

	CHECK_ERR(__ioas_unmap(b.fd, b.ioas, MOCK_IOVA, 7 * b.page, NULL),
		  ENOENT);
	footprint_check(&before);
	check_intact(&b);
}

struct slow_map {
	int fd;
	__u32 ioas;
	char *va;
	size_t length;
	atomic_int done;
};

static void *map_slowly(void *arg)
{
	struct slow_map *slow = arg;

	ioas_map_at(slow->fd, slow->ioas, slow->va, slow->length, MOCK_IOVA);
	atomic_store(&slow->done, 1);
	return NULL;
}

/*
 * While a long map is under way its range is neither free nor unmappable, and
 * the rest of the IOAS works.
 */
static void busy_while_mapping(void)
{
	struct slow_map slow = { .fd = mock_open(), .length = 128 << 20 };
	size_t page = page_size();
	unsigned int busy = 0;
	pthread_t thread;
	char *va = mem_pages(1);
	__u64 apart = MOCK_APERTURE_LAST + 1ULL - page;
	struct mock_dev dev;
	int rc;

	slow.ioas = ioas_alloc(slow.fd);
	dev = mock_attach(slow.fd, slow.ioas);
	slow.va = mem_untouched(slow.length / page);
	CHECK_EQ(pthread_create(&thread, NULL, map_slowly, &slow), 0);
	do {
		int done = atomic_load(&slow.done);

		rc = __ioas_unmap(slow.fd, slow.ioas, MOCK_IOVA, slow.length,
				  NULL);
		CHECK(rc == 0 || rc == -EBUSY || (rc == -ENOENT && !done));
		if (rc != -EBUSY)
			continue;
		busy++;
		rc = __ioas_map_at(slow.fd, slow.ioas, va, page, MOCK_IOVA);
		CHECK(rc == -EEXIST);
		ioas_map_at(slow.fd, slow.ioas, va, page, apart);
		ioas_unmap(slow.fd, slow.ioas, apart, page);
	} while (rc);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	harness_note("EBUSY seen %u times", busy);
	CHECK(busy);
	mock_check_hole(slow.fd, dev.hwpt, MOCK_IOVA, slow.va, 4 * page);
	mock_check_refs(slow.fd, slow.va, slow.length, 0);
}

static void access_lets_go(void)
{
	struct bench b = bench_make();
	int access = access_open(b.fd, b.ioas);
	int other = access_open(b.fd, b.ioas);
	__u32 pin;

	access_pin(b.fd, access, MOCK_IOVA, 8 * b.page, b.va);
	access_pin(b.fd, access, MOCK_IOVA + b.page, b.page, b.va + b.page);
	access_pin(b.fd, other, MOCK_IOVA, b.page, b.va);
	pin = access_pin(b.fd, other, MOCK_IOVA + 6 * b.page, b.page,
			 b.va + 6 * b.page);
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA, 4 * b.page);
	mock_check_refs(b.fd, b.va, 4 * b.page, 0);
	mock_check_refs(b.fd, b.va + 4 * b.page, 4 * b.page, 1);
	/* The pin outside of the range was left alone. */
	CHECK_OK(__access_unpin(b.fd, other, pin));
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), 4 * b.page);
	mock_check_refs(b.fd, b.va, 8 * b.page, 0);
}

static void removes_copies_too(void)
{
	struct bench b = bench_make();
	__u64 dst = MOCK_IOVA + 64 * b.page;

	ioas_copy(b.fd, copy_at(b.ioas, b.ioas, 8 * b.page, dst, MOCK_IOVA));
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA, 8 * b.page);
	mock_check_refs(b.fd, b.va, 8 * b.page, 1);
	mock_check_map(b.fd, b.dev.hwpt, dst, b.va, 8 * b.page);
	ioas_unmap(b.fd, b.ioas, dst, 8 * b.page);
	mock_check_hole(b.fd, b.dev.hwpt, dst, b.va, 8 * b.page);
	mock_check_refs(b.fd, b.va, 8 * b.page, 0);
}

static void iova_reusable(void)
{
	struct bench b = bench_make();
	char *other = mem_pages(8);

	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), 8 * b.page);
	ioas_map_at(b.fd, b.ioas, other, 8 * b.page, MOCK_IOVA);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, other, 8 * b.page);
	mock_check_hole(b.fd, b.dev.hwpt, MOCK_IOVA, b.va, 8 * b.page);
}

/* The count is written back; where it cannot be, the call says so. */
static void copy_out_fails(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_unmap cmd = {
		.size = sizeof(cmd),
		.ioas_id = b.ioas,
		.iova = MOCK_IOVA,
		.length = 2 * b.page,
	};

	CHECK_ERR(__iommu_cmd(b.fd, IOMMU_IOAS_UNMAP,
			      mem_readonly(&cmd, sizeof(cmd))), EFAULT);
}

struct unmap_race {
	int fd;
	__u32 ioas;
	__u64 length;
	pthread_barrier_t line;
	atomic_int winners;
};

static void *race_unmap(void *arg)
{
	struct unmap_race *race = arg;
	int rc;

	pthread_barrier_wait(&race->line);
	rc = __ioas_unmap(race->fd, race->ioas, MOCK_IOVA, race->length, NULL);
	CHECK(rc == 0 || rc == -EBUSY || rc == -ENOENT);
	if (!rc)
		atomic_fetch_add(&race->winners, 1);
	return NULL;
}

static void one_winner(void)
{
	struct unmap_race race = { .fd = mock_open() };
	size_t npages = 512;
	char *va = mem_pages(npages);
	pthread_t thread[3];
	int round;
	int i;

	race.length = npages * page_size();
	race.ioas = ioas_alloc(race.fd);
	mock_attach(race.fd, race.ioas);
	CHECK_EQ(pthread_barrier_init(&race.line, NULL, 3), 0);
	for (round = 0; round < 20; round++) {
		ioas_map_at(race.fd, race.ioas, va, race.length, MOCK_IOVA);
		atomic_store(&race.winners, 0);
		for (i = 0; i < 3; i++)
			CHECK_EQ(pthread_create(&thread[i], NULL, race_unmap,
						&race), 0);
		for (i = 0; i < 3; i++)
			CHECK_EQ(pthread_join(thread[i], NULL), 0);
		CHECK_EQ(atomic_load(&race.winners), 1);
		mock_check_refs(race.fd, va, race.length, 0);
	}
}

#define PIECES 2000

struct filler {
	int fd;
	__u32 ioas;
	char *va;
	atomic_uint rounds;
	atomic_int stop;
};

/* Maps the lowest IOVA again as soon as it is free. */
static void *fill_hole(void *arg)
{
	struct filler *f = arg;

	while (!atomic_load(&f->stop)) {
		int rc = __ioas_map_at(f->fd, f->ioas, f->va, page_size(),
				       MOCK_IOVA);

		CHECK(rc == 0 || rc == -EEXIST);
		atomic_fetch_add(&f->rounds, 1);
	}
	return NULL;
}

/* An unmap of everything ends although somebody maps behind it. */
static void unmap_all_beside_a_mapper(void)
{
	struct filler f = { .fd = mock_open(), .va = mem_pages(1) };
	size_t page = page_size();
	pthread_t thread;
	int round, i;

	f.ioas = ioas_alloc(f.fd);
	mock_attach(f.fd, f.ioas);
	CHECK_EQ(pthread_create(&thread, NULL, fill_hole, &f), 0);
	for (round = 0; round < 3; round++) {
		__u64 unmapped = 0, sum = 0;
		int rc;

		for (i = 1; i <= PIECES; i++)
			ioas_map_at(f.fd, f.ioas, f.va, page,
				    MOCK_IOVA + i * page);
		/* the page of the other thread may be in the making */
		do {
			unmapped = 0;
			rc = __ioas_unmap(f.fd, f.ioas, 0, ~0ULL, &unmapped);
			CHECK(rc == 0 || rc == -EBUSY);
			if (!rc || unmapped != ~0ULL)
				sum += unmapped;
		} while (rc);
		CHECK(sum == PIECES * page || sum == (PIECES + 1) * page);
	}
	CHECK(atomic_load(&f.rounds));
	atomic_store(&f.stop, 1);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	ioas_unmap_all(f.fd, f.ioas);
	mock_check_refs(f.fd, f.va, page, 0);
}

static const struct test_case cases[] = {
	{ .name = "U1_U3_U4_U5_U6_refusals", .fn = refusals },
	{ .name = "U2_unmap_all", .fn = unmap_all },
	{ .name = "U2_beside_a_mapper", .fn = unmap_all_beside_a_mapper,
	  .seconds = 120 },
	{ .name = "U6_whole_areas", .fn = whole_areas },
	{ .name = "U6_copy_out_fails", .fn = copy_out_fails },
	{ .name = "U7_cut_single_area", .fn = cut_single_area },
	{ .name = "U7_cut_removes_nothing", .fn = cut_removes_nothing },
	{ .name = "U8_busy_while_mapping",
	  .fn = busy_while_mapping, .seconds = 120 },
	{ .name = "U8_one_winner", .fn = one_winner },
	{ .name = "U10_access_lets_go", .fn = access_lets_go },
	{ .name = "U11_removes_copies_too", .fn = removes_copies_too },
	{ .name = "U13_iova_reusable", .fn = iova_reusable },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
