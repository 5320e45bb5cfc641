// SPDX-License-Identifier: GPL-2.0-only
/* The dice, the log, the objects of the model, and how a round ends. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/file.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "fuzz.h"

/* The generator "splitmix64": the same on every machine and libc. */
__u64 roll(struct world *w, __u64 sides)
{
	__u64 z = w->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	z ^= z >> 31;
	CHECK(sides);
	return z % sides;
}

bool chance(struct world *w, unsigned int percent)
{
	return roll(w, 100) < percent;
}

struct ctx *any_ctx(struct world *w)
{
	/* One of them gets most of the work, so that something comes of it. */
	return &w->ctx[chance(w, 20)];
}

static void log_line(struct world *w, const char *fmt, va_list ap)
{
	char *line = w->log[w->nlog++ % LOG_LINES];
	size_t used;

	used = snprintf(line, sizeof(w->log[0]), "op %u: ", w->op);
	vsnprintf(line + used, sizeof(w->log[0]) - used, fmt, ap);
	if (w->verbose)
		harness_note("%s", line);
}

/* Right before the command. */
void op_log(struct world *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(w, fmt, ap);
	va_end(ap);
	if (w->arm)
		fault_arm(&w->fault, 1 + roll(w, chance(w, 50) ? 6 : 40));
}

[[gnu::format(printf, 2, 3)]]
static void log_result(struct world *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(w, fmt, ap);
	va_end(ap);
}

