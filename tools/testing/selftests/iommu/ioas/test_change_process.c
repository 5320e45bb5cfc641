// SPDX-License-Identifier: GPL-2.0-only
/* IOAS_CHANGE_PROCESS: who pays moves (CP1 to CP4). */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/file.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"
#include "lib/proc.h"
#include "lib/stall.h"

#define NPAGES 8
/* A uid that nothing else in a test machine uses. */
#define USER_A 61031

/*
 * Two IOAS with a device each and a memfd. Pages are charged to the mm, so that
 * /proc tells who pays, and the process is an ordinary user.
 */
struct bench {
	int fd;
	__u32 ioas;
	__u32 other;
	struct mock_dev dev;
	size_t page;
	size_t nbytes;
	int memfd;
	long locked_kb;
	long pinned_kb;
};

static struct bench bench_make(size_t limit)
{
	struct bench b = { .fd = mock_open(), .page = page_size() };

	b.nbytes = NPAGES * b.page;
	b.memfd = memfd_make(2 * b.nbytes);
	CHECK_OK(__option_rlimit_mode(b.fd, 1));
	b.ioas = ioas_alloc(b.fd);
	b.other = ioas_alloc(b.fd);
	b.dev = mock_attach(b.fd, b.ioas);
	mock_attach(b.fd, b.other);
	proc_limit_memlock(limit);
	proc_become_user(USER_A);
	b.locked_kb = proc_status_kb("VmLck");
	b.pinned_kb = proc_status_kb("VmPin");
	return b;
}

static void check_pays(const struct bench *b, size_t nbytes)
{
	CHECK_EQ(proc_status_kb("VmLck") - b->locked_kb, (long)nbytes / 1024);
	CHECK_EQ(proc_status_kb("VmPin") - b->pinned_kb, (long)nbytes / 1024);
}

static long kb_of(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	return proc_field(path, name);
}

