// SPDX-License-Identifier: GPL-2.0-only
/*
 * Map memory of the calling process.
 */
#include <linux/iommu.h>
#include <linux/overflow.h>

#include "insert.h"

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
	struct ioas_insertion ins;
	struct iommufd_pages *pages;
	unsigned long end_byte;
	int rc;

	if (check_add_overflow((unsigned long)uptr, args->length, &end_byte))
		return iommufd_refuse(why, "user_va", "user_va + length wraps",
				      (unsigned long)uptr, -EOVERFLOW);
	if (!args->length || args->length > SIZE_MAX - PAGE_SIZE)
		return iommufd_refuse(why, "length",
				      "zero, or no address space is that large",
				      args->length, -EINVAL);

	pages = pages_alloc_user(uptr, args->length, args->prot & IOMMU_WRITE,
				 READ_ONCE(ioas->ictx->charge_mode));
	if (IS_ERR(pages))
		return PTR_ERR(pages);

	ioas_insertion_init(&ins);
	rc = ioas_insertion_add(&ins, ioas, pages, pages->sub_offset,
				args->length, args->prot);
	pages_put(pages);
	if (rc)
		return rc;

	rc = ioas_insert(ioas, &ins, args, why);
	if (rc)
		ioas_insertion_cancel(&ins);
	return rc;
}
