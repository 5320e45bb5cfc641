// SPDX-License-Identifier: GPL-2.0-only
/* Dirty bits of dma-bufs, which may be revoked while they are read (F10). */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "lib/dirty.h"
#include "lib/file.h"
#include "lib/harness.h"
#include "lib/memory.h"

/* one less than a leaf table of the mock maps */
#define NPAGES 255
#define ROUNDS 300

struct dirty_race {
	struct dirty_bench b;
	int dmabuf;
	pthread_barrier_t start;
	atomic_long took;
	unsigned char bits[NPAGES];
};

static long nsecs(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000L + ts.tv_nsec;
}

static void *race_read_dirty(void *arg)
{
	struct dirty_race *race = arg;
	struct dirty_query query = {
		.iova = MOCK_IOVA,
		.length = NPAGES * race->b.page,
		.page_size = MOCK_PAGE,
		.bits = race->bits,
	};
	long begin;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(&race->start);
		begin = nsecs();
		CHECK_OK(__dirty_query(&race->b, query));
		atomic_store(&race->took, nsecs() - begin);
		pthread_barrier_wait(&race->start);
	}
	return NULL;
}

/* Reading dirty bits writes to entries, and brings back none that are gone. */
static void races_with_revoke(void)
{
	struct dirty_race race = {
		.b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT),
	};
	struct dirty_bench *b = &race.b;
	size_t nbytes = NPAGES * b->page;
	unsigned char all[NPAGES];
	pthread_t reader;
	long begin, wait;
	char *va;
	__u64 n;
	int i;

	memset(all, 0xff, sizeof(all));
	race.dmabuf = mock_dmabuf(b->fd, nbytes);
	va = memfd_view(race.dmabuf, nbytes);
	/* else the table went with the entries */
	ioas_map_at(b->fd, b->ioas, mem_pages(1), b->page, MOCK_IOVA + nbytes);
	dirty_track(b);
	CHECK_OK(pthread_barrier_init(&race.start, NULL, 2));
	CHECK_OK(pthread_create(&reader, NULL, race_read_dirty, &race));
	for (i = 0; i < ROUNDS; i++) {
		mock_revoke(b->fd, race.dmabuf, 0);
		ioas_map_file(b->fd, file_at(b->ioas, race.dmabuf, 0, nbytes,
					     MOCK_IOVA));
		CHECK_OK(__dirty_write(b, MOCK_IOVA, nbytes, all, &n));
		pthread_barrier_wait(&race.start);
		/* each time somewhat later into the read */
		wait = atomic_load(&race.took) * (i % 50) / 50;
		begin = nsecs();
		while (nsecs() - begin < wait)
			;
		mock_revoke(b->fd, race.dmabuf, 1);
		pthread_barrier_wait(&race.start);
		mock_check_hole(b->fd, b->hwpt, MOCK_IOVA, va, nbytes);
		ioas_unmap(b->fd, b->ioas, MOCK_IOVA, nbytes);
	}
	CHECK_OK(pthread_join(reader, NULL));
}

/*
 * A bitmap so large that it is pinned late. No lock is held meanwhile: all pages
 * count as written to.
 */
static void tiny_pages(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	size_t length = 24UL << 20;
	int dmabuf = mock_dmabuf(b.fd, b.page);
	unsigned char *bits = mem_pages(length / 8 / b.page);
	struct dirty_query query = {
		.iova = MOCK_IOVA,
		.length = length,
		.page_size = 1,
		.bits = bits,
	};
	size_t i;

	ioas_map_at(b.fd, b.ioas, mem_pages(length / b.page - 1),
		    length - b.page, MOCK_IOVA);
	ioas_map_file(b.fd, file_at(b.ioas, dmabuf, 0, b.page,
				    MOCK_IOVA + length - b.page));
	dirty_track(&b);
	memset(bits, 0, length / 8);
	CHECK_OK(__dirty_query(&b, query));
	for (i = 0; i < length / 8; i++)
		CHECK_EQ(bits[i], 0xff);
	mock_revoke(b.fd, dmabuf, 1);
	CHECK_OK(__dirty_query(&b, query));
}

static const struct test_case cases[] = {
	{ .name = "races_with_revoke", .fn = races_with_revoke, .seconds = 120 },
	{ .name = "tiny_pages", .fn = tiny_pages },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
