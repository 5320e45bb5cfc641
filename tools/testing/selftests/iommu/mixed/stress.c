// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads that map, copy, unmap, attach, pin, destroy and close at once; and
 * threads that share objects of all kinds, see stress/shared.h.
 *
 *   stress [--rounds N] [--seed S]
 *
 * Every round has a fresh context. What an operation may return is a short
 * list; after a round the pages must have no pin and the ids must be free.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"
#include "lib/proc.h"
#include "stress/shared.h"

#define fallthrough __attribute__((__fallthrough__))

#define NIOAS 3
#define NSLOTS 16
#define SLOT_PAGES 8
#define NTHREADS 4
#define STEPS 150
#define DEFAULT_ROUNDS 15

/* What a thread may do, as bits. */
#define DO_MAP 1
#define DO_DEVICE 2
#define DO_ACCESS 4
#define DO_OBJECT 8
#define DO_ALL (DO_MAP | DO_DEVICE | DO_ACCESS | DO_OBJECT)

struct arena {
	int fd;
	__u32 ioas[NIOAS];
	/* A device that stays, for HWPT_ALLOC. */
	struct mock_dev keeper;
	char *va;
	size_t page;
	unsigned int what;
	atomic_int closed;
};

struct worker {
	struct arena *arena;
	pthread_t thread;
	unsigned int seed;
};

static unsigned int roll(struct worker *w, unsigned int sides)
{
	return rand_r(&w->seed) % sides;
}

static __u32 any_ioas(struct worker *w)
{
	return w->arena->ioas[roll(w, NIOAS)];
}

static __u64 slot_length(const struct arena *a)
{
	return SLOT_PAGES * a->page;
}

static __u64 any_slot(struct worker *w)
{
	return MOCK_IOVA + roll(w, NSLOTS) * slot_length(w->arena);
}

/* Only errors that a race explains; @closing ones once the file is closed. */
static void expect(struct worker *w, const char *what, int rc)
{
	switch (rc) {
	case 0:
	case -EBUSY:
	case -EEXIST:
	case -ENOENT:
	case -ENOSPC:
	case -EADDRINUSE:
		return;
	case -EBADF:
	case -ENOTTY:
		if (atomic_load(&w->arena->closed))
			return;
		break;
	}
	harness_fail(__FILE__, __LINE__, "%s: unexpected %s", what,
		     strerrorname_np(-rc) ?: "?");
}

/* An object of this thread: only a lookup in passing can hold it. */
static void destroy_own(struct worker *w, const char *what, __u32 id)
{
	int tries = 0;
	int rc;

	do {
		rc = __destroy(w->arena->fd, id);
	} while (rc == -EBUSY && ++tries < 100000);
	if (rc == -EBUSY)
		harness_fail(__FILE__, __LINE__, "%s: busy for good", what);
	if (rc != -EBADF && rc != -ENOTTY)
		CHECK_OK(rc);
	expect(w, what, rc);
}

static void do_map(struct worker *w)
{
	struct arena *a = w->arena;
	unsigned int first = roll(w, SLOT_PAGES);
	unsigned int count = 1 + roll(w, SLOT_PAGES - first);
	struct iommu_ioas_map map = map_at(any_ioas(w), a->va + first * a->page,
					   count * a->page, any_slot(w));
	struct iommu_ioas_copy copy;

	switch (roll(w, 8)) {
	case 0:
		map.flags &= ~MAP_AT;
		fallthrough;
	case 1:
	case 2:
		expect(w, "map", __ioas_map(a->fd, &map));
		break;
	case 3:
	case 4:
		copy = copy_at(any_ioas(w), map.ioas_id, a->page, any_slot(w),
			       map.iova);
		expect(w, "copy", __ioas_copy(a->fd, &copy));
		break;
	case 5:
		expect(w, "unmap all", __ioas_unmap(a->fd, map.ioas_id, 0,
						    ~0ULL, NULL));
		break;
	default:
		expect(w, "unmap", __ioas_unmap(a->fd, map.ioas_id, map.iova,
						slot_length(a), NULL));
		break;
	}
}

