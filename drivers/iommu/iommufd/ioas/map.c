// SPDX-License-Identifier: GPL-2.0-only
/*
 * Map memory: of the calling process, of a file, of a device.
 */
#include <linux/file.h>
#include <linux/iommu.h>
#include <linux/overflow.h>

#include "../object/trace.h"
#include "../pages/source_dmabuf.h"
#include "insert.h"

/* Takes over the caller's reference of @pages. */
static int map_pages(struct iommufd_ioas *ioas, struct iommufd_pages *pages,
		     struct ioas_map_args *args, struct iommufd_why *why)
{
	const char *source = pages->source->name;
	struct ioas_insertion ins;
	int rc;

	ioas_insertion_start(&ins, ioas, pages, args->length, args->prot);
	pages_put(pages);

	rc = ioas_insert(ioas, &ins, args, why);
	if (rc)
		ioas_insertion_cancel(&ins);
	else
		trace_iommufd_map(ioas->obj.id, args->iova, args->length,
				  args->prot, source);
	return rc;
}

/**
 * ioas_map_user() - map a range of user memory
 * @ioas: the address space
 * @uptr: user address of the first byte
 * @args: what to map where; @args->iova is set
 * @why: where the reason of a failure goes
 *
 * Context: may sleep; takes tables_lock shared, iova_lock.
 * Return: 0, or EOVERFLOW: the user range wraps; EINVAL: length 0 or absurd;
 * else as ioas_insert().
 */
int ioas_map_user(struct iommufd_ioas *ioas, void __user *uptr,
		  struct ioas_map_args *args, struct iommufd_why *why)
{
	struct iommufd_pages *pages;
	unsigned long end_byte;

	if (check_add_overflow((unsigned long)uptr, args->length, &end_byte))
		return iommufd_refuse(why, "user_va", "user_va + length wraps",
				      (unsigned long)uptr, -EOVERFLOW);
	if (!args->length || args->length > SIZE_MAX - PAGE_SIZE)
		return iommufd_refuse(why, "length",
				      "zero, or larger than any address space",
				      args->length, -EINVAL);

	pages = pages_alloc_user(uptr, args->length, args->prot & IOMMU_WRITE,
				 READ_ONCE(ioas->ictx->charge_mode));
	if (IS_ERR(pages))
		return PTR_ERR(pages);
	return map_pages(ioas, pages, args, why);
}

/**
 * ioas_map_file() - map a range of a dma-buf or of another file
 * @ioas: the address space
 * @fd: file descriptor of current
 * @start: offset in the file
 * @args: what to map where; @args->iova is set
 * @why: where the reason of a failure goes
 *
 * Context: may sleep; takes tables_lock shared, iova_lock.
 * Return: 0, or EOVERFLOW: the range wraps; EINVAL: length 0, or an offset that
 * no file has; EBADF: no such file; else as pages_alloc_dmabuf(),
 * pages_alloc_file() and ioas_insert().
 */
int ioas_map_file(struct iommufd_ioas *ioas, int fd, unsigned long start,
		  struct ioas_map_args *args, struct iommufd_why *why)
{
	struct pages_range range = {
		.start = start,
		.length = args->length,
		.writable = args->prot & IOMMU_WRITE,
		.charge_mode = READ_ONCE(ioas->ictx->charge_mode),
	};
	struct iommufd_pages *pages;
	unsigned long last;

	if (!args->length)
		return iommufd_refuse(why, "length", "zero", 0, -EINVAL);
	if (check_add_overflow(start, args->length - 1, &last))
		return iommufd_refuse(why, "start", "start + length wraps",
				      start, -EOVERFLOW);

	pages = pages_alloc_dmabuf(fd, &range, ioas->ictx->importer, why);
	if (IS_ERR(pages))
		return PTR_ERR(pages);
	if (pages)
		return map_pages(ioas, pages, args, why);

	CLASS(fd, f)(fd);
	if (fd_empty(f))
		return iommufd_refuse(why, "fd", "not an open file", fd,
				      -EBADF);
	if (last > LLONG_MAX - PAGE_SIZE)
		return iommufd_refuse(why, "start", "beyond the size of any file",
				      start, -EINVAL);
	pages = pages_alloc_file(fd_file(f), &range, why);
	if (IS_ERR(pages))
		return PTR_ERR(pages);
	return map_pages(ioas, pages, args, why);
}
