// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctls of a VFIO container: which there are, and what it says about
 * itself.
 *
 * Version 1 of the type1 interface differs from version 2 in one thing: its
 * users may unmap part of what they mapped. No flag remembers it: an IOAS whose
 * large pages are off can be cut anywhere, and is.
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/vfio.h>

#include "../hwpt/paging.h"
#include "../ioas/ioas.h"
#include "call.h"
#include "compat.h"
#include "container.h"

/* A device that snoops in one table but not in another is not coherent. */
static long dma_is_coherent(struct vfio_call *call)
{
	struct iommufd_ioas *ioas __free(ioas_put) = vfio_container_ioas(call);
	struct iommufd_hwpt_paging *hwpt;

	if (IS_ERR(ioas))
		return PTR_ERR(ioas);

	guard(mutex)(&ioas->hwpt_lock);
	list_for_each_entry(hwpt, &ioas->hwpts, item)
		if (!READ_ONCE(hwpt->enforce_cc))
			return 0;
	return 1;
}

static long check_extension(struct vfio_call *call)
{
	switch (call->arg) {
	case VFIO_TYPE1_IOMMU:
	case VFIO_TYPE1v2_IOMMU:
	case VFIO_UNMAP_ALL:
		return !vfio_container_no_iommu(call->ictx);
	case VFIO_NOIOMMU_IOMMU:
		return IS_ENABLED(CONFIG_VFIO_NOIOMMU);
	case VFIO_DMA_CC_IOMMU:
		return dma_is_coherent(call);
	default:
		return 0;
	}
}

static int set_no_iommu(struct vfio_call *call)
{
	if (!vfio_container_no_iommu(call->ictx))
		return iommufd_refuse(&call->why, "type",
				      "no group without an IOMMU has joined",
				      call->arg, -EINVAL);
	if (!capable(CAP_SYS_RAWIO))
		return iommufd_refuse(&call->why, "type",
				      "needs CAP_SYS_RAWIO", call->arg, -EPERM);
	return 0;
}

static long set_iommu(struct vfio_call *call)
{
	struct iommufd_ioas *ioas __free(ioas_put) = NULL;

	if (call->arg == VFIO_NOIOMMU_IOMMU)
		return set_no_iommu(call);
	if (call->arg != VFIO_TYPE1_IOMMU && call->arg != VFIO_TYPE1v2_IOMMU)
		return iommufd_refuse(&call->why, "type",
				      "only TYPE1, TYPE1v2 and NOIOMMU can be set",
				      call->arg, -EINVAL);
	if (vfio_container_no_iommu(call->ictx))
		return iommufd_refuse(&call->why, "type",
				      "the groups of the container have no IOMMU",
				      call->arg, -EINVAL);

	ioas = vfio_container_ioas(call);
	if (IS_ERR(ioas))
		return PTR_ERR(ioas);
	if (call->arg == VFIO_TYPE1_IOMMU)
		return ioas_set_large_pages(ioas, false, &call->why);
	return 0;
}

struct container_row {
	unsigned int cmd;
	const char *name;
	long (*handler)(struct vfio_call *call);
};

#define ROW(_cmd, _handler) { .cmd = _cmd, .name = #_cmd, .handler = _handler }

static const struct container_row container_table[] = {
	ROW(VFIO_CHECK_EXTENSION, check_extension),
	ROW(VFIO_SET_IOMMU, set_iommu),
	ROW(VFIO_IOMMU_GET_INFO, vfio_get_info),
	ROW(VFIO_IOMMU_MAP_DMA, vfio_map_dma),
	ROW(VFIO_IOMMU_UNMAP_DMA, vfio_unmap_dma),
};

/**
 * iommufd_vfio_ioctl() - ioctl of a VFIO container
 * @ictx: the context
 * @cmd: ioctl command, not one of iommufd's own
 * @arg: its argument
 *
 * Context: may sleep.
 * Return: 0 or more, as the call says; ENOTTY (as ENOIOCTLCMD) for a call that
 * containers on iommufd do not have; ENODEV: it acts on an IOAS and there is
 * none; else the handler's errno.
 */
long iommufd_vfio_ioctl(struct iommufd_ctx *ictx, unsigned int cmd,
			unsigned long arg)
{
	struct vfio_call call = { .ictx = ictx, .arg = arg };
	size_t i;

	if (cmd == VFIO_GET_API_VERSION)
		return VFIO_API_VERSION;

	for (i = 0; i < ARRAY_SIZE(container_table); i++) {
		const struct container_row *row = &container_table[i];
		long rc;

		if (row->cmd != cmd)
			continue;
		rc = row->handler(&call);
		if (rc < 0)
			iommufd_report_refusal(row->name, cmd, &call.why, rc);
		return rc;
	}
	return -ENOIOCTLCMD;
}
