// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process that uses /dev/iommu from several threads is killed at a random
 * moment, again and again. Afterwards nothing of it is left: no object, pin,
 * charge, page of a page table, domain id or group.
 *
 *   kill_loop [--rounds N] [--seed S]
 *
 * In every second round somebody else holds the context, too: then its devices
 * go, and the objects that stay can all be destroyed. In every third the
 * process is an ordinary user's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kill_loop/kill.h"
#include "lib/census.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "lib/vfio.h"

#define DEFAULT_ROUNDS 8
/*
 * A victim lives until it has done so many operations, and up to so long on
 * top; every fourth dies at such a moment after its birth.
 */
#define MAX_OPERATIONS 150
#define LIFE_STEPS 32
#define LIFE_STEP_US 2000
#define POLL_US 2000
/* Longer than that nobody waits for the operations. */
#define MAX_LIFE_US (20 * 1000 * 1000)

static unsigned int setting(const char *name, unsigned int fallback)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : fallback;
}

static void *shared_memory(size_t nbytes)
{
	char *va = mmap(NULL, nbytes, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(va != MAP_FAILED);
	memset(va, 0, nbytes);
	return va;
}

struct loop {
	void (*victim)(struct victim *victim);
	unsigned int rounds;
	unsigned int seed;
	char *va;
	atomic_uint *done;
	/* The operations of a victim, or NULL: each has to be successful once. */
	const struct victim_op *ops;
	size_t nops;
	const struct sim_function *function;
	/* Looks at what a victim used, once it is gone; or NULL. */
	void (*check)(unsigned int seed);
	/* A victim now lives until nothing is missing. */
	bool complete;
};

static unsigned int operations(const struct loop *loop)
{
	unsigned int sum = 0;
	int i;

	for (i = 0; i < VICTIM_OPS; i++)
		sum += loop->done[i];
	return sum;
}

/* An operation that was not successful yet, or NULL. */
static const char *missing(const struct loop *loop)
{
	size_t i;

	for (i = 0; i < loop->nops; i++)
		if (!loop->ops[i].optional && !loop->done[i])
			return loop->ops[i].name;
	return NULL;
}

static bool may_die(const struct loop *loop, unsigned int want)
{
	return operations(loop) >= want &&
	       !(loop->complete && missing(loop));
}

static void let_live(const struct loop *loop, pid_t pid, unsigned int seed)
{
	unsigned int want = operations(loop) + seed * 37 % MAX_OPERATIONS;
	unsigned int waited;

	if (loop->complete || seed % 4)
		for (waited = 0; !may_die(loop, want) &&
		     waited < MAX_LIFE_US; waited += POLL_US) {
			/* One that gives up has said why. */
			CHECK_EQ(waitpid(pid, NULL, WNOHANG), 0);
			usleep(POLL_US);
		}
	usleep(seed * 7 % LIFE_STEPS * LIFE_STEP_US);
}

static void kill_one(struct loop *loop, unsigned int seed)
{
	struct victim victim = {
		.fd = iommu_open(),
		.seed = seed,
		.user = !(seed % 3),
		.va = loop->va,
		.page = page_size(),
		.done = loop->done,
		.function = loop->function,
	};
	struct census before = census_take();
	bool kept = seed % 2;
	int status, fd;
	pid_t pid;

	pid = harness_fork();
	if (!pid) {
		loop->victim(&victim);
		_exit(1);
	}
	if (!kept)
		CHECK_EQ(close(victim.fd), 0);
	let_live(loop, pid, seed);
	CHECK_EQ(kill(pid, SIGKILL), 0);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

	if (kept) {
		context_check(victim.fd, seed);
		CHECK_EQ(close(victim.fd), 0);
	}
	census_check(&before, "in the round of seed %u", seed);
	fd = mock_open();
	mock_check_refs(fd, loop->va, VICTIM_PAGES * victim.page, 0);
	CHECK_EQ(close(fd), 0);
	if (victim.user)
		charge_check(seed);
	if (loop->check)
		loop->check(seed);
}

static void kill_some(struct loop *loop, unsigned int seed)
{
	bool warned = proc_kernel_warned();
	unsigned int i;

	for (i = 0; i < loop->rounds; i++) {
		kill_one(loop, seed + i);
		CHECK(warned || !proc_kernel_warned());
	}
}

static void kill_rounds(struct loop *loop)
{
	pid_t keeper = charge_keep();

	loop->rounds = setting("KILL_ROUNDS", DEFAULT_ROUNDS);
	loop->seed = setting("KILL_SEED", 1);
	loop->va = shared_memory(VICTIM_PAGES * page_size());
	loop->done = shared_memory(VICTIM_OPS * sizeof(*loop->done));
	kill_some(loop, loop->seed);
	/*
	 * What takes long, like the bind of a device that is reset, may not have
	 * come to its end in any of these lives.
	 */
	loop->complete = !!missing(loop);
	if (loop->complete)
		kill_some(loop, loop->seed + loop->rounds);
	CHECK_EQ(kill(keeper, SIGKILL), 0);
	CHECK_EQ(waitpid(keeper, NULL, 0), keeper);
}

static void mock(void)
{
	struct loop loop = { .victim = mock_victim };

	kill_rounds(&loop);
	harness_note("%u processes killed after %u operations", loop.rounds,
		     loop.done[0]);
	CHECK(loop.done[0] > loop.rounds * 10);
}

static void check_operations(const struct loop *loop)
{
	const char *name = missing(loop);
	size_t i;

	for (i = 0; i < loop->nops; i++)
		harness_note("%s: %u", loop->ops[i].name, loop->done[i]);
	if (name)
		harness_fail(__FILE__, __LINE__, "%s was never successful", name);
}

static void vfio(void)
{
	struct loop loop = {
		.victim = vfio_victim, .ops = vfio_ops, .nops = vfio_nops,
	};
	char path[PATH_MAX];

	/* Skips the case where there is none. */
	vfio_find_edu(path, sizeof(path));
	kill_rounds(&loop);
	check_operations(&loop);
}

static void sim(void)
{
	struct loop loop = {
		.victim = sim_victim, .ops = sim_ops, .nops = sim_nops,
		.check = sim_loop_check,
	};

	loop.function = sim_loop_begin();
	kill_rounds(&loop);
	check_operations(&loop);
	sim_loop_end();
}

static const struct test_case cases[] = {
	{ .name = "mock", .fn = mock, .seconds = 3600 },
	{ .name = "vfio", .fn = vfio, .seconds = 3600 },
	{ .name = "sim", .fn = sim, .seconds = 3600 },
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
	pass_on("KILL_ROUNDS",
		harness_option(argc, argv, "rounds",
			       setting("KILL_ROUNDS", DEFAULT_ROUNDS)));
	pass_on("KILL_SEED", harness_option(argc, argv, "seed", 1));
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