static void do_device(struct worker *w)
{
	struct arena *a = w->arena;
	struct iommu_hwpt_alloc hwpt = {
		.dev_id = a->keeper.idev,
		.pt_id = any_ioas(w),
	};
	struct mock_dev dev;
	int rc;

	rc = __mock_attach(a->fd, any_ioas(w), &dev);
	expect(w, "attach", rc);
	if (rc)
		return;
	expect(w, "replace", __mock_replace(a->fd, dev.stdev, any_ioas(w),
					    NULL));
	rc = __hwpt_alloc(a->fd, &hwpt);
	expect(w, "hwpt alloc", rc);
	if (!rc) {
		expect(w, "replace", __mock_replace(a->fd, dev.stdev,
						    hwpt.out_hwpt_id, NULL));
		if (roll(w, 2))
			expect(w, "replace", __mock_replace(a->fd, dev.stdev,
							    any_ioas(w), NULL));
	}
	destroy_own(w, "destroy device", dev.stdev);
	if (!rc)
		destroy_own(w, "destroy hwpt", hwpt.out_hwpt_id);
}

static void do_access(struct worker *w)
{
	struct arena *a = w->arena;
	unsigned int first = roll(w, SLOT_PAGES);
	struct access_pages pages = {
		.iova = any_slot(w),
		.length = (1 + roll(w, SLOT_PAGES - first)) * a->page,
		.va = a->va + first * a->page,
	};
	char buf[256];
	struct access_rw rw = {
		.iova = any_slot(w) + roll(w, 3000),
		.length = 1 + roll(w, sizeof(buf)),
		.va = buf,
		.flags = roll(w, 2) ? MOCK_ACCESS_RW_SLOW_PATH : 0,
	};
	int access;
	int rc;

	rc = __access_open(a->fd, any_ioas(w),
			   MOCK_FLAGS_ACCESS_CREATE_NEEDS_PIN_PAGES, &access);
	expect(w, "access", rc);
	if (rc)
		return;
	rc = __access_pin(a->fd, access, &pages);
	/* Pinned and dropped again: other pages than those at va. */
	if (rc == -EINVAL || rc == -EBADE)
		rc = 0;
	else if (!rc && roll(w, 2))
		rc = __access_unpin(a->fd, access, pages.out_id);
	expect(w, "pin", rc);
	expect(w, "rw", __access_rw(a->fd, access, &rw));
	expect(w, "access replace",
	       __access_replace(a->fd, access, any_ioas(w)));
	CHECK_EQ(close(access), 0);
}

static void do_object(struct worker *w)
{
	static const struct iommu_iova_range allowed = {
		MOCK_APERTURE_START, MOCK_APERTURE_LAST,
	};
	struct arena *a = w->arena;
	struct iommu_iova_range list[16];
	struct iommu_ioas_iova_ranges ranges = {
		.num_iovas = ARRAY_LEN(list),
		.allowed_iovas = (uintptr_t)list,
	};
	__u32 id;
	int rc;

	/* No id of this round: DESTROY of it must not find anything. */
	expect(w, "destroy", __destroy(a->fd, 100000 + roll(w, 100)));
	/* In use by the keeper, so it stays. */
	rc = __destroy(a->fd, a->ioas[0]);
	CHECK(rc);
	expect(w, "destroy", rc);
	expect(w, "ranges", __ioas_ranges(a->fd, any_ioas(w), &ranges));
	expect(w, "allow", __ioas_allow(a->fd, any_ioas(w), &allowed,
					roll(w, 2)));
	rc = __ioas_alloc(a->fd, &id);
	expect(w, "alloc", rc);
	if (!rc)
		destroy_own(w, "destroy ioas", id);
}

static void *work(void *arg)
{
	static void (*const todo[])(struct worker *) = {
		do_map, do_device, do_access, do_object,
	};
	struct worker *w = arg;
	unsigned int pick;
	int i;

	for (i = 0; i < STEPS; i++) {
		do {
			pick = roll(w, ARRAY_LEN(todo));
		} while (!(w->arena->what & 1U << pick));
		todo[pick](w);
	}
	return NULL;
}

/* Nothing is in use any more: everything can go, and leaves nothing. */
static void tear_down(struct arena *a, const struct footprint *fresh)
{
	int i;

	for (i = 0; i < NIOAS; i++)
		ioas_unmap_all(a->fd, a->ioas[i]);
	mock_check_refs(a->fd, a->va, slot_length(a), 0);
	destroy(a->fd, a->keeper.stdev);
	for (i = 0; i < NIOAS; i++)
		destroy(a->fd, a->ioas[i]);
	footprint_check(fresh);
	CHECK_EQ(close(a->fd), 0);
}

