// SPDX-License-Identifier: GPL-2.0-only
/* IOAS: allocation, map, map of files, copy, unmap, and DESTROY. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/file.h"
#include "lib/harness.h"
#include "ops.h"

#define ALL_ONES (~0ULL)
#define PROT_MASK (IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE)

void op_ioas_alloc(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct iommu_ioas_alloc cmd = {
		.size = sizeof(cmd),
		.flags = chance(w, 5),
	};
	struct want wants = {};
	struct object *ioas;

	if (!has_room(c))
		return;
	want(&wants, cmd.flags, EOPNOTSUPP);
	op_log(w, "IOAS_ALLOC %u", cmd.flags);
	if (!outcome(w, &wants, __iommu_cmd(c->fd, IOMMU_IOAS_ALLOC, &cmd)))
		return;
	ioas = object_add(w, c, KIND_IOAS, cmd.out_ioas_id);
	ioas->space = calloc(1, sizeof(*ioas->space));
	CHECK(ioas->space);
}

static __u32 any_prot(struct world *w)
{
	static const __u32 prot[] = {
		IOMMU_IOAS_MAP_READABLE, IOMMU_IOAS_MAP_WRITEABLE, 0,
	};

	if (!chance(w, 30))
		return PROT_MASK;
	return prot[roll(w, 20) ? roll(w, 2) : 2];
}

static __u32 any_flags(struct world *w)
{
	__u32 flags = any_prot(w);

	if (chance(w, 60))
		flags |= IOMMU_IOAS_MAP_FIXED_IOVA;
	if (chance(w, 2))
		flags |= 1U << (3 + roll(w, 29));
	return flags;
}

/* Mostly whole pages; sometimes half ones, sometimes any number of bytes. */
__u64 any_grain(struct world *w)
{
	if (chance(w, 85))
		return w->page;
	return chance(w, 80) ? MOCK_PAGE : 1 + roll(w, 4000);
}

__u64 any_iova(struct world *w, __u64 grain)
{
	static const __u64 odd[] = { 0, ~0ULL, ~0ULL - 0xfff, 0x80000000,
				     0x7ffff000, 0x1000 };

	if (chance(w, 4))
		return odd[roll(w, ARRAY_LEN(odd))];
	return MOCK_IOVA + roll(w, 512 * w->page / grain) * grain;
}

__u64 any_length(struct world *w, __u64 most, __u64 grain)
{
	static const __u64 odd[] = { 0, ~0ULL, ~0ULL - 1, 1ULL << 63 };
	__u64 units = most / grain;

	if (chance(w, 2))
		return odd[roll(w, ARRAY_LEN(odd))];
	if (chance(w, 70) && units > 8)
		units = 8;
	return units ? (1 + roll(w, units)) * grain : grain;
}

static void want_map_flags(__u32 flags, struct want *wants)
{
	want(wants, flags & ~(PROT_MASK | IOMMU_IOAS_MAP_FIXED_IOVA),
	     EOPNOTSUPP);
	want(wants, !(flags & PROT_MASK), EINVAL);
}

struct source *any_user_source(struct world *w, __u64 length, __u64 grain)
{
	struct source *s;

	if (chance(w, 3) && length == w->page) {
		s = source_make(w, SOURCE_USER, w->nothing,
				(uintptr_t)w->nothing);
		s->bad = true;
		return s;
	}
	if (chance(w, 4) && length == w->page) {
		s = source_make(w, SOURCE_USER, w->readonly,
				(uintptr_t)w->readonly);
		s->readable = true;
		return s;
	}
	s = source_make(w, SOURCE_USER, w->pool, 0);
	if (length && length < POOL_PAGES * w->page)
		s->va += roll(w, (POOL_PAGES * w->page - length) / grain + 1) *
			 grain;
	s->addr = (uintptr_t)s->va;
	s->readable = true;
	return s;
}

/* The map that succeeded, in the model and in the page tables. */
void map_done(struct object *ioas, struct range at, struct source *s,
	      char *readonly, __u32 flags)
{
	struct area area = {
		.at = at,
		.source = s,
		.prot = flags & PROT_MASK,
	};

	s->writable = flags & IOMMU_IOAS_MAP_WRITEABLE;
	if (s->va == readonly && s->writable)
		s->bad = true;
	space_insert(ioas->space, &area);
}

