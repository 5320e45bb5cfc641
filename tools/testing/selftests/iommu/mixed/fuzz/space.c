// SPDX-License-Identifier: GPL-2.0-only
/* The model of an IOAS: areas, reserved and allowed ranges, alignment. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/harness.h"
#include "ops.h"

static bool meet(struct range a, struct range b)
{
	return a.first <= b.last && b.first <= a.last;
}

struct source *source_make(struct world *w, enum source_kind kind, char *va,
			   __u64 addr)
{
	struct source *s = calloc(1, sizeof(*s));

	CHECK(s);
	s->kind = kind;
	s->va = va;
	s->addr = addr;
	s->next = w->sources;
	w->sources = s;
	return s;
}

/* The areas are sorted by their IOVA. */
struct area *space_first_hit(struct space *s, struct range at)
{
	unsigned int i;

	for (i = 0; i < s->nareas; i++)
		if (meet(s->area[i].at, at))
			return &s->area[i];
	return NULL;
}

struct area *space_area(struct space *s, __u64 iova)
{
	return space_first_hit(s, (struct range){ iova, iova });
}

bool space_is_covered(struct space *s, struct range at)
{
	for (;;) {
		struct area *area = space_area(s, at.first);

		if (!area)
			return false;
		if (area->at.last >= at.last)
			return true;
		at.first = area->at.last + 1;
	}
}

/* Lowest reserved range that meets @at, aperture included. */
static bool reserved_hit(const struct space *s, struct range at,
			 struct range *hit)
{
	const struct range outside[] = {
		{ 0, MOCK_APERTURE_START - 1 },
		{ MOCK_APERTURE_LAST + 1ULL, ~0ULL },
	};
	bool found = false;
	unsigned int i;

	for (i = 0; i < s->nreserved + 2; i++) {
		const struct range *r = i < s->nreserved ?
			&s->reserved[i] : &outside[i - s->nreserved];

		if (i >= s->nreserved && !s->ntables)
			break;
		if (!meet(*r, at) || (found && r->first >= hit->first))
			continue;
		*hit = *r;
		found = true;
	}
	return found;
}

bool space_is_reserved(const struct space *s, struct range at)
{
	struct range hit;

	return reserved_hit(s, at, &hit);
}

/* The first stretch from @from on that is not reserved. */
bool space_gap(const struct space *s, __u64 from, struct range *gap)
{
	struct range hit;

	while (reserved_hit(s, (struct range){ from, from }, &hit)) {
		if (hit.last == ~0ULL)
			return false;
		from = hit.last + 1;
	}
	gap->first = from;
	gap->last = ~0ULL;
	if (reserved_hit(s, *gap, &hit))
		gap->last = hit.first - 1;
	return true;
}

static bool has_pinning_access(struct ctx *c, struct object *ioas)
{
	int i;

	for (i = 0; i < MAX_ACCESSES; i++)
		if (c->access[i].fd >= 0 && c->access[i].ioas == ioas &&
		    c->access[i].pins_pages)
			return true;
	return false;
}

__u64 space_alignment(struct world *w, struct ctx *c, struct object *ioas)
{
	if (ioas->space->small_pages || has_pinning_access(c, ioas))
		return w->page;
	return ioas->space->ntables ? MOCK_PAGE : 1;
}

static __u64 pow2_from(__u64 n)
{
	__u64 pow2 = 1;

	while (pow2 < n)
		pow2 *= 2;
	return pow2;
}

struct wish {
	__u64 length;
	__u64 align;
	__u64 modulus;
	__u64 offset;
};

static struct wish wish_make(struct world *w, __u64 addr, __u64 length)
{
	struct wish wish = {
		.length = length,
		.align = pow2_from(length),
		.offset = addr % w->page,
	};

	if (addr && (addr & -addr) < wish.align)
		wish.align = addr & -addr;
	if (wish.align > w->huge)
		wish.align = w->huge;
	wish.modulus = wish.align > w->page ? wish.align : w->page;
	return wish;
}

static bool fit_in(struct space *s, const struct wish *wish, struct range room,
		   __u64 *iova)
{
	for (;;) {
		__u64 base = room.first > wish->offset ?
			     room.first - wish->offset : 0;
		struct area *area;
		__u64 at;

		if (base + wish->modulus - 1 < base)
			return false;
		base = (base + wish->modulus - 1) & ~(wish->modulus - 1);
		at = base + wish->offset;
		if (at < base || at > room.last ||
		    room.last - at < wish->length - 1)
			return false;
		area = space_first_hit(s, (struct range){
			at, at + wish->length - 1 });
		if (!area) {
			*iova = at;
			return true;
		}
		if (area->at.last == ~0ULL)
			return false;
		room.first = area->at.last + 1;
		if (room.first > room.last)
			return false;
	}
}

static bool fit_in_gaps(struct world *w, struct space *s,
			const struct wish *wish, __u64 *iova)
{
	__u64 from = w->page;
	struct range room;

	while (space_gap(s, from, &room)) {
		struct range part = room;

		if (part.last > ~0ULL - w->page)
			part.last = ~0ULL - w->page;
		if (part.first <= part.last && fit_in(s, wish, part, iova))
			return true;
		if (room.last == ~0ULL)
			return false;
		from = room.last + 1;
	}
	return false;
}

