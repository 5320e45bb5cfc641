// SPDX-License-Identifier: GPL-2.0-only
/*
 * Object life: reserve, publish, look up, depend on, retire, destroy.
 *
 * Owns: both counts of struct iommufd_object and the id table.
 * Locks: xa_lock of &iommufd_ctx.objects orders lookups and new dependencies
 *	against the moment an object retires.
 */
#include <linux/iommufd.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>
#include <linux/xarray.h>

#include "ctx.h"
#include "object.h"
#include "trace.h"

#define OBJECT_WAIT_TIMEOUT (60 * HZ)

/* In the id table: retired, but the DESTROY was killed before it was gone. */
#define OBJECT_LEFT XA_MARK_1

static const struct iommufd_object_ops *object_ops[IOMMUFD_OBJ_MAX] __ro_after_init;

/**
 * iommufd_object_register_ops() - make a type known
 * @ops: its table; static storage
 *
 * Context: module init, before the device node exists.
 */
void __init iommufd_object_register_ops(const struct iommufd_object_ops *ops)
{
	object_ops[ops->type] = ops;
}

/**
 * iommufd_object_type_name() - name of a type, for people
 * @type: the type
 *
 * Context: any.
 * Return: a static string.
 */
const char *iommufd_object_type_name(enum iommufd_object_type type)
{
	if (type <= IOMMUFD_OBJ_ANY || type >= IOMMUFD_OBJ_MAX ||
	    !object_ops[type])
		return "unknown";
	return object_ops[type]->name;
}

/**
 * iommufd_object_reserve() - allocate an object and reserve its id
 * @ictx: the context
 * @size: bytes of the struct that starts with the struct iommufd_object
 * @type: its type
 *
 * Nobody can look the object up before iommufd_object_publish().
 *
 * Context: may sleep; GFP_KERNEL_ACCOUNT.
 * Return: zeroed memory with the object at its start, or ERR_PTR: ENOMEM;
 * EBUSY: all ids are in use.
 */
struct iommufd_object *iommufd_object_reserve(struct iommufd_ctx *ictx,
					      size_t size,
					      enum iommufd_object_type type)
{
	struct iommufd_object *obj __free(kfree) = kzalloc(size,
							   GFP_KERNEL_ACCOUNT);
	int rc;

	if (!obj)
		return ERR_PTR(-ENOMEM);

	rc = xa_alloc(&ictx->objects, &obj->id, XA_ZERO_ENTRY,
		      XA_LIMIT(1, INT_MAX), GFP_KERNEL_ACCOUNT);
	if (rc)
		return ERR_PTR(rc);

	refcount_set(&obj->wait_cnt, 1);
	refcount_set(&obj->users, 1);
	obj->type = type;
	return no_free_ptr(obj);
}

/**
 * iommufd_object_publish() - let user space name the object
 * @ictx: the context
 * @obj: a reserved object, complete
 *
 * The slot exists since iommufd_object_reserve(), so this cannot fail.
 *
 * Context: may sleep.
 */
void iommufd_object_publish(struct iommufd_ctx *ictx,
			    struct iommufd_object *obj)
{
	void *old;

	/* afterwards a DESTROY may free it at any time */
	trace_iommufd_object_publish(iommufd_object_type_name(obj->type),
				     obj->id);
	old = xa_store(&ictx->objects, obj->id, obj, GFP_KERNEL);
	WARN_ON_ONCE(old);
}

/**
 * iommufd_object_abort() - give up an object that was not built
 * @ictx: the context
 * @obj: a reserved object; only its memory and id exist
 *
 * Context: may sleep.
 */
void iommufd_object_abort(struct iommufd_ctx *ictx,
			  struct iommufd_object *obj)
{
	xa_erase(&ictx->objects, obj->id);
	kfree(obj);
}

/**
 * iommufd_object_abort_destroy() - give up an object that was built
 * @ictx: the context
 * @obj: a reserved, never published object on which its type's destroy works
 *
 * Context: may sleep.
 */
void iommufd_object_abort_destroy(struct iommufd_ctx *ictx,
				  struct iommufd_object *obj)
{
	object_ops[obj->type]->destroy(obj);
	iommufd_object_abort(ictx, obj);
}

/**
 * iommufd_object_get() - look up an object for the duration of a call
 * @ictx: the context
 * @id: id from user space
 * @type: type it must have, or IOMMUFD_OBJ_ANY
 *
 * Context: any; takes the xa_lock.
 * Return: the object with a running-user count, or ERR_PTR(-ENOENT): no such
 * id, another type, or the object is being destroyed.
 */
