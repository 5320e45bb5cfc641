// SPDX-License-Identifier: GPL-2.0-only
/*
 * The world of random scripts, and who may reach what in it.
 *
 * A guest that changes a table may go on with what was there, until it invalidates: each
 * point has a set for each page. What the kernel changes, the second stage and what is
 * attached, counts at once.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/vfio.h>

#include <iommufd.h>

#include "lib/prq.h"
#include "world.h"

/* The part of the memory that has tables is never mapped anew. */
#define TABLE_RAM (GUEST_PAGES / 2)
/* Where in a page DMA leaves its mark. */
#define MARK_AT 512

static const __u32 pasids[USES] = { 0, 5, 9 };

static __u64 bit(unsigned int n)
{
	return 1ULL << n;
}

static struct sim_function *function_of(struct world *w, unsigned int point)
{
	return point / USES ? &w->other : &w->guest.fn;
}

static unsigned int table_of(int target)
{
	return target % TABLES;
}

static unsigned int parent_of(int target)
{
	return target < NESTED ? target / TABLES : target - NESTED;
}

static unsigned char *host_page(const struct world *w, unsigned int host)
{
	return w->guest.ram + host * PAGE;
}

/* ---- From nothing, and back ---------------------------------------------- */

static void parent_make(struct world *w, unsigned int parent)
{
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_ALLOC_NEST_PARENT | IOMMU_HWPT_ALLOC_PASID,
		.dev_id = w->guest.fn.id,
	};
	unsigned int i;

	w->ioas[parent] = ioas_alloc(w->guest.fd);
	ioas_map_at(w->guest.fd, w->ioas[parent], w->guest.ram + TABLE_RAM * PAGE,
		    TABLE_RAM * PAGE, GUEST_RAM + TABLE_RAM * PAGE);
	for (i = 0; i < GUEST_DATA; i++) {
		w->back[parent][i] = (i + parent * 7) % HOST_DATA;
		ioas_map_at(w->guest.fd, w->ioas[parent], host_page(w, w->back[parent][i]),
			    PAGE, tenant_data(i));
	}
	cmd.pt_id = w->ioas[parent];
	CHECK_OK(__hwpt_alloc(w->guest.fd, &cmd));
	w->target[NESTED + parent] = cmd.out_hwpt_id;
}

static __u32 hearing_hwpt(const struct world *w, __u64 root)
{
	const struct iommu_hwpt_vtd_s1 data = { .pgtbl_addr = root, .addr_width = 48 };
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_ALLOC_PASID | IOMMU_HWPT_FAULT_ID_VALID,
		.fault_id = w->queue.id,
		.dev_id = w->guest.fn.id,
		.pt_id = w->guest.parent,
		.data_type = IOMMU_HWPT_DATA_VTD_S1,
		.data_len = sizeof(data),
		.data_uptr = (__u64)(unsigned long)&data,
	};

	CHECK_OK(__hwpt_alloc(w->guest.fd, &cmd));
	return cmd.out_hwpt_id;
}

static void table_make(struct world *w, unsigned int table)
{
	unsigned int i;

	w->root[table] = tenant_table(&w->guest);
	for (i = 0; i < TABLE_PAGES; i++) {
		w->leaf[table][i] = (i + table * 5) % GUEST_DATA;
		tenant_map(&w->guest, w->root[table], IOVA + i * PAGE,
			   tenant_data(w->leaf[table][i]));
	}
	for (i = 0; i < PARENTS; i++) {
		w->guest.parent = w->target[NESTED + i];
		w->target[i * TABLES + table] =
			table >= HEARING ? hearing_hwpt(w, w->root[table]) :
					   tenant_hwpt(&w->guest, w->root[table]);
	}
}

static struct sim second_unit(const struct sim *first, const struct profile *profile,
			      __u64 seed)
{
	struct vtd_sim_unit_add how = {
		.size = sizeof(how), .profile = profile->profile,
		.retention = VTD_SIM_KEEP_ALL, .seed = seed,
	};

	CHECK_OK(__sim(first->fd, VTD_SIM_UNIT_ADD, &how));
	return (struct sim){ first->fd, how.out_unit, how.out_segment };
}

static void second_end(const struct sim *second)
{
	struct vtd_sim_unit_remove gone = { .size = sizeof(gone), .unit = second->unit };

	sim_check_clean_but(second, SIM_STALE | SIM_STALE_DEVICE);
	CHECK_OK(__sim(second->fd, VTD_SIM_UNIT_REMOVE, &gone));
}

