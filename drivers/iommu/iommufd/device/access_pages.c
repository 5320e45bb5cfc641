// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accesses: reaching the memory of the IOAS they are attached to.
 */
#include <linux/iommufd.h>
#include <linux/overflow.h>

#include "../object/why.h"
#include "access.h"

static int access_check_range(unsigned long iova, unsigned long length,
			      struct iommufd_why *why)
{
	unsigned long last;

	if (!length)
		return iommufd_refuse(why, "length", "a range of no bytes", 0,
				      -EINVAL);
	if (check_add_overflow(iova, length - 1, &last))
		return iommufd_refuse(why, "iova",
				      "the range wraps around the end of 64 bits",
				      iova, -EOVERFLOW);
	return 0;
}

/* the IOAS that new uses go to, or NULL */
static struct iommufd_ioas *access_ioas_locked(struct iommufd_access *access,
					       struct iommufd_why *why)
{
	lockdep_assert_held(&access->lock);

	if (access->state != IOMMUFD_ACCESS_ATTACHED) {
		iommufd_refuse(why, "access", "it is not attached to an IOAS",
			       0, -ENOENT);
		return NULL;
	}
	return access->slots[access->current_slot].ioas;
}

static int access_pin(struct iommufd_access *access, unsigned long iova,
		      unsigned long length, struct page **out_pages,
		      unsigned int flags, struct iommufd_why *why)
{
	struct iommufd_ioas *ioas;
	int rc;

	/* the IOAS would have areas that are not page aligned */
	if (WARN_ON_ONCE(!access->ops->needs_pin_pages))
		return -EINVAL;
	rc = access_check_range(iova, length, why);
	if (rc)
		return rc;

	guard(rwsem_read)(&access->lock);
	ioas = access_ioas_locked(access, why);
	if (!ioas)
		return -ENOENT;
	return ioas_access_pin(ioas, iova, length, out_pages,
			       flags & IOMMUFD_ACCESS_RW_WRITE, why);
}

/**
 * iommufd_access_pin_pages() - pin the memory behind a range of IOVA
 * @access: the access; its ops have needs_pin_pages
 * @iova: first IOVA
 * @length: bytes
 * @out_pages: out: one entry per page that the range touches
 * @flags: IOMMUFD_ACCESS_RW_WRITE if the pages will be written
 *
 * The driver drops the pins with iommufd_access_unpin_pages() over the same
 * range, at the latest in its unmap callback. Ranges may overlap, also with
 * themselves.
 *
 * Context: may sleep.
 * Return: 0, or an errno with nothing pinned:
 * EINVAL: @length is 0, the area is being unmapped or not page aligned;
 * EOVERFLOW: the range wraps; ENOENT: not attached, or a part is not mapped;
 * EPERM: the map does not grant the access wanted; EFAULT, ENOMEM.
 */
int iommufd_access_pin_pages(struct iommufd_access *access, unsigned long iova,
			     unsigned long length, struct page **out_pages,
			     unsigned int flags)
{
	struct iommufd_why why = {};
	int rc;

	rc = access_pin(access, iova, length, out_pages, flags, &why);
	if (rc)
		iommufd_report_refusal("access_pin_pages", 0, &why, rc);
	return rc;
}
EXPORT_SYMBOL_NS_GPL(iommufd_access_pin_pages, "IOMMUFD");

/**
 * iommufd_access_unpin_pages() - drop pins
 * @access: the access
 * @iova: as given to iommufd_access_pin_pages()
 * @length: as given to iommufd_access_pin_pages(), or the sum of several calls
 *	that follow each other
 *
 * Works from within the unmap callback, also while a detach or replace calls
 * it.
 *
 * Context: may sleep.
 */
void iommufd_access_unpin_pages(struct iommufd_access *access,
				unsigned long iova, unsigned long length)
{
	guard(rwsem_read)(&access->lock);

	if (WARN_ON_ONCE(access->state == IOMMUFD_ACCESS_DETACHED ||
			 access_check_range(iova, length, NULL)))
		return;
	ioas_access_unpin(access->slots[access->current_slot].ioas, iova,
			  length);
}
EXPORT_SYMBOL_NS_GPL(iommufd_access_unpin_pages, "IOMMUFD");

static int access_rw(struct iommufd_access *access, unsigned long iova,
		     void *data, size_t length, unsigned int flags,
		     struct iommufd_why *why)
{
	struct iommufd_ioas *ioas;
	int rc;

	rc = access_check_range(iova, length, why);
	if (rc)
		return rc;

	guard(rwsem_read)(&access->lock);
	ioas = access_ioas_locked(access, why);
	if (!ioas)
		return -ENOENT;
	return ioas_access_rw(ioas, iova, data, length, flags, why);
}

/**
 * iommufd_access_rw() - copy between the kernel and a range of IOVA
 * @access: the access
 * @iova: first IOVA; any alignment
 * @data: kernel memory
 * @len: bytes
 * @flags: IOMMUFD_ACCESS_RW_WRITE to write to the IOVA, else they are read;
 *	IOMMUFD_ACCESS_RW_KTHREAD if the caller has no mm of its own
 *
 * Context: may sleep.
 * Return: 0, or EINVAL, EOVERFLOW, ENOENT, EPERM, ENOMEM as
 * iommufd_access_pin_pages(), but for an area that is being unmapped, which is
 * waited for; EFAULT: the memory behind is gone; EINTR: killed. A part may have
 * been copied then.
 */
int iommufd_access_rw(struct iommufd_access *access, unsigned long iova,
		      void *data, size_t len, unsigned int flags)
{
	struct iommufd_why why = {};
	int rc;

	rc = access_rw(access, iova, data, len, flags, &why);
	if (rc)
		iommufd_report_refusal("access_rw", 0, &why, rc);
	return rc;
}
EXPORT_SYMBOL_NS_GPL(iommufd_access_rw, "IOMMUFD");
