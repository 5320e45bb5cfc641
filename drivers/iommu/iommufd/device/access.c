// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accesses: attach, replace and detach of in-kernel users of an IOAS.
 *
 * Locks: see struct iommufd_access. The IOAS calls the listener without locks,
 *	so a driver may unpin from there.
 */
#include <linux/iommufd.h>

#include "../object/ctx.h"
#include "access.h"

static struct iommufd_access *to_access(struct iommufd_object *obj)
{
	return container_of(obj, struct iommufd_access, obj);
}

static void access_object_destroy(struct iommufd_object *obj)
{
	struct iommufd_access *access = to_access(obj);

	WARN_ON_ONCE(access->state != IOMMUFD_ACCESS_DETACHED);
}

const struct iommufd_object_ops iommufd_access_object_ops = {
	.type = IOMMUFD_OBJ_ACCESS,
	.name = "access",
	.destroy = access_object_destroy,
};

static struct access_slot *access_slot_locked(struct iommufd_access *access)
{
	lockdep_assert_held(&access->lock);
	return &access->slots[access->current_slot];
}

static struct access_slot *
access_other_slot_locked(struct iommufd_access *access)
{
	lockdep_assert_held_write(&access->lock);
	return &access->slots[!access->current_slot];
}

/* During a replace the new IOAS may call before any pin can be in it. */
static bool access_slot_is_current(struct access_slot *slot)
{
	guard(rwsem_read)(&slot->access->lock);
	return slot == access_slot_locked(slot->access);
}

static void access_listener_unmap(struct ioas_listener *listener,
				  unsigned long iova, unsigned long length)
{
	struct access_slot *slot =
		container_of(listener, struct access_slot, listener);
	struct iommufd_access *access = slot->access;

	if (access->ops->unmap && access_slot_is_current(slot))
		access->ops->unmap(access->data, iova, length);
}

static const struct ioas_listener_ops access_listener_ops = {
	.unmap = access_listener_unmap,
};

/* Nothing is taken on failure. */
static int access_slot_join(struct access_slot *slot, struct iommufd_ioas *ioas,
			    struct iommufd_why *why)
{
	int rc;

	/* the dependency of an attached access, until access_slot_free_locked() */
	if (!iommufd_object_hold(&ioas->obj))
		return iommufd_refuse(why, "ioas_id",
				      "the IOAS is being destroyed",
				      ioas->obj.id, -ENOENT);
	rc = ioas_add_listener(ioas, &slot->listener, why);
	if (rc) {
		iommufd_object_release(&ioas->obj);
		return rc;
	}
	slot->ioas = ioas;
	return 0;
}

/*
 * The state is DRAINING, so @slot is this thread's. When this returns the
 * driver has no pin left and is not called for the old IOAS any more. Not under
 * the lock: calls that run take it.
 */
static void access_slot_drain(struct access_slot *slot)
{
	struct iommufd_access *access = slot->access;

	if (access->ops->unmap)
		access->ops->unmap(access->data, 0, ULONG_MAX);
	ioas_remove_listener(slot->ioas, &slot->listener);
}

/* The second half, after access_slot_drain() */
static void access_slot_free_locked(struct access_slot *slot)
{
	struct iommufd_ioas *ioas = slot->ioas;

	lockdep_assert_held_write(&slot->access->lock);
	slot->ioas = NULL;
	iommufd_object_release(&ioas->obj);
}

static int access_attach_ioas(struct iommufd_access *access,
			      struct iommufd_ioas *ioas,
			      struct iommufd_why *why)
{
	int rc;

	guard(rwsem_write)(&access->lock);

	if (access->state == IOMMUFD_ACCESS_DRAINING)
		return iommufd_refuse(why, "access", "a detach is running", 0,
				      -EBUSY);
	if (WARN_ON_ONCE(access->state == IOMMUFD_ACCESS_ATTACHED))
		return -EINVAL;

	rc = access_slot_join(access_slot_locked(access), ioas, why);
	if (rc)
		return rc;
	access->state = IOMMUFD_ACCESS_ATTACHED;
	return 0;
}