static void check_auto(struct world *w, struct object *ioas,
		       const struct placement *p, __u64 iova)
{
	__u64 lowest = 0;

	if (p->fixed) {
		op_check(w, iova == p->iova, "the IOVA is the one asked for");
		return;
	}
	op_check(w, space_auto(w, ioas, p->addr, p->length, &lowest),
		 "there is room");
	if (iova != lowest)
		op_fail(w, "the IOVA is 0x%llx, the lowest fit is 0x%llx",
			iova, lowest);
}

void want_map(struct world *w, struct ctx *c, const struct target *t,
	      const struct placement *p, struct want *wants)
{
	want_kind(wants, t, KIND_IOAS, ENOENT);
	want(wants, !p->length, EINVAL);
	if (p->length && is_kind(t, KIND_IOAS))
		want_place(w, c, t->object, p, wants);
}

void op_map(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target t = pick(w, c, KIND_IOAS);
	__u64 grain = any_grain(w);
	struct iommu_ioas_map cmd = {
		.size = sizeof(cmd),
		.flags = any_flags(w),
		.ioas_id = t.id,
		.__reserved = chance(w, 1),
		.length = any_length(w, POOL_PAGES * w->page, grain),
		.iova = any_iova(w, grain),
	};
	struct source *s = any_user_source(w, cmd.length, grain);
	struct placement p = {
		.fixed = cmd.flags & IOMMU_IOAS_MAP_FIXED_IOVA,
		.iova = cmd.iova,
		.addr = s->addr,
		.length = cmd.length,
	};
	bool writes = cmd.flags & IOMMU_IOAS_MAP_WRITEABLE;
	struct want wants = {};

	if (is_kind(&t, KIND_IOAS) && t.object->space->nareas == MAX_AREAS)
		return;
	cmd.user_va = s->addr;
	want_map_flags(cmd.flags, &wants);
	want(&wants, cmd.__reserved, EOPNOTSUPP);
	want(&wants, cmd.iova == ALL_ONES || cmd.length == ALL_ONES, EOVERFLOW);
	want(&wants, cmd.user_va + cmd.length < cmd.user_va, EOVERFLOW);
	want(&wants, cmd.length > ALL_ONES - w->page, EINVAL);
	want_map(w, c, &t, &p, &wants);
	want(&wants, is_kind(&t, KIND_IOAS) && t.object->space->ntables &&
	     (s->bad || (s->va == w->readonly && writes)), EFAULT);
	/* more than there is memory at this address */
	want(&wants, cmd.length > POOL_PAGES * w->page &&
	     is_kind(&t, KIND_IOAS) && t.object->space->ntables, EFAULT);
	op_log(w, "MAP ioas %u flags 0x%x va 0x%llx length 0x%llx iova 0x%llx",
	       t.id, cmd.flags, cmd.user_va, cmd.length, cmd.iova);
	if (!outcome(w, &wants, __ioas_map(c->fd, &cmd)))
		return;
	check_auto(w, t.object, &p, cmd.iova);
	if (cmd.length > POOL_PAGES * w->page)
		s->bad = true;
	map_done(t.object, range_at(cmd.iova, cmd.length), s, w->readonly,
		 cmd.flags);
}

/* A file that is no memory: an area that kept it would keep the context. */
static int any_other_file(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct object *q = object_any(w, c, KIND_FAULT | KIND_VEVENTQ);

	if (q && q->fd >= 0)
		return q->fd;
	return c->access[0].fd >= 0 ? c->access[0].fd : c->fd;
}

/* Which file, and what can be wrong with it. */
static struct source *any_file(struct world *w, struct iommu_ioas_map_file *cmd,
			       __u64 grain, struct want *wants)
{
	struct dmabuf *dmabuf = &w->dmabuf[roll(w, MAX_DMABUFS)];
	struct source *s = source_make(w, SOURCE_FILE, NULL, 0);
	__u64 size = FILE_PAGES * w->page;

	if (chance(w, 25)) {
		s->kind = SOURCE_DMABUF;
		s->dmabuf = dmabuf;
		size = DMABUF_PAGES * w->page;
		cmd->fd = dmabuf->fd;
		want(wants, dmabuf->revoked, ENODEV);
	} else if (chance(w, 3)) {
		cmd->fd = chance(w, 50) ? -1 : 9999;
		want(wants, true, EBADF);
	} else if (chance(w, 3)) {
		cmd->fd = any_other_file(w);
		want(wants, true, EINVAL);
	} else {
		cmd->fd = w->memfd;
	}
	if (cmd->length > size)
		cmd->length = size;
	cmd->start = roll(w, (size - cmd->length) / grain + 1) * grain;
	if (s->kind == SOURCE_FILE)
		s->va = w->view + cmd->start;
	s->addr = cmd->start;
	s->readable = s->va;
	return s;
}

