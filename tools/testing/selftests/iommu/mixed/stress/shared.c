// SPDX-License-Identifier: GPL-2.0-only
/* Slots, threads, and what must hold after a round. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "lib/file.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "shared.h"

#define NTHREADS 4
#define STEPS 400
/* Waiting for a running use takes moments; the kernel's limit is 60 s. */
#define MAX_SECONDS 30

unsigned int shared_roll(struct shared_worker *w, unsigned int sides)
{
	return rand_r(&w->seed) % sides;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

bool shared_outcome(struct shared_worker *w, const char *what, long rc)
{
	switch (rc) {
	case -ENOMEM:
	case -EFAULT:
	case -EINTR:
	case -EDEADLOCK:
	case -EPERM:
	case -EACCES:
	case -EOVERFLOW:
	case -EMSGSIZE:
	case -E2BIG:
		harness_fail(__FILE__, __LINE__, "%s: unexpected %s", what,
			     strerrorname_np(-rc));
	}
	atomic_fetch_add(rc < 0 ? &w->shared->refused : &w->shared->done, 1);
	if (rc >= 0 && w->shared->success)
		atomic_fetch_add(w->shared->success, 1);
	return rc >= 0;
}

__u32 shared_any(struct shared_worker *w, enum slot_kind kind)
{
	return atomic_load(&w->shared->slot[kind][shared_roll(w,
							SHARED_SLOTS)]);
}

static void destroy_any(struct shared_worker *w, __u32 id)
{
	double start = now();

	shared_outcome(w, "destroy", __destroy(w->shared->fd, id));
	CHECK(now() - start < MAX_SECONDS);
}

void shared_put(struct shared_worker *w, enum slot_kind kind, __u32 id)
{
	unsigned int i = shared_roll(w, SHARED_SLOTS);
	__u32 old = atomic_exchange(&w->shared->slot[kind][i], id);

	if (old)
		destroy_any(w, old);
}

int shared_any_file(struct shared_worker *w, enum file_kind kind)
{
	unsigned int i = shared_roll(w, SHARED_SLOTS);

	return atomic_load(&w->shared->file[kind][i]) - 1;
}

void shared_put_file(struct shared_worker *w, enum file_kind kind, int file)
{
	unsigned int i = shared_roll(w, SHARED_SLOTS);
	int old = atomic_exchange(&w->shared->file[kind][i], file + 1) - 1;

	if (old >= 0)
		CHECK_EQ(close(old), 0);
}

/* Anybody's. Attached, in use, or gone already: whatever it is. */
static void op_destroy(struct shared_worker *w)
{
	destroy_any(w, shared_any(w, shared_roll(w, SLOT_KINDS)));
}

static void op_close(struct shared_worker *w)
{
	shared_put_file(w, shared_roll(w, FILE_KINDS), -1);
}

static const shared_op own_ops[] = { op_destroy, op_close };

struct op_group {
	const shared_op *ops;
	const size_t *nops;
};

static const struct op_group groups[] = {
	{ shared_memory_ops, &shared_memory_nops },
	{ shared_device_ops, &shared_device_nops },
	{ shared_guest_ops, &shared_guest_nops },
};

static void step(struct shared_worker *w)
{
	unsigned int g = shared_roll(w, ARRAY_LEN(groups));

	if (!shared_roll(w, 12))
		own_ops[shared_roll(w, ARRAY_LEN(own_ops))](w);
	else
		groups[g].ops[shared_roll(w, *groups[g].nops)](w);
}

static void *work(void *arg)
{
	int i;

	for (i = 0; i < STEPS; i++)
		step(arg);
	return NULL;
}

[[gnu::noreturn]]
static void *work_on(void *arg)
{
	for (;;)
		step(arg);
}

void shared_forever(struct shared *s, unsigned int seed, unsigned int nthreads)
{
	static struct shared_worker worker[16];
	pthread_t thread;
	unsigned int i;

	CHECK(nthreads <= ARRAY_LEN(worker));
	for (i = 0; i < nthreads; i++) {
		worker[i].shared = s;
		worker[i].seed = seed * nthreads + i;
		CHECK_EQ(pthread_create(&thread, NULL, work_on, &worker[i]), 0);
	}
	for (;;)
		pause();
}

/* Nobody is at work: what depends on nothing goes first, then the rest. */
static void destroy_all(struct shared *s)
{
	bool progress = true;
	int i, k;

	while (progress) {
		progress = false;
		for (k = 0; k < SLOT_KINDS; k++)
			for (i = 0; i < SHARED_SLOTS; i++)
				progress |= !__destroy(s->fd, s->slot[k][i]);
	}
}

static void close_files(struct shared *s)
{
	int i, k;

	for (k = 0; k < FILE_KINDS; k++)
		for (i = 0; i < SHARED_SLOTS; i++)
			if (s->file[k][i])
				CHECK_EQ(close(s->file[k][i] - 1), 0);
}

static void run_threads(struct shared *s, unsigned int seed, bool close_early)
{
	struct shared_worker worker[NTHREADS];
	pthread_t thread[NTHREADS];
	int i;

	for (i = 0; i < NTHREADS; i++) {
		worker[i].shared = s;
		worker[i].seed = seed * NTHREADS + i;
		CHECK_EQ(pthread_create(&thread[i], NULL, work, &worker[i]),
			 0);
	}
	if (close_early) {
		usleep(5000 + seed % 16 * 5000);
		atomic_store(&s->closed, true);
		/* The number stays ours: nobody gets it for another file. */
		CHECK_EQ(dup2(s->memfd, s->fd), s->fd);
	}
	for (i = 0; i < NTHREADS; i++)
		CHECK_EQ(pthread_join(thread[i], NULL), 0);
}

void shared_round(unsigned int seed, bool close_early)
{
	struct shared s = { .fd = mock_open(), .page = page_size() };
	bool warned = proc_kernel_warned();
	size_t length = SHARED_PAGES * s.page;
	int fd;

	s.va = mem_pages(SHARED_PAGES);
	s.memfd = memfd_make(SHARED_FILES * s.page);
	run_threads(&s, seed, close_early);
	if (!close_early) {
		CHECK(s.done > NTHREADS * STEPS / 10);
		if (seed % 2)
			destroy_all(&s);
	}
	if (seed % 4 < 2)
		close_files(&s);
	CHECK_EQ(close(s.fd), 0);
	if (seed % 4 >= 2)
		close_files(&s);
	CHECK_EQ(close(s.memfd), 0);

	fd = mock_open();
	mock_check_refs(fd, s.va, length, 0);
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(munmap(s.va, length), 0);
	CHECK(warned || !proc_kernel_warned());
}