struct iommufd_object *iommufd_object_get(struct iommufd_ctx *ictx, u32 id,
					  enum iommufd_object_type type)
{
	struct iommufd_object *obj;

	xa_lock(&ictx->objects);
	obj = xa_load(&ictx->objects, id);
	if (!obj || (type != IOMMUFD_OBJ_ANY && obj->type != type) ||
	    !refcount_read(&obj->users) ||
	    !refcount_inc_not_zero(&obj->wait_cnt))
		obj = ERR_PTR(-ENOENT);
	xa_unlock(&ictx->objects);
	return obj;
}

/**
 * iommufd_object_get_known() - become a running user of an object at hand
 * @obj: object whose memory the caller knows to exist
 *
 * Context: any.
 * Return: false when the object is already idle and about to be destroyed.
 */
bool iommufd_object_get_known(struct iommufd_object *obj)
{
	return refcount_inc_not_zero(&obj->wait_cnt);
}

/**
 * iommufd_object_put() - end of an iommufd_object_get()
 * @obj: the object, may be gone afterwards; NULL and ERR_PTR are ignored
 *
 * Context: any.
 */
void iommufd_object_put(struct iommufd_object *obj)
{
	if (IS_ERR_OR_NULL(obj) || !refcount_dec_and_test(&obj->wait_cnt))
		return;
	/* the count is zero before a waiter is looked for */
	smp_mb__after_atomic();
	/* the object may be gone: only its address is used */
	wake_up_var(&obj->wait_cnt);
}

/**
 * iommufd_object_hold() - start to depend on an object
 * @obj: object the caller has looked up or otherwise knows to exist
 *
 * Context: any.
 * Return: false when the object is being destroyed.
 */
bool iommufd_object_hold(struct iommufd_object *obj)
{
	return refcount_inc_not_zero(&obj->users);
}

/**
 * iommufd_object_release() - no longer depend on an object
 * @obj: the object; the id table still holds it
 *
 * Context: any.
 */
void iommufd_object_release(struct iommufd_object *obj)
{
	refcount_dec(&obj->users);
}

static void object_retire(struct iommufd_object *obj)
{
	const struct iommufd_object_ops *ops = object_ops[obj->type];

	if (ops->retire)
		ops->retire(obj);
	iommufd_object_put(obj);
}

static void object_finish(struct iommufd_ctx *ictx, struct iommufd_object *obj)
{
	trace_iommufd_object_destroy(iommufd_object_type_name(obj->type),
				     obj->id);
	xa_erase(&ictx->objects, obj->id);
	object_ops[obj->type]->destroy(obj);
	kfree(obj);
}

static bool object_idle(struct iommufd_object *obj)
{
	if (refcount_read(&obj->wait_cnt))
		return false;
	/* what running users did is seen before the object is taken apart */
	smp_acquire__after_ctrl_dep();
	return true;
}

static void object_wait_idle(struct iommufd_object *obj)
{
	while (!wait_var_event_timeout(&obj->wait_cnt, object_idle(obj),
				       OBJECT_WAIT_TIMEOUT))
		pr_warn("iommufd: %s %u is still in use, waiting for it\n",
			iommufd_object_type_name(obj->type), obj->id);
}

/*
 * Makes the caller the one who ends an object. An id that was reserved but not
 * published loads as NULL.
 */
static int object_claim(struct iommufd_ctx *ictx, u32 id,
			struct iommufd_object **out, bool *retired)
{
	struct iommufd_object *obj;
	int rc = -ENOENT;

	xa_lock(&ictx->objects);
	obj = xa_load(&ictx->objects, id);
	*retired = obj && !refcount_read(&obj->users);
	if (*retired) {
		if (xa_get_mark(&ictx->objects, id, OBJECT_LEFT)) {
			__xa_clear_mark(&ictx->objects, id, OBJECT_LEFT);
			rc = 0;
		}
	} else if (obj) {
		rc = refcount_dec_if_one(&obj->users) ? 0 : -EBUSY;
	}
	xa_unlock(&ictx->objects);
	*out = obj;
	return rc;
}

/**
 * iommufd_object_destroy_user() - user space wants an object gone
 * @ictx: the context
 * @id: its id
 *
 * The object disappears for lookups at once; then ioctls that are running on
 * it are waited for. When the caller is killed during that wait the object is
 * left to the next DESTROY of its id, or to the release of the file: other
 * processes may hold the context for long, and what the object depends on is
 * busy until it is gone.
 *
 * Context: may sleep; no locks held.
 * Return: 0, or ENOENT: no such id, or another DESTROY waits; EBUSY: something
 * depends on the object; EINTR: killed.
 */