void op_map_file(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target t = pick(w, c, KIND_IOAS);
	__u64 grain = any_grain(w);
	struct iommu_ioas_map_file cmd = {
		.size = sizeof(cmd),
		.flags = any_flags(w),
		.ioas_id = t.id,
		.length = any_length(w, DMABUF_PAGES * w->page, grain),
		.iova = any_iova(w, grain),
	};
	struct want wants = {};
	struct source *s = any_file(w, &cmd, grain, &wants);
	struct placement p = {
		.fixed = cmd.flags & IOMMU_IOAS_MAP_FIXED_IOVA,
		.iova = cmd.iova,
		.addr = s->addr,
		.length = cmd.length,
	};

	if (is_kind(&t, KIND_IOAS) && t.object->space->nareas == MAX_AREAS)
		return;
	want_map_flags(cmd.flags, &wants);
	want(&wants, cmd.iova == ALL_ONES, EOVERFLOW);
	want_map(w, c, &t, &p, &wants);
	op_log(w, "MAP_FILE ioas %u flags 0x%x fd %d start 0x%llx length 0x%llx iova 0x%llx",
	       t.id, cmd.flags, cmd.fd, cmd.start, cmd.length, cmd.iova);
	if (!outcome(w, &wants, __ioas_map_file(c->fd, &cmd)))
		return;
	check_auto(w, t.object, &p, cmd.iova);
	map_done(t.object, range_at(cmd.iova, cmd.length), s, w->readonly,
		 cmd.flags);
}

/* Somewhere in an area, or anywhere. */
static struct range any_range(struct world *w, const struct target *t)
{
	__u64 grain = any_grain(w);
	__u64 length = any_length(w, 16 * w->page, grain);
	__u64 first = any_iova(w, grain);

	if (is_kind(t, KIND_IOAS) && t->object->space->nareas &&
	    chance(w, 85)) {
		struct space *s = t->object->space;
		struct area *area = &s->area[roll(w, s->nareas)];
		__u64 size = area->at.last - area->at.first + 1;

		first = area->at.first;
		length = size;
		if (chance(w, 40) && size > grain) {
			first += roll(w, size / grain) * grain;
			length = any_length(w, size, grain);
		}
	}
	return (struct range){ first, first + length - 1 };
}

struct copy {
	struct area area[MAX_AREAS];
	unsigned int n;
};

/* The pieces that a copy of @at consists of, as far as there are some. */
static void copy_collect(struct space *s, struct range at, struct copy *copy)
{
	struct range left = at;
	struct area *from;

	copy->n = 0;
	while ((from = space_area(s, left.first))) {
		struct area *to = &copy->area[copy->n++];

		*to = *from;
		to->start += left.first - from->at.first;
		to->at.first = left.first - at.first;
		to->at.last = from->at.last < left.last ? from->at.last :
							  left.last;
		left.first = to->at.last + 1;
		to->at.last -= at.first;
		if (left.first > left.last || !left.first)
			return;
	}
}

static void want_copy(struct world *w, struct ctx *c,
		      const struct iommu_ioas_copy *cmd,
		      const struct target *dst, const struct copy *copy,
		      struct want *wants)
{
	bool writes = cmd->flags & IOMMU_IOAS_MAP_WRITEABLE;
	__u64 mask = space_alignment(w, c, dst->object) - 1;
	struct placement p = {
		.fixed = cmd->flags & IOMMU_IOAS_MAP_FIXED_IOVA,
		.iova = cmd->dst_iova,
		.addr = copy->area[0].source->addr + copy->area[0].start,
		.length = cmd->length,
	};
	bool misaligned = false, denied = false, bad = false;
	unsigned int i;

	for (i = 0; i < copy->n; i++) {
		const struct area *a = &copy->area[i];
		__u64 length = a->at.last - a->at.first + 1;

		misaligned |= (length | (a->source->addr + a->start) %
					w->page) & mask;
		denied |= writes && !a->source->writable;
		bad |= a->source->bad && dst->object->space->ntables;
	}
	want(wants, misaligned, EINVAL);
	want(wants, denied, EPERM);
	want(wants, bad, EFAULT);
	want_place(w, c, dst->object, &p, wants);
}

