// SPDX-License-Identifier: GPL-2.0-only
/* In-kernel users of an IOAS: pins, reads, writes. */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "lib/harness.h"
#include "ops.h"

#define MAX_RW 3000

static void pin_drop(struct access *a, unsigned int i)
{
	a->pin[i] = a->pin[--a->npins];
}

void accesses_unpin(struct ctx *c, struct object *ioas, struct range at)
{
	unsigned int i, k;

	for (i = 0; i < MAX_ACCESSES; i++) {
		struct access *a = &c->access[i];

		if (a->fd < 0 || a->ioas != ioas)
			continue;
		for (k = a->npins; k--;)
			if (a->pin[k].at.first <= at.last &&
			    at.first <= a->pin[k].at.last)
				pin_drop(a, k);
	}
}

static struct access *any_access(struct world *w, struct ctx *c)
{
	unsigned int i = roll(w, MAX_ACCESSES);
	unsigned int n;

	for (n = 0; n < MAX_ACCESSES; n++, i = (i + 1) % MAX_ACCESSES)
		if (c->access[i].fd >= 0)
			return &c->access[i];
	return NULL;
}

void op_access_create(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target t = pick(w, c, KIND_IOAS);
	__u32 flags = chance(w, 97) ? roll(w, 2) : 2;
	struct want wants = {};
	struct access *a = NULL;
	int i;

	for (i = 0; i < MAX_ACCESSES; i++)
		if (c->access[i].fd < 0)
			a = &c->access[i];
	if (!a)
		return;
	want(&wants, flags > 1, EOPNOTSUPP);
	want_kind(&wants, &t, KIND_IOAS, ENOENT);
	if (flags == 1 && is_kind(&t, KIND_IOAS))
		want_pages(w, t.object, &wants);
	op_log(w, "CREATE_ACCESS ioas %u flags 0x%x", t.id, flags);
	if (!outcome(w, &wants, __access_open(c->fd, t.id, flags, &i)))
		return;
	*a = (struct access){
		.fd = i,
		.pins_pages = flags,
		.ioas = t.object,
	};
	t.object->users++;
}

void op_access_close(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct access *a = any_access(w, c);

	if (!a)
		return;
	op_log(w, "close access %d", a->fd);
	CHECK_EQ(close(a->fd), 0);
	a->fd = -1;
	a->ioas->users--;
}

/* Somewhere in the mapped areas of an access's IOAS, or next to it. */
static struct range any_place(struct world *w, struct access *a, __u64 most,
			      __u64 grain)
{
	struct space *s = a->ioas->space;
	struct range at = { MOCK_IOVA + roll(w, 64) * w->page, 0 };
	__u64 size = most;

	if (s->nareas && chance(w, 92)) {
		struct area *area = &s->area[roll(w, s->nareas)];

		size = area->at.last - area->at.first + 1;
		at.first = area->at.first;
		if (size > grain)
			at.first += roll(w, size / grain) * grain;
		size -= at.first - area->at.first;
	}
	if (size > most)
		size = most;
	if (chance(w, 10))
		size = most;
	size = 1 + roll(w, size);
	at.last = at.first + size - 1;
	return at;
}

/* Refusals of using the areas in @at; true if they are one. */
static bool want_areas(struct world *w, struct access *a, struct range at,
		       bool write, bool pin, struct want *wants)
{
	__u32 prot = write ? IOMMU_IOAS_MAP_WRITEABLE :
			     IOMMU_IOAS_MAP_READABLE;
	struct space *s = a->ioas->space;
	unsigned int n = 0, i;

	if (at.last < at.first) {
		want(wants, true, EOVERFLOW);
		return false;
	}
	want(wants, !space_is_covered(s, at), ENOENT);
	for (i = 0; i < s->nareas && wants->n < MAX_WANT - 4; i++) {
		struct area *area = &s->area[i];
		struct source *src = area->source;

		if (area->at.last < at.first || area->at.first > at.last)
			continue;
		n++;
		want(wants, pin && (area->at.first | (area->at.last + 1) |
				    (src->addr + area->start)) & (w->page - 1),
		     EINVAL);
		want(wants, !(area->prot & prot), EPERM);
		want(wants, src->kind == SOURCE_DMABUF, EINVAL);
		want(wants, src->bad, EFAULT);
		/* the CPU reads some memory that cannot be pinned for DMA */
		wants->maybe |= src->bad && !pin && n == 1 && wants->n == 1;
	}
	return n == 1;
}

