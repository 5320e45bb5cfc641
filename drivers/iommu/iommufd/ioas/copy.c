// SPDX-License-Identifier: GPL-2.0-only
/*
 * Map what another IOAS, or the same one elsewhere, maps already: the same
 * pages, pinned and charged once.
 */
#include <linux/iommu.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>

#include "../object/trace.h"
#include "insert.h"

/*
 * Collect the pieces of the source range. Their memory is held by references,
 * so the source may change as soon as its lock is dropped.
 */
static int copy_collect(struct iommufd_ioas *dst, struct iommufd_ioas *src,
			struct iorange range, const struct ioas_map_args *args,
			struct ioas_insertion *ins, struct iommufd_why *why)
{
	unsigned long iova = range.first;
	int rc;

	guard(rwsem_read)(&src->iova_lock);

	MA_STATE(mas, &src->areas, iova, iova);

	for (;;) {
		struct ioas_area *area = mas_walk(&mas);
		unsigned long last;

		if (!area || area->state != IOAS_AREA_LIVE)
			return iommufd_refuse(why, "src_iova",
					      "part of the source range is not mapped (value: where)",
					      iova, -ENOENT);
		last = min(area->last, range.last);
		rc = ioas_insertion_add(ins, dst, area->pages,
					area->start + (iova - area->first),
					last - iova + 1, args->prot);
		if (rc)
			return rc;
		if (last == range.last)
			return 0;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		iova = last + 1;
		mas_set(&mas, iova);
	}
}

/**
 * ioas_copy_check() - is a source range well formed
 * @src_iova: first IOVA
 * @length: bytes
 * @why: where the reason of a failure goes
 *
 * Context: any.
 * Return: 0, or EINVAL: length 0; EOVERFLOW: the range wraps.
 */
int ioas_copy_check(unsigned long src_iova, unsigned long length,
		    struct iommufd_why *why)
{
	unsigned long last;

	if (!length)
		return iommufd_refuse(why, "length", "zero", 0, -EINVAL);
	if (check_add_overflow(src_iova, length - 1, &last))
		return iommufd_refuse(why, "src_iova",
				      "src_iova + length wraps", src_iova,
				      -EOVERFLOW);
	return 0;
}

/**
 * ioas_copy() - map memory that is mapped already
 * @dst: address space to map into
 * @src: address space to take the memory from; may be @dst
 * @src_iova: first IOVA in @src
 * @args: length, protection and IOVA in @dst; @args->iova is set
 * @why: where the reason of a failure goes
 *
 * Context: may sleep; takes src->iova_lock, then, after dropping it, the locks
 * of ioas_insert() on @dst. ioas_copy_check() has passed.
 * Return: 0, or ENOENT: the source is not mapped from end to end; else as
 * ioas_insert().
 */
int ioas_copy(struct iommufd_ioas *dst, struct iommufd_ioas *src,
	      unsigned long src_iova, struct ioas_map_args *args,
	      struct iommufd_why *why)
{
	struct iorange range = {
		.first = src_iova,
		.last = src_iova + (args->length - 1),
	};
	struct ioas_insertion ins;
	int rc;

	ioas_insertion_init(&ins);
	rc = copy_collect(dst, src, range, args, &ins, why);
	if (!rc)
		rc = ioas_insert(dst, &ins, args, why);
	if (rc)
		ioas_insertion_cancel(&ins);
	else
		trace_iommufd_copy(dst->obj.id, args->iova, src->obj.id,
				   src_iova, args->length);
	return rc;
}