static void copied(struct world *w, struct object *dst, struct copy *copy,
		   const struct placement *p, __u64 iova, __u32 flags)
{
	unsigned int i;

	check_auto(w, dst, p, iova);
	for (i = 0; i < copy->n; i++) {
		struct area *a = &copy->area[i];

		a->at.first += iova;
		a->at.last += iova;
		a->prot = flags & PROT_MASK;
		space_insert(dst->space, a);
	}
}

void op_copy(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target src = pick(w, c, KIND_IOAS);
	struct target dst = pick(w, c, KIND_IOAS);
	struct range at = any_range(w, &src);
	struct iommu_ioas_copy cmd = {
		.size = sizeof(cmd),
		.flags = any_flags(w),
		.dst_ioas_id = dst.id,
		.src_ioas_id = src.id,
		.length = at.last - at.first + 1,
		.dst_iova = any_iova(w, w->page),
		.src_iova = at.first,
	};
	struct placement p = {
		.fixed = cmd.flags & IOMMU_IOAS_MAP_FIXED_IOVA,
		.iova = cmd.dst_iova,
		.length = cmd.length,
	};
	struct want wants = {};
	struct copy copy = {};

	want_map_flags(cmd.flags, &wants);
	want(&wants, cmd.length == ALL_ONES || cmd.src_iova == ALL_ONES ||
	     cmd.dst_iova == ALL_ONES, EOVERFLOW);
	want_kind(&wants, &src, KIND_IOAS, ENOENT);
	want_kind(&wants, &dst, KIND_IOAS, ENOENT);
	want(&wants, !cmd.length, EINVAL);
	want(&wants, cmd.length && at.last < at.first, EOVERFLOW);
	if (is_kind(&src, KIND_IOAS) && cmd.length && at.last >= at.first) {
		copy_collect(src.object->space, at, &copy);
		want(&wants, !space_is_covered(src.object->space, at), ENOENT);
		if (copy.n)
			p.addr = copy.area[0].source->addr +
				 copy.area[0].start;
	}
	if (is_kind(&dst, KIND_IOAS) && copy.n) {
		if (dst.object->space->nareas + copy.n > MAX_AREAS)
			return;
		want_copy(w, c, &cmd, &dst, &copy, &wants);
	}
	op_log(w, "COPY %u 0x%llx length 0x%llx to %u 0x%llx flags 0x%x",
	       src.id, cmd.src_iova, cmd.length, dst.id, cmd.dst_iova,
	       cmd.flags);
	if (outcome(w, &wants, __ioas_copy(c->fd, &cmd)))
		copied(w, dst.object, &copy, &p, cmd.dst_iova, cmd.flags);
}

/* What refuses an unmap; nothing has happened then. */
void want_unmap(struct ctx *c, struct object *ioas, struct range at,
		struct want *wants)
{
	struct space *s = ioas->space;
	struct area *a;

	for (a = s->area; a < s->area + s->nareas; a++) {
		if (a->at.last < at.first || a->at.first > at.last)
			continue;
		if (a->at.first < at.first || a->at.last > at.last) {
			want(wants, wants->n < MAX_WANT, ENOENT);
			continue;
		}
		want(wants, wants->n < MAX_WANT && area_is_locked(c, ioas, a),
		     EBUSY);
	}
}

void op_unmap(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target t = pick(w, c, KIND_IOAS);
	struct range at = any_range(w, &t);
	bool all = chance(w, 3);
	__u64 length = all ? ALL_ONES : at.last - at.first + 1;
	struct want wants = {};
	__u64 nbytes;

	all |= !at.first && length == ALL_ONES;
	if (all)
		at = (struct range){ 0, ALL_ONES };
	want_kind(&wants, &t, KIND_IOAS, ENOENT);
	if (!all) {
		want(&wants, at.first == ALL_ONES || length == ALL_ONES,
		     EOVERFLOW);
		want(&wants, !length, EINVAL);
		want(&wants, length && at.last < at.first, EOVERFLOW);
	}
	if (is_kind(&t, KIND_IOAS) && length && at.last >= at.first) {
		want(&wants, !all && !space_first_hit(t.object->space, at),
		     ENOENT);
		want_unmap(c, t.object, at, &wants);
	}
	op_log(w, "UNMAP ioas %u 0x%llx length 0x%llx", t.id, at.first, length);
	if (!outcome(w, &wants, __ioas_unmap(c->fd, t.id, at.first, length,
					     &nbytes)))
		return;
	op_check(w, nbytes == space_unmap(c, t.object, at),
		 "the bytes unmapped are those of the areas");
}
