// SPDX-License-Identifier: GPL-2.0-only
/*
 * In-kernel reach into the memory of an IOAS.
 *
 * A pin counts on its area: unmap sees the count and asks the access to let
 * go. A copy counts, too: unmap waits for it. The pages themselves are pinned
 * and copied without any lock of the IOAS held, and who counts holds iova_lock
 * shared only, so that many threads pin at once.
 */
#include <linux/iommu.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>

#include "ioas.h"

static int access_check_prot(struct ioas_area *area, unsigned long iova,
			     bool write, struct iommufd_why *why)
{
	if (area->prot & (write ? IOMMU_WRITE : IOMMU_READ))
		return 0;
	return iommufd_refuse(why, "flags",
			      "the map does not grant this access (value: IOVA)",
			      iova, -EPERM);
}

static struct ioas_area *access_lookup(struct iommufd_ioas *ioas,
				       unsigned long iova,
				       struct iommufd_why *why)
{
	MA_STATE(mas, &ioas->areas, iova, iova);
	struct ioas_area *area = mas_walk(&mas);

	if (!area || area->state != IOAS_AREA_LIVE) {
		iommufd_refuse(why, "iova",
			       "part of the range is not mapped (value: where)",
			       iova, -ENOENT);
		return NULL;
	}
	return area;
}

static bool area_page_aligned(const struct ioas_area *area)
{
	return PAGE_ALIGNED(area->first | area->start | ioas_area_length(area));
}

static struct ioas_area *access_open(struct iommufd_ioas *ioas,
				     unsigned long iova, bool write,
				     struct iommufd_why *why)
{
	struct ioas_area *area;
	int rc;

	guard(rwsem_read)(&ioas->iova_lock);
	area = access_lookup(ioas, iova, why);
	if (!area)
		return ERR_PTR(-ENOENT);
	if (area->closing || !area_page_aligned(area)) {
		rc = iommufd_refuse(why, "iova",
				    "the area is being unmapped or is not page aligned (value: its start)",
				    area->first, -EINVAL);
		return ERR_PTR(rc);
	}
	rc = access_check_prot(area, iova, write, why);
	if (rc)
		return ERR_PTR(rc);
	if (!atomic_add_unless(&area->accesses, 1, INT_MAX)) {
		rc = iommufd_refuse(why, "iova",
				    "the area is pinned too many times (value: its start)",
				    area->first, -ENOMEM);
		return ERR_PTR(rc);
	}
	return area;
}

/* The area may be gone when this returns. */
static void access_close(struct ioas_area *area, unsigned int npins)
{
	/* the pages are unpinned before an unmap sees that they are */
	WARN_ON_ONCE(atomic_sub_return_release(npins, &area->accesses) < 0);
}

/* Undo pins on [first, last]; the counts keep the areas in place. */
static void access_unpin(struct iommufd_ioas *ioas, unsigned long first,
			 unsigned long last)
{
	for (;;) {
		struct ioas_area *area;
		unsigned long stop;
		unsigned int npins;

		scoped_guard(rwsem_read, &ioas->iova_lock)
			area = access_lookup(ioas, first, NULL);
		if (WARN_ON_ONCE(!area || !atomic_read(&area->accesses)))
			return;
		stop = min(area->last, last);
		npins = pages_access_unpin(area->pages, &area->access,
					   ioas_area_index(area, first),
					   ioas_area_index(area, stop));
		access_close(area, npins);
		if (stop == last)
			return;
		first = stop + 1;
	}
}

/**
 * ioas_access_pin() - pin the pages behind a range
 * @ioas: the address space
 * @iova: first IOVA
 * @length: bytes
 * @out_pages: one page pointer for each page touched; may be NULL
 * @write: the pages will be written to
 * @why: where the reason of a failure goes
 *
 * Context: may sleep; takes iova_lock and the pages locks.
 * Return: 0, or EINVAL: length 0, @iova not page aligned, or an area being
 * unmapped or not page aligned; EOVERFLOW: the range wraps; ENOENT: not mapped
 * from end to end; EPERM: the map does not grant the access; ENOMEM: 2^31 pins
 * of an area; else as pages_access_pin().
 * Nothing is pinned then.
 */
