// SPDX-License-Identifier: GPL-2.0-only
/* Ranges, options, CHANGE_PROCESS; comparing page tables with the model. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/file.h"
#include "lib/harness.h"
#include "ops.h"

#define MAX_GAPS 24

static unsigned int model_gaps(const struct space *s, struct range *gaps)
{
	unsigned int n = 0;
	__u64 from = 0;

	while (n < MAX_GAPS && space_gap(s, from, &gaps[n])) {
		from = gaps[n++].last + 1;
		if (!from)
			break;
	}
	return n;
}

static void compare_gaps(struct world *w, const struct iommu_iova_range *got,
			 const struct range *gaps, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (got[i].start != gaps[i].first ||
		    got[i].last != gaps[i].last)
			op_fail(w, "range %u is 0x%llx-0x%llx, the model says 0x%llx-0x%llx",
				i, got[i].start, got[i].last, gaps[i].first,
				gaps[i].last);
}

void op_ranges(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target t = pick(w, c, KIND_IOAS);
	struct iommu_iova_range list[MAX_GAPS] = {};
	__u32 room = chance(w, 80) ? MAX_GAPS : roll(w, 4);
	struct iommu_ioas_iova_ranges cmd = {
		.num_iovas = room,
		.__reserved = chance(w, 2),
		.allowed_iovas = (uintptr_t)list,
	};
	struct range gaps[MAX_GAPS];
	struct want wants = {};
	unsigned int n = 0;
	int rc;

	want(&wants, cmd.__reserved, EOPNOTSUPP);
	want_kind(&wants, &t, KIND_IOAS, ENOENT);
	if (!wants.n) {
		n = model_gaps(t.object->space, gaps);
		want(&wants, n > room, EMSGSIZE);
	}
	op_log(w, "IOVA_RANGES ioas %u room %u", t.id, room);
	rc = __ioas_ranges(c->fd, t.id, &cmd);
	outcome(w, &wants, rc);
	if (rc && rc != -EMSGSIZE)
		return;
	op_check(w, cmd.num_iovas == n, "the number of ranges");
	compare_gaps(w, list, gaps, n < room ? n : room);
	op_check(w, cmd.out_iova_alignment ==
		    space_alignment(w, c, t.object), "the alignment");
}

static struct range any_stretch(struct world *w)
{
	struct range at = { MOCK_IOVA + roll(w, 1024) * w->page, 0 };

	if (chance(w, 5))
		at.first = roll(w, 16) * w->page;
	at.last = at.first + (1 + roll(w, 64)) * w->page - 1;
	return at;
}

void op_allow(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target t = pick(w, c, KIND_IOAS);
	struct range list[3];
	__u32 n = chance(w, 50) ? 0 : 1 + roll(w, 3);
	bool overlap = false, empty = false, reserved = false;
	struct want wants = {};
	unsigned int i, k;

	for (i = 0; i < n; i++) {
		list[i] = any_stretch(w);
		if (chance(w, 3))
			list[i].last = list[i].first;
		empty |= list[i].first >= list[i].last;
		for (k = 0; k < i; k++)
			overlap |= list[i].first <= list[k].last &&
				   list[k].first <= list[i].last;
		reserved |= is_kind(&t, KIND_IOAS) &&
			    space_is_reserved(t.object->space, list[i]);
	}
	want_kind(&wants, &t, KIND_IOAS, ENOENT);
	want(&wants, overlap || empty, EINVAL);
	want(&wants, reserved, EADDRINUSE);
	op_log(w, "ALLOW_IOVAS ioas %u, %u ranges", t.id, n);
	/* The layout of struct range is that of the uAPI. */
	if (!outcome(w, &wants, __ioas_allow(c->fd, t.id, (void *)list, n)))
		return;
	memcpy(t.object->space->allowed, list, n * sizeof(*list));
	t.object->space->nallowed = n;
}

void op_reserve(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target t = pick(w, c, KIND_IOAS);
	struct range at = any_stretch(w);
	__u64 length = chance(w, 4) ? 0 : at.last - at.first + 1;
	struct want wants = {};
	struct space *s = NULL;
	unsigned int i;

	want_kind(&wants, &t, KIND_IOAS, ENOENT);
	want(&wants, !length, EINVAL);
	if (is_kind(&t, KIND_IOAS)) {
		s = t.object->space;
		if (s->nreserved == MAX_RANGES)
			return;
		want(&wants, space_first_hit(s, at), EADDRINUSE);
		for (i = 0; i < s->nallowed; i++)
			want(&wants, s->allowed[i].first <= at.last &&
			     at.first <= s->allowed[i].last, EADDRINUSE);
	}
	op_log(w, "ADD_RESERVED ioas %u 0x%llx length 0x%llx", t.id, at.first,
	       length);
	if (outcome(w, &wants, __mock_reserve(c->fd, t.id, at.first, length)))
		s->reserved[s->nreserved++] = at;
}

static void option_huge(struct world *w, struct ctx *c,
			struct iommu_option *cmd, struct want *wants)
{
	struct target t = pick(w, c, KIND_IOAS);
	bool sets = cmd->op == IOMMU_OPTION_OP_SET;
	struct space *s = NULL;

	cmd->object_id = t.id;
	want_kind(wants, &t, KIND_IOAS, ENOENT);
	want(wants, sets && cmd->val64 > 1, EINVAL);
	if (is_kind(&t, KIND_IOAS))
		s = t.object->space;
	if (s && sets && !cmd->val64 && !s->small_pages) {
		want(wants, s->ntables && s->nareas, EINVAL);
		want_pages(w, t.object, wants);
	}
	op_log(w, "OPTION huge pages ioas %u op %u value %llu", t.id, cmd->op,
	       cmd->val64);
	if (!outcome(w, wants, __option(c->fd, cmd)))
		return;
	if (sets)
		s->small_pages = !cmd->val64;
	op_check(w, cmd->val64 == !s->small_pages, "the value of the option");
}

