// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMU_HWPT_INVALIDATE: user space has changed tables of a guest.
 *
 * The whole array reaches the driver in one call, so that it can queue all
 * entries before it waits for the hardware once.
 */
#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/iommufd.h>
#include <linux/mm.h>

#include "../object/trace.h"
#include "../object/ucmd.h"
#include "nested.h"

/* bounds what one call can keep a driver busy with */
#define INVALIDATE_MAX_ENTRIES BIT(19)

static int invalidate_check(struct iommufd_ucmd *ucmd)
{
	struct iommu_hwpt_invalidate *cmd = ucmd->cmd;

	if (cmd->__reserved)
		return iommufd_reject_reserved(ucmd);
	if (cmd->entry_num > INVALIDATE_MAX_ENTRIES)
		return iommufd_refuse(&ucmd->why, "entry_num",
				      "more than 2^19 entries", cmd->entry_num,
				      -EINVAL);
	/* no entries: asks whether the type is supported */
	if (!cmd->entry_num)
		return 0;
	if (!cmd->data_uptr)
		return iommufd_reject(ucmd, "data_uptr", "no array", -EINVAL);
	if (!cmd->entry_len || cmd->entry_len > PAGE_SIZE)
		return iommufd_refuse(&ucmd->why, "entry_len",
				      "zero, or more than a page",
				      cmd->entry_len, -EINVAL);
	return 0;
}

static int invalidate_nested(struct iommufd_ucmd *ucmd,
			     struct iommufd_hw_pagetable *hwpt,
			     struct iommu_user_data_array *array)
{
	const struct iommu_domain_ops *ops = hwpt->domain->ops;
	struct iommu_hwpt_invalidate *cmd = ucmd->cmd;
	int rc;

	if (!ops->cache_invalidate_user)
		return iommufd_reject(ucmd, "hwpt_id",
				      "the IOMMU driver does not invalidate by nested hwpt",
				      -EOPNOTSUPP);
	rc = ops->cache_invalidate_user(hwpt->domain, array);
	cmd->entry_num = array->entry_num;
	return rc;
}

static int invalidate_viommu(struct iommufd_ucmd *ucmd,
			     struct iommufd_viommu *viommu,
			     struct iommu_user_data_array *array)
{
	struct iommu_hwpt_invalidate *cmd = ucmd->cmd;
	int rc;

	if (!viommu->ops->cache_invalidate)
		return iommufd_reject(ucmd, "hwpt_id",
				      "the IOMMU driver does not invalidate by vIOMMU",
				      -EOPNOTSUPP);
	rc = viommu->ops->cache_invalidate(viommu, array);
	cmd->entry_num = array->entry_num;
	return rc;
}

static int invalidate_array(struct iommufd_ucmd *ucmd,
			    struct iommu_user_data_array *array)
{
	struct iommu_hwpt_invalidate *cmd = ucmd->cmd;
	struct iommufd_object *obj __free(iommufd_put) =
		iommufd_ucmd_get(ucmd, "hwpt_id", cmd->hwpt_id,
				 IOMMUFD_OBJ_ANY);

	if (IS_ERR(obj))
		return PTR_ERR(obj);

	switch (obj->type) {
	case IOMMUFD_OBJ_HWPT_NESTED:
		return invalidate_nested(ucmd, to_hwpt(obj), array);
	case IOMMUFD_OBJ_VIOMMU:
		return invalidate_viommu(ucmd, to_viommu(obj), array);
	default:
		return iommufd_refuse(&ucmd->why, "hwpt_id",
				      "neither a nested hwpt nor a vIOMMU",
				      cmd->hwpt_id, -EINVAL);
	}
}

/**
 * iommufd_hwpt_invalidate_ioctl() - IOMMU_HWPT_INVALIDATE
 * @ucmd: the ioctl
 *
 * Tells in entry_num how many entries the driver has done, whatever else it
 * returns. No entries: asks whether the type is supported.
 *
 * Context: may sleep.
 * Return: 0, or
 * EOPNOTSUPP: the reserved field, or a driver that cannot do this;
 * EINVAL: no array, an entry length of 0 or of more than a page, too many
 * entries, or an object of another type than a nested hwpt or a vIOMMU;
 * ENOENT: no such object; EFAULT: the answer cannot be written;
 * or what the driver says to an entry or the type.
 */
int iommufd_hwpt_invalidate_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_hwpt_invalidate *cmd = ucmd->cmd;
	struct iommu_user_data_array array = {
		.type = cmd->data_type,
		.uptr = u64_to_user_ptr(cmd->data_uptr),
		.entry_len = cmd->entry_len,
		.entry_num = cmd->entry_num,
	};
	u32 wanted = cmd->entry_num;
	int rc, answered;

	rc = invalidate_check(ucmd);
	/* nothing is done yet; whoever calls the driver knows better */
	cmd->entry_num = 0;
	if (!rc)
		rc = invalidate_array(ucmd, &array);
	if (rc && !wanted)
		iommufd_expected(&ucmd->why, "data_type",
				 "the IOMMU driver has no such type", 0, rc);
	else if (rc)
		iommufd_refuse(&ucmd->why, "data_uptr",
			       "the IOMMU driver refuses the type or an entry (value: its index)",
			       cmd->entry_num, rc);

	trace_iommufd_invalidate(cmd->hwpt_id, cmd->data_type, wanted,
				 cmd->entry_num, rc);
	answered = iommufd_ucmd_respond(ucmd);
	return answered ?: rc;
}
