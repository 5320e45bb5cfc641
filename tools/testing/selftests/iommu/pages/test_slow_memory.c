// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that takes its time to appear: whoever waits for it can be killed,
 * and does not keep the process that owns it from changing its mappings.
 * Documentation/driver-api/iommufd/waiting.rst
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"
#include "lib/proc.h"
#include "lib/stall.h"

#define NPAGES 5
#define SLOW 2

/* Memory of this process, described in an IOAS that no device looks at yet. */
struct bench {
	int fd;
	__u32 ioas;
	size_t page;
	char *va;
	struct stall stall;
	/* shared with the child */
	struct mock_dev *dev;
};

static struct bench bench_make(void)
{
	struct bench b = {
		.fd = mock_open(),
		.page = page_size(),
		.va = mem_untouched(NPAGES),
	};

	b.stall = stall_page(b.va + SLOW * b.page);
	b.dev = mem_shared(b.page);
	b.ioas = ioas_alloc(b.fd);
	ioas_map_at(b.fd, b.ioas, b.va, NPAGES * b.page, MOCK_IOVA);
	return b;
}

/* Another process attaches a device, so it pins the memory of this one. */
static pid_t attach_elsewhere(struct bench *b)
{
	pid_t child = harness_fork();

	if (!child) {
		*b->dev = mock_attach(b->fd, b->ioas);
		_exit(0);
	}
	stall_wait(&b->stall);
	return child;
}

/* All of these wait for who holds the mmap lock. */
static void change_mappings(const struct bench *b)
{
	int i;

	for (i = 0; i < 100; i++) {
		void *va = mmap(NULL, b->page, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		CHECK(va != MAP_FAILED);
		CHECK_EQ(mprotect(va, b->page, PROT_READ), 0);
		CHECK_EQ(munmap(va, b->page), 0);
	}
}

static void join_killed(pid_t pid)
{
	int status;

	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void other_process_waits(void)
{
	struct bench b = bench_make();
	pid_t child = attach_elsewhere(&b);

	change_mappings(&b);
	stall_end(&b.stall);
	harness_join(child);
	mock_check_map(b.fd, b.dev->hwpt, MOCK_IOVA, b.va, NPAGES * b.page);
	mock_check_refs(b.fd, b.va, NPAGES * b.page, 1);
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA, NPAGES * b.page);
	mock_check_refs(b.fd, b.va, NPAGES * b.page, 0);
}

static void other_process_is_killed(void)
{
	struct bench b = bench_make();
	pid_t child = attach_elsewhere(&b);
	struct mock_dev dev;

	change_mappings(&b);
	CHECK_EQ(kill(child, SIGKILL), 0);
	join_killed(child);
	stall_end(&b.stall);
	mock_check_refs(b.fd, b.va, SLOW * b.page, 0);

	dev = mock_attach(b.fd, b.ioas);
	mock_check_map(b.fd, dev.hwpt, MOCK_IOVA, b.va, NPAGES * b.page);
	mock_check_refs(b.fd, b.va, NPAGES * b.page, 1);
}

static void *attach_thread(void *arg)
{
	struct bench *b = arg;

	*b->dev = mock_attach(b->fd, b->ioas);
	return NULL;
}

static void own_process_is_killed(void)
{
	pid_t child = harness_fork();
	pthread_t thread;
	struct bench b;

	if (child) {
		join_killed(child);
		return;
	}
	b = bench_make();
	CHECK_EQ(pthread_create(&thread, NULL, attach_thread, &b), 0);
	stall_wait(&b.stall);
	change_mappings(&b);
	kill(getpid(), SIGKILL);
}

/*
 * A device is attached to an IOAS with a copy of the pages that are there. Then a
 * child pins all of them for another device, which takes its time.
 */
struct copied {
	struct bench b;
	__u32 ioas;
	struct mock_dev dev;
	size_t length;
	pid_t child;
};

static struct copied copied_make(void)
{
	struct copied c = { .b = bench_make() };
	struct bench *b = &c.b;

	c.length = SLOW * b->page;
	c.ioas = ioas_alloc(b->fd);
	ioas_copy(b->fd, copy_at(c.ioas, b->ioas, c.length, MOCK_IOVA, MOCK_IOVA));
	c.dev = mock_attach(b->fd, c.ioas);
	mock_check_refs(b->fd, b->va, c.length, 1);
	c.child = attach_elsewhere(b);
	return c;
}

/* Runs @fn in a process of its own, which waits in it, and is killed. */
static void killed_in(void (*fn)(struct copied *c), struct copied *c)
{
	pid_t pid = harness_fork();

	if (!pid) {
		fn(c);
		_exit(1);
	}
	proc_await_blocked(pid);
	CHECK_EQ(kill(pid, SIGKILL), 0);
	join_killed(pid);
}

/* Once the slow page is there, nobody else keeps the memory. */
static void copied_end(struct copied *c)
{
	struct bench *b = &c->b;

	stall_end(&b->stall);
	harness_join(c->child);
	mock_check_map(b->fd, b->dev->hwpt, MOCK_IOVA, b->va, NPAGES * b->page);
	mock_check_refs(b->fd, b->va, NPAGES * b->page, 1);
	ioas_unmap(b->fd, b->ioas, MOCK_IOVA, NPAGES * b->page);
	mock_check_refs(b->fd, b->va, NPAGES * b->page, 0);
}

static void unmap_copy(struct copied *c)
{
	ioas_unmap(c->b.fd, c->ioas, MOCK_IOVA, c->length);
}

/* The memory stays pinned, and nothing else of the area. */
static void unmapper_is_killed(void)
{
	struct copied c = copied_make();

	killed_in(unmap_copy, &c);
	CHECK_ERR(__ioas_unmap(c.b.fd, c.ioas, MOCK_IOVA, c.length, NULL), ENOENT);
	ioas_map_at(c.b.fd, c.ioas, mem_pages(SLOW), c.length, MOCK_IOVA);
	copied_end(&c);
}

static void destroy_ioas(struct copied *c)
{
	destroy(c->b.fd, c->ioas);
}

/* What a detach does not wait for, the end of the IOAS need not wait for, too. */
static void destroyer_is_killed(void)
{
	struct copied c = copied_make();

	destroy(c.b.fd, c.dev.stdev);
	killed_in(destroy_ioas, &c);
	CHECK_ERR(__destroy(c.b.fd, c.ioas), ENOENT);
	copied_end(&c);
}

static const struct test_case cases[] = {
	{ .name = "other_process_waits", .fn = other_process_waits },
	{ .name = "other_process_is_killed", .fn = other_process_is_killed },
	{ .name = "own_process_is_killed", .fn = own_process_is_killed },
	{ .name = "unmapper_is_killed", .fn = unmapper_is_killed },
	{ .name = "destroyer_is_killed", .fn = destroyer_is_killed },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