/* Runs @fn in a child and comes back while the child sleeps. */
static pid_t child_start(struct bench *b, void (*fn)(struct bench *b))
{
	int ready[2];
	char byte;
	pid_t pid;

	CHECK_EQ(pipe(ready), 0);
	pid = harness_fork();
	if (!pid) {
		fn(b);
		CHECK_EQ(write(ready[1], "x", 1), 1);
		for (;;)
			pause();
	}
	close(ready[1]);
	CHECK_EQ(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void child_end(pid_t pid)
{
	int status;

	CHECK_EQ(kill(pid, SIGKILL), 0);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
}

/* Shared by an area of each IOAS, and one more of its own. */
static void map_all(struct bench *b)
{
	ioas_map_file(b->fd, file_at(b->ioas, b->memfd, 0, b->nbytes,
				     MOCK_IOVA));
	ioas_copy(b->fd, copy_at(b->other, b->ioas, b->nbytes, MOCK_IOVA,
				 MOCK_IOVA));
	ioas_map_file(b->fd, file_at(b->other, b->memfd, b->nbytes,
				     b->nbytes, MOCK_IOVA + 0x100000));
}

static void unmap_all(struct bench *b)
{
	CHECK_EQ(ioas_unmap_all(b->fd, b->ioas), b->nbytes);
	CHECK_EQ(ioas_unmap_all(b->fd, b->other), 2 * b->nbytes);
}

static void reserved_field(void)
{
	struct bench b = bench_make(1 << 20);
	struct iommu_ioas_change_process cmd = {
		.size = sizeof(cmd),
		.__reserved = 1,
	};

	CHECK_ERR(__iommu_cmd(b.fd, IOMMU_IOAS_CHANGE_PROCESS, &cmd),
		  EOPNOTSUPP);
}

static void nothing_mapped(void)
{
	struct bench b = bench_make(1 << 20);

	CHECK_OK(__change_process(b.fd));
	check_pays(&b, 0);
}

static void moves(void)
{
	struct bench b = bench_make(1 << 20);
	pid_t pid = child_start(&b, map_all);
	long child_kb = kb_of(pid, "VmLck");

	CHECK_EQ(child_kb, (long)(2 * b.nbytes / 1024));
	check_pays(&b, 0);
	CHECK_OK(__change_process(b.fd));
	check_pays(&b, 2 * b.nbytes);
	CHECK_EQ(kb_of(pid, "VmLck"), 0);
	CHECK_EQ(kb_of(pid, "VmPin"), 0);
	child_end(pid);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
	check_pays(&b, 2 * b.nbytes);
	CHECK_EQ(ioas_unmap_all(b.fd, b.other), 2 * b.nbytes);
	check_pays(&b, 0);
}

/* The process that mapped need not be there any more. */
static void moves_from_the_dead(void)
{
	struct bench b = bench_make(1 << 20);

	child_end(child_start(&b, map_all));
	CHECK_OK(__change_process(b.fd));
	check_pays(&b, 2 * b.nbytes);
	unmap_all(&b);
	check_pays(&b, 0);
}

/* Who pays already needs no room for a second charge. */
static void same_process(void)
{
	struct bench b = bench_make(20 * page_size());

	map_all(&b);
	CHECK_OK(__change_process(b.fd));
	CHECK_OK(__change_process(b.fd));
	check_pays(&b, 2 * b.nbytes);
	unmap_all(&b);
	check_pays(&b, 0);
}

/* The second object does not fit: the first one is as before. */
static void over_the_limit(void)
{
	struct bench b = bench_make(1 << 20);
	pid_t pid = child_start(&b, map_all);

	proc_limit_memlock(2 * b.nbytes - b.page);
	CHECK_ERR(__change_process(b.fd), ENOMEM);
	check_pays(&b, 0);
	CHECK_EQ(kb_of(pid, "VmLck"), (long)(2 * b.nbytes / 1024));
	CHECK_EQ(kb_of(pid, "VmPin"), (long)(2 * b.nbytes / 1024));
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
	CHECK_EQ(ioas_unmap_all(b.fd, b.other), 2 * b.nbytes);
	CHECK_EQ(kb_of(pid, "VmLck"), 0);
	child_end(pid);
}

static void map_lazily(struct bench *b)
{
	__u32 lazy = ioas_alloc(b->fd);

	ioas_map_file(b->fd, file_at(lazy, b->memfd, 0, b->nbytes, MOCK_IOVA));
}

/* What is pinned later is charged to the new process. */
static void pinned_later(void)
{
	struct bench b = bench_make(1 << 20);
	__u32 lazy = ioas_alloc(b.fd);
	pid_t pid;

	/* The child's IOAS gets the same id. */
	destroy(b.fd, lazy);
	pid = child_start(&b, map_lazily);
	CHECK_OK(__change_process(b.fd));
	check_pays(&b, 0);
	mock_attach(b.fd, lazy);
	check_pays(&b, b.nbytes);
	CHECK_EQ(kb_of(pid, "VmLck"), 0);
	CHECK_EQ(ioas_unmap_all(b.fd, lazy), b.nbytes);
	check_pays(&b, 0);
	child_end(pid);
}

/* Who is over the limit already takes over what costs nothing. */
static void nothing_to_pay(void)
{
	struct bench b = bench_make(1 << 20);
	pid_t pid = child_start(&b, map_lazily);
	char *va = mem_pages(2);

	CHECK_EQ(mlock(va, 2 * b.page), 0);
	proc_limit_memlock(b.page);
	CHECK_OK(__change_process(b.fd));
	child_end(pid);
}

static void user_memory(void)
{
	struct bench b = bench_make(1 << 20);

	ioas_map_file(b.fd, file_at(b.ioas, b.memfd, 0, b.nbytes, MOCK_IOVA));
	ioas_map_at(b.fd, b.other, mem_pages(1), b.page, MOCK_IOVA);
	CHECK_ERR(__change_process(b.fd), EINVAL);
	check_pays(&b, b.nbytes + b.page);
	ioas_unmap(b.fd, b.other, MOCK_IOVA, b.page);
	CHECK_OK(__change_process(b.fd));
	check_pays(&b, b.nbytes);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
	check_pays(&b, 0);
}

static void device_memory(void)
{
	struct bench b = bench_make(1 << 20);
	int dmabuf = mock_dmabuf(b.fd, b.nbytes);

	ioas_map_file(b.fd, file_at(b.ioas, dmabuf, 0, b.nbytes, MOCK_IOVA));
	CHECK_ERR(__change_process(b.fd), EINVAL);
	check_pays(&b, 0);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
}

struct slow_map {
	int fd;
	__u32 ioas;
	struct stall stall;
};

static void *slow_map_thread(void *arg)
{
	struct slow_map *map = arg;

	ioas_map_at(map->fd, map->ioas, map->stall.page, page_size(),
		    MOCK_IOVA);
	return NULL;
}

/* A map that is not done yet counts as one that comes later. */
static void map_in_flight(void)
{
	struct slow_map map = { .fd = mock_open(), .stall = stall_any() };
	pthread_t thread;

	map.ioas = ioas_alloc(map.fd);
	mock_attach(map.fd, map.ioas);
	CHECK_EQ(pthread_create(&thread, NULL, slow_map_thread, &map), 0);
	stall_wait(&map.stall);
	CHECK_OK(__change_process(map.fd));
	/* nor does it count for others as done */
	CHECK_ERR(__ioas_unmap(map.fd, map.ioas, MOCK_IOVA, page_size(), NULL),
		  EBUSY);
	CHECK_ERR(__ioas_map_at(map.fd, map.ioas, mem_pages(1), page_size(),
				MOCK_IOVA), EEXIST);
	stall_end(&map.stall);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	/* memory of no file after all */
	CHECK_ERR(__change_process(map.fd), EINVAL);
	ioas_unmap(map.fd, map.ioas, MOCK_IOVA, page_size());
	CHECK_OK(__change_process(map.fd));
}

#define CHURN 300

struct churn {
	struct bench *b;
	atomic_uint rounds;
	atomic_int stop;
};

static void *churn_thread(void *arg)
{
	struct churn *churn = arg;
	struct bench *b = churn->b;

	while (!atomic_load(&churn->stop)) {
		ioas_map_file(b->fd, file_at(b->ioas, b->memfd, 0, b->nbytes,
					     MOCK_IOVA));
		ioas_unmap(b->fd, b->ioas, MOCK_IOVA, b->nbytes);
		atomic_fetch_add(&churn->rounds, 1);
	}
	return NULL;
}

/* Neither who maps all the time nor who calls all the time starves the other. */
static void beside_a_mapper(void)
{
	struct bench b = bench_make(1 << 20);
	struct churn churn = { .b = &b };
	unsigned int busy = 0, calls = 0;
	pthread_t thread;

	CHECK_EQ(pthread_create(&thread, NULL, churn_thread, &churn), 0);
	while (calls < CHURN || atomic_load(&churn.rounds) < CHURN) {
		int rc = __change_process(b.fd);

		CHECK(rc == 0 || rc == -EBUSY);
		busy += rc == -EBUSY;
		calls++;
	}
	atomic_store(&churn.stop, 1);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	harness_note("%u calls, %u maps, %u times EBUSY", calls,
		     atomic_load(&churn.rounds), busy);
	CHECK_EQ(busy, 0);
	check_pays(&b, 0);
}

static const struct test_case cases[] = {
	{ .name = "reserved_field", .fn = reserved_field },
	{ .name = "nothing_mapped", .fn = nothing_mapped },
	{ .name = "moves", .fn = moves },
	{ .name = "moves_from_the_dead", .fn = moves_from_the_dead },
	{ .name = "same_process", .fn = same_process },
	{ .name = "over_the_limit", .fn = over_the_limit },
	{ .name = "pinned_later", .fn = pinned_later },
	{ .name = "nothing_to_pay", .fn = nothing_to_pay },
	{ .name = "user_memory", .fn = user_memory },
	{ .name = "device_memory", .fn = device_memory },
	{ .name = "CP3_map_in_flight", .fn = map_in_flight },
	{ .name = "beside_a_mapper", .fn = beside_a_mapper, .seconds = 300 },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
