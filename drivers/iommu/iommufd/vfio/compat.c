// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VFIO container interface on top of iommufd.
 *
 * A container has no ids: its calls act on one IOAS of the context, which VFIO
 * makes when the first group joins and IOMMU_VFIO_IOAS can exchange.
 *
 * Owns: which IOAS that is, and whether the container is without IOMMU.
 * Locks: xa_lock of &iommufd_ctx.objects. The IOAS is not depended on: its
 *	retire op takes it out of &iommufd_ctx.vfio_ioas under that lock, so a
 *	pointer read there is valid until the lock is dropped.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/iommufd.h>
#include <linux/lockdep.h>
#include <linux/xarray.h>

#include "../ioas/ioas.h"
#include "../object/ctx.h"
#include "../object/refs.h"
#include "../object/trace.h"
#include "../object/ucmd.h"
#include "call.h"
#include "compat.h"
#include "container.h"

/* An IOAS between its last use and its retire op counts as gone. */
static struct iommufd_ioas *compat_ioas_locked(struct iommufd_ctx *ictx)
	__must_hold(&ictx->objects.xa_lock)
{
	struct iommufd_ioas *ioas = ictx->vfio_ioas;

	lockdep_assert_held(&ictx->objects.xa_lock);
	if (!ioas || !object_published_locked(ictx, &ioas->obj))
		return NULL;
	return ioas;
}

/**
 * vfio_container_ioas() - the IOAS that a container call acts on
 * @call: the call
 *
 * Context: any.
 * Return: the IOAS, iommufd_ioas_put() it, or ERR_PTR(-ENODEV) with the reason
 * noted.
 */
struct iommufd_ioas *vfio_container_ioas(struct vfio_call *call)
{
	struct iommufd_ctx *ictx = call->ictx;
	struct iommufd_ioas *ioas;

	xa_lock(&ictx->objects);
	ioas = compat_ioas_locked(ictx);
	if (ioas && !iommufd_object_get_known(&ioas->obj))
		ioas = NULL;
	xa_unlock(&ictx->objects);
	if (ioas)
		return ioas;

	iommufd_refuse(&call->why, "container",
		       "no group with an IOMMU has joined and no IOAS was set",
		       0, -ENODEV);
	return ERR_PTR(-ENODEV);
}

/**
 * vfio_container_no_iommu() - does the container serve groups without IOMMU
 * @ictx: the context
 *
 * Context: any.
 * Return: true once such a group has joined.
 */
bool vfio_container_no_iommu(struct iommufd_ctx *ictx)
{
	bool no_iommu;

	xa_lock(&ictx->objects);
	no_iommu = ictx->no_iommu_mode;
	xa_unlock(&ictx->objects);
	return no_iommu;
}

/**
 * iommufd_vfio_compat_ioas_get_id() - the IOAS a container's devices attach to
 * @ictx: the context
 * @out_ioas_id: filled with its id
 *
 * Context: any.
 * Return: 0, or ENODEV: there is none.
 */
int iommufd_vfio_compat_ioas_get_id(struct iommufd_ctx *ictx, u32 *out_ioas_id)
{
	struct iommufd_ioas *ioas;

	xa_lock(&ictx->objects);
	ioas = compat_ioas_locked(ictx);
	if (ioas)
		*out_ioas_id = ioas->obj.id;
	xa_unlock(&ictx->objects);
	return ioas ? 0 : -ENODEV;
}
EXPORT_SYMBOL_NS_GPL(iommufd_vfio_compat_ioas_get_id, "IOMMUFD_VFIO");

/**
 * iommufd_vfio_compat_ioas_create() - a group joins the container
 * @ictx: the context
 *
 * Makes the container's IOAS unless there is one. It belongs to user space as
 * if IOMMU_IOAS_ALLOC had made it.
 *
 * Context: may sleep.
 * Return: 0, or EINVAL: groups without IOMMU are in the container; ENOMEM, or
 * EBUSY: all ids are in use.
 */
