// SPDX-License-Identifier: GPL-2.0-only
/* What ends while it is in use: files, processes, devices, threads (D5, M12, M15, O7). */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"
#include "lib/proc.h"

#define LONG_MAP (128UL << 20)

struct long_map {
	int fd;
	__u32 ioas;
	char *va;
	size_t length;
	atomic_int ended;
	int rc;
};

/* Pins made so far; the sum may lag by the per-cpu parts, which is enough. */
static long pins_made(void)
{
	char buf[32768];
	const char *found;

	CHECK(proc_read("/proc/vmstat", buf, sizeof(buf)) > 0);
	found = strstr(buf, "nr_foll_pin_acquired ");
	return found ? atol(strchr(found, ' ')) : -1;
}

static void *map_in_thread(void *arg)
{
	struct long_map *job = arg;

	job->rc = __ioas_map_at(job->fd, job->ioas, job->va, job->length,
				MOCK_IOVA);
	atomic_store(&job->ended, 1);
	return NULL;
}

static struct long_map long_map_make(void)
{
	struct long_map job = { .fd = mock_open(), .length = LONG_MAP };

	job.ioas = ioas_alloc(job.fd);
	mock_attach(job.fd, job.ioas);
	job.va = mem_untouched(job.length / page_size());
	return job;
}

/* The file goes away under a running map, which must still end cleanly. */
static void close_during_map(void)
{
	struct long_map job = long_map_make();
	long pins = proc_pinned_pages();
	long made = pins_made();
	pthread_t thread;

	CHECK_EQ(pthread_create(&thread, NULL, map_in_thread, &job), 0);
	/* Once it pins, or is done, it has the file. */
	if (made < 0)
		usleep(20000);
	while (made >= 0 && pins_made() <= made && !atomic_load(&job.ended))
		;
	CHECK_EQ(close(job.fd), 0);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	CHECK_OK(job.rc);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins));
}

struct churn {
	int fd;
	__u32 ioas;
	char *va;
	size_t page;
	atomic_int closed;
	atomic_uint rounds;
};

static void *churn(void *arg)
{
	struct churn *c = arg;
	__u64 iova;
	int rc;

	iova = MOCK_IOVA + atomic_fetch_add(&c->rounds, 1) * 0x100000;
	for (;;) {
		struct iommu_ioas_map map = map_at(c->ioas, c->va, 8 * c->page,
						   iova);

		rc = __ioas_map(c->fd, &map);
		if (rc == -EBADF)
			break;
		CHECK_OK(rc);
		rc = __ioas_unmap(c->fd, c->ioas, iova, 8 * c->page, NULL);
		if (rc == -EBADF)
			break;
		CHECK_OK(rc);
	}
	CHECK(atomic_load(&c->closed));
	return NULL;
}

static void close_during_churn(void)
{
	long pins = proc_pinned_pages();
	char *va = mem_pages(8);
	int round;
	int i;

	for (round = 0; round < 20; round++) {
		struct churn c = {
			.fd = mock_open(),
			.va = va,
			.page = page_size(),
		};
		pthread_t thread[3];

		c.ioas = ioas_alloc(c.fd);
		mock_attach(c.fd, c.ioas);
		for (i = 0; i < 3; i++)
			CHECK_EQ(pthread_create(&thread[i], NULL, churn, &c),
				 0);
		usleep(3000 + 500 * round);
		atomic_store(&c.closed, 1);
		CHECK_EQ(close(c.fd), 0);
		for (i = 0; i < 3; i++)
			CHECK_EQ(pthread_join(thread[i], NULL), 0);
	}
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins));
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

struct kill_result {
	long at_kill;
	long after_kill;
	double seconds;
};

/* A process maps LONG_MAP bytes and is killed after an eighth of it. */
static struct kill_result kill_mapper(bool touched)
{
	struct kill_result result;
	long npages = LONG_MAP / page_size();
	atomic_int *ready = mem_shared(page_size());
	struct long_map job;
	int status;
	pid_t child;
	long base;