/*
 * First half of a replace: from success on the access is DRAINING, and @old is
 * the slot to drain. EALREADY: it uses @ioas.
 */
static int access_replace_start(struct iommufd_access *access,
				struct iommufd_ioas *ioas,
				struct access_slot **old,
				struct iommufd_why *why)
{
	int rc;

	guard(rwsem_write)(&access->lock);

	switch (access->state) {
	case IOMMUFD_ACCESS_DETACHED:
		return iommufd_refuse(why, "access",
				      "it is not attached, there is nothing to replace",
				      0, -ENOENT);
	case IOMMUFD_ACCESS_DRAINING:
		return iommufd_refuse(why, "access", "a detach is running", 0,
				      -EBUSY);
	case IOMMUFD_ACCESS_ATTACHED:
		break;
	}
	*old = access_slot_locked(access);
	if ((*old)->ioas == ioas)
		return -EALREADY;

	rc = access_slot_join(access_other_slot_locked(access), ioas, why);
	if (rc)
		return rc;
	access->state = IOMMUFD_ACCESS_DRAINING;
	return 0;
}

static int access_replace_ioas(struct iommufd_access *access,
			       struct iommufd_ioas *ioas,
			       struct iommufd_why *why)
{
	struct access_slot *old;
	int rc;

	rc = access_replace_start(access, ioas, &old, why);
	if (rc)
		return rc == -EALREADY ? 0 : rc;

	/* commit: nothing below can fail */
	access_slot_drain(old);
	guard(rwsem_write)(&access->lock);
	access_slot_free_locked(old);
	access->current_slot = !access->current_slot;
	access->state = IOMMUFD_ACCESS_ATTACHED;
	return 0;
}

static struct iommufd_access *access_new(struct iommufd_ctx *ictx,
					 const struct iommufd_access_ops *ops,
					 void *data)
{
	struct iommufd_access *access;
	unsigned int i;

	access = iommufd_object_new(ictx, access, obj, IOMMUFD_OBJ_ACCESS);
	if (IS_ERR(access))
		return access;

	access->ictx = ictx;
	access->ops = ops;
	access->data = data;
	init_rwsem(&access->lock);
	for (i = 0; i != ARRAY_SIZE(access->slots); i++) {
		access->slots[i].access = access;
		access->slots[i].listener = (struct ioas_listener){
			.ops = &access_listener_ops,
			.needs_pages = ops->needs_pin_pages,
		};
	}
	return access;
}

/**
 * iommufd_access_create() - make an in-kernel user of IOASes
 * @ictx: the context
 * @ops: callbacks, static storage
 * @data: given to the callbacks
 * @id: out: the id user space names it by
 *
 * The driver ends it with iommufd_access_destroy().
 *
 * Context: may sleep.
 * Return: the access, not attached, or ERR_PTR: ENOMEM, EBUSY: no id is left.
 */
struct iommufd_access *
iommufd_access_create(struct iommufd_ctx *ictx,
		      const struct iommufd_access_ops *ops, void *data, u32 *id)
{
	struct iommufd_access *access;

	access = access_new(ictx, ops, data);
	if (IS_ERR(access))
		return access;

	/* commit: nothing below can fail */
	iommufd_ctx_get(ictx);
	/* the driver's own dependency, until it destroys the access */
	iommufd_object_hold(&access->obj);
	*id = access->obj.id;
	iommufd_object_publish(ictx, &access->obj);
	return access;
}
EXPORT_SYMBOL_NS_GPL(iommufd_access_create, "IOMMUFD");

static bool access_is_attached(struct iommufd_access *access)
{
	guard(rwsem_read)(&access->lock);
	return access->state == IOMMUFD_ACCESS_ATTACHED;
}

/**
 * iommufd_access_destroy() - end an in-kernel user
 * @access: the access, gone afterwards; attached or not
 *
 * Waits for unmap callbacks that run: a callback must not wait for this. The
 * context may be freed.
 *
 * Context: may sleep.
 */
