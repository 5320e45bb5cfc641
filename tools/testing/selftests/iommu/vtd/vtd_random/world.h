/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What random scripts of vtd_random work on: a guest with two functions, each behind a unit
 * of its own, its tables over two second stages, and a model of what each of them may reach.
 * Some of the tables are for those who want to hear of page requests.
 *
 * Each operation does something sensible or nothing in each state, so what is left of a
 * script when operations are taken out of it is a script again.
 */
#ifndef IOMMU_SELFTEST_VTD_RANDOM_WORLD_H
#define IOMMU_SELFTEST_VTD_RANDOM_WORLD_H

#include "lib/event.h"
#include "lib/tenant.h"

#define PARENTS 2
#define TABLES 3
/* Pages of a table, of the guest's memory, and of what may be behind that. */
#define TABLE_PAGES 8
#define GUEST_DATA 8
#define HOST_DATA 32
#define FUNCTIONS 2
/* A function without PASID, and two of its PASIDs. */
#define USES 3
#define POINTS (FUNCTIONS * USES)
#define NESTED (PARENTS * TABLES)
#define TARGETS (NESTED + PARENTS)
#define NOWHERE (-1)
/* From this table on, whoever translates by it hears of page requests. */
#define HEARING 1
/* In sets of pages: none */
#define NOTHING 63

/**
 * enum op_kind - what an operation does
 * @OP_LEAF: a table gets another leaf: @a table, @b page, @c page of the guest or more
 * @OP_UPPER: what is above the leaves of a table goes, or comes back: @a table
 * @OP_INVALIDATE: the guest says so: @a nested target, @b first page, @c pages more,
 *	@d bit 0: leaves only; 6 and 7: everything
 * @OP_REMAP: a second stage gets another page, or none: @a parent, @b page of the guest,
 *	@c page of the host or more
 * @OP_ATTACH: @a point, @b target
 * @OP_DETACH: @a point
 * @OP_RESET: @a function
 * @OP_DMA: @a point, @b page, @c engine: bit 0 device TLB, bit 1 write
 * @OP_UNPLUG: @a function; it comes back as a new one
 * @OP_ASK: a page request: @a point, @b page, @c denied if not 0
 * @OP_KINDS: how many there are
 */
enum op_kind {
	OP_LEAF,
	OP_UPPER,
	OP_INVALIDATE,
	OP_REMAP,
	OP_ATTACH,
	OP_DETACH,
	OP_RESET,
	OP_DMA,
	OP_UNPLUG,
	OP_ASK,
	OP_KINDS,
};

struct op {
	enum op_kind kind;
	unsigned int a;
	unsigned int b;
	unsigned int c;
	unsigned int d;
};

/**
 * struct point - requests of a function, with one PASID or without
 * @target: what they translate by, or NOWHERE
 * @may: pages of the guest that they may reach at each page of a table
 * @upper: what is above the leaves has changed, and only leaves were invalidated since
 */
struct point {
	int target;
	__u64 may[TABLE_PAGES];
	bool upper;
};

/**
 * struct world - all of it
 * @guest: memory, tables, and the first function
 * @second: the unit of the second function
 * @other: the second function
 * @queue: page requests of those who hear of them
 * @ioas: of each parent
 * @target: ids of hwpts: nested ones, then the parents
 * @root: of each table
 * @leaf: what the leaves of each table say
 * @absent: nothing is above these leaves
 * @back: page of the host behind each page of the guest
 * @points: who may do DMA
 * @dmas: how many have been done
 */
struct world {
	struct tenant guest;
	struct sim second;
	struct sim_function other;
	struct event_queue queue;
	__u32 ioas[PARENTS];
	__u32 target[TARGETS];
	__u64 root[TABLES];
	unsigned int leaf[TABLES][TABLE_PAGES];
	bool absent[TABLES];
	unsigned int back[PARENTS][GUEST_DATA];
	struct point points[POINTS];
	unsigned long dmas;
};

void world_make(struct world *w, const struct profile *profile, __u64 seed);
void world_end(struct world *w);
/* Ends the case if the outcome is none that the model allows. */
void world_do(struct world *w, const struct op *op);
/* One whose values have a meaning. */
struct op op_make(enum op_kind kind, const unsigned int random[4]);
void op_text(const struct op *op, char *text, size_t size);

#endif