int ioas_access_pin(struct iommufd_ioas *ioas, unsigned long iova,
		    unsigned long length, struct page **out_pages,
		    bool write, struct iommufd_why *why)
{
	unsigned long next = iova;
	unsigned long last;
	int rc;

	if (!length)
		return iommufd_refuse(why, "length", "zero", 0, -EINVAL);
	if (check_add_overflow(iova, length - 1, &last))
		return iommufd_refuse(why, "iova", "iova + length wraps", iova,
				      -EOVERFLOW);
	/* the caller gets whole pages and would not know where to start */
	if (!PAGE_ALIGNED(iova))
		return iommufd_refuse(why, "iova", "not page aligned", iova,
				      -EINVAL);

	for (;;) {
		struct ioas_area *area = access_open(ioas, next, write, why);
		unsigned long stop, from, to;

		rc = PTR_ERR_OR_ZERO(area);
		if (rc)
			break;
		stop = min(area->last, last);
		from = ioas_area_index(area, next);
		to = ioas_area_index(area, stop);
		rc = pages_access_pin(area->pages, &area->access, from, to,
				      out_pages, why);
		if (rc) {
			access_close(area, 1);
			break;
		}
		if (stop == last)
			return 0;
		if (out_pages)
			out_pages += to - from + 1;
		next = stop + 1;
	}
	if (next != iova)
		access_unpin(ioas, iova, next - 1);
	return rc;
}

/**
 * ioas_access_unpin() - undo ioas_access_pin()
 * @ioas: the address space
 * @iova: first IOVA
 * @length: bytes
 *
 * One pin of exactly this range, or all of several that make it up.
 *
 * Context: may sleep; takes iova_lock and the pages locks.
 */
void ioas_access_unpin(struct iommufd_ioas *ioas, unsigned long iova,
		       unsigned long length)
{
	unsigned long last;

	if (WARN_ON_ONCE(!length ||
			 check_add_overflow(iova, length - 1, &last)))
		return;
	access_unpin(ioas, iova, last);
}

static struct ioas_area *access_rw_try(struct iommufd_ioas *ioas,
				       unsigned long iova, bool write,
				       struct iorange *bytes,
				       struct iommufd_why *why)
{
	struct ioas_area *area;
	int rc;

	guard(rwsem_read)(&ioas->iova_lock);
	area = access_lookup(ioas, iova, why);
	if (!area)
		return ERR_PTR(-ENOENT);
	if (area->ending)
		return NULL;
	rc = access_check_prot(area, iova, write, why);
	if (rc)
		return ERR_PTR(rc);
	bytes->first = area->start + (iova - area->first);
	bytes->last = area->start + (area->last - area->first);
	atomic_inc(&area->copies);
	return area;
}

/*
 * Take what is needed of one area, so that copying runs without locks. Until
 * access_rw_end() the area stays, and keeps its bounds. While an unmap waits
 * for such copies, new ones wait for the unmap.
 */
static struct ioas_area *access_rw_begin(struct iommufd_ioas *ioas,
					 unsigned long iova, bool write,
					 struct iorange *bytes,
					 struct iommufd_why *why)
{
	struct ioas_area *area;

	while (!(area = access_rw_try(ioas, iova, write, bytes, why))) {
		schedule_timeout_killable(1);
		if (fatal_signal_pending(current))
			return ERR_PTR(-EINTR);
	}
	return area;
}

/* The area may be gone when this returns. */
static void access_rw_end(struct ioas_area *area)
{
	/* the copy is done before an unmap sees that it is */
	atomic_dec_return_release(&area->copies);
}

/**
 * ioas_access_rw() - the CPU reads or writes a range
 * @ioas: the address space
 * @iova: first IOVA
 * @data: kernel buffer
 * @length: bytes
 * @flags: IOMMUFD_ACCESS_RW_*
 * @why: where the reason of a failure goes
 *
 * An unmap of the range waits for it: when that is done nothing is copied any
 * more. Who comes while an unmap waits finds what the unmap leaves.
 *
 * Context: may sleep; takes iova_lock; no lock is held while copying.
 * Return: 0, or EINVAL: length 0; EOVERFLOW: the range wraps; ENOENT: not mapped
 * from end to end; EPERM: the map does not grant the access; EINTR: killed; else
 * as pages_rw(). Part of the range may have been copied then.
 */
int ioas_access_rw(struct iommufd_ioas *ioas, unsigned long iova, void *data,
		   unsigned long length, unsigned int flags,
		   struct iommufd_why *why)
{
	bool write = flags & IOMMUFD_ACCESS_RW_WRITE;
	unsigned long last;

	if (!length)
		return iommufd_refuse(why, "length", "zero", 0, -EINVAL);
	if (check_add_overflow(iova, length - 1, &last))
		return iommufd_refuse(why, "iova", "iova + length wraps", iova,
				      -EOVERFLOW);

	for (;;) {
		struct ioas_area *area;
		struct iorange bytes;
		unsigned long n;
		int rc;

		area = access_rw_begin(ioas, iova, write, &bytes, why);
		if (IS_ERR(area))
			return PTR_ERR(area);
		n = min(bytes.last - bytes.first + 1, last - iova + 1);
		rc = pages_rw(area->pages, bytes.first, data, n, flags, why);
		access_rw_end(area);
		if (rc)
			return rc;
		if (last - iova + 1 == n)
			return 0;
		iova += n;
		data += n;
	}
}