	atomic_store(ready, 0);
	child = harness_fork();
	if (!child) {
		job = long_map_make();
		if (touched)
			memset(job.va, 1, job.length);
		atomic_store(ready, 1);
		map_in_thread(&job);
		_exit(0);
	}
	base = pins_made();
	if (base < 0)
		harness_skip("the kernel does not count pins");
	while (!atomic_load(ready))
		usleep(1000);
	while (pins_made() - base < npages / 8 &&
	       !waitpid(child, &status, WNOHANG))
		;
	kill(child, SIGKILL);
	/* what comes from here on comes in spite of the signal */
	result.at_kill = pins_made() - base;
	result.seconds = now();
	waitpid(child, &status, 0);
	result.seconds = now() - result.seconds;
	proc_pinned_pages();
	result.after_kill = pins_made() - base - result.at_kill;
	return result;
}

/*
 * The map must stop soon after the kill: pages pinned after it are counted,
 * as time would tell more about the machine than about the map. What stops it
 * is the end of a batch, of 2048 pages; the count lags by less than that.
 */
static void killed_during_map(bool touched)
{
	long npages = LONG_MAP / page_size();
	struct kill_result result;
	long pins = proc_pinned_pages();
	int attempt;

	for (attempt = 0; attempt < 10; attempt++) {
		result = kill_mapper(touched);
		harness_note("%ld of %ld pages, %ld after the kill, gone in %.0f ms",
			     result.at_kill, npages, result.after_kill,
			     result.seconds * 1000);
		if (pins >= 0)
			CHECK(proc_pinned_settle(pins));
		/* else it was through before this process had a processor */
		if (result.at_kill + result.after_kill < npages)
			break;
	}
	CHECK(result.at_kill + result.after_kill < npages);
	CHECK(result.after_kill < npages / 4);
}

static void killed_untouched(void)
{
	killed_during_map(false);
}

static void killed_touched(void)
{
	killed_during_map(true);
}

static void ignore_signal(int sig)
{
	(void)sig;
}

/* Signals with a handler do not disturb a map. */
static void signals_during_map(void)
{
	struct itimerval timer = {
		.it_interval = { .tv_usec = 2000 },
		.it_value = { .tv_usec = 2000 },
	};
	struct sigaction action = { .sa_handler = ignore_signal };
	struct long_map job = long_map_make();

	CHECK_EQ(sigaction(SIGALRM, &action, NULL), 0);
	CHECK_EQ(setitimer(ITIMER_REAL, &timer, NULL), 0);
	map_in_thread(&job);
	CHECK_OK(job.rc);
	CHECK_EQ(ioas_unmap_all(job.fd, job.ioas), LONG_MAP);
}

/* Mapped without a page table by a process that is gone at the attach. */
static void mapper_gone_before_pin(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	size_t page = page_size();
	pid_t child = harness_fork();
	struct access_pages pages = {
		.iova = MOCK_IOVA,
		.length = page,
		.va = mem_pages(1),
	};
	char buf[16];
	struct access_rw rw = {
		.iova = MOCK_IOVA,
		.length = sizeof(buf),
		.va = buf,
	};
	struct footprint before;
	struct mock_dev dev;
	int access;

	if (!child) {
		ioas_map_at(fd, ioas, mem_pages(4), 4 * page, MOCK_IOVA);
		_exit(0);
	}
	harness_join(child);
	before = footprint_take(fd);
	CHECK_ERR(__mock_attach(fd, ioas, &dev), EFAULT);
	footprint_check(&before);
	access = access_open(fd, ioas);
	CHECK_ERR(__access_pin(fd, access, &pages), EFAULT);
	CHECK_ERR(__access_rw(fd, access, &rw), EFAULT);
	rw.flags = MOCK_ACCESS_RW_WRITE;
	CHECK_ERR(__access_rw(fd, access, &rw), EFAULT);
	CHECK_EQ(close(access), 0);
	ioas_unmap(fd, ioas, MOCK_IOVA, 4 * page);
	mock_attach(fd, ioas);
}