void world_make(struct world *w, const struct profile *profile, __u64 seed)
{
	struct tenant *g = &w->guest;
	unsigned int i;

	*w = (struct world){};
	g->ram = mem_pages(GUEST_PAGES);
	g->npages = GUEST_PAGES;
	g->preset = profile->preset;
	memset(g->ram, 0, GUEST_PAGES * PAGE);
	for (i = 0; i < HOST_DATA; i++)
		memset(host_page(w, i), i, MARK_AT);
	g->sim = sim_unit_like(profile->profile, profile->caps, VTD_SIM_KEEP_ALL, seed);
	g->fn = sim_function(&g->sim, VTD_SIM_ENGINE, 0);
	w->second = second_unit(&g->sim, profile, seed);
	w->other = sim_function(&w->second, VTD_SIM_ENGINE, 0);
	g->fd = iommu_open();
	w->queue = fault_queue(g->fd);
	sim_function_open(&g->fn, g->fd);
	sim_function_open(&w->other, g->fd);
	for (i = 0; i < PARENTS; i++)
		parent_make(w, i);
	for (i = 0; i < TABLES; i++)
		table_make(w, i);
	for (i = 0; i < POINTS; i++)
		w->points[i].target = NOWHERE;
}

void world_end(struct world *w)
{
	sim_check_clean_but(&w->guest.sim, SIM_STALE | SIM_STALE_DEVICE);
	sim_function_close(&w->guest.fn);
	sim_function_close(&w->other);
	close(w->guest.fd);
	close(w->queue.fd);
	sim_function_remove(&w->guest.fn);
	sim_function_remove(&w->other);
	second_end(&w->second);
	sim_end(&w->guest.sim);
	CHECK_EQ(munmap(w->guest.ram, GUEST_PAGES * PAGE), 0);
}

/* ---- What a table says --------------------------------------------------- */

static __u64 now(const struct world *w, unsigned int table, unsigned int page)
{
	return bit(w->absent[table] ? NOTHING : w->leaf[table][page]);
}

static bool translates_by(const struct point *p, unsigned int table)
{
	return p->target != NOWHERE && p->target < NESTED && table_of(p->target) == table;
}

/* Nobody is told: what was there may go on. */
static void table_changed(struct world *w, unsigned int table)
{
	unsigned int i, k;

	for (i = 0; i < POINTS; i++)
		for (k = 0; translates_by(&w->points[i], table) && k < TABLE_PAGES; k++)
			w->points[i].may[k] |= now(w, table, k);
}

static void leaf_set(struct world *w, const struct op *op)
{
	unsigned int table = op->a, page = op->b;
	unsigned int to = op->c < GUEST_DATA ? op->c : NOTHING;
	__u64 *entry;

	/* The leaves are there, whether or not anything leads to them. */
	if (w->absent[table])
		return;
	w->leaf[table][page] = to;
	entry = tenant_entry(&w->guest, w->root[table], 4, IOVA + page * PAGE, 1);
	*entry = to == NOTHING ? 0 : tenant_data(to) | FS_ALL | w->guest.preset;
	table_changed(w, table);
}

/* Present or not; the address stays. */
static void upper_toggle(struct world *w, const struct op *op)
{
	unsigned int table = op->a, i;
	__u64 *entry = tenant_entry(&w->guest, w->root[table], 4, IOVA, 2);

	*entry ^= FS_P;
	w->absent[table] = !w->absent[table];
	table_changed(w, table);
	for (i = 0; i < POINTS; i++)
		w->points[i].upper |= translates_by(&w->points[i], table);
}

static void point_invalidate(const struct world *w, struct point *p, unsigned int first,
			     unsigned int last, bool leaf)
{
	unsigned int table = table_of(p->target), k;

	for (k = first; k <= last && k < TABLE_PAGES; k++) {
		/* By an upper level that has stayed, the leaf of now. */
		if (leaf && p->upper)
			p->may[k] |= bit(w->leaf[table][k]);
		else
			p->may[k] = now(w, table, k);
	}
	if (!leaf)
		p->upper = false;
}

