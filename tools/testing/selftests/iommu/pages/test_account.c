// SPDX-License-Identifier: GPL-2.0-only
/* Charging of pinned memory (M13, RL1 to RL4). */
#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"
#include "lib/proc.h"

/* Uids that nothing else in a test machine uses. */
#define USER_A 61001
#define USER_B 61002

#define LIMIT_PAGES 8

enum charge {
	CHARGE_USER,
	CHARGE_MM,
};

struct bench {
	int fd;
	__u32 ioas;
	struct mock_dev dev;
	size_t page;
	char *va;
};

/* Opened by root; the caller then becomes a user with a limit. */
static struct bench bench_make(enum charge charge)
{
	struct bench b = {
		.fd = mock_open(),
		.page = page_size(),
		.va = mem_pages(32),
	};

	if (charge == CHARGE_MM)
		CHECK_OK(__option_rlimit_mode(b.fd, 1));
	b.ioas = ioas_alloc(b.fd);
	b.dev = mock_attach(b.fd, b.ioas);
	proc_limit_memlock(LIMIT_PAGES * b.page);
	return b;
}

static int try_map(struct bench *b, int first, int count)
{
	return __ioas_map_at(b->fd, b->ioas, b->va + first * b->page,
			     count * b->page, MOCK_IOVA + first * b->page);
}

static void unmap(struct bench *b, int first, int count)
{
	ioas_unmap(b->fd, b->ioas, MOCK_IOVA + first * b->page,
		   count * b->page);
}

static void limit_holds(enum charge charge)
{
	struct bench b = bench_make(charge);
	long locked = proc_status_kb("VmLck");
	long pinned = proc_status_kb("VmPin");

	proc_become_user(USER_A);
	CHECK_ERR(try_map(&b, 0, LIMIT_PAGES + 1), ENOMEM);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), 0);
	mock_check_refs(b.fd, b.va, (LIMIT_PAGES + 1) * b.page, 0);
	CHECK_EQ(proc_status_kb("VmLck"), locked);
	CHECK_EQ(proc_status_kb("VmPin"), pinned);
	CHECK_OK(try_map(&b, 0, LIMIT_PAGES));
	CHECK_ERR(try_map(&b, LIMIT_PAGES, 1), ENOMEM);
	mock_check_refs(b.fd, b.va + LIMIT_PAGES * b.page, b.page, 0);
	CHECK_EQ(proc_status_kb("VmPin") - pinned,
		 (long)(LIMIT_PAGES * b.page / 1024));
	CHECK_EQ(proc_status_kb("VmLck") - locked, charge == CHARGE_MM ?
		 (long)(LIMIT_PAGES * b.page / 1024) : 0);
	unmap(&b, 0, LIMIT_PAGES);
	CHECK_EQ(proc_status_kb("VmLck"), locked);
	CHECK_EQ(proc_status_kb("VmPin"), pinned);
	CHECK_OK(try_map(&b, 1, 1));
	CHECK_OK(try_map(&b, 2, LIMIT_PAGES - 1));
	unmap(&b, 1, LIMIT_PAGES);
}

static void user_limit(void)
{
	limit_holds(CHARGE_USER);
}

static void mm_limit(void)
{
	limit_holds(CHARGE_MM);
}

static void zero_limit(void)
{
	struct bench b = bench_make(CHARGE_USER);

	proc_limit_memlock(0);
	proc_become_user(USER_A);
	CHECK_ERR(try_map(&b, 0, 1), ENOMEM);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), 0);
	mock_check_refs(b.fd, b.va, b.page, 0);
}

/* What no limit would help is not blamed on the limit. */
static void bad_memory_beats_limit(void)
{
	struct bench b = bench_make(CHARGE_USER);
	size_t nbytes = 32 * b.page;

	proc_become_user(USER_A);
	CHECK_ERR(try_map(&b, 0, 32), ENOMEM);
	/* in the last of its pages */
	CHECK_EQ(mprotect(b.va + 31 * b.page, b.page, PROT_READ), 0);
	CHECK_ERR(try_map(&b, 0, 32), EFAULT);
	CHECK_ERR(try_map(&b, 0, 31), ENOMEM);
	CHECK_EQ(munmap(b.va + b.page, nbytes - b.page), 0);
	CHECK_ERR(try_map(&b, 0, 32), EFAULT);
	CHECK_OK(try_map(&b, 0, 1));
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.page);
}

/* Half a page costs a page. */
static void sub_page_rounds_up(void)
{
	struct bench b = bench_make(CHARGE_MM);
	long locked = proc_status_kb("VmLck");

	proc_become_user(USER_A);
	ioas_map_at(b.fd, b.ioas, b.va + MOCK_PAGE, 2 * MOCK_PAGE, MOCK_IOVA);
	CHECK_EQ(proc_status_kb("VmLck") - locked, (long)(2 * b.page / 1024));
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), 2 * MOCK_PAGE);
	CHECK_EQ(proc_status_kb("VmLck"), locked);
}

struct sync {
	int to_child[2];
	int to_parent[2];
};