/* Mapped and pinned by a process that is gone: the pages stay. */
static void mapper_gone_after_pin(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	struct mock_dev dev = mock_attach(fd, ioas);
	long pins = proc_pinned_pages();
	size_t page = page_size();
	char *shared = mem_shared(4 * page);
	pid_t child = harness_fork();
	__u32 hwpt;

	if (!child) {
		ioas_map_at(fd, ioas, shared, 4 * page, MOCK_IOVA);
		ioas_map_at(fd, ioas, mem_pages(4), 4 * page,
			    MOCK_IOVA + 4 * page);
		_exit(0);
	}
	harness_join(child);
	mock_check_map(fd, dev.hwpt, MOCK_IOVA, shared, 4 * page);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins + 8));
	/* A second page table is filled from the pins, not from the process. */
	hwpt = hwpt_alloc(fd, dev.idev, ioas);
	mock_check_map(fd, hwpt, MOCK_IOVA, shared, 4 * page);
	ioas_copy(fd, copy_at(ioas, ioas, 8 * page, MOCK_IOVA + 16 * page,
			      MOCK_IOVA));
	CHECK_EQ(ioas_unmap_all(fd, ioas), 16 * page);
	mock_check_refs(fd, shared, 4 * page, 0);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins));
}

/* The child has the file of its parent, and its own memory. */
static void child_maps_for_parent(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	struct mock_dev dev = mock_attach(fd, ioas);
	size_t page = page_size();
	char *va = mem_pages(2);
	pid_t child = harness_fork();

	if (!child) {
		ioas_map_at(fd, ioas, va, page, MOCK_IOVA);
		memset(va, 1, page);
		mock_check_map(fd, dev.hwpt, MOCK_IOVA, va, page);
		CHECK_EQ(close(fd), 0);
		_exit(0);
	}
	ioas_map_at(fd, ioas, va + page, page, MOCK_IOVA + page);
	harness_join(child);
	mock_check_map(fd, dev.hwpt, MOCK_IOVA + page, va + page, page);
	/* The page at MOCK_IOVA was the child's copy. */
	CHECK_ERR(__mock_check_map(fd, dev.hwpt, MOCK_IOVA, va, page), EINVAL);
	ioas_unmap(fd, ioas, MOCK_IOVA, page);
}

static void device_gone_while_mapped(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	struct mock_dev dev = mock_attach(fd, ioas);
	struct mock_dev two = mock_attach(fd, ioas);
	size_t page = page_size();
	char *va = mem_pages(8);

	ioas_map_at(fd, ioas, va, 8 * page, MOCK_IOVA);
	destroy(fd, dev.stdev);
	mock_check_refs(fd, va, 8 * page, 1);
	mock_check_map(fd, two.hwpt, MOCK_IOVA, va, 8 * page);
	destroy(fd, two.stdev);
	mock_check_refs(fd, va, 8 * page, 0);
	CHECK_ERR(__ioas_map_at(fd, ioas, va, page, MOCK_IOVA), EEXIST);
	dev = mock_attach(fd, ioas);
	mock_check_map(fd, dev.hwpt, MOCK_IOVA, va, 8 * page);
	mock_check_refs(fd, va, 8 * page, 1);
}

struct attach_race {
	int fd;
	__u32 ioas;
	atomic_int stop;
};

static void *attach_detach(void *arg)
{
	struct attach_race *race = arg;
	struct mock_dev dev;

	while (!atomic_load(&race->stop)) {
		CHECK_OK(__mock_attach(race->fd, race->ioas, &dev));
		destroy(race->fd, dev.stdev);
	}
	return NULL;
}

