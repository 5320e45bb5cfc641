// SPDX-License-Identifier: GPL-2.0-only
/* Copies of in-kernel users of an IOAS, and unmaps that meet them (AC5). */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"
#include "lib/proc.h"
#include "lib/stall.h"

/* Two areas of a page; who writes to the first is held up. */
struct bench {
	int fd;
	__u32 ioas;
	int access;
	size_t page;
	__u64 slow;
	__u64 other;
	struct stall stall;
	struct footprint before;
};

static struct bench bench_make(void)
{
	struct bench b = { .fd = mock_open(), .page = page_size() };

	b.ioas = ioas_alloc(b.fd);
	b.access = access_open(b.fd, b.ioas);
	b.slow = MOCK_IOVA;
	b.other = MOCK_IOVA + 4 * b.page;
	ioas_map_at(b.fd, b.ioas, mem_pages(1), b.page, b.other);
	b.before = footprint_take(b.fd);
	b.stall = stall_writes("", 1);
	ioas_map_at(b.fd, b.ioas, b.stall.page, b.page, b.slow);
	return b;
}

static int copy(const struct bench *b, __u64 iova, __u64 *data, __u32 flags)
{
	struct access_rw rw = {
		.iova = iova,
		.length = sizeof(*data),
		.va = data,
		.flags = flags,
	};

	return __access_rw(b->fd, b->access, &rw);
}

/* A thread that copies or unmaps where @b is slow. */
struct user {
	const struct bench *b;
	pthread_t thread;
	atomic_int tid;
	atomic_int done;
	__u64 data;
	int rc;
};

static void *write_thread(void *arg)
{
	struct user *user = arg;

	user->rc = copy(user->b, user->b->slow, &user->data,
			MOCK_ACCESS_RW_WRITE);
	return NULL;
}

static void *read_thread(void *arg)
{
	struct user *user = arg;

	atomic_store(&user->tid, gettid());
	user->rc = copy(user->b, user->b->slow, &user->data, 0);
	atomic_store(&user->done, 1);
	return NULL;
}

/* Reads on until nothing is mapped there. */
static void *reads_thread(void *arg)
{
	struct user *user = arg;

	atomic_store(&user->tid, gettid());
	do {
		user->rc = copy(user->b, user->b->slow, &user->data, 0);
	} while (!user->rc);
	return NULL;
}

static void *unmap_thread(void *arg)
{
	struct user *user = arg;

	atomic_store(&user->tid, gettid());
	user->rc = __ioas_unmap(user->b->fd, user->b->ioas, user->b->slow,
				user->b->page, NULL);
	atomic_store(&user->done, 1);
	return NULL;
}

static void user_start(struct user *user, const struct bench *b,
		       void *(*run)(void *))
{
	user->b = b;
	CHECK_OK(pthread_create(&user->thread, NULL, run, user));
}

static void writer_start(struct user *user, const struct bench *b)
{
	user->data = 5;
	user_start(user, b, write_thread);
	stall_wait(&b->stall);
}

/* Returns when @run waits in the kernel. */
static void user_start_blocked(struct user *user, const struct bench *b,
			       void *(*run)(void *))
{
	user_start(user, b, run);
	while (!atomic_load(&user->tid))
		usleep(1000);
	proc_await_blocked(user->tid);
}

static int user_end(struct user *user)
{
	CHECK_OK(pthread_join(user->thread, NULL));
	return user->rc;
}

static pid_t child_unmap(const struct bench *b)
{
	pid_t child = harness_fork();

	if (!child) {
		ioas_unmap(b->fd, b->ioas, b->slow, b->page);
		_exit(0);
	}
	proc_await_blocked(child);
	return child;
}

static pid_t child_read(const struct bench *b)
{
	pid_t child = harness_fork();
	__u64 data;

	if (!child) {
		copy(b, b->slow, &data, 0);
		_exit(0);
	}
	proc_await_blocked(child);
	return child;
}

static void child_kill(pid_t child)
{
	int status;

	CHECK_EQ(kill(child, SIGKILL), 0);
	CHECK_EQ(waitpid(child, &status, 0), child);
	CHECK(WIFSIGNALED(status));
}

/* After the unmap nothing is written: the memory may be something else then. */
static void unmap_waits_for_copy(void)
{
	struct bench b = bench_make();
	struct user writer = {}, reader = {}, unmapper = {};
	__u64 data;

	writer_start(&writer, &b);
	CHECK_OK(copy(&b, b.slow, &data, 0));
	user_start_blocked(&unmapper, &b, unmap_thread);
	/* new ones wait: they could keep the unmap waiting for ever */
	user_start_blocked(&reader, &b, read_thread);
	CHECK_OK(copy(&b, b.other, &data, 0));
	CHECK(!atomic_load(&unmapper.done));
	CHECK(!atomic_load(&reader.done));

	stall_end(&b.stall);
	CHECK_OK(user_end(&writer));
	CHECK_OK(user_end(&unmapper));
	CHECK_ERR(user_end(&reader), ENOENT);
	CHECK_EQ(*(__u64 *)b.stall.page, 5);
	CHECK_ERR(copy(&b, b.slow, &data, 0), ENOENT);
	footprint_check(&b.before);
}

/* An unmap that is killed leaves the area as it was, also for who waited. */
static void unmap_killed_while_copying(void)
{
	struct bench b = bench_make();
	struct user writer = {}, reader = {};
	pid_t child;

	writer_start(&writer, &b);
	child = child_unmap(&b);
	user_start_blocked(&reader, &b, read_thread);
	child_kill(child);
	CHECK_OK(user_end(&reader));

	stall_end(&b.stall);
	CHECK_OK(user_end(&writer));
	ioas_unmap(b.fd, b.ioas, b.slow, b.page);
	footprint_check(&b.before);
}

static void copy_killed_while_unmapping(void)
{
	struct bench b = bench_make();
	struct user writer = {}, unmapper = {};

	writer_start(&writer, &b);
	user_start_blocked(&unmapper, &b, unmap_thread);
	child_kill(child_read(&b));
	CHECK(!atomic_load(&unmapper.done));

	stall_end(&b.stall);
	CHECK_OK(user_end(&writer));
	CHECK_OK(user_end(&unmapper));
	footprint_check(&b.before);
}

/* Two unmaps of one area, one of them killed: the other still ends it. */
static void two_unmaps_one_killed(void)
{
	struct bench b = bench_make();
	struct user writer = {}, unmapper = {}, reader = {};
	pid_t child;

	writer_start(&writer, &b);
	child = child_unmap(&b);
	user_start_blocked(&unmapper, &b, unmap_thread);
	child_kill(child);
	/* for a moment new copies do not wait, until the other looks again */
	user_start_blocked(&reader, &b, reads_thread);

	stall_end(&b.stall);
	CHECK_OK(user_end(&writer));
	CHECK_OK(user_end(&unmapper));
	CHECK_ERR(user_end(&reader), ENOENT);
	footprint_check(&b.before);
}

static const struct test_case cases[] = {
	{ .name = "AC5_unmap_waits_for_copy", .fn = unmap_waits_for_copy },
	{ .name = "AC5_unmap_killed_while_copying",
	  .fn = unmap_killed_while_copying },
	{ .name = "AC5_copy_killed_while_unmapping",
	  .fn = copy_killed_while_unmapping },
	{ .name = "AC5_two_unmaps_one_killed", .fn = two_unmaps_one_killed },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
