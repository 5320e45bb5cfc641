// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMU_GET_HW_INFO
 */
#include <linux/cleanup.h>
#include <linux/iommufd.h>
#include <linux/log2.h>
#include <linux/pci.h>
#include <linux/pci-ats.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../../iommu-priv.h"
#include "device.h"

static int hw_info_check(struct iommufd_ucmd *ucmd)
{
	struct iommu_hw_info *cmd = ucmd->cmd;

	if (cmd->flags & ~IOMMU_HW_INFO_FLAG_INPUT_TYPE)
		return iommufd_reject_flags(ucmd);
	if (cmd->__reserved[0] || cmd->__reserved[1] || cmd->__reserved[2])
		return iommufd_reject_reserved(ucmd);
	return 0;
}

/*
 * The user's buffer holds @nbytes of @info, then zeroes: programs built for a
 * longer struct find the fields that this kernel lacks to be zero.
 */
static int hw_info_copy(struct iommufd_ucmd *ucmd, const void *info,
			u32 nbytes)
{
	struct iommu_hw_info *cmd = ucmd->cmd;
	void __user *uptr = u64_to_user_ptr(cmd->data_uptr);
	u32 ncopy = min(cmd->data_len, nbytes);

	if ((ncopy && copy_to_user(uptr, info, ncopy)) ||
	    (cmd->data_len > ncopy &&
	     clear_user(uptr + ncopy, cmd->data_len - ncopy)))
		return iommufd_reject(ucmd, "data_uptr",
				      "the buffer cannot be written", -EFAULT);
	cmd->data_len = nbytes;
	return 0;
}

/* What the IOMMU driver tells of itself; NULL: nothing. */
static void *hw_info_data(struct iommufd_ucmd *ucmd, struct device *dev,
			  u32 *nbytes)
{
	const struct iommu_ops *ops = dev_iommu_ops(dev);
	struct iommu_hw_info *cmd = ucmd->cmd;
	enum iommu_hw_info_type type = IOMMU_HW_INFO_TYPE_DEFAULT;

	*nbytes = 0;
	if (!ops->hw_info) {
		cmd->out_data_type = IOMMU_HW_INFO_TYPE_NONE;
		return NULL;
	}
	if (cmd->flags & IOMMU_HW_INFO_FLAG_INPUT_TYPE)
		type = cmd->in_data_type;

	void *info __free(kfree) = ops->hw_info(dev, nbytes, &type);

	if (IS_ERR(info)) {
		iommufd_reject(ucmd, "in_data_type",
			       "the IOMMU driver has no information of this type",
			       PTR_ERR(info));
		return no_free_ptr(info);
	}
	/* user space must be able to tell which struct it got */
	if (WARN_ON_ONCE(type == IOMMU_HW_INFO_TYPE_NONE))
		return ERR_PTR(-ENODEV);
	cmd->out_data_type = type;
	return no_free_ptr(info);
}

/* A function reports PASID as far as the IOMMU driver has enabled it. */
static u64 hw_info_pasid_caps(struct device *dev)
{
	u64 caps = 0;
	int status;

	if (!dev_is_pci(dev))
		return 0;
	status = pci_pasid_status(to_pci_dev(dev));
	if (status < 0)
		return 0;
	if (status & PCI_PASID_CTRL_EXEC)
		caps |= IOMMU_HW_CAP_PCI_PASID_EXEC;
	if (status & PCI_PASID_CTRL_PRIV)
		caps |= IOMMU_HW_CAP_PCI_PASID_PRIV;
	return caps;
}

static void hw_info_caps(struct iommu_hw_info *cmd, struct device *dev)
{
	u32 max_pasids = dev->iommu->max_pasids;

	cmd->out_capabilities = 0;
	cmd->out_max_pasid_log2 = 0;
	if (max_pasids) {
		cmd->out_max_pasid_log2 = ilog2(max_pasids);
		cmd->out_capabilities |= hw_info_pasid_caps(dev);
	}
	if (device_iommu_capable(dev, IOMMU_CAP_DIRTY_TRACKING))
		cmd->out_capabilities |= IOMMU_HW_CAP_DIRTY_TRACKING;
	if (!device_iommu_capable(dev, IOMMU_CAP_PCI_ATS_SUPPORTED))
		cmd->out_capabilities |= IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED;
}

static void *hw_info_get(struct iommufd_ucmd *ucmd, u32 *nbytes)
{
	struct iommu_hw_info *cmd = ucmd->cmd;
	struct device *dev;

	struct iommufd_object *obj __free(iommufd_put) =
		device_get_translated(ucmd, cmd->dev_id);
	if (IS_ERR(obj))
		return ERR_CAST(obj);
	dev = to_device(obj)->dev;
	hw_info_caps(cmd, dev);
	return hw_info_data(ucmd, dev, nbytes);
}

/**
 * iommufd_get_hw_info_ioctl() - IOMMU_GET_HW_INFO
 * @ucmd: the ioctl
 *
 * The buffer is written when the device is not in use any more: the user may
 * let that take any time, and an unbind waits for uses.
 *
 * Context: may sleep.
 * Return: 0, or EOPNOTSUPP: unknown flags, reserved bytes, or a type that the
 * driver does not have; ENOENT: @dev_id is not a device; EFAULT; ENOMEM.
 */
int iommufd_get_hw_info_ioctl(struct iommufd_ucmd *ucmd)
{
	u32 nbytes;
	int rc;

	rc = hw_info_check(ucmd);
	if (rc)
		return rc;

	void *info __free(kfree) = hw_info_get(ucmd, &nbytes);

	if (IS_ERR(info))
		return PTR_ERR(info);
	return hw_info_copy(ucmd, info, nbytes);
}