static void device_gone_during_map(void)
{
	struct attach_race race = { .fd = mock_open() };
	size_t length = 64 * page_size();
	char *va = mem_pages(64);
	pthread_t thread;
	int round;

	race.ioas = ioas_alloc(race.fd);
	CHECK_EQ(pthread_create(&thread, NULL, attach_detach, &race), 0);
	for (round = 0; round < 200; round++) {
		/* Inside the aperture, whether or not a device is there. */
		ioas_map_at(race.fd, race.ioas, va, length, MOCK_IOVA);
		ioas_unmap(race.fd, race.ioas, MOCK_IOVA, length);
	}
	atomic_store(&race.stop, 1);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	mock_check_refs(race.fd, va, length, 0);
}

static void *destroy_until_done(void *arg)
{
	struct attach_race *race = arg;
	int rc;

	while (!atomic_load(&race->stop)) {
		rc = __destroy(race->fd, race->ioas);
		CHECK(rc == 0 || rc == -EBUSY || rc == -ENOENT);
	}
	return NULL;
}

/* Maps and destroys race for one IOAS id, which comes back all the time. */
static void ioas_gone_during_map(void)
{
	struct attach_race race = { .fd = mock_open() };
	size_t page = page_size();
	char *va = mem_pages(1);
	pthread_t thread;
	__u32 id;
	int round;
	int rc;

	race.ioas = ioas_alloc(race.fd);
	CHECK_EQ(pthread_create(&thread, NULL, destroy_until_done, &race), 0);
	for (round = 0; round < 300; round++) {
		rc = __ioas_map_at(race.fd, race.ioas, va, page, MOCK_IOVA);
		CHECK(rc == 0 || rc == -ENOENT || rc == -EEXIST);
		/* An id is not free before its object is gone altogether. */
		if (rc == -ENOENT && !__ioas_alloc(race.fd, &id) &&
		    id != race.ioas)
			destroy(race.fd, id);
	}
	atomic_store(&race.stop, 1);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	mock_check_refs(race.fd, va, page, 0);
}

/* The memory of the process is gone, the process is not. */
static void memory_gone_before_attach(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	size_t page = page_size();
	char *va = mem_pages(4);
	struct mock_dev dev;

	ioas_map_at(fd, ioas, va, 4 * page, MOCK_IOVA);
	CHECK_EQ(munmap(va + page, page), 0);
	CHECK_ERR(__mock_attach(fd, ioas, &dev), EFAULT);
	mock_check_refs(fd, va, page, 0);
	mock_check_refs(fd, va + 2 * page, 2 * page, 0);
	CHECK(mmap(va + page, page, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		   MAP_ANONYMOUS | MAP_FIXED, -1, 0) == va + page);
	dev = mock_attach(fd, ioas);
	mock_check_map(fd, dev.hwpt, MOCK_IOVA, va, 4 * page);
}

static const struct test_case cases[] = {
	{ .name = "close_during_map", .fn = close_during_map, .seconds = 120 },
	{ .name = "close_during_churn", .fn = close_during_churn },
	{ .name = "killed_during_map_untouched",
	  .fn = killed_untouched, .seconds = 300 },
	{ .name = "killed_during_map_touched",
	  .fn = killed_touched, .seconds = 300 },
	{ .name = "signals_during_map",
	  .fn = signals_during_map, .seconds = 120 },
	{ .name = "mapper_gone_before_pin", .fn = mapper_gone_before_pin },
	{ .name = "mapper_gone_after_pin", .fn = mapper_gone_after_pin },
	{ .name = "child_maps_for_parent", .fn = child_maps_for_parent },
	{ .name = "memory_gone_before_attach",
	  .fn = memory_gone_before_attach },
	{ .name = "device_gone_while_mapped", .fn = device_gone_while_mapped },
	{ .name = "device_gone_during_map", .fn = device_gone_during_map },
	{ .name = "ioas_gone_during_map", .fn = ioas_gone_during_map },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
