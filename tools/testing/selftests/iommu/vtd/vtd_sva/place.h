/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated function that a process uses with its own addresses: its driver
 * (vtd-sim-sva) binds the process, and the process rings the doorbell.
 */
#ifndef VTD_SVA_PLACE_H
#define VTD_SVA_PLACE_H

#include "lib/harness.h"
#include "lib/sim.h"
#include "lib/tenant.h"

/* @profile, @caps: of the unit; @flags: of the engine; @page_reads: as of the unit */
struct terms {
	__u32 profile;
	const char *caps;
	__u32 flags;
	__u32 page_reads;
};

/* @fd: what the driver gave for binding; -1: not bound */
struct bond {
	int fd;
	__u32 pasid;
};

struct place {
	struct sim sim;
	struct sim_function fn;
	struct bond bond;
	__u32 flags;
};

/* A unit with a function. Nobody is bound. */
void place_make(struct place *p, const struct terms *terms);
/* The same, and the case is bound. */
void place_make_bound(struct place *p, const struct terms *terms);
/* Everybody is unbound. Fails if anything stale was used. Then all of it is removed. */
void place_end(struct place *p);

struct sim_function place_function(const struct sim *sim, __u32 lacks);

int __sva_bind(const struct sim_function *fn, struct bond *bond);
struct bond sva_bind(const struct sim_function *fn);
void sva_unbind(struct bond *bond);

/* @seed into a page by DMA; a page by DMA that is full of @seed. Return how it ended. */
__u32 sva_write(const struct place *p, __u32 pasid, const void *va, int seed);
__u32 sva_read(const struct place *p, __u32 pasid, const void *va, int seed);
/* Both succeed, and it is the memory that the process has there. */
void sva_reaches(const struct place *p, __u32 pasid, void *va);
void sva_blocked(const struct place *p, __u32 pasid, const void *va);
/* A page request of @npages, to write unless @flags say READ_ONLY; how it was answered. */
__u32 sva_ask(const struct place *p, __u32 pasid, const void *va, unsigned int npages,
	      __u32 flags);
/* Writes to @va for ever in the background. */
void sva_stream(const struct place *p, __u32 pasid, const void *va);
/* Operations of the stream succeed, and go on. */
void sva_stream_runs(const struct place *p);
/* It ends; another one begins, of which not one operation succeeds. */
void sva_stream_fails(const struct place *p, __u32 pasid, const void *va);

#endif