void iommufd_access_destroy(struct iommufd_access *access)
{
	struct iommufd_ctx *ictx = access->ictx;

	if (access_is_attached(access))
		iommufd_access_detach(access);
	iommufd_object_destroy_kernel(ictx, &access->obj);
	iommufd_ctx_put(ictx);
}
EXPORT_SYMBOL_NS_GPL(iommufd_access_destroy, "IOMMUFD");

typedef int (*access_to_ioas_fn)(struct iommufd_access *access,
				 struct iommufd_ioas *ioas,
				 struct iommufd_why *why);

/* @what is the caller in the report of a refusal. */
static int access_to_id(const char *what, struct iommufd_access *access,
			u32 ioas_id, access_to_ioas_fn to)
{
	struct iommufd_why why = {};
	struct iommufd_object *obj;
	int rc;

	obj = iommufd_object_get(access->ictx, ioas_id, IOMMUFD_OBJ_IOAS);
	if (IS_ERR(obj)) {
		rc = iommufd_refuse(&why, "ioas_id", "no IOAS has this id",
				    ioas_id, PTR_ERR(obj));
	} else {
		rc = to(access, to_ioas(obj), &why);
		iommufd_object_put(obj);
	}
	if (rc)
		iommufd_report_refusal(what, 0, &why, rc);
	return rc;
}

/**
 * iommufd_access_attach() - let an access reach the memory of an IOAS
 * @access: the access, not attached
 * @ioas_id: id of the IOAS
 *
 * Context: may sleep.
 * Return: 0, or ENOENT: no such IOAS; EBUSY: a detach is running; EINVAL:
 * attached already; EADDRINUSE: the access needs pages and the IOAS maps
 * something that is not page aligned; ENOMEM.
 */
int iommufd_access_attach(struct iommufd_access *access, u32 ioas_id)
{
	return access_to_id("access_attach", access, ioas_id,
			    access_attach_ioas);
}
EXPORT_SYMBOL_NS_GPL(iommufd_access_attach, "IOMMUFD");

/**
 * iommufd_access_replace() - move an access to another IOAS
 * @access: the access, attached
 * @ioas_id: id of the new IOAS
 *
 * The driver's unmap callback has to drop all pins; callbacks that run are
 * waited for. A failure leaves the access and its pins as they are. The IOAS in
 * use already is fine.
 *
 * Context: may sleep; no lock held that the unmap callback takes.
 * Return: 0, or ENOENT: no such IOAS, or not attached; EBUSY: a detach is
 * running; EADDRINUSE, ENOMEM: as iommufd_access_attach().
 */
int iommufd_access_replace(struct iommufd_access *access, u32 ioas_id)
{
	return access_to_id("access_replace", access, ioas_id,
			    access_replace_ioas);
}
EXPORT_SYMBOL_NS_GPL(iommufd_access_replace, "IOMMUFD");

/* The slot to drain, or NULL when the access is not attached. */
static struct access_slot *access_detach_start(struct iommufd_access *access)
{
	guard(rwsem_write)(&access->lock);
	if (access->state != IOMMUFD_ACCESS_ATTACHED)
		return NULL;
	access->state = IOMMUFD_ACCESS_DRAINING;
	return access_slot_locked(access);
}

/**
 * iommufd_access_detach() - take the memory away from an access
 * @access: the access, attached
 *
 * The driver's unmap callback has to drop all pins. Waits for unmap callbacks
 * that run; none comes afterwards, until the next attach.
 *
 * Context: may sleep; no lock held that the unmap callback takes.
 */
void iommufd_access_detach(struct iommufd_access *access)
{
	struct access_slot *slot = access_detach_start(access);

	if (WARN_ON_ONCE(!slot))
		return;
	access_slot_drain(slot);

	guard(rwsem_write)(&access->lock);
	access_slot_free_locked(slot);
	access->state = IOMMUFD_ACCESS_DETACHED;
}
EXPORT_SYMBOL_NS_GPL(iommufd_access_detach, "IOMMUFD");
