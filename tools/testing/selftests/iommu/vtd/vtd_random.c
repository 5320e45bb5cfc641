// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random scripts of what a guest and its VMM do: table edits at both stages, attaches,
 * replaces and detaches of requests with and without PASID, invalidations, page requests,
 * resets, hot unplug, and DMA. Two units that keep all they may are the hardware, and a
 * model of a page says what each DMA may reach (vtd_random/world.h).
 *
 *   vtd_random [--seed N] [--scripts N] [--steps N] [--seconds N]
 *
 * --seconds ends with the script that is running then, in place of --scripts. A script
 * that fails is made shorter as long as it still fails, and printed.
 *
 * Needs CONFIG_INTEL_IOMMU_SIM and vtd_sim=: Documentation/driver-api/vtd/sim.rst.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/random.h"
#include "vtd_random/world.h"

#define STEPS 500
#define STEPS_MAX 100000
#define SCRIPTS 5
/* Runs that making a script shorter may take. */
#define TRIES 150

static unsigned long seed, scripts, steps, seconds;

static const struct profile full = { VTD_SIM_FULL, "", 0 };
static const struct profile caching = { VTD_SIM_FULL_CM, "", 0 };
static const struct profile incoherent = { VTD_SIM_FULL_INCOHERENT, "", FS_A | FS_D };

struct script {
	const struct profile *profile;
	__u64 seed;
	struct op *ops;
	size_t n;
};

/* Of 100 operations */
static enum op_kind pick_kind(unsigned int n)
{
	static const unsigned char share[OP_KINDS] = {
		[OP_LEAF] = 12, [OP_UPPER] = 3, [OP_INVALIDATE] = 12, [OP_REMAP] = 14,
		[OP_ATTACH] = 6, [OP_DETACH] = 2, [OP_RESET] = 1, [OP_DMA] = 44,
		[OP_UNPLUG] = 1, [OP_ASK] = 5,
	};
	unsigned int kind;

	for (kind = 0; n >= share[kind]; kind++)
		n -= share[kind];
	return kind;
}

static void script_fill(struct script *s)
{
	__u64 state = s->seed * 0x9e3779b97f4a7c15ULL + 1;
	unsigned int random[4];
	size_t i, k;

	for (i = 0; i < s->n; i++) {
		enum op_kind kind = pick_kind((random_next(&state) >> 11) % 100);

		for (k = 0; k < ARRAY_LEN(random); k++)
			random[k] = random_next(&state) >> 11;
		s->ops[i] = op_make(kind, random);
	}
}

static void script_run(const struct script *s)
{
	static struct world w;
	size_t i;

	world_make(&w, s->profile, s->seed);
	for (i = 0; i < s->n; i++)
		world_do(&w, &s->ops[i]);
	world_end(&w);
}

/* In a process of its own, which says why only if it is to. */
static bool script_passes(const struct script *s, bool tell)
{
	int status, null;
	pid_t pid = harness_fork();

	if (!pid) {
		null = open("/dev/null", O_WRONLY);
		if (!tell)
			dup2(null, STDOUT_FILENO);
		script_run(s);
		_exit(0);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

static struct script without(const struct script *s, size_t first, size_t n)
{
	struct script less = *s;

	less.ops = calloc(s->n, sizeof(*s->ops));
	CHECK(less.ops);
	memcpy(less.ops, s->ops, first * sizeof(*s->ops));
	memcpy(less.ops + first, s->ops + first + n,
	       (s->n - first - n) * sizeof(*s->ops));
	less.n = s->n - n;
	return less;
}

/* Takes out half of it, a quarter, ... and one operation, wherever it still fails. */
static void script_shrink(struct script *s)
{
	size_t piece = s->n / 2, at;
	unsigned int tries = 0;

	for (; piece; piece /= 2) {
		for (at = 0; at + piece <= s->n && tries < TRIES; tries++) {
			struct script less = without(s, at, piece);

			if (script_passes(&less, false)) {
				free(less.ops);
				at += piece;
				continue;
			}
			free(s->ops);
			*s = less;
		}
	}
}

static void script_print(const struct script *s)
{
	char text[80];
	size_t i;

	for (i = 0; i < s->n; i++) {
		op_text(&s->ops[i], text, sizeof(text));
		harness_note("script: %s", text);
	}
}

static double seconds_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void random_scripts(const void *profile)
{
	struct script s = { .profile = profile, .seed = seed };
	double end = seconds_now() + seconds;
	unsigned long done = 0;

	do {
		s.n = steps;
		s.ops = calloc(s.n, sizeof(*s.ops));
		CHECK(s.ops);
		script_fill(&s);
		if (!script_passes(&s, true)) {
			script_shrink(&s);
			script_print(&s);
			harness_fail(__FILE__, __LINE__,
				     "--seed %llu --steps %lu fails; %zu operations are enough",
				     s.seed, steps, s.n);
		}
		free(s.ops);
		s.seed++;
		done++;
	} while (seconds ? seconds_now() < end : done < scripts);
	harness_note("seeds %lu to %llu: %lu operations", seed, s.seed - 1, done * steps);
}

#define ON(p)	{ .name = "random " #p, .fn_arg = random_scripts, .arg = &(p) }

static struct test_case cases[] = {
	ON(full), ON(caching), ON(incoherent),
};

int main(int argc, char **argv)
{
	size_t i;

	seed = harness_option(argc, argv, "seed", 1);
	scripts = harness_option(argc, argv, "scripts", SCRIPTS);
	steps = harness_option(argc, argv, "steps", STEPS);
	seconds = harness_option(argc, argv, "seconds", 0);
	if (!steps || steps > STEPS_MAX)
		return 2;
	for (i = 0; i < ARRAY_LEN(cases); i++)
		cases[i].seconds = 2 * seconds + 600;
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
