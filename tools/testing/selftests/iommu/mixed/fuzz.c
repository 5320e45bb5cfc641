// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random sequences of operations against a model.
 *
 *   fuzz [--seed S] [--rounds N] [--ops N] [--verbose 1]
 *
 * Round n runs with the seed S + n, in a process of its own: a seed that fails
 * is repeated with "fuzz --seed S --rounds 1", and --verbose 1 tells every
 * operation. The model is in fuzz/.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/ops.h"
#include "lib/harness.h"
#include "lib/proc.h"

#define DEFAULT_ROUNDS 40
#define DEFAULT_OPS 500
/* Rounds that fail before the rest is not worth the time. */
#define MAX_FAILED 8
/* What harness_skip() ends a process with. */
#define EXIT_SKIPPED 4

struct op {
	void (*run)(struct world *w);
	/* How often, in relation to the others. */
	unsigned int weight;
	/* Without one of these it mostly has nothing to work on. */
	unsigned int kinds;
	/* A step that fails makes it fail without any effect. */
	bool whole;
};

static const struct op ops[] = {
	{ op_ioas_alloc, 2, 0, true },
	{ op_map, 26, KIND_IOAS, true },
	{ op_map_file, 12, KIND_IOAS, true },
	{ op_copy, 16, KIND_IOAS, true },
	/* it may be done, and fail to say how much */
	{ op_unmap, 14, KIND_IOAS, false },
	{ op_destroy, 12, KIND_HWPT | KIND_NESTED, true },
	{ op_ranges, 6, KIND_IOAS, true },
	{ op_allow, 2, KIND_IOAS, true },
	{ op_reserve, 1, KIND_IOAS, true },
	{ op_option, 4, KIND_IOAS, true },
	{ op_change_process, 2, 0, true },
	{ op_check_map, 16, KIND_HWPT, false },
	{ op_check_refs, 16, KIND_IOAS, false },
	{ op_hwpt_alloc, 14, KIND_DEVICE, true },
	{ op_hw_info, 1, KIND_DEVICE, true },
	{ op_attach, 6, KIND_IOAS, true },
	/* the same for which hwpt it was */
	{ op_replace, 14, KIND_DEVICE, false },
	{ op_pasid, 20, KIND_DEVICE, true },
	{ op_dirty, 10, KIND_HWPT, false },
	{ op_nested_alloc, 12, KIND_HWPT, true },
	{ op_invalidate, 8, KIND_NESTED | KIND_VIOMMU, false },
	{ op_check_slot, 5, KIND_NESTED | KIND_DEVICE, false },
	{ op_viommu_alloc, 6, KIND_HWPT, true },
	{ op_vdevice_alloc, 8, KIND_VIOMMU, true },
	{ op_hw_queue_alloc, 10, KIND_VIOMMU, true },
	{ op_window, 6, KIND_VIOMMU, false },
	{ op_fault_alloc, 3, 0, true },
	{ op_veventq_alloc, 5, KIND_VIOMMU, true },
	{ op_trigger_fault, 14, KIND_FAULT, false },
	{ op_trigger_event, 16, KIND_VDEVICE, false },
	{ op_read, 16, KIND_FAULT | KIND_VEVENTQ, false },
	{ op_respond, 10, KIND_FAULT, false },
	{ op_access_create, 5, KIND_IOAS, true },
	{ op_access_pin, 14, KIND_IOAS, true },
	{ op_access_unpin, 5, KIND_IOAS, true },
	{ op_access_rw, 10, KIND_IOAS, true },
	{ op_access_replace, 2, KIND_IOAS, true },
	{ op_access_close, 2, KIND_IOAS, false },
	{ op_dmabuf, 3, 0, false },
	{ op_move_fd, 4, 0, false },
	{ op_fork, 1, 0, false },
	{ op_junk, 3, 0, false },
	{ op_vfio_ioas, 4, KIND_IOAS, true },
	{ op_vfio_map, 10, KIND_IOAS, true },
	{ op_vfio_unmap, 12, KIND_IOAS, false },
	{ op_vfio_other, 4, 0, false },
};

/* In most rounds something is there to begin with. */
static void (*const foundation[])(struct world *w) = {
	op_ioas_alloc, op_ioas_alloc, op_attach, op_attach, op_attach,
	op_fault_alloc, op_hwpt_alloc, op_hwpt_alloc, op_hwpt_alloc,
	op_hwpt_alloc, op_hwpt_alloc, op_hwpt_alloc, op_hwpt_alloc,
	op_hwpt_alloc, op_viommu_alloc, op_viommu_alloc, op_vdevice_alloc,
	op_vdevice_alloc, op_vdevice_alloc, op_veventq_alloc,
	op_nested_alloc, op_nested_alloc, op_replace, op_replace, op_vfio_ioas,
	op_access_create, op_access_create,
};

