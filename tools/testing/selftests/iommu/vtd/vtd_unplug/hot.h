/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device in a slot, held by user space: bound, attached, with mappings. It
 * leaves, asked or not, and comes back.
 */
#ifndef IOMMU_SELFTEST_UNPLUG_HOT_H
#define IOMMU_SELFTEST_UNPLUG_HOT_H

#include <stddef.h>

#include "lib/vfio.h"

#define IOVA 0x1000000ULL
#define NPAGES 64
#define REGS_SIZE 4096

#define STEP_MS 100
/* The guest blinks for five seconds before it lets a device go. */
#define LIMIT_MS 30000

struct hot {
	const char *model;
	const char *id;
	const char *add;
};

extern const struct hot hot_edu, hot_igb;
/* Has a device TLB, which is flushed with each unmap. */
extern const struct hot hot_virtio;

struct bench {
	const struct hot *hot;
	struct vfio_place place;
	/* What must be the same after the device has come back. */
	long ids;
	int fd;
	int device;
	/* The kernel's wish to have the device back. */
	int wish;
	__u32 ioas;
	size_t page;
	char *va;
	/* NULL for a device that has none that we know. */
	volatile void *regs;
};

/* Present and not held; fills in what bench_make() does without @fd. */
void bench_find(struct bench *b, const struct hot *hot);
struct bench bench_make(const struct hot *hot);

/* Holds it, with NPAGES at IOVA. */
void take(struct bench *b);
/* A mapping of the BAR holds the device as well as a descriptor does. */
void give_back(struct bench *b);
/* The device copies a page, if it is one that we can tell to. */
void use(const struct bench *b);

void ask_out(const struct bench *b);
void pull_out(const struct bench *b);
void wait_wish(const struct bench *b);
void wait_gone(const struct bench *b);
/* Once it is gone: back in, and all of it works as at first. */
void come_back(struct bench *b);

/* Cases of beside.c; the argument is a struct hot. */
void pulled_out_beside(const void *hot);
void pulled_out_of_shared(const void *hot);

#endif
