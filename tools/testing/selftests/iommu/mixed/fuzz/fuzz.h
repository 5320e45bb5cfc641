/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random operations on /dev/iommu, and a model that knows what must come out.
 *
 *	world -- ctx (an open /dev/iommu) -- object -- space (of an IOAS) -- area
 *	   |      |                                                          |
 *	   |      access (an in-kernel user)                              source
 *	   dmabuf
 *
 * An operation collects in a struct want each refusal that applies to what it
 * is about to ask for. None applies: it must succeed. Otherwise it must fail
 * with the errno of one of them; which is found first is the kernel's choice.
 */
#ifndef IOMMU_SELFTEST_FUZZ_H
#define IOMMU_SELFTEST_FUZZ_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/fault.h"
#include "lib/mock.h"

#define NCTX 2
#define MAX_OBJECTS 96
#define MAX_AREAS 48
#define MAX_RANGES 8
#define MAX_ACCESSES 6
#define MAX_PINS 6
#define MAX_DMABUFS 3
#define MAX_FAULTS 16
#define MAX_PASIDS 4
#define POOL_PAGES 128
#define FILE_PAGES 64
#define DMABUF_PAGES 4
#define LOG_LINES 24
/* No object of a round has an id from here on. */
#define MAX_ID 10000

/* As bits, so that a set of kinds is a number. */
enum kind {
	KIND_NONE	= 0,
	KIND_IOAS	= 1 << 0,
	KIND_HWPT	= 1 << 1,
	KIND_NESTED	= 1 << 2,
	KIND_STDEV	= 1 << 3,
	KIND_DEVICE	= 1 << 4,
	KIND_FAULT	= 1 << 5,
	KIND_VIOMMU	= 1 << 6,
	KIND_VDEVICE	= 1 << 7,
	KIND_VEVENTQ	= 1 << 8,
	KIND_HW_QUEUE	= 1 << 9,
	KIND_ANY	= (1 << 10) - 1,
};

struct range {
	__u64 first;
	__u64 last;
};

static inline struct range range_at(__u64 first, __u64 length)
{
	return (struct range){ first, first + length - 1 };
}

struct dmabuf {
	int fd;
	bool revoked;
};

enum source_kind {
	SOURCE_USER,
	SOURCE_FILE,
	SOURCE_DMABUF,
};

/* What one MAP or MAP_FILE described; areas share it after a COPY. */
struct source {
	struct source *next;
	enum source_kind kind;
	/* Where a CPU sees byte 0; NULL for memory that no CPU sees. */
	char *va;
	/* User address or offset in the file. */
	__u64 addr;
	bool writable;
	/* Pinning it fails; reading it with the CPU may not. */
	bool bad;
	bool readable;
	/* Its dma-buf was revoked since. */
	bool lost;
	struct dmabuf *dmabuf;
};

struct area {
	struct range at;
	struct source *source;
	/* Which byte of the source its first one is. */
	__u64 start;
	__u32 prot;
};

struct space {
	struct area area[MAX_AREAS];
	unsigned int nareas;
	/* Of ADD_RESERVED; those of the page tables follow from ntables. */
	struct range reserved[MAX_RANGES];
	unsigned int nreserved;
	struct range allowed[MAX_RANGES];
	unsigned int nallowed;
	unsigned int ntables;
	bool small_pages;
};

/* A page request that is not answered. */
struct fault_group {
	const struct object *dev;
	__u32 grpid;
	bool was_read;
	__u32 cookie;
};

/* PASIDs of a device: what each is attached to, or NULL. */
struct pasid {
	__u32 pasid;
	struct object *hwpt;
};

struct object {
	enum kind kind;
	__u32 id;
	/* What depends on it, its own file included. */
	unsigned int users;
	/* What it depends on: IOAS, parent hwpt, vIOMMU. */
	struct object *on;
	/* hwpt: the fault queue; device, vdevice, stdev: their counterpart. */
	struct object *peer;
	/* IOMMU_HWPT_ALLOC_* or MOCK_FLAGS_DEVICE_* */
	__u32 flags;
	bool automatic;
	bool tracking;
	struct space *space;
	/* device: what its RID is attached to */
	struct object *attached;
	struct pasid pasid[MAX_PASIDS];
	/* nested hwpt: slots; device: cache */
	__u32 slot[MOCK_NESTED_DOMAIN_IOTLB_NUM];
	__u64 virt_id;
	/* hw_queue */
	struct range at;
	__u32 index;
	/* fault queue, veventq */
	int fd;
	struct fault_group group[MAX_FAULTS];
	unsigned int ngroups;
	__u32 depth;
	__u32 sequence;
	unsigned int nevents;
	/* Numbers of the events queued. */
	__u32 number[MAX_FAULTS];
	bool lost;
	/* vIOMMU */
	__u64 window_offset;
	__u64 window_length;
	__u32 window_value;
	void *window;
};