struct known_seed {
	unsigned long seed;
	unsigned int ops;
	bool fails;
};

/* The entry of 0 keeps the array from being empty. */
static const struct known_seed known_seeds[] = {
#include "fuzz.seeds"
	{ 0, 200, false },
};

static const struct op *any_op(struct world *w)
{
	unsigned int sum = 0, at;
	size_t i;

	for (i = 0; i < ARRAY_LEN(ops); i++)
		sum += ops[i].weight;
	at = roll(w, sum);
	for (i = 0; at >= ops[i].weight; i++)
		at -= ops[i].weight;
	return &ops[i];
}

static void play_one(struct world *w)
{
	const struct op *op;
	int tries = 8;

	do {
		op = any_op(w);
	} while (op->kinds && !object_next(w->ctx, NULL, op->kinds) &&
		 --tries);
	w->arm = w->fails && op->whole && chance(w, 40);
	op->run(w);
	/* It found nothing to do. */
	w->arm = false;
}

static void play_foundation(struct world *w)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(foundation); i++)
		foundation[i](w);
}

static unsigned long setting(const char *name, unsigned long fallback)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : fallback;
}

static void play(unsigned long seed, unsigned int nops, bool fails)
{
	struct world *w = calloc(1, sizeof(*w));
	bool warned = proc_kernel_warned();
	struct footprint before;
	int fd = mock_open();

	CHECK(w);
	before = footprint_take(fd);
	w->seed = seed;
	w->verbose = setting("FUZZ_VERBOSE", 0);
	world_make(w);
	if (fails)
		w->fault = fault_open();
	w->fails = fails;
	if (chance(w, 85))
		play_foundation(w);
	for (w->op = 1; w->op <= nops; w->op++)
		play_one(w);
	world_end(w);
	if (fails)
		CHECK_EQ(close(w->fault.fd), 0);
	free(w);
	footprint_check(&before);
	CHECK_EQ(close(fd), 0);
	CHECK(warned || !proc_kernel_warned());
}

/* A round ends its process: no memory, file or pin reaches the next one. */
static bool play_alone(unsigned long seed, unsigned int nops, bool fails)
{
	pid_t pid = harness_fork();
	int status;

	if (!pid) {
		play(seed, nops, fails);
		_exit(0);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SKIPPED)
		_exit(EXIT_SKIPPED);
	if (status)
		harness_note("seed %lu: status 0x%x", seed, status);
	return !status;
}

static void known(void)
{
	bool can_fail = fault_available();
	unsigned int failed = 0;
	size_t i;

	for (i = 0; i < ARRAY_LEN(known_seeds); i++)
		failed += !play_alone(known_seeds[i].seed, known_seeds[i].ops,
				      known_seeds[i].fails && can_fail);
	CHECK_EQ(failed, 0);
}

static void rounds_of(bool fails)
{
	unsigned long seed = setting("FUZZ_SEED", 1);
	unsigned long rounds = setting("FUZZ_ROUNDS", DEFAULT_ROUNDS);
	unsigned long nops = setting("FUZZ_OPS", DEFAULT_OPS);
	unsigned int failed = 0;
	unsigned long i;

	for (i = 0; i < rounds && failed < MAX_FAILED; i++)
		failed += !play_alone(seed + i, nops, fails);
	harness_note("%lu rounds of %lu operations from seed %lu on", rounds,
		     nops, seed);
	CHECK_EQ(failed, 0);
}

static void random_rounds(void)
{
	rounds_of(false);
}

static void rounds_with_failures(void)
{
	if (!fault_available())
		harness_skip("the kernel injects no failures");
	rounds_of(true);
}

static struct test_case cases[] = {
	{ .name = "known_seeds", .fn = known, .seconds = 600 },
	{ .name = "random_rounds", .fn = random_rounds, .seconds = 600 },
	{ .name = "rounds_with_failures",
	  .fn = rounds_with_failures, .seconds = 600 },
};

static unsigned long pass_on(int argc, char **argv, const char *name,
			     const char *variable, unsigned long fallback)
{
	unsigned long value = harness_option(argc, argv, name,
					     setting(variable, fallback));
	char text[24];

	snprintf(text, sizeof(text), "%lu", value);
	setenv(variable, text, 1);
	return value;
}

int main(int argc, char **argv)
{
	unsigned long rounds;

	/* The cases run in processes of their own: the environment reaches them. */
	pass_on(argc, argv, "seed", "FUZZ_SEED", 1);
	pass_on(argc, argv, "ops", "FUZZ_OPS", DEFAULT_OPS);
	pass_on(argc, argv, "verbose", "FUZZ_VERBOSE", 0);
	rounds = pass_on(argc, argv, "rounds", "FUZZ_ROUNDS", DEFAULT_ROUNDS);
	/* A long run is allowed to take long. */
	cases[1].seconds += rounds * 5;
	cases[2].seconds += rounds * 5;
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
