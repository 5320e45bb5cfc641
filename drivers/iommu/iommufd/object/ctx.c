// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contexts: made by open, gone when the file is released.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/iommufd.h>
#include <linux/slab.h>

#include "ctx.h"
#include "object.h"

/**
 * iommufd_ctx_alloc() - make an empty context
 * @file: the struct file it belongs to
 *
 * Context: may sleep.
 * Return: the context, or NULL when memory is short.
 */
struct iommufd_ctx *iommufd_ctx_alloc(struct file *file)
{
	struct iommufd_ctx *ictx;

	ictx = kzalloc_obj(*ictx, GFP_KERNEL_ACCOUNT);
	if (!ictx)
		return NULL;

	ictx->file = file;
	ictx->charge_mode = IOMMUFD_CHARGE_USER;
	xa_init_flags(&ictx->objects, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	xa_init(&ictx->groups);
	mutex_init(&ictx->sw_msi_lock);
	INIT_LIST_HEAD(&ictx->sw_msi_list);
	mt_init_flags(&ictx->mmaps, MT_FLAGS_ALLOC_RANGE);
	return ictx;
}

/**
 * iommufd_ctx_free() - free a context and everything it names
 * @ictx: the context; its file is being released, so nobody else uses it
 *
 * Context: may sleep.
 */
void iommufd_ctx_free(struct iommufd_ctx *ictx)
{
	iommufd_object_destroy_all(ictx);
	WARN_ON_ONCE(!xa_empty(&ictx->groups));
	xa_destroy(&ictx->groups);
	xa_destroy(&ictx->objects);
	WARN_ON_ONCE(!mtree_empty(&ictx->mmaps));
	mtree_destroy(&ictx->mmaps);
	mutex_destroy(&ictx->sw_msi_lock);
	kfree(ictx);
}

/**
 * iommufd_ctx_get() - keep a context alive
 * @ictx: a context the caller knows to be alive
 *
 * Context: any.
 */
void iommufd_ctx_get(struct iommufd_ctx *ictx)
{
	get_file(ictx->file);
}
EXPORT_SYMBOL_NS_GPL(iommufd_ctx_get, "IOMMUFD");

/**
 * iommufd_ctx_put() - give a reference on a context back
 * @ictx: the context
 *
 * Context: any; the context may be freed, later or in task work.
 */
void iommufd_ctx_put(struct iommufd_ctx *ictx)
{
	fput(ictx->file);
}
EXPORT_SYMBOL_NS_GPL(iommufd_ctx_put, "IOMMUFD");