struct pin {
	__u32 id;
	struct range at;
};

struct access {
	int fd;
	bool pins_pages;
	struct object *ioas;
	struct pin pin[MAX_PINS];
	unsigned int npins;
};

struct ctx {
	int fd;
	struct object object[MAX_OBJECTS];
	struct access access[MAX_ACCESSES];
	struct object *container;
	/* Ids that are in use by no object: vdevices that lost their device. */
	unsigned int tombstones;
	unsigned int nobjects;
};

struct world {
	unsigned long seed;
	__u64 state;
	unsigned int op;
	bool verbose;
	/* Allocations fail: now and then in a round; in the next command. */
	bool fails;
	bool arm;
	struct fault fault;
	size_t page;
	__u64 huge;
	char *pool;
	/* One page that only reading is allowed of, and one not even that. */
	char *readonly;
	char *nothing;
	int memfd;
	char *view;
	struct dmabuf dmabuf[MAX_DMABUFS];
	struct source *sources;
	struct ctx ctx[NCTX];
	char log[LOG_LINES][160];
	unsigned int nlog;
};

#define MAX_WANT 24

struct want {
	int err[MAX_WANT];
	unsigned int n;
	/* It may also succeed. */
	bool maybe;
};

/* What an ioctl names: an id, and the object that has it, if one does. */
struct target {
	__u32 id;
	struct object *object;
	/* An object that the model does not know may have it: an access. */
	bool vague;
};

/* world.c */
__u64 roll(struct world *w, __u64 sides);
bool chance(struct world *w, unsigned int percent);
struct ctx *any_ctx(struct world *w);

[[gnu::format(printf, 2, 3)]]
void op_log(struct world *w, const char *fmt, ...);
[[gnu::noreturn, gnu::format(printf, 2, 3)]]
void op_fail(struct world *w, const char *fmt, ...);
void op_check(struct world *w, bool cond, const char *what);

void want(struct want *want, bool cond, int errnum);
/* True when the operation succeeded; ends the case if it should not have. */
bool outcome(struct world *w, const struct want *want, int rc);

struct object *object_find(struct ctx *c, __u32 id);
struct object *object_add(struct world *w, struct ctx *c, enum kind kind,
			  __u32 id);
void object_drop(struct ctx *c, struct object *object);
bool has_room(const struct ctx *c);
struct object *object_next(struct ctx *c, struct object *prev,
			   unsigned int kinds);
struct object *object_any(struct world *w, struct ctx *c, unsigned int kinds);
struct target pick(struct world *w, struct ctx *c, unsigned int kinds);
/* Mostly one with one of the flags. */
struct target pick_flagged(struct world *w, struct ctx *c, unsigned int kinds,
			   __u32 flag);
bool is_kind(const struct target *t, unsigned int kinds);
void want_kind(struct want *want, const struct target *t, unsigned int kinds,
	       int errnum);

void world_make(struct world *w);
/* Closes everything in a random order; nothing may be left. */
void world_end(struct world *w);

/* space.c */
struct area *space_area(struct space *s, __u64 iova);
struct area *space_first_hit(struct space *s, struct range at);
bool space_is_covered(struct space *s, struct range at);
bool space_is_reserved(const struct space *s, struct range at);
bool space_gap(const struct space *s, __u64 from, struct range *gap);
__u64 space_alignment(struct world *w, struct ctx *c, struct object *ioas);
bool space_auto(struct world *w, struct object *ioas, __u64 addr, __u64 length,
		__u64 *iova);
void space_insert(struct space *s, const struct area *area);
void space_remove(struct space *s, struct area *area);
/* Refusals of what is about to be put in place. */
struct placement {
	bool fixed;
	__u64 iova;
	__u64 addr;
	__u64 length;
};

void want_place(struct world *w, struct ctx *c, struct object *ioas,
		const struct placement *p, struct want *want);
void want_table(struct object *ioas, struct want *want);
void want_pages(struct world *w, struct object *ioas, struct want *want);
bool area_is_pinned(struct world *w, struct ctx *c, struct object *ioas,
		    const struct area *area);
bool area_is_locked(struct ctx *c, struct object *ioas,
		    const struct area *area);
/* What an unmap takes away, pins of accesses included; returns the bytes. */
__u64 space_unmap(struct ctx *c, struct object *ioas, struct range at);
struct source *source_make(struct world *w, enum source_kind kind, char *va,
			   __u64 addr);

#endif