void op_option(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct iommu_option cmd = {
		.option_id = chance(w, 80) ? IOMMU_OPTION_HUGE_PAGES :
					     IOMMU_OPTION_RLIMIT_MODE,
		.op = roll(w, 100) < 97 ? roll(w, 2) : 2 + roll(w, 3),
		.val64 = roll(w, 100) < 97 ? roll(w, 2) : 2,
	};
	bool sets = cmd.op == IOMMU_OPTION_OP_SET;
	struct want wants = {};
	int i;

	want(&wants, cmd.op > IOMMU_OPTION_OP_GET, EOPNOTSUPP);
	if (cmd.option_id == IOMMU_OPTION_HUGE_PAGES) {
		option_huge(w, c, &cmd, &wants);
		return;
	}
	want(&wants, sets && c->nobjects, EBUSY);
	for (i = 0; i < MAX_ACCESSES; i++)
		want(&wants, sets && c->access[i].fd >= 0, EBUSY);
	want(&wants, sets && c->tombstones, EBUSY);
	want(&wants, sets && cmd.val64 > 1, EINVAL);
	op_log(w, "OPTION rlimit mode op %u value %llu", cmd.op, cmd.val64);
	outcome(w, &wants, __option(c->fd, &cmd));
}

void op_change_process(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct object *ioas = NULL;
	struct want wants = {};
	unsigned int i;

	while ((ioas = object_next(c, ioas, KIND_IOAS)))
		for (i = 0; i < ioas->space->nareas; i++)
			want(&wants, !wants.n &&
			     ioas->space->area[i].source->kind != SOURCE_FILE,
			     EINVAL);
	op_log(w, "CHANGE_PROCESS");
	outcome(w, &wants, __change_process(c->fd));
}

static void check_hole(struct world *w, struct ctx *c, struct object *hwpt)
{
	__u64 iova = MOCK_IOVA + roll(w, 1024) * w->page;

	if (space_first_hit(hwpt->on->space,
			    (struct range){ iova, iova + MOCK_PAGE - 1 }))
		return;
	op_log(w, "is 0x%llx a hole in hwpt %u?", iova, hwpt->id);
	op_check(w, __mock_check_map(c->fd, hwpt->id, iova, w->pool,
				     MOCK_PAGE) == -EINVAL,
		 "nothing is mapped there");
}

void op_check_map(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct object *hwpt = object_any(w, c, KIND_HWPT);
	struct space *s;
	struct area *a;
	__u64 offset;
	int rc;

	if (!hwpt)
		return;
	s = hwpt->on->space;
	if (!s->nareas || chance(w, 20)) {
		check_hole(w, c, hwpt);
		return;
	}
	a = &s->area[roll(w, s->nareas)];
	offset = roll(w, (a->at.last - a->at.first + 1) / MOCK_PAGE) *
		 MOCK_PAGE;
	op_log(w, "does hwpt %u map 0x%llx?", hwpt->id, a->at.first + offset);
	rc = __mock_check_map(c->fd, hwpt->id, a->at.first + offset,
			      a->source->va ? a->source->va + a->start + offset :
					      w->pool, MOCK_PAGE);
	if (a->source->kind == SOURCE_DMABUF)
		op_check(w, rc == -EINVAL, "a dma-buf is no memory of ours");
	else
		op_check(w, !rc, "the translation leads to the memory");
}

/* Does a page table or an access hold the page at @offset of @s? */
static bool source_pins(struct world *w, struct source *s, const char *page)
{
	struct object *ioas = NULL;
	unsigned int i, k;

	for (i = 0; i < NCTX; i++) {
		struct ctx *c = &w->ctx[i];

		while ((ioas = object_next(c, ioas, KIND_IOAS))) {
			struct space *sp = ioas->space;

			for (k = 0; k < sp->nareas; k++) {
				struct area *a = &sp->area[k];
				__u64 nbytes = a->at.last - a->at.first + 1;
				char *va = s->va + a->start;

				if (a->source != s ||
				    va >= page + w->page ||
				    va + nbytes <= page)
					continue;
				if (sp->ntables)
					return true;
				/* some page of it, maybe this one */
				if (area_is_pinned(w, c, ioas, a))
					return true;
			}
		}
	}
	return false;
}

static bool any_pin_without_table(struct world *w)
{
	struct object *ioas = NULL;
	unsigned int i, k;

	for (i = 0; i < NCTX; i++)
		while ((ioas = object_next(&w->ctx[i], ioas, KIND_IOAS)))
			for (k = 0; k < ioas->space->nareas; k++)
				if (!ioas->space->ntables &&
				    area_is_pinned(w, &w->ctx[i], ioas,
						   &ioas->space->area[k]))
					return true;
	return false;
}

/* One pin for each map that reaches the page, however many tables it is in. */
void op_check_refs(struct world *w)
{
	char *page = w->pool + roll(w, POOL_PAGES) * w->page;
	unsigned int pins = 0;
	struct source *s;

	if (any_pin_without_table(w))
		return;
	for (s = w->sources; s; s = s->next)
		pins += s->kind == SOURCE_USER && !s->bad &&
			source_pins(w, s, page);
	op_log(w, "is page %zu pinned %u times?",
	       (size_t)(page - w->pool) / w->page, pins);
	op_check(w, !__mock_check_refs(w->ctx[0].fd, page, w->page, pins),
		 "the number of pins");
}
