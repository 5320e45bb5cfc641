// SPDX-License-Identifier: GPL-2.0-only
/*
 * Physical addresses behind an IOVA, for devices that are programmed with them.
 *
 * The frames are those of the pages object: no page table is read.
 *
 * Locks: tables_lock shared, so that the area stays filled; iova_lock to find
 *	it; the lock of its revocation, so that what is handed out is still
 *	there when it is handed out.
 */
#include <linux/cleanup.h>
#include <linux/minmax.h>

#include "../pages/revoke.h"
#include "ioas.h"

#define PHYS_NRUNS 16

static struct ioas_area *phys_find_locked(struct iommufd_ioas *ioas,
					  unsigned long iova,
					  struct iommufd_why *why)
{
	MA_STATE(mas, &ioas->areas, iova, iova);
	struct ioas_area *area = mas_walk(&mas);

	lockdep_assert_held(&ioas->iova_lock);
	if (area && area->state == IOAS_AREA_LIVE)
		return area;
	iommufd_refuse(why, "iova", "nothing is mapped there", iova, -ENOENT);
	return NULL;
}

/*
 * How far physical memory goes on from the page of @iova, at most @nbytes.
 * Return: 0, or EFAULT: its frame is not known, a bug.
 */
static int phys_walk(struct ioas_area *area, unsigned long iova,
		     unsigned long nbytes, struct ioas_phys *phys)
{
	unsigned long index = ioas_area_index(area, iova);
	unsigned long last = ioas_area_index(area, iova + nbytes - 1);
	unsigned long offset = offset_in_page(iova - area->first + area->start);
	unsigned long next_pfn = 0, npages = 0, covered;
	struct pages_run runs[PHYS_NRUNS];
	bool broken = false;
	unsigned int n, i;

	for (; index <= last && !broken; index += covered) {
		n = pages_get_runs(area->pages, index, last, runs, PHYS_NRUNS,
				   &covered);
		for (i = 0; i < n; i++) {
			broken = npages && runs[i].pfn != next_pfn;
			if (broken)
				break;
			if (!npages)
				phys->addr = PFN_PHYS(runs[i].pfn) + offset;
			npages += runs[i].npages;
			next_pfn = runs[i].pfn + runs[i].npages;
		}
		broken |= !n;
	}
	if (!npages)
		return -EFAULT;
	phys->length = min(nbytes, (npages << PAGE_SHIFT) - offset);
	return 0;
}

static int phys_refuse_revoked(unsigned long iova, struct iommufd_why *why)
{
	return iommufd_refuse(why, "iova",
			      "the memory was revoked by its owner", iova,
			      -EINVAL);
}

/**
 * ioas_check_memory() - is there memory behind an IOVA
 * @ioas: the address space
 * @iova: the IOVA
 * @why: where the reason of a failure goes
 *
 * Context: may sleep; takes iova_lock shared.
 * Return: 0, or ENOENT: nothing is mapped at @iova; EINVAL: it was revoked.
 */
int ioas_check_memory(struct iommufd_ioas *ioas, unsigned long iova,
		      struct iommufd_why *why)
{
	struct ioas_area *area;

	guard(rwsem_read)(&ioas->iova_lock);
	area = phys_find_locked(ioas, iova, why);
	if (!area)
		return -ENOENT;
	return pages_is_revoked(area->pages) ? phys_refuse_revoked(iova, why) :
					       0;
}

static int phys_get_locked(struct iommufd_ioas *ioas, unsigned long iova,
			   unsigned long length, struct ioas_phys *phys,
			   struct iommufd_why *why)
{
	struct pages_revocation *revocation;
	struct ioas_area *area;
	unsigned long nbytes;

	lockdep_assert_held(&ioas->tables_lock);
	guard(rwsem_read)(&ioas->iova_lock);

	area = phys_find_locked(ioas, iova, why);
	if (!area)
		return -ENOENT;
	/* the last page table went since the caller looked */
	if (!area->filled)
		return iommufd_refuse(why, "iova", "no page table maps it",
				      iova, -EOPNOTSUPP);
	nbytes = min(length, area->last - iova + 1);
	revocation = pages_revocation(area->pages);
	if (!revocation)
		return phys_walk(area, iova, nbytes, phys);

	guard(mutex)(&revocation->lock);
	if (revocation->revoked)
		return phys_refuse_revoked(iova, why);
	return phys_walk(area, iova, nbytes, phys);
}

/**
 * ioas_get_phys() - where the memory behind an IOVA is
 * @ioas: the address space
 * @iova: first IOVA
 * @length: bytes of interest, not 0
 * @phys: filled in: its address, and how far it is contiguous within @length
 *	and the area
 * @why: where the reason of a failure goes
 *
 * It stays there until it is unmapped or revoked, or the last page table goes.
 *
 * Context: may sleep; takes tables_lock and iova_lock shared.
 * Return: 0, or ENOENT: nothing is mapped at @iova; EINVAL: it was revoked;
 * EOPNOTSUPP: no page table maps the address space; EINTR: killed.
 */
int ioas_get_phys(struct iommufd_ioas *ioas, unsigned long iova,
		  unsigned long length, struct ioas_phys *phys,
		  struct iommufd_why *why)
{
	int rc = down_read_killable(&ioas->tables_lock);

	if (rc)
		return rc;
	rc = phys_get_locked(ioas, iova, length, phys, why);
	up_read(&ioas->tables_lock);
	return rc;
}