void op_fail(struct world *w, const char *fmt, ...)
{
	unsigned int first = w->nlog > LOG_LINES ? w->nlog - LOG_LINES : 0;
	char why[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	for (; !w->verbose && first < w->nlog; first++)
		harness_note("%s", w->log[first % LOG_LINES]);
	harness_fail(__FILE__, __LINE__, "seed %lu, op %u: %s", w->seed, w->op,
		     why);
}

void op_check(struct world *w, bool cond, const char *what)
{
	if (!cond)
		op_fail(w, "not true: %s", what);
}

void want(struct want *want, bool cond, int errnum)
{
	if (!cond)
		return;
	CHECK(want->n < MAX_WANT);
	want->err[want->n++] = errnum;
}

bool outcome(struct world *w, const struct want *want, int rc)
{
	bool injected = w->arm && fault_disarm(&w->fault);
	char list[128] = "";
	unsigned int i;

	w->arm = false;
	log_result(w, "  = %s%s", rc < 0 ? strerrorname_np(-rc) ?: "?" : "ok",
		   injected ? " (a step failed)" : "");
	/* ENODEV: a new device came out without an IOMMU. */
	if (injected && (rc == -ENOMEM || rc == -EFAULT || rc == -ENODEV))
		return false;
	if (rc >= 0) {
		if (!want->n || want->maybe)
			return true;
		op_fail(w, "it succeeded, %s was expected",
			strerrorname_np(want->err[0]));
	}
	for (i = 0; i < want->n; i++) {
		if (-rc == want->err[i])
			return false;
		snprintf(list + strlen(list), sizeof(list) - strlen(list),
			 " %s", strerrorname_np(want->err[i]));
	}
	op_fail(w, "%s, expected:%s", strerrorname_np(-rc) ?: "?",
		want->n ? list : " success");
}

struct object *object_find(struct ctx *c, __u32 id)
{
	struct object *o;

	for (o = c->object; o < c->object + MAX_OBJECTS; o++)
		if (o->kind && o->id == id)
			return o;
	return NULL;
}

/* An attach makes three at once. */
bool has_room(const struct ctx *c)
{
	return c->nobjects + 3 <= MAX_OBJECTS;
}

struct object *object_add(struct world *w, struct ctx *c, enum kind kind,
			  __u32 id)
{
	struct object *o = c->object;

	op_check(w, id, "a new object has an id");
	op_check(w, !object_find(c, id), "the id of a new object was free");
	while (o->kind)
		o++;
	CHECK(o < c->object + MAX_OBJECTS);
	memset(o, 0, sizeof(*o));
	o->kind = kind;
	o->id = id;
	o->fd = -1;
	c->nobjects++;
	return o;
}

void object_drop(struct ctx *c, struct object *object)
{
	if (object->on)
		object->on->users--;
	free(object->space);
	if (c->container == object)
		c->container = NULL;
	object->space = NULL;
	object->kind = KIND_NONE;
	c->nobjects--;
}

struct object *object_next(struct ctx *c, struct object *prev,
			   unsigned int kinds)
{
	struct object *o = prev ? prev + 1 : c->object;

	for (; o < c->object + MAX_OBJECTS; o++)
		if (o->kind & kinds)
			return o;
	return NULL;
}

struct object *object_any(struct world *w, struct ctx *c, unsigned int kinds)
{
	struct object *o = NULL;
	unsigned int n = 0;

	while ((o = object_next(c, o, kinds)))
		n++;
	if (!n)
		return NULL;
	for (n = roll(w, n) + 1; n; n--)
		o = object_next(c, o, kinds);
	return o;
}

static __u32 strange_id(struct world *w, struct ctx *c)
{
	static const __u32 never[] = { 0, 0x7fffffff, 0x80000000, ~0U, 99999 };
	struct object *o;

	switch (roll(w, 3)) {
	case 0:
		o = object_any(w, c, KIND_ANY);
		break;
	case 1:
		o = object_any(w, &w->ctx[c == w->ctx], KIND_ANY);
		break;
	default:
		o = NULL;
		break;
	}
	return o ? o->id : never[roll(w, ARRAY_LEN(never))];
}

struct target pick(struct world *w, struct ctx *c, unsigned int kinds)
{
	struct target t = {};
	int i;

	if (!chance(w, 8))
		t.object = object_any(w, c, kinds);
	if (t.object) {
		t.id = t.object->id;
		return t;
	}
	t.id = strange_id(w, c);
	t.object = object_find(c, t.id);
	for (i = 0; i < MAX_ACCESSES; i++)
		t.vague |= c->access[i].fd >= 0 && t.id < MAX_ID && !t.object;
	return t;
}

struct target pick_flagged(struct world *w, struct ctx *c, unsigned int kinds,
			   __u32 flag)
{
	struct target t;
	int tries = 8;

	do {
		t = pick(w, c, kinds);
	} while (!(t.object && t.object->flags & flag) && --tries);
	return t;
}

bool is_kind(const struct target *t, unsigned int kinds)
{
	return t->object && t->object->kind & kinds;
}

void want_kind(struct want *wants, const struct target *t, unsigned int kinds,
	       int errnum)
{
	want(wants, !is_kind(t, kinds), errnum);
}

void world_make(struct world *w)
{
	int i, k;

	w->state = w->seed * 0x2545f4914f6cdd1dULL + 1;
	w->page = page_size();
	w->huge = thp_size() ?: w->page;
	w->pool = mem_pages(POOL_PAGES);
	w->readonly = mem_readonly(w->pool, w->page);
	w->nothing = mmap(NULL, w->page, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(w->nothing != MAP_FAILED);
	w->memfd = memfd_make(FILE_PAGES * w->page);
	w->view = memfd_view(w->memfd, FILE_PAGES * w->page);
	memset(w->view, 0x5a, FILE_PAGES * w->page);
	for (i = 0; i < NCTX; i++) {
		w->ctx[i].fd = mock_open();
		for (k = 0; k < MAX_ACCESSES; k++)
			w->ctx[i].access[k].fd = -1;
	}
	/* Maps go in steps of few pages. The next mock_open() ends that. */
	if (chance(w, 40))
		CHECK_OK(__mock_memory_limit(w->ctx[0].fd, 1 + roll(w, 200)));
	for (i = 0; i < MAX_DMABUFS; i++)
		w->dmabuf[i].fd = mock_dmabuf(w->ctx[0].fd,
					      DMABUF_PAGES * w->page);
}

/* Collects the files of a context; unmaps its windows. */
static unsigned int ctx_files(struct ctx *c, int **fds, unsigned int n)
{
	struct object *o = NULL;
	int i;

	while ((o = object_next(c, o, KIND_ANY))) {
		if (o->fd >= 0)
			fds[n++] = &o->fd;
		if (o->window)
			CHECK_EQ(munmap(o->window, o->window_length), 0);
		o->window = NULL;
	}
	for (i = 0; i < MAX_ACCESSES; i++)
		if (c->access[i].fd >= 0)
			fds[n++] = &c->access[i].fd;
	fds[n++] = &c->fd;
	return n;
}

static void free_model(struct world *w)
{
	struct object *o = NULL;
	struct source *s;
	int i;

	while ((s = w->sources)) {
		w->sources = s->next;
		free(s);
	}
	for (i = 0; i < NCTX; i++)
		while ((o = object_next(&w->ctx[i], o, KIND_IOAS)))
			free(o->space);
}

void world_end(struct world *w)
{
	int *fds[NCTX * (MAX_OBJECTS + MAX_ACCESSES + 1) + MAX_DMABUFS + 1];
	unsigned int n = 0, i;
	int fd;

	for (i = 0; i < NCTX; i++)
		n = ctx_files(&w->ctx[i], fds, n);
	for (i = 0; i < MAX_DMABUFS; i++)
		fds[n++] = &w->dmabuf[i].fd;
	fds[n++] = &w->memfd;
	while (n) {
		i = roll(w, n);
		CHECK_EQ(close(*fds[i]), 0);
		fds[i] = fds[--n];
	}

	fd = mock_open();
	CHECK_OK(__mock_check_refs(fd, w->pool, POOL_PAGES * w->page, 0));
	CHECK_OK(__mock_check_refs(fd, w->view, FILE_PAGES * w->page, 0));
	CHECK_EQ(close(fd), 0);
	munmap(w->pool, POOL_PAGES * w->page);
	munmap(w->view, FILE_PAGES * w->page);
	munmap(w->nothing, w->page);
	munmap(w->readonly, w->page);
	free_model(w);
}