static void sync_open(struct sync *sync)
{
	CHECK_EQ(pipe(sync->to_child), 0);
	CHECK_EQ(pipe(sync->to_parent), 0);
}

static void sync_send(const int *pipe_fds)
{
	CHECK_EQ(write(pipe_fds[1], "x", 1), 1);
}

static void sync_wait(const int *pipe_fds)
{
	char byte;

	CHECK_EQ(read(pipe_fds[0], &byte, 1), 1);
}

/* What a second process of @uid may map while the first is at its limit. */
static int second_process(enum charge charge, unsigned int uid)
{
	struct sync sync;
	struct bench b;
	pid_t child;
	int rc;

	sync_open(&sync);
	child = harness_fork();
	if (!child) {
		b = bench_make(charge);
		proc_become_user(USER_A);
		CHECK_OK(try_map(&b, 0, LIMIT_PAGES));
		sync_send(sync.to_parent);
		sync_wait(sync.to_child);
		_exit(0);
	}
	sync_wait(sync.to_parent);
	b = bench_make(charge);
	proc_become_user(uid);
	rc = try_map(&b, 0, 1);
	sync_send(sync.to_child);
	harness_join(child);
	if (rc)
		CHECK_OK(try_map(&b, 0, LIMIT_PAGES));
	return rc;
}

static void user_shares_limit(void)
{
	CHECK_ERR(second_process(CHARGE_USER, USER_A), ENOMEM);
}

static void users_are_apart(void)
{
	CHECK_OK(second_process(CHARGE_USER, USER_B));
}

static void mm_does_not_share(void)
{
	CHECK_OK(second_process(CHARGE_MM, USER_A));
}

static void ipc_lock_is_unlimited(void)
{
	struct bench b = bench_make(CHARGE_MM);
	long locked = proc_status_kb("VmLck");
	long pinned = proc_status_kb("VmPin");

	CHECK_OK(try_map(&b, 0, 4 * LIMIT_PAGES));
	CHECK_EQ(proc_status_kb("VmLck"), locked);
	CHECK_EQ(proc_status_kb("VmPin") - pinned,
		 (long)(4 * LIMIT_PAGES * b.page / 1024));
	unmap(&b, 0, 4 * LIMIT_PAGES);
	CHECK_EQ(proc_status_kb("VmPin"), pinned);
	proc_drop_cap(CAP_IPC_LOCK);
	CHECK_ERR(try_map(&b, 0, LIMIT_PAGES + 1), ENOMEM);
	CHECK_OK(try_map(&b, 0, LIMIT_PAGES));
}

/* The right counts when the memory is mapped, not when it is given back. */
static void ipc_lock_at_map_time(void)
{
	struct bench b = bench_make(CHARGE_MM);
	long locked = proc_status_kb("VmLck");

	CHECK_OK(try_map(&b, 0, 2 * LIMIT_PAGES));
	proc_drop_cap(CAP_IPC_LOCK);
	CHECK_OK(try_map(&b, 2 * LIMIT_PAGES, LIMIT_PAGES));
	CHECK_EQ(proc_status_kb("VmLck") - locked,
		 (long)(LIMIT_PAGES * b.page / 1024));
	unmap(&b, 0, 2 * LIMIT_PAGES);
	CHECK_EQ(proc_status_kb("VmLck") - locked,
		 (long)(LIMIT_PAGES * b.page / 1024));
	unmap(&b, 2 * LIMIT_PAGES, LIMIT_PAGES);
	CHECK_EQ(proc_status_kb("VmLck"), locked);
}

static void copies_are_free(void)
{
	struct bench b = bench_make(CHARGE_USER);
	__u32 other = ioas_alloc(b.fd);
	size_t length = LIMIT_PAGES * b.page;

	mock_attach(b.fd, other);
	hwpt_alloc(b.fd, b.dev.idev, b.ioas);
	proc_become_user(USER_A);
	CHECK_OK(try_map(&b, 0, LIMIT_PAGES));
	ioas_copy(b.fd, copy_at(other, b.ioas, length, MOCK_IOVA, MOCK_IOVA));
	ioas_copy(b.fd, copy_any(b.ioas, b.ioas, length, MOCK_IOVA));
	/* The charge goes with the last copy. */
	CHECK(ioas_unmap_all(b.fd, b.ioas));
	CHECK_ERR(try_map(&b, 0, 1), ENOMEM);
	CHECK_EQ(ioas_unmap_all(b.fd, other), length);
	CHECK_OK(try_map(&b, 0, LIMIT_PAGES));
}

static void second_map_is_not_free(void)
{
	struct bench b = bench_make(CHARGE_USER);

	proc_become_user(USER_A);
	CHECK_OK(try_map(&b, 0, LIMIT_PAGES));
	CHECK_ERR(__ioas_map_at(b.fd, b.ioas, b.va, b.page, MOCK_IOVA +
				64 * b.page), ENOMEM);
}

