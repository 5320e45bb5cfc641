/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects: what an id of /dev/iommu names.
 *
 *	reserve ----> publish ----> retire ----> destroy
 *	   |  id is a hole   |  users=1     users=0, then wait_cnt=0
 *	   +--> abort        |  lookups     lookups say ENOENT
 *	        nothing left
 *
 * Two counts, both in struct iommufd_object:
 *
 * users: dependencies. Another object, a bound device or an open event file
 *	that cannot live without this one. The id table holds one. DESTROY
 *	says EBUSY while there are others, and takes the last one 1 -> 0 under
 *	the xa_lock; a dependency taken later fails.
 * wait_cnt: running users. An ioctl between lookup and return. DESTROY waits
 *	for them, so that a racing ioctl never causes an EBUSY. The id table
 *	holds one, dropped when the object retires.
 *
 * Only this folder touches the two counts.
 */
#ifndef __IOMMUFD_OBJECT_OBJECT_H
#define __IOMMUFD_OBJECT_OBJECT_H

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/iommufd.h>

struct iommufd_ctx;

/**
 * struct iommufd_object_ops - what the object layer must know of a type
 * @type: the type the table is for
 * @name: for messages and traces
 * @retire: optional; the object can no longer be looked up, running users may
 *	still hold it. Revoke what could keep them waiting. May sleep.
 * @destroy: undo everything the creator did; no user is left. The memory is
 *	freed by the caller afterwards. May sleep, may not fail, may not
 *	allocate.
 */
struct iommufd_object_ops {
	enum iommufd_object_type type;
	const char *name;
	void (*retire)(struct iommufd_object *obj);
	void (*destroy)(struct iommufd_object *obj);
};

void iommufd_object_register_ops(const struct iommufd_object_ops *ops);
const char *iommufd_object_type_name(enum iommufd_object_type type);

struct iommufd_object *iommufd_object_reserve(struct iommufd_ctx *ictx,
					      size_t size,
					      enum iommufd_object_type type);

/**
 * iommufd_object_new() - allocate and reserve an object of a C type
 * @ictx: context to reserve the id in
 * @ptr: an expression of the pointer type wanted
 * @obj: path of the member that is the struct iommufd_object, at offset 0
 * @object_type: enum iommufd_object_type
 *
 * Return: the pointer, or ERR_PTR of iommufd_object_reserve().
 */
#define iommufd_object_new(ictx, ptr, obj, object_type)                        \
	((typeof(ptr))iommufd_object_reserve(                                  \
		ictx,                                                          \
		sizeof(*(ptr)) + BUILD_BUG_ON_ZERO(offsetof(typeof(*(ptr)), obj)), \
		object_type))

void iommufd_object_publish(struct iommufd_ctx *ictx,
			    struct iommufd_object *obj);
void iommufd_object_abort(struct iommufd_ctx *ictx,
			  struct iommufd_object *obj);
void iommufd_object_abort_destroy(struct iommufd_ctx *ictx,
				  struct iommufd_object *obj);

struct iommufd_object *iommufd_object_get(struct iommufd_ctx *ictx, u32 id,
					  enum iommufd_object_type type);
bool iommufd_object_get_known(struct iommufd_object *obj);
void iommufd_object_put(struct iommufd_object *obj);
DEFINE_FREE(iommufd_put, struct iommufd_object *, iommufd_object_put(_T))

bool iommufd_object_hold(struct iommufd_object *obj);
void iommufd_object_release(struct iommufd_object *obj);

int iommufd_object_destroy_user(struct iommufd_ctx *ictx, u32 id);
void iommufd_object_destroy_kernel(struct iommufd_ctx *ictx,
				   struct iommufd_object *obj);
bool iommufd_object_release_auto(struct iommufd_ctx *ictx,
				 struct iommufd_object *obj);
void iommufd_object_revoke(struct iommufd_ctx *ictx,
			   struct iommufd_object *obj);
void iommufd_object_destroy_all(struct iommufd_ctx *ictx);

#endif