static void invalidate(struct world *w, const struct op *op)
{
	struct iommu_hwpt_vtd_s1_invalidate entry = {};
	struct iommu_hwpt_invalidate cmd = {
		.size = sizeof(cmd), .data_type = IOMMU_HWPT_INVALIDATE_DATA_VTD_S1,
		.data_uptr = (__u64)(unsigned long)&entry, .entry_len = sizeof(entry),
		.entry_num = 1,
	};
	unsigned int first = op->b, last = first + op->c, i;
	int target = op->a;
	bool leaf = op->d & 1;

	entry.addr = IOVA + first * PAGE;
	entry.npages = last - first + 1;
	entry.flags = leaf ? IOMMU_VTD_INV_FLAGS_LEAF : 0;
	if (op->d >= 6) {
		entry = (struct iommu_hwpt_vtd_s1_invalidate){ .npages = ~0ULL };
		first = 0;
		last = TABLE_PAGES - 1;
		leaf = false;
	}
	cmd.hwpt_id = w->target[target];
	CHECK_OK(__iommu_cmd(w->guest.fd, IOMMU_HWPT_INVALIDATE, &cmd));
	for (i = 0; i < POINTS; i++)
		if (w->points[i].target == target)
			point_invalidate(w, &w->points[i], first, last, leaf);
}

/* ---- What the kernel is told --------------------------------------------- */

static void remap(struct world *w, const struct op *op)
{
	unsigned int parent = op->a, page = op->b;
	unsigned int *back = &w->back[parent][page];

	if (*back != NOTHING)
		ioas_unmap(w->guest.fd, w->ioas[parent], tenant_data(page), PAGE);
	*back = op->c < HOST_DATA ? op->c : NOTHING;
	if (*back != NOTHING)
		ioas_map_at(w->guest.fd, w->ioas[parent], host_page(w, *back), PAGE,
			    tenant_data(page));
}

static void attach(struct world *w, const struct op *op)
{
	unsigned int point = op->a, use = point % USES, k;
	int target = op->b, device = function_of(w, point)->device;
	struct point *p = &w->points[point];
	__u32 id = w->target[target];

	/* Nothing is done, and so nothing forgotten. */
	if (p->target == target)
		return;
	CHECK_OK(use ? iommufd_vfio_pasid_attach(device, pasids[use], &id) :
		       __vfio_attach(device, &id));
	p->target = target;
	p->upper = false;
	for (k = 0; target < NESTED && k < TABLE_PAGES; k++)
		p->may[k] = now(w, table_of(target), k);
}

static void detach(struct world *w, const struct op *op)
{
	unsigned int point = op->a, use = point % USES;
	int device = function_of(w, point)->device;
	struct point *p = &w->points[point];

	if (p->target == NOWHERE)
		return;
	CHECK_OK(use ? iommufd_vfio_pasid_detach(device, pasids[use]) :
		       __vfio_detach(device));
	p->target = NOWHERE;
}

static void reset(struct world *w, const struct op *op)
{
	CHECK_OK(iommufd_vfio_reset(function_of(w, op->a * USES)->device));
}

/* What it had been attached to is not the new one's. */
static void unplug(struct world *w, const struct op *op)
{
	struct sim_function *fn = function_of(w, op->a * USES);
	unsigned int use;

	sim_function_close(fn);
	sim_function_remove(fn);
	*fn = sim_function(op->a ? &w->second : &w->guest.sim, VTD_SIM_ENGINE, 0);
	sim_function_open(fn, w->guest.fd);
	for (use = 0; use < USES; use++)
		w->points[op->a * USES + use].target = NOWHERE;
}

static bool hears(const struct point *p)
{
	return p->target != NOWHERE && p->target < NESTED && table_of(p->target) >= HEARING;
}

/* It is heard of where it translates, answered as it was, and goes nowhere else. */
static void ask(struct world *w, const struct op *op)
{
	unsigned int point = op->a, use = point % USES, i;
	struct sim_function *fn = function_of(w, point);
	const struct point *p = &w->points[point];
	struct iommu_hwpt_pgfault fault;
	bool anybody = false;
	__u32 status;

	for (i = 0; i < USES; i++)
		anybody |= hears(&w->points[point - use + i]);
	sim_set(fn, SIM_FIELD(pasid), pasids[use]);
	status = sim_run(fn, VTD_SIM_OP_PAGE | (use ? VTD_SIM_OP_PASID : 0),
			 IOVA + op->b * PAGE, PAGE, 0);
	if (!anybody) {
		CHECK(status != VTD_SIM_OK && status != VTD_SIM_PENDING);
		return;
	}
	if (hears(p)) {
		prq_read(&w->queue, &fault, 1);
		CHECK_EQ(fault.addr & ~(PAGE - 1), IOVA + op->b * PAGE);
		CHECK_EQ(fault.pasid, pasids[use]);
		prq_answer(&w->queue, fault.cookie, op->c ? IOMMUFD_PAGE_RESP_INVALID :
							    IOMMUFD_PAGE_RESP_SUCCESS);
	}
	CHECK_EQ(prq_result(fn), hears(p) && !op->c ? VTD_SIM_OK : VTD_SIM_PAGE_FAILED);
}

