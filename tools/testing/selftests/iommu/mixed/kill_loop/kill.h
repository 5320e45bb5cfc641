/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes that use /dev/iommu from several threads until they are killed,
 * and what must be as before once they are gone.
 */
#ifndef IOMMU_SELFTEST_KILL_LOOP_H
#define IOMMU_SELFTEST_KILL_LOOP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/mock.h"
#include "lib/sim.h"

/* Memory that victim and runner share, so that the runner can see its pins. */
#define VICTIM_PAGES 64
/* What a user may pin; more than any victim does. */
#define VICTIM_LIMIT_PAGES 8192
#define VICTIM_UID 61007

#define VICTIM_OPS 32

struct victim {
	/* /dev/iommu; the runner has it, too, in rounds with @kept. */
	int fd;
	/* Runs as an ordinary user, once it has its files. */
	bool user;
	unsigned int seed;
	char *va;
	size_t page;
	/* Of sim_victim() alone: what it may take. */
	const struct sim_function *function;
	/* In shared memory: how often each operation was successful. */
	atomic_uint *done;
};

/*
 * A process of VICTIM_UID that does nothing. Without one the kernel forgets the
 * user, and what it is charged with, as soon as a victim is gone.
 */
pid_t charge_keep(void);

/*
 * Ends the case unless VICTIM_UID can pin all of its limit: nothing is charged
 * to it any more.
 */
void charge_check(unsigned int seed);

/* Destroys all that is in the context; its fdinfo must then show nothing. */
void context_check(int fd, unsigned int seed);

/* An operation of a victim, which may fail in any way. */
struct victim_op {
	const char *name;
	/* Not every unit can. */
	bool optional;
	/* 0 where it was successful. */
	int (*run)(void *arg, unsigned int *seed);
};

/*
 * Threads that run @ops in random order for ever, each with a seed of its own.
 * Counts successes in @victim->done, by the place in @ops.
 */
void victim_threads(struct victim *victim, const struct victim_op *ops,
		    size_t nops, void *arg, unsigned int nthreads);

/* Never return. */
void mock_victim(struct victim *victim);
void vfio_victim(struct victim *victim);
void sim_victim(struct victim *victim);
/* The operations of vfio_victim() and sim_victim(), in the order of @done. */
extern const struct victim_op vfio_ops[], sim_ops[];
extern const size_t vfio_nops, sim_nops;

/* Where victims of the simulated function map, and what nobody but the runner uses. */
#define SIM_PLACES 4
#define SIM_STRIDE 0x1000000ULL
#define SIM_PLACE(i) (0x40000000ULL + (i) * SIM_STRIDE)
#define SIM_PROBE_IOVA 0x80000000ULL
/* Victims use PASIDs from 1 to this one. */
#define SIM_PASIDS 6

/* A unit with a function; skips the case where nothing can be simulated. */
const struct sim_function *sim_loop_begin(void);
/* The next user of the function reaches its own memory, and nothing of a victim. */
void sim_loop_check(unsigned int seed);
/* Both can go. */
void sim_loop_end(void);

#endif
