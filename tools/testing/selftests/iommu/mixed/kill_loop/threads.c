// SPDX-License-Identifier: GPL-2.0-only
/* Threads that run a table of operations in random order. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/harness.h"
#include "kill.h"

#define MAX_THREADS 8

struct worker {
	struct victim *victim;
	const struct victim_op *ops;
	size_t nops;
	void *arg;
	unsigned int seed;
};

[[gnu::noreturn]]
static void *work(void *arg)
{
	struct worker *w = arg;

	for (;;) {
		size_t i = rand_r(&w->seed) % w->nops;

		if (!w->ops[i].run(w->arg, &w->seed))
			atomic_fetch_add(&w->victim->done[i], 1);
	}
}

void victim_threads(struct victim *victim, const struct victim_op *ops,
		    size_t nops, void *arg, unsigned int nthreads)
{
	static struct worker worker[MAX_THREADS];
	pthread_t thread;
	unsigned int i;

	CHECK(nthreads <= MAX_THREADS && nops <= VICTIM_OPS);
	for (i = 0; i < nthreads; i++) {
		worker[i] = (struct worker){
			.victim = victim,
			.ops = ops,
			.nops = nops,
			.arg = arg,
			.seed = victim->seed * MAX_THREADS + i,
		};
		CHECK_EQ(pthread_create(&thread, NULL, work, &worker[i]), 0);
	}
	for (;;)
		pause();
}