/* An allowed range with those that follow it without a gap. */
static struct range allowed_from(const struct space *s, unsigned int i)
{
	struct range room = s->allowed[i];
	unsigned int k;

	for (k = 0; k < s->nallowed; k++) {
		if (s->allowed[k].first != room.last + 1)
			continue;
		room.last = s->allowed[k].last;
		/* from the start, the list is in no order */
		k = -1;
	}
	return room;
}

/* Where the kernel must put it: the lowest fit. */
bool space_auto(struct world *w, struct object *ioas, __u64 addr, __u64 length,
		__u64 *iova)
{
	struct wish wish = wish_make(w, addr, length);
	struct space *s = ioas->space;
	unsigned int i;
	bool found = false;
	__u64 at;

	if (!s->nallowed)
		return fit_in_gaps(w, s, &wish, iova);
	for (i = 0; i < s->nallowed; i++) {
		if (!fit_in(s, &wish, allowed_from(s, i), &at) ||
		    (found && at > *iova))
			continue;
		*iova = at;
		found = true;
	}
	return found;
}

void want_place(struct world *w, struct ctx *c, struct object *ioas,
		const struct placement *p, struct want *wants)
{
	__u64 mask = space_alignment(w, c, ioas) - 1;
	struct range at = { p->iova, p->iova + p->length - 1 };
	__u64 iova;

	want(wants, (p->length | p->addr % w->page) & mask, EINVAL);
	if (!p->fixed) {
		if (p->length >= ~0ULL / 2) {
			want(wants, true, EOVERFLOW);
			return;
		}
		want(wants, wish_make(w, p->addr, p->length).align <= mask,
		     EINVAL);
		want(wants, !space_auto(w, ioas, p->addr, p->length, &iova),
		     ENOSPC);
		return;
	}
	want(wants, p->iova & mask, EINVAL);
	if (at.last < at.first) {
		want(wants, true, EOVERFLOW);
		return;
	}
	want(wants, space_is_reserved(ioas->space, at), EINVAL);
	want(wants, space_first_hit(ioas->space, at), EEXIST);
}

static bool area_is_aligned(const struct area *area, __u64 alignment)
{
	__u64 length = area->at.last - area->at.first + 1;

	return !((area->at.first | length |
		  (area->source->addr + area->start)) & (alignment - 1));
}

/* Can a page table of the mock be added? */
void want_table(struct object *ioas, struct want *wants)
{
	struct space *s = ioas->space;
	unsigned int i;

	for (i = 0; i < s->nareas; i++) {
		struct area *area = &s->area[i];

		want(wants, wants->n < MAX_WANT - 8 &&
		     (!area_is_aligned(area, MOCK_PAGE) ||
		      area->at.first < MOCK_APERTURE_START ||
		      area->at.last > MOCK_APERTURE_LAST), EADDRINUSE);
		want(wants, wants->n < MAX_WANT - 8 && area->source->bad,
		     EFAULT);
	}
	for (i = 0; i < s->nallowed; i++)
		want(wants, wants->n < MAX_WANT - 8 &&
		     (s->allowed[i].first < MOCK_APERTURE_START ||
		      s->allowed[i].last > MOCK_APERTURE_LAST), EADDRINUSE);
}

/* Can everything be in whole pages? */
void want_pages(struct world *w, struct object *ioas, struct want *wants)
{
	unsigned int i;

	for (i = 0; i < ioas->space->nareas; i++) {
		if (area_is_aligned(&ioas->space->area[i], w->page))
			continue;
		want(wants, true, EADDRINUSE);
		return;
	}
}

void space_insert(struct space *s, const struct area *area)
{
	unsigned int i = s->nareas;

	CHECK(s->nareas < MAX_AREAS);
	for (; i && s->area[i - 1].at.first > area->at.first; i--)
		s->area[i] = s->area[i - 1];
	s->area[i] = *area;
	s->nareas++;
}

void space_remove(struct space *s, struct area *area)
{
	unsigned int i = area - s->area;

	memmove(area, area + 1, (s->nareas - i - 1) * sizeof(*area));
	s->nareas--;
}

bool area_is_locked(struct ctx *c, struct object *ioas,
		    const struct area *area)
{
	struct object *queue = NULL;

	while ((queue = object_next(c, queue, KIND_HW_QUEUE)))
		if (queue->on->on->on == ioas && meet(queue->at, area->at))
			return true;
	return false;
}

bool area_is_pinned(struct world *w, struct ctx *c, struct object *ioas,
		    const struct area *area)
{
	unsigned int i, k;

	(void)w;
	for (i = 0; i < MAX_ACCESSES; i++) {
		struct access *a = &c->access[i];

		for (k = 0; a->fd >= 0 && a->ioas == ioas && k < a->npins; k++)
			if (meet(a->pin[k].at, area->at))
				return true;
	}
	return area_is_locked(c, ioas, area);
}

__u64 space_unmap(struct ctx *c, struct object *ioas, struct range at)
{
	struct area *area;
	__u64 nbytes = 0;

	while ((area = space_first_hit(ioas->space, at))) {
		nbytes += area->at.last - area->at.first + 1;
		accesses_unpin(c, ioas, area->at);
		space_remove(ioas->space, area);
	}
	return nbytes;
}