static void one_round(unsigned int what, unsigned int seed, int close_early)
{
	struct arena a = {
		.fd = mock_open(),
		.page = page_size(),
		.what = what,
	};
	struct worker worker[NTHREADS];
	struct footprint fresh = footprint_take(a.fd);
	int i;

	a.va = mem_pages(SLOT_PAGES);
	for (i = 0; i < NIOAS; i++)
		a.ioas[i] = ioas_alloc(a.fd);
	a.keeper = mock_attach(a.fd, a.ioas[0]);
	for (i = 0; i < NTHREADS; i++) {
		worker[i].arena = &a;
		worker[i].seed = seed * NTHREADS + i;
		CHECK_EQ(pthread_create(&worker[i].thread, NULL, work,
					&worker[i]), 0);
	}
	if (close_early) {
		usleep(1000 + seed % 16 * 1000);
		atomic_store(&a.closed, 1);
		CHECK_EQ(close(a.fd), 0);
	}
	for (i = 0; i < NTHREADS; i++)
		CHECK_EQ(pthread_join(worker[i].thread, NULL), 0);
	if (!close_early)
		tear_down(&a, &fresh);
	CHECK_EQ(munmap(a.va, slot_length(&a)), 0);
}

static unsigned int setting(const char *name, unsigned int fallback)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : fallback;
}

static void rounds(unsigned int what, int close_early)
{
	unsigned int count = setting("STRESS_ROUNDS", DEFAULT_ROUNDS);
	unsigned int seed = setting("STRESS_SEED", 1);
	long pins = proc_pinned_pages();
	unsigned int i;

	for (i = 0; i < count; i++) {
		one_round(what, seed + i, close_early);
		if (pins >= 0 && !proc_pinned_settle(pins))
			harness_fail(__FILE__, __LINE__,
				     "pins left after the round of seed %u",
				     seed + i);
	}
}

static void maps(void)
{
	rounds(DO_MAP, 0);
}

static void maps_and_devices(void)
{
	rounds(DO_MAP | DO_DEVICE, 0);
}

static void maps_and_accesses(void)
{
	rounds(DO_MAP | DO_ACCESS, 0);
}

static void everything(void)
{
	rounds(DO_ALL, 0);
}

static void everything_and_close(void)
{
	rounds(DO_ALL, 1);
}

/* A process that is killed in the middle of it all. */
static void killed_round(unsigned int seed)
{
	bool warned = proc_kernel_warned();
	pid_t pid = harness_fork();
	int status;

	if (!pid) {
		shared_round(seed, false);
		_exit(0);
	}
	usleep(10000 + seed % 32 * 4000);
	CHECK_EQ(kill(pid, SIGKILL), 0);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) || !status);
	CHECK(warned || !proc_kernel_warned());
}

static void plain_round(unsigned int seed)
{
	shared_round(seed, false);
}

static void closed_round(unsigned int seed)
{
	shared_round(seed, true);
}

static void shared_rounds(void (*one)(unsigned int seed))
{
	unsigned int count = setting("STRESS_ROUNDS", DEFAULT_ROUNDS);
	unsigned int seed = setting("STRESS_SEED", 1);
	long pins = proc_pinned_pages();
	unsigned int i;

	for (i = 0; i < count; i++) {
		one(seed + i);
		if (pins >= 0 && !proc_pinned_settle(pins))
			harness_fail(__FILE__, __LINE__,
				     "pins left after the round of seed %u",
				     seed + i);
	}
}

static void shared_objects(void)
{
	shared_rounds(plain_round);
}

static void shared_objects_and_close(void)
{
	shared_rounds(closed_round);
}

static void shared_objects_and_kill(void)
{
	shared_rounds(killed_round);
}

static const struct test_case cases[] = {
	{ .name = "maps", .fn = maps, .seconds = 600 },
	{ .name = "maps_and_devices", .fn = maps_and_devices, .seconds = 600 },
	{ .name = "maps_and_accesses",
	  .fn = maps_and_accesses, .seconds = 600 },
	{ .name = "everything", .fn = everything, .seconds = 600 },
	{ .name = "everything_and_close",
	  .fn = everything_and_close, .seconds = 600 },
	{ .name = "shared_objects", .fn = shared_objects, .seconds = 600 },
	{ .name = "shared_objects_and_close",
	  .fn = shared_objects_and_close, .seconds = 600 },
	{ .name = "shared_objects_and_kill",
	  .fn = shared_objects_and_kill, .seconds = 600 },
};

static void pass_on(const char *name, unsigned long value)
{
	char text[24];

	snprintf(text, sizeof(text), "%lu", value);
	setenv(name, text, 1);
}

int main(int argc, char **argv)
{
	/* The cases run in processes of their own: the environment reaches them. */
	pass_on("STRESS_ROUNDS",
		harness_option(argc, argv, "rounds",
			       setting("STRESS_ROUNDS", DEFAULT_ROUNDS)));
	pass_on("STRESS_SEED", harness_option(argc, argv, "seed", 1));
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