int iommufd_vfio_compat_ioas_create(struct iommufd_ctx *ictx)
{
	struct iommufd_ioas *ioas;
	bool used = false;
	int rc = 0;

	ioas = iommufd_ioas_new(ictx);
	if (IS_ERR(ioas))
		return PTR_ERR(ioas);

	xa_lock(&ictx->objects);
	if (ictx->no_iommu_mode) {
		rc = -EINVAL;
	} else if (!compat_ioas_locked(ictx)) {
		trace_iommufd_object_publish("ioas", ioas->obj.id);
		object_publish_locked(ictx, &ioas->obj);
		ictx->vfio_ioas = ioas;
		used = true;
	}
	xa_unlock(&ictx->objects);

	if (!used)
		iommufd_object_abort_destroy(ictx, &ioas->obj);
	return rc;
}
EXPORT_SYMBOL_NS_GPL(iommufd_vfio_compat_ioas_create, "IOMMUFD_VFIO");

/**
 * iommufd_vfio_compat_set_no_iommu() - a group without IOMMU joins
 * @ictx: the context
 *
 * Context: any.
 * Return: 0, or EINVAL: the container has an IOAS.
 */
int iommufd_vfio_compat_set_no_iommu(struct iommufd_ctx *ictx)
{
	int rc = 0;

	xa_lock(&ictx->objects);
	if (compat_ioas_locked(ictx))
		rc = -EINVAL;
	else
		ictx->no_iommu_mode = true;
	xa_unlock(&ictx->objects);
	return rc;
}
EXPORT_SYMBOL_NS_GPL(iommufd_vfio_compat_set_no_iommu, "IOMMUFD_VFIO");

static int vfio_ioas_get(struct iommufd_ucmd *ucmd)
{
	struct iommu_vfio_ioas *cmd = ucmd->cmd;
	int rc = iommufd_vfio_compat_ioas_get_id(ucmd->ictx, &cmd->ioas_id);

	if (rc)
		return iommufd_expected(&ucmd->why, "op",
					"no IOAS serves the container calls",
					0, rc);
	return iommufd_ucmd_respond(ucmd);
}

static int vfio_ioas_set(struct iommufd_ucmd *ucmd)
{
	struct iommu_vfio_ioas *cmd = ucmd->cmd;
	struct iommufd_ctx *ictx = ucmd->ictx;
	struct iommufd_ioas *ioas;
	bool published;

	ioas = iommufd_ioas_get(ucmd, "ioas_id", cmd->ioas_id);
	if (IS_ERR(ioas))
		return PTR_ERR(ioas);

	/* after its retire op nothing would take the pointer out again */
	xa_lock(&ictx->objects);
	published = object_published_locked(ictx, &ioas->obj);
	if (published)
		ictx->vfio_ioas = ioas;
	xa_unlock(&ictx->objects);
	iommufd_ioas_put(ioas);

	if (!published)
		return iommufd_reject(ucmd, "ioas_id",
				      "the IOAS is being destroyed", -ENOENT);
	return 0;
}

/**
 * iommufd_vfio_ioas_ioctl() - IOMMU_VFIO_IOAS
 * @ucmd: the ioctl
 *
 * Context: may sleep.
 * Return: 0, or EOPNOTSUPP: unknown op or reserved bits; ENODEV: GET and there
 * is none; ENOENT: SET to what is not an IOAS; EFAULT.
 */
int iommufd_vfio_ioas_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_vfio_ioas *cmd = ucmd->cmd;

	if (cmd->__reserved)
		return iommufd_reject_reserved(ucmd);
	if (cmd->op == IOMMU_VFIO_IOAS_GET)
		return vfio_ioas_get(ucmd);
	iommufd_ucmd_no_answer(ucmd);
	if (cmd->op == IOMMU_VFIO_IOAS_SET)
		return vfio_ioas_set(ucmd);
	if (cmd->op != IOMMU_VFIO_IOAS_CLEAR)
		return iommufd_reject(ucmd, "op", "unknown operation",
				      -EOPNOTSUPP);

	xa_lock(&ucmd->ictx->objects);
	ucmd->ictx->vfio_ioas = NULL;
	xa_unlock(&ucmd->ictx->objects);
	return 0;
}
