// SPDX-License-Identifier: GPL-2.0-only
/* The container ioctls of VFIO. */
#include <errno.h>
#include <stdint.h>

#include "lib/container.h"
#include "lib/harness.h"
#include "ops.h"

void op_vfio_ioas(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target t = pick(w, c, KIND_IOAS);
	__u16 op = roll(w, 3) ? IOMMU_VFIO_IOAS_SET : roll(w, 4);
	__u16 reserved = chance(w, 2);
	struct want wants = {};
	int rc;

	want(&wants, reserved || op > IOMMU_VFIO_IOAS_CLEAR, EOPNOTSUPP);
	want(&wants, op == IOMMU_VFIO_IOAS_GET && !c->container, ENODEV);
	want(&wants, op == IOMMU_VFIO_IOAS_SET && !is_kind(&t, KIND_IOAS),
	     ENOENT);
	op_log(w, "VFIO_IOAS op %u ioas %u", op, t.id);
	rc = __vfio_ioas(c->fd, op, t.id, reserved);
	if (!outcome(w, &wants, rc))
		return;
	if (op == IOMMU_VFIO_IOAS_GET)
		op_check(w, (__u32)rc == c->container->id, "the IOAS that was set");
	else
		c->container = op == IOMMU_VFIO_IOAS_SET ? t.object : NULL;
}

void op_vfio_map(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target t = { .object = c->container };
	__u64 grain = any_grain(w);
	__u64 length = any_length(w, 16 * w->page, grain);
	struct source *s = any_user_source(w, length, grain);
	__u32 flags = roll(w, 100) < 96 ? 1 + roll(w, 3) : roll(w, 8);
	struct placement p = {
		.fixed = true,
		.iova = any_iova(w, grain),
		.addr = s->addr,
		.length = length,
	};
	bool writes = flags & VFIO_DMA_MAP_FLAG_WRITE;
	struct want wants = {};
	__u32 prot = 0;

	if (t.object && t.object->space->nareas == MAX_AREAS)
		return;
	want(&wants, !flags || flags & ~MAP_RW, EINVAL);
	want(&wants, !t.object, ENODEV);
	want(&wants, s->addr + length < s->addr, EOVERFLOW);
	want(&wants, !length || length > ~0ULL - w->page, EINVAL);
	if (t.object && length) {
		want_place(w, c, t.object, &p, &wants);
		want(&wants, t.object->space->ntables &&
		     (s->bad || (s->va == w->readonly && writes) ||
		      length > POOL_PAGES * w->page), EFAULT);
	}
	op_log(w, "VFIO MAP_DMA va 0x%llx 0x%llx length 0x%llx flags 0x%x",
	       s->addr, p.iova, length, flags);
	if (!outcome(w, &wants, __vmap(c->fd, s->va, p.iova, length, flags)))
		return;
	s->bad |= length > POOL_PAGES * w->page;
	if (flags & VFIO_DMA_MAP_FLAG_READ)
		prot |= IOMMU_IOAS_MAP_READABLE;
	if (writes)
		prot |= IOMMU_IOAS_MAP_WRITEABLE;
	map_done(t.object, range_at(p.iova, length), s, w->readonly, prot);
}

/* What the kernel does before the unmap proper; false if it cannot. */
static bool cut(struct world *w, struct ctx *c, struct object *ioas,
		__u64 iova, struct want *wants)
{
	struct area *lower = space_area(ioas->space, iova);
	struct area upper;

	if (!lower || lower->at.first == iova)
		return true;
	want(wants, iova & (space_alignment(w, c, ioas) - 1), EINVAL);
	want(wants, area_is_pinned(w, c, ioas, lower), EINVAL);
	want(wants, area_is_locked(c, ioas, lower), EBUSY);
	want(wants, lower->source->kind == SOURCE_DMABUF, EOPNOTSUPP);
	if (wants->n)
		return false;
	upper = *lower;
	upper.at.first = iova;
	upper.start += iova - lower->at.first;
	lower->at.last = iova - 1;
	space_insert(ioas->space, &upper);
	return true;
}

static struct range any_unmap(struct world *w, struct object *ioas)
{
	struct range at = { any_iova(w, w->page), 0 };
	__u64 length = (1 + roll(w, 8)) * w->page;

