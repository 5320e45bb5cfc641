/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Threads that share objects of all kinds, and destroy each other's.
 *
 * Ids and files wait in slots. Whoever makes one puts it there and destroys
 * what was there before; whoever needs one reads a slot, and may find that it
 * is gone by the time it is used.
 */
#ifndef IOMMU_SELFTEST_STRESS_SHARED_H
#define IOMMU_SELFTEST_STRESS_SHARED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/mock.h"

#define SHARED_SLOTS 4
#define SHARED_PAGES 16
#define SHARED_FILES 8

enum slot_kind {
	SLOT_IOAS,
	SLOT_HWPT,
	SLOT_PARENT,
	SLOT_NESTED,
	SLOT_STDEV,
	SLOT_DEVICE,
	SLOT_FAULT,
	SLOT_VIOMMU,
	SLOT_VDEVICE,
	SLOT_VEVENTQ,
	SLOT_HW_QUEUE,
	SLOT_KINDS,
};

enum file_kind {
	FILE_EVENT,
	FILE_ACCESS,
	FILE_DMABUF,
	FILE_KINDS,
};

struct shared {
	int fd;
	atomic_uint slot[SLOT_KINDS][SHARED_SLOTS];
	/* File descriptors plus one, so that 0 is none. */
	atomic_int file[FILE_KINDS][SHARED_SLOTS];
	atomic_bool closed;
	char *va;
	size_t page;
	int memfd;
	/* How often each errno came, to see that not all was in vain. */
	atomic_uint done;
	atomic_uint refused;
	/* Counts along with @done for whoever outlives the process, or NULL. */
	atomic_uint *success;
};

struct shared_worker {
	struct shared *shared;
	unsigned int seed;
};

unsigned int shared_roll(struct shared_worker *w, unsigned int sides);
__u32 shared_any(struct shared_worker *w, enum slot_kind kind);
void shared_put(struct shared_worker *w, enum slot_kind kind, __u32 id);
int shared_any_file(struct shared_worker *w, enum file_kind kind);
void shared_put_file(struct shared_worker *w, enum file_kind kind, int file);
/* Ends the case when no race explains @rc; true when it was successful. */
bool shared_outcome(struct shared_worker *w, const char *what, long rc);

typedef void (*shared_op)(struct shared_worker *w);

extern const shared_op shared_memory_ops[];
extern const size_t shared_memory_nops;
extern const shared_op shared_device_ops[];
extern const size_t shared_device_nops;
extern const shared_op shared_guest_ops[];
extern const size_t shared_guest_nops;

/* Threads on @s that run until the process ends. */
[[gnu::noreturn]]
void shared_forever(struct shared *s, unsigned int seed, unsigned int nthreads);

/* @close_early: the context is closed while the threads are at work. */
void shared_round(unsigned int seed, bool close_early);

#endif