int iommufd_object_destroy_user(struct iommufd_ctx *ictx, u32 id)
{
	struct iommufd_object *obj;
	bool retired;
	int rc;

	rc = object_claim(ictx, id, &obj, &retired);
	if (rc)
		return rc;

	if (!retired)
		object_retire(obj);
	if (wait_var_event_killable(&obj->wait_cnt, object_idle(obj))) {
		/* the last access: from here on it is somebody else's to free */
		xa_set_mark(&ictx->objects, id, OBJECT_LEFT);
		return -EINTR;
	}
	object_finish(ictx, obj);
	return 0;
}

/*
 * Give one dependency back; if only the table's is left take that as well.
 * Atomic against a DESTROY of user space.
 */
static bool object_release_last(struct iommufd_ctx *ictx,
				struct iommufd_object *obj)
{
	bool last;

	xa_lock(&ictx->objects);
	refcount_dec(&obj->users);
	last = refcount_dec_if_one(&obj->users);
	xa_unlock(&ictx->objects);
	return last;
}

/**
 * iommufd_object_destroy_kernel() - the kernel owner ends an object
 * @ictx: the context
 * @obj: object the caller owns through one dependency, which is consumed
 *
 * Context: may sleep; no locks held that an ioctl on the object may take.
 */
void iommufd_object_destroy_kernel(struct iommufd_ctx *ictx,
				   struct iommufd_object *obj)
{
	if (WARN_ON_ONCE(!object_release_last(ictx, obj)))
		return;
	object_retire(obj);
	object_wait_idle(obj);
	object_finish(ictx, obj);
}

/**
 * iommufd_object_release_auto() - release an object that lives for its users
 * @ictx: the context
 * @obj: the object; one dependency of the caller is consumed
 *
 * Destroys the object unless somebody else depends on it.
 *
 * Context: may sleep; no locks held that an ioctl on the object may take.
 * Return: true when it was destroyed.
 */
bool iommufd_object_release_auto(struct iommufd_ctx *ictx,
				 struct iommufd_object *obj)
{
	if (!object_release_last(ictx, obj))
		return false;
	object_retire(obj);
	object_wait_idle(obj);
	object_finish(ictx, obj);
	return true;
}

/**
 * iommufd_object_revoke() - end an object that belongs to user space
 * @ictx: the context
 * @obj: the object; a running use of the caller is consumed, and nobody
 *	depends on it
 *
 * For what cannot outlive something that the kernel takes away. The id stays
 * reserved until the file is released: user space, which was not asked, must
 * not find another object under it. A DESTROY that was faster has called the
 * retire hook of the type, or is about to.
 *
 * Context: may sleep; no locks held that the type's hooks take.
 */
void iommufd_object_revoke(struct iommufd_ctx *ictx,
			   struct iommufd_object *obj)
{
	bool ours;

	xa_lock(&ictx->objects);
	ours = refcount_dec_if_one(&obj->users);
	WARN_ON_ONCE(!ours && refcount_read(&obj->users));
	xa_unlock(&ictx->objects);

	if (!ours) {
		iommufd_object_put(obj);
		return;
	}
	object_retire(obj);
	iommufd_object_put(obj);
	object_wait_idle(obj);
	trace_iommufd_object_destroy(iommufd_object_type_name(obj->type),
				     obj->id);
	/* the slot exists: storing the reservation cannot fail */
	xa_store(&ictx->objects, obj->id, XA_ZERO_ENTRY, GFP_KERNEL);
	object_ops[obj->type]->destroy(obj);
	kfree(obj);
}

/**
 * iommufd_object_destroy_all() - the file is released
 * @ictx: the context
 *
 * Destroys dependents before what they depend on: each round takes the objects
 * nobody depends on. Nothing else can use the context any more.
 *
 * Context: may sleep.
 */
void iommufd_object_destroy_all(struct iommufd_ctx *ictx)
{
	struct iommufd_object *obj;
	unsigned long id;
	bool progress;

	do {
		progress = false;
		xa_for_each(&ictx->objects, id, obj) {
			/* users is 0 when a DESTROY was killed while waiting */
			if (refcount_read(&obj->users)) {
				if (!refcount_dec_if_one(&obj->users))
					continue;
				object_retire(obj);
			}
			object_wait_idle(obj);
			object_finish(ictx, obj);
			progress = true;
			cond_resched();
		}
	} while (progress);
	/* ids of revoked objects are still reserved, and are no objects */
	id = 0;
	WARN_ON_ONCE(xa_find(&ictx->objects, &id, ULONG_MAX, XA_PRESENT));
}