	if (ioas && ioas->space->nareas && chance(w, 85)) {
		unsigned int i = roll(w, ioas->space->nareas);
		struct area *a = &ioas->space->area[i];
		__u64 size = a->at.last - a->at.first + 1;

		at.first = a->at.first;
		if (chance(w, 50)) {
			at.first += roll(w, size / w->page + 1) * w->page;
			length = (1 + roll(w, 4)) * w->page;
		} else {
			length = size;
		}
	}
	at.last = at.first + length - 1;
	return at;
}

static void vfio_unmap_all(struct world *w, struct ctx *c)
{
	struct range everything = { 0, ~0ULL };
	struct want wants = {};
	__u64 nbytes = 1;

	want(&wants, !c->container, ENODEV);
	if (c->container)
		want_unmap(c, c->container, everything, &wants);
	op_log(w, "VFIO UNMAP_DMA all");
	if (outcome(w, &wants, __vunmap(c->fd, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL,
					&nbytes)))
		op_check(w, nbytes == space_unmap(c, c->container, everything),
			 "the bytes unmapped");
}

void op_vfio_unmap(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct object *ioas = c->container;
	struct range at = any_unmap(w, ioas);
	__u32 flags = roll(w, 100) < 97 ? 0 : 1U << roll(w, 4);
	struct want wants = {};
	__u64 nbytes = 1;

	if (chance(w, 3)) {
		vfio_unmap_all(w, c);
		return;
	}
	if (ioas && ioas->space->nareas + 2 > MAX_AREAS)
		return;
	want(&wants, flags, EINVAL);
	want(&wants, !ioas, ENODEV);
	want(&wants, at.last < at.first, EOVERFLOW);
	if (!wants.n && ioas->space->small_pages &&
	    cut(w, c, ioas, at.first, &wants) && at.last != ~0ULL)
		cut(w, c, ioas, at.last + 1, &wants);
	if (!wants.n)
		want_unmap(c, ioas, at, &wants);
	op_log(w, "VFIO UNMAP_DMA 0x%llx length 0x%llx flags 0x%x", at.first,
	       at.last - at.first + 1, flags);
	if (outcome(w, &wants, __vunmap(c->fd, at.first,
					at.last - at.first + 1, flags,
					&nbytes)))
		op_check(w, nbytes == space_unmap(c, ioas, at),
			 "the bytes unmapped");
}

static void vfio_set_iommu(struct world *w, struct ctx *c)
{
	static const unsigned long types[] = {
		VFIO_TYPE1_IOMMU, VFIO_TYPE1v2_IOMMU, VFIO_SPAPR_TCE_IOMMU,
	};
	unsigned long type = types[roll(w, ARRAY_LEN(types))];
	struct space *s = c->container ? c->container->space : NULL;
	struct want wants = {};

	want(&wants, type == VFIO_SPAPR_TCE_IOMMU, EINVAL);
	want(&wants, !s, ENODEV);
	if (s && type == VFIO_TYPE1_IOMMU && !s->small_pages) {
		want(&wants, s->ntables && s->nareas, EINVAL);
		want_pages(w, c->container, &wants);
	}
	op_log(w, "VFIO SET_IOMMU %lu", type);
	if (outcome(w, &wants, vcall(c->fd, VFIO_SET_IOMMU, type)) &&
	    type == VFIO_TYPE1_IOMMU)
		s->small_pages = true;
}

void op_vfio_other(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct vfio_iommu_type1_info info = {
		.argsz = chance(w, 90) ? sizeof(info) : 4,
	};
	unsigned long ext = roll(w, 14);
	struct want wants = {};

	switch (roll(w, 4)) {
	case 0:
		op_log(w, "VFIO GET_API_VERSION");
		op_check(w, !vcall(c->fd, VFIO_GET_API_VERSION, 0),
			 "the version is 0");
		break;
	case 1:
		want(&wants, ext == VFIO_DMA_CC_IOMMU && !c->container,
		     ENODEV);
		op_log(w, "VFIO CHECK_EXTENSION %lu", ext);
		outcome(w, &wants, vcall(c->fd, VFIO_CHECK_EXTENSION, ext));
		break;
	case 2:
		want(&wants, info.argsz == 4, EINVAL);
		want(&wants, !c->container, ENODEV);
		op_log(w, "VFIO GET_INFO argsz %u", info.argsz);
		outcome(w, &wants, vcall(c->fd, VFIO_IOMMU_GET_INFO,
					 (uintptr_t)&info));
		break;
	default:
		vfio_set_iommu(w, c);
		break;
	}
}