/* ---- Who reaches what ---------------------------------------------------- */

static __u64 allowed(const struct world *w, const struct point *p, unsigned int page)
{
	unsigned int i;
	__u64 set = 0;

	if (p->target == NOWHERE)
		return bit(NOTHING);
	if (p->target >= NESTED)
		return bit(w->back[parent_of(p->target)][page]);
	for (i = 0; i < GUEST_DATA; i++)
		if (p->may[page] & bit(i))
			set |= bit(w->back[parent_of(p->target)][i]);
	return set | (p->may[page] & bit(NOTHING));
}

/* Which page of the host has the mark; it goes. */
static unsigned int find_mark(const struct world *w, unsigned char mark)
{
	unsigned int i, found = NOTHING;

	for (i = 0; i < HOST_DATA; i++) {
		if (host_page(w, i)[MARK_AT] != mark)
			continue;
		CHECK_EQ(found, NOTHING);
		found = i;
		memset(host_page(w, i) + MARK_AT, 0, 8);
	}
	/* Elsewhere it would have no business. */
	CHECK(found != NOTHING);
	return found;
}

static void dma(struct world *w, const struct op *op)
{
	unsigned int point = op->a, use = point % USES, page = op->b;
	struct sim_function *fn = function_of(w, point);
	const struct point *p = &w->points[point];
	__u32 flags = (use ? VTD_SIM_OP_PASID : 0) | (op->c & 1 ? VTD_SIM_OP_ATS : 0);
	__u64 addr = p->target >= NESTED ? tenant_data(page) : IOVA + page * PAGE;
	bool is_write = op->c & 2;
	unsigned int got = NOTHING;

	sim_set(fn, SIM_FIELD(pasid), pasids[use]);
	memset((void *)fn->memory, 0xee, 8);
	if (sim_run(fn, flags | (is_write ? VTD_SIM_OP_WRITE : VTD_SIM_OP_READ),
		    addr + (is_write ? MARK_AT : 0), 8, 0) == VTD_SIM_OK)
		got = is_write ? find_mark(w, 0xee) : fn->memory[0];
	w->dmas++;
	if (got < 64 && allowed(w, p, page) & bit(got))
		return;
	sim_print_stale(&w->guest.sim);
	harness_fail(__FILE__, __LINE__, "page %u of point %u is %u, may be %#llx", page,
		     point, got, (unsigned long long)allowed(w, p, page));
}

/* @below: what @a, @b, @c and @d of its operations are below */
static const struct {
	const char *name;
	void (*run)(struct world *w, const struct op *op);
	unsigned char below[4];
} kinds[OP_KINDS] = {
	[OP_LEAF] = { "leaf", leaf_set, { TABLES, TABLE_PAGES, GUEST_DATA + 3, 1 } },
	[OP_UPPER] = { "upper", upper_toggle, { TABLES, 1, 1, 1 } },
	[OP_INVALIDATE] = { "invalidate", invalidate, { NESTED, TABLE_PAGES, 4, 8 } },
	[OP_REMAP] = { "remap", remap, { PARENTS, GUEST_DATA, HOST_DATA + 4, 1 } },
	[OP_ATTACH] = { "attach", attach, { POINTS, TARGETS, 1, 1 } },
	[OP_DETACH] = { "detach", detach, { POINTS, 1, 1, 1 } },
	[OP_RESET] = { "reset", reset, { FUNCTIONS, 1, 1, 1 } },
	[OP_DMA] = { "dma", dma, { POINTS, TABLE_PAGES, 4, 1 } },
	[OP_UNPLUG] = { "unplug", unplug, { FUNCTIONS, 1, 1, 1 } },
	[OP_ASK] = { "ask", ask, { POINTS, TABLE_PAGES, 2, 1 } },
};

struct op op_make(enum op_kind kind, const unsigned int random[4])
{
	return (struct op){
		.kind = kind,
		.a = random[0] % kinds[kind].below[0],
		.b = random[1] % kinds[kind].below[1],
		.c = random[2] % kinds[kind].below[2],
		.d = random[3] % kinds[kind].below[3],
	};
}

void world_do(struct world *w, const struct op *op)
{
	kinds[op->kind].run(w, op);
}

void op_text(const struct op *op, char *text, size_t size)
{
	const unsigned int value[] = { op->a, op->b, op->c, op->d };
	size_t used = snprintf(text, size, "%s", kinds[op->kind].name), i;

	for (i = 0; i < ARRAY_LEN(value) && used < size; i++) {
		if (kinds[op->kind].below[i] > 1)
			used += snprintf(text + used, size - used, " %u", value[i]);
	}
}
