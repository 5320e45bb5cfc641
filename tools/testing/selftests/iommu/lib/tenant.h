/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest with a simulated function: its memory, mapped into a nest parent, and
 * first-stage tables in that memory.
 *
 * Guest physical addresses begin at GUEST_RAM. Tables are taken from the end of the
 * memory, data is at its beginning.
 */
#ifndef VTD_NESTED_TENANT_H
#define VTD_NESTED_TENANT_H

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/sim.h"
#include "lib/uapi.h"

#define GUEST_RAM	0x10000000ULL
#define GUEST_PAGES	512
/* How much a table maps in most cases */
#define NPAGES		8
#define PAGE		4096ULL
#define LARGE		(512 * PAGE)
#define HUGE		(512 * LARGE)
/* What a device of the guest calls its memory. */
#define IOVA		0x7f0040000000ULL

/* Bits of a first-stage entry. */
#define FS_P		0x1ULL
#define FS_RW		0x2ULL
#define FS_US		0x4ULL
#define FS_A		0x20ULL
#define FS_D		0x40ULL
#define FS_PS		0x80ULL
#define FS_EA		0x400ULL
#define FS_ADDR		0x000ffffffffff000ULL
#define FS_ALL		(FS_P | FS_RW | FS_US)

struct profile {
	__u32 profile;
	const char *caps;
	/* The walk is not coherent: the unit sets no flags, so they are there already. */
	__u64 preset;
};

/* @flags: of the engine */
struct way {
	const struct profile *profile;
	__u32 flags;
};

/**
 * struct tenant - a guest with a function
 * @sim: the unit
 * @fn: the function; its id in the iommufd is @fn.id
 * @fd: the iommufd
 * @ioas: what the guest has as memory
 * @parent: the nest parent of it
 * @ram: the memory
 * @npages: how much
 * @tables: pages that are tables
 * @preset: flags that each entry gets
 */
struct tenant {
	struct sim sim;
	struct sim_function fn;
	int fd;
	__u32 ioas;
	__u32 parent;
	unsigned char *ram;
	size_t npages;
	size_t tables;
	__u64 preset;
};

/* With memory in pages of 4 KiB, or of 2 MiB in the second stage; nothing is attached. */
void tenant_make(struct tenant *g, const struct profile *profile);
void tenant_make_large(struct tenant *g, const struct profile *profile);
/* With @npages of memory. */
void tenant_make_pages(struct tenant *g, const struct profile *profile, size_t npages);
/* Nothing stale was used, and nothing forbidden was done. */
void tenant_check(const struct tenant *g);
/* The same, then everything goes. */
void tenant_end(struct tenant *g);
void tenant_leave(struct tenant *g);

/* An empty table; its guest address. */
__u64 tenant_table(struct tenant *g);
/* Where the guest has @gpa. */
void *tenant_at(const struct tenant *g, __u64 gpa);
__u64 tenant_data(size_t page);
/* The entry for @iova in the table of @level (1 for pages); made if need be. */
__u64 *tenant_entry(struct tenant *g, __u64 root, unsigned int levels, __u64 iova,
		    unsigned int level);
/* A page of 4 KiB. */
void tenant_map(struct tenant *g, __u64 root, __u64 iova, __u64 gpa);
/* A table that maps the first @npages of data at IOVA, the last one first. */
__u64 tenant_reversed(struct tenant *g, size_t npages);
void tenant_reversed_reached(const struct tenant *g, __u32 flags, size_t npages);

int __tenant_hwpt(const struct tenant *g, const struct iommu_hwpt_vtd_s1 *data, __u32 *id);
__u32 tenant_hwpt(const struct tenant *g, __u64 root);

/* Writes a page full of @seed by DMA, or reads one and looks whether it is full of it. */
__u32 tenant_write(const struct sim_function *fn, __u32 flags, __u64 iova, int seed);
__u32 tenant_read(const struct sim_function *fn, __u32 flags, __u64 iova, int seed);
/* Both succeed, and it is this page of the guest. */
void tenant_reaches(const struct tenant *g, __u32 flags, __u64 iova, __u64 gpa);
void tenant_blocked(const struct tenant *g, __u32 flags, __u64 iova);

void tenant_pasid(const struct tenant *g, __u32 pasid, __u32 hwpt);
/* The function uses this PASID from now on. */
__u32 tenant_use(const struct sim_function *fn, __u32 pasid);

#endif