/* Without a page table nothing is pinned, so nothing is charged yet. */
static void charged_when_pinned(void)
{
	struct bench b = bench_make(CHARGE_USER);
	__u32 lazy = ioas_alloc(b.fd);
	struct mock_dev dev;

	proc_become_user(USER_A);
	ioas_map_at(b.fd, lazy, b.va, 2 * LIMIT_PAGES * b.page, MOCK_IOVA);
	CHECK_OK(try_map(&b, 0, LIMIT_PAGES));
	unmap(&b, 0, LIMIT_PAGES);
	CHECK_ERR(__mock_attach(b.fd, lazy, &dev), ENOMEM);
	mock_check_refs(b.fd, b.va, 2 * LIMIT_PAGES * b.page, 0);
	CHECK_OK(try_map(&b, 0, LIMIT_PAGES));
}

static void access_is_charged(void)
{
	struct bench b = bench_make(CHARGE_USER);
	__u32 lazy = ioas_alloc(b.fd);
	int access = access_open(b.fd, lazy);
	struct access_pages pages = {
		.iova = MOCK_IOVA,
		.length = (LIMIT_PAGES + 1) * b.page,
		.va = b.va,
	};
	__u32 pin;

	proc_become_user(USER_A);
	ioas_map_at(b.fd, lazy, b.va, 2 * LIMIT_PAGES * b.page, MOCK_IOVA);
	CHECK_ERR(__access_pin(b.fd, access, &pages), ENOMEM);
	mock_check_refs(b.fd, b.va, 2 * LIMIT_PAGES * b.page, 0);
	pin = access_pin(b.fd, access, MOCK_IOVA, LIMIT_PAGES * b.page, b.va);
	CHECK_ERR(try_map(&b, 0, 1), ENOMEM);
	CHECK_OK(__access_unpin(b.fd, access, pin));
	CHECK_OK(try_map(&b, 0, LIMIT_PAGES));
}

/* The charge stays with the pins, not with the process that made them. */
static void outlives_process(void)
{
	struct bench b = bench_make(CHARGE_USER);
	pid_t child = harness_fork();

	if (!child) {
		proc_become_user(USER_A);
		CHECK_OK(try_map(&b, 0, LIMIT_PAGES));
		_exit(0);
	}
	harness_join(child);
	child = harness_fork();
	if (!child) {
		proc_become_user(USER_A);
		CHECK_ERR(try_map(&b, LIMIT_PAGES, 1), ENOMEM);
		_exit(0);
	}
	harness_join(child);
	unmap(&b, 0, LIMIT_PAGES);
	proc_become_user(USER_A);
	CHECK_OK(try_map(&b, 0, LIMIT_PAGES));
}

static void mm_outlives_process(void)
{
	struct bench b = bench_make(CHARGE_MM);
	pid_t child = harness_fork();

	if (!child) {
		proc_become_user(USER_A);
		CHECK_OK(try_map(&b, 0, LIMIT_PAGES));
		_exit(0);
	}
	harness_join(child);
	unmap(&b, 0, LIMIT_PAGES);
	proc_become_user(USER_A);
	CHECK_OK(try_map(&b, 0, LIMIT_PAGES));
}

static void close_gives_back(void)
{
	struct bench b = bench_make(CHARGE_USER);
	struct bench next = bench_make(CHARGE_USER);

	proc_become_user(USER_A);
	CHECK_OK(try_map(&b, 0, LIMIT_PAGES));
	CHECK_ERR(try_map(&next, 0, 1), ENOMEM);
	CHECK_EQ(close(b.fd), 0);
	CHECK_OK(try_map(&next, 0, LIMIT_PAGES));
}

static const struct test_case cases[] = {
	{ .name = "RL3_bad_memory_beats_limit", .fn = bad_memory_beats_limit },
	{ .name = "M13_user_limit", .fn = user_limit },
	{ .name = "M13_mm_limit", .fn = mm_limit },
	{ .name = "M13_zero_limit", .fn = zero_limit },
	{ .name = "RL1_ipc_lock_is_unlimited", .fn = ipc_lock_is_unlimited },
	{ .name = "RL1_ipc_lock_at_map_time", .fn = ipc_lock_at_map_time },
	{ .name = "RL2_user_shares_limit", .fn = user_shares_limit },
	{ .name = "RL2_users_are_apart", .fn = users_are_apart },
	{ .name = "RL2_mm_does_not_share", .fn = mm_does_not_share },
	{ .name = "RL2_outlives_process", .fn = outlives_process },
	{ .name = "RL2_mm_outlives_process", .fn = mm_outlives_process },
	{ .name = "RL3_charged_when_pinned", .fn = charged_when_pinned },
	{ .name = "RL3_access_is_charged", .fn = access_is_charged },
	{ .name = "RL3_sub_page_rounds_up", .fn = sub_page_rounds_up },
	{ .name = "RL4_copies_are_free", .fn = copies_are_free },
	{ .name = "RL4_second_map_is_not_free", .fn = second_map_is_not_free },
	{ .name = "RL4_close_gives_back", .fn = close_gives_back },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
