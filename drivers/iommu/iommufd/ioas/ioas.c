// SPDX-License-Identifier: GPL-2.0-only
/*
 * Life of an IOAS.
 */
#include <linux/slab.h>

#include "ioas.h"

/**
 * iommufd_ioas_new() - make an empty address space
 * @ictx: the context
 *
 * Alignment 1, everything allowed, large pages on. Reserved, not published.
 *
 * Context: may sleep.
 * Return: the IOAS, or ERR_PTR of iommufd_object_reserve().
 */
struct iommufd_ioas *iommufd_ioas_new(struct iommufd_ctx *ictx)
{
	struct iommufd_ioas *ioas;

	ioas = iommufd_object_new(ictx, ioas, obj, IOMMUFD_OBJ_IOAS);
	if (IS_ERR(ioas))
		return ioas;

	ioas->ictx = ictx;
	init_rwsem(&ioas->tables_lock);
	mutex_init(&ioas->pin_lock);
	INIT_LIST_HEAD(&ioas->tables);
	init_rwsem(&ioas->iova_lock);
	mt_init_flags(&ioas->areas, MT_FLAGS_ALLOC_RANGE | MT_FLAGS_LOCK_EXTERN);
	mt_set_external_lock(&ioas->areas, &ioas->iova_lock);
	ioas->reserved.root = RB_ROOT_CACHED;
	ioas->allowed.root = RB_ROOT_CACHED;
	ioas->alignment = 1;
	ioas->large_pages = true;
	xa_init_flags(&ioas->listeners, XA_FLAGS_ALLOC | XA_FLAGS_ACCOUNT);
	mutex_init(&ioas->hwpt_lock);
	INIT_LIST_HEAD(&ioas->hwpts);
	return ioas;
}

/**
 * iommufd_ioas_get() - look up the IOAS an ioctl names
 * @ucmd: the ioctl
 * @field: name of the field with the id
 * @id: the id
 *
 * Context: any.
 * Return: the IOAS, iommufd_ioas_put() it, or ERR_PTR(-ENOENT).
 */
struct iommufd_ioas *iommufd_ioas_get(struct iommufd_ucmd *ucmd,
				      const char *field, u32 id)
{
	struct iommufd_object *obj =
		iommufd_ucmd_get(ucmd, field, id, IOMMUFD_OBJ_IOAS);

	return IS_ERR(obj) ? ERR_CAST(obj) : to_ioas(obj);
}

/**
 * iommufd_ioas_put() - end of an iommufd_ioas_get()
 * @ioas: the IOAS; NULL and ERR_PTR are ignored
 *
 * Context: any.
 */
void iommufd_ioas_put(struct iommufd_ioas *ioas)
{
	if (!IS_ERR_OR_NULL(ioas))
		iommufd_object_put(&ioas->obj);
}

static void ioas_retire(struct iommufd_object *obj)
{
	struct iommufd_ioas *ioas = to_ioas(obj);

	/* the container must not act on an address space that is going */
	xa_lock(&ioas->ictx->objects);
	if (ioas->ictx->vfio_ioas == ioas)
		ioas->ictx->vfio_ioas = NULL;
	xa_unlock(&ioas->ictx->objects);
}

/* Every hwpt and access is gone, so no translation is left. */
static void ioas_destroy(struct iommufd_object *obj)
{
	struct iommufd_ioas *ioas = to_ioas(obj);
	struct ioas_area *area;

	WARN_ON_ONCE(!list_empty(&ioas->tables) ||
		     !xa_empty(&ioas->listeners));

	scoped_guard(rwsem_write, &ioas->iova_lock) {
		MA_STATE(mas, &ioas->areas, 0, 0);

		mas_for_each(&mas, area, ULONG_MAX) {
			/* the last table left it: ioas_remove_table() */
			ioas_area_unpin(area);
			ioas_area_free(area);
			cond_resched();
		}
		__mt_destroy(&ioas->areas);
		ioas_ranges_clear(&ioas->reserved);
		ioas_ranges_clear(&ioas->allowed);
	}
	xa_destroy(&ioas->listeners);
	mutex_destroy(&ioas->hwpt_lock);
	mutex_destroy(&ioas->pin_lock);
}

const struct iommufd_object_ops iommufd_ioas_object_ops = {
	.type = IOMMUFD_OBJ_IOAS,
	.name = "ioas",
	.retire = ioas_retire,
	.destroy = ioas_destroy,
};