static int wrong_fd(struct world *w, int fd, struct want *wants)
{
	if (!chance(w, 3))
		return fd;
	if (chance(w, 50)) {
		want(wants, true, EBADF);
		return 9999;
	}
	want(wants, true, EBADFD);
	return w->memfd;
}

void op_access_pin(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct access *a = any_access(w, c);
	struct access_pages pages;
	struct want wants = {};
	struct range at;
	struct area *area;
	bool single;
	int fd;

	if (!a || a->npins == MAX_PINS)
		return;
	at = any_place(w, a, 16 * w->page, chance(w, 95) ? w->page : 100);
	pages = (struct access_pages){
		.iova = at.first,
		.length = at.last - at.first + 1,
		.va = w->pool,
		.flags = roll(w, 2) * MOCK_FLAGS_ACCESS_WRITE,
	};
	fd = wrong_fd(w, a->fd, &wants);
	want(&wants, !a->pins_pages, EINVAL);
	want(&wants, at.first & (w->page - 1), EINVAL);
	single = want_areas(w, a, at, pages.flags, true, &wants);
	area = space_area(a->ioas->space, at.first);
	if (single && area && area->source->va)
		pages.va = area->source->va + area->start +
			   (at.first - area->at.first);
	else
		pages.flags |= MOCK_FLAGS_ACCESS_SYZ;
	op_log(w, "ACCESS_PAGES %d 0x%llx length 0x%llx flags 0x%x", fd,
	       pages.iova, pages.length, pages.flags);
	if (outcome(w, &wants, __access_pin(c->fd, fd, &pages)))
		a->pin[a->npins++] = (struct pin){ pages.out_id, at };
}

void op_access_unpin(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct access *a = any_access(w, c);
	__u32 id = 77777;
	struct want wants = {};
	unsigned int i = 0;

	if (!a)
		return;
	if (a->npins && chance(w, 95)) {
		i = roll(w, a->npins);
		id = a->pin[i].id;
	}
	want(&wants, id == 77777, ENOENT);
	op_log(w, "DESTROY_ACCESS_PAGES %d pin %u", a->fd, id);
	if (outcome(w, &wants, __access_unpin(c->fd, a->fd, id)))
		pin_drop(a, i);
}

/* The memory behind @at and @buf must be the same. */
static void compare(struct world *w, struct space *s, struct range at,
		    const char *buf)
{
	while (at.first <= at.last) {
		struct area *area = space_area(s, at.first);
		__u64 last = area->at.last < at.last ? area->at.last : at.last;
		__u64 n = last - at.first + 1;
		struct source *src = area->source;

		if (src->va && !src->bad)
			op_check(w, !memcmp(src->va + area->start +
					    (at.first - area->at.first),
					    buf, n),
				 "the bytes are those of the memory");
		buf += n;
		at.first = last + 1;
	}
}

void op_access_rw(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct access *a = any_access(w, c);
	char buf[MAX_RW];
	struct access_rw rw = { .va = buf };
	struct want wants = {};
	struct range at;
	int fd;

	if (!a)
		return;
	at = any_place(w, a, MAX_RW, 1 + roll(w, 500));
	rw.iova = at.first;
	rw.length = at.last - at.first + 1;
	rw.flags = roll(w, 2) * MOCK_ACCESS_RW_WRITE |
		   roll(w, 2) * MOCK_ACCESS_RW_SLOW_PATH;
	memset(buf, roll(w, 256), sizeof(buf));
	fd = wrong_fd(w, a->fd, &wants);
	want_areas(w, a, at, rw.flags & MOCK_ACCESS_RW_WRITE, false, &wants);
	op_log(w, "ACCESS_RW %d 0x%llx length 0x%llx flags 0x%x", fd, rw.iova,
	       rw.length, rw.flags);
	if (outcome(w, &wants, __access_rw(c->fd, fd, &rw)))
		compare(w, a->ioas->space, at, buf);
}

void op_access_replace(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct access *a = any_access(w, c);
	struct target t = pick(w, c, KIND_IOAS);
	struct want wants = {};

	if (!a)
		return;
	want_kind(&wants, &t, KIND_IOAS, ENOENT);
	if (is_kind(&t, KIND_IOAS) && a->pins_pages && t.object != a->ioas)
		want_pages(w, t.object, &wants);
	op_log(w, "ACCESS_REPLACE_IOAS %d ioas %u", a->fd, t.id);
	if (!outcome(w, &wants, __access_replace(c->fd, a->fd, t.id)) ||
	    t.object == a->ioas)
		return;
	a->npins = 0;
	a->ioas->users--;
	a->ioas = t.object;
	a->ioas->users++;
}
