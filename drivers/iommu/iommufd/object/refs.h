/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The counts of an object, inline.
 *
 * For code that cannot call object.c: iommufd_driver is built into the kernel
 * also when iommufd is a module, and some callers hold the xa_lock already.
 */
#ifndef __IOMMUFD_OBJECT_REFS_H
#define __IOMMUFD_OBJECT_REFS_H

#include <linux/iommufd.h>
#include <linux/lockdep.h>
#include <linux/refcount.h>
#include <linux/xarray.h>

#include "ctx.h"

/**
 * object_users_tryget() - start to depend on an object
 * @obj: an object that cannot be freed meanwhile
 *
 * Context: any.
 * Return: false when the object is being destroyed.
 */
static inline bool object_users_tryget(struct iommufd_object *obj)
{
	return refcount_inc_not_zero(&obj->users);
}

/**
 * object_users_get() - depend once more on an object
 * @obj: object that the caller, or what it copies, depends on
 *
 * Context: any.
 */
static inline void object_users_get(struct iommufd_object *obj)
{
	refcount_inc(&obj->users);
}

/**
 * object_users_put() - no longer depend on an object
 * @obj: the object; the id table still holds it
 *
 * Context: any.
 */
static inline void object_users_put(struct iommufd_object *obj)
{
	refcount_dec(&obj->users);
}

/**
 * object_published_locked() - can the object be looked up
 * @ictx: the context
 * @obj: an object whose memory and id are still there
 *
 * Context: holds the xa_lock of @ictx->objects; true stays true under it.
 * Return: false before it is published and once it is being destroyed.
 */
static inline bool object_published_locked(struct iommufd_ctx *ictx,
					   struct iommufd_object *obj)
	__must_hold(&ictx->objects.xa_lock)
{
	lockdep_assert_held(&ictx->objects.xa_lock);
	return xa_load(&ictx->objects, obj->id) == obj &&
	       refcount_read(&obj->users);
}

/**
 * object_publish_locked() - let user space name an object
 * @ictx: the context
 * @obj: a reserved object, complete
 *
 * For what must become true together with the id. Its slot exists since the
 * id was reserved, so nothing is allocated.
 *
 * Context: holds the xa_lock of @ictx->objects.
 */
static inline void object_publish_locked(struct iommufd_ctx *ictx,
					 struct iommufd_object *obj)
	__must_hold(&ictx->objects.xa_lock)
{
	lockdep_assert_held(&ictx->objects.xa_lock);
	WARN_ON_ONCE(__xa_store(&ictx->objects, obj->id, obj, GFP_NOWAIT));
}

#endif
