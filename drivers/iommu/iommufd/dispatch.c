// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctl table of /dev/iommu and the rules every ioctl shares.
 *
 * Owns: which number means what struct and which handler; the size rules;
 *	publishing what an ioctl created; reporting why one was refused.
 * Calls: the handlers of all folders below.
 */
#include <linux/fs.h>
#include <linux/iommufd.h>
#include <linux/nospec.h>
#include <linux/stddef.h>
#include <linux/uaccess.h>

#include "device/device.h"
#include "dispatch.h"
#include "event/fault.h"
#include "event/vevent.h"
#include "hwpt/dirty.h"
#include "hwpt/nested.h"
#include "hwpt/noiommu.h"
#include "ioas/ioas.h"
#include "mock/mock.h"
#include "object/ucmd.h"
#include "vfio/compat.h"
#include "viommu/viommu.h"

/* every struct of the table fits; checked per row at build time */
#define UCMD_BUFFER_SIZE 128

static int iommufd_destroy_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_destroy *cmd = ucmd->cmd;
	int rc;

	iommufd_ucmd_no_answer(ucmd);
	rc = iommufd_object_destroy_user(ucmd->ictx, cmd->id);
	if (rc == -ENOENT)
		return iommufd_refuse(&ucmd->why, "id", "no such object",
				      cmd->id, rc);
	if (rc == -EBUSY)
		return iommufd_refuse(&ucmd->why, "id",
				      "another object, a device or an open file depends on it",
				      cmd->id, rc);
	return rc;
}

struct ioctl_row {
	unsigned int cmd;
	unsigned int min_size;
	unsigned int size;
	const char *name;
	int (*handler)(struct iommufd_ucmd *ucmd);
};

#define ROW(_cmd, _struct, _last, _handler)                                    \
	[_IOC_NR(_cmd) - IOMMUFD_CMD_BASE] = {                                 \
		.cmd = _cmd,                                                   \
		.min_size = offsetofend(struct _struct, _last),                \
		.size = sizeof(struct _struct) +                               \
			BUILD_BUG_ON_ZERO(sizeof(struct _struct) >             \
					  UCMD_BUFFER_SIZE),                   \
		.name = #_cmd,                                                 \
		.handler = _handler,                                           \
	}

/* _last: the last field that every user of the ioctl has known */
static const struct ioctl_row ioctl_table[] = {
	/* objects */
	ROW(IOMMU_DESTROY, iommu_destroy, id, iommufd_destroy_ioctl),
	ROW(IOMMU_OPTION, iommu_option, val64, iommufd_option_ioctl),
	/* address spaces */
	ROW(IOMMU_IOAS_ALLOC, iommu_ioas_alloc, out_ioas_id,
	    iommufd_ioas_alloc_ioctl),
	ROW(IOMMU_IOAS_IOVA_RANGES, iommu_ioas_iova_ranges, out_iova_alignment,
	    iommufd_ioas_iova_ranges_ioctl),
	ROW(IOMMU_IOAS_ALLOW_IOVAS, iommu_ioas_allow_iovas, allowed_iovas,
	    iommufd_ioas_allow_iovas_ioctl),
	ROW(IOMMU_IOAS_MAP, iommu_ioas_map, iova, iommufd_ioas_map_ioctl),
	ROW(IOMMU_IOAS_MAP_FILE, iommu_ioas_map_file, iova,
	    iommufd_ioas_map_file_ioctl),
	ROW(IOMMU_IOAS_COPY, iommu_ioas_copy, src_iova,
	    iommufd_ioas_copy_ioctl),
	ROW(IOMMU_IOAS_UNMAP, iommu_ioas_unmap, length,
	    iommufd_ioas_unmap_ioctl),
	ROW(IOMMU_IOAS_CHANGE_PROCESS, iommu_ioas_change_process, __reserved,
	    iommufd_ioas_change_process_ioctl),
	ROW(IOMMU_IOAS_NOIOMMU_GET_PA, iommu_ioas_noiommu_get_pa, out_phys,
	    iommufd_noiommu_get_pa_ioctl),
	/* devices and page tables */
	ROW(IOMMU_GET_HW_INFO, iommu_hw_info, __reserved,
	    iommufd_get_hw_info_ioctl),
	ROW(IOMMU_HWPT_ALLOC, iommu_hwpt_alloc, __reserved,
	    iommufd_hwpt_alloc_ioctl),
	ROW(IOMMU_HWPT_INVALIDATE, iommu_hwpt_invalidate, __reserved,
	    iommufd_hwpt_invalidate_ioctl),
	ROW(IOMMU_HWPT_SET_DIRTY_TRACKING, iommu_hwpt_set_dirty_tracking,
	    __reserved, iommufd_hwpt_set_dirty_tracking_ioctl),
	ROW(IOMMU_HWPT_GET_DIRTY_BITMAP, iommu_hwpt_get_dirty_bitmap, data,
	    iommufd_hwpt_get_dirty_bitmap_ioctl),
	/* events and virtual IOMMUs */
	ROW(IOMMU_FAULT_QUEUE_ALLOC, iommu_fault_alloc, out_fault_fd,
	    iommufd_fault_alloc_ioctl),
	ROW(IOMMU_VIOMMU_ALLOC, iommu_viommu_alloc, out_viommu_id,
	    iommufd_viommu_alloc_ioctl),
	ROW(IOMMU_VDEVICE_ALLOC, iommu_vdevice_alloc, virt_id,
	    iommufd_vdevice_alloc_ioctl),
	ROW(IOMMU_VEVENTQ_ALLOC, iommu_veventq_alloc, out_veventq_fd,
	    iommufd_veventq_alloc_ioctl),
	ROW(IOMMU_HW_QUEUE_ALLOC, iommu_hw_queue_alloc, length,
	    iommufd_hw_queue_alloc_ioctl),
	/* VFIO containers */
	ROW(IOMMU_VFIO_IOAS, iommu_vfio_ioas, __reserved,
	    iommufd_vfio_ioas_ioctl),
#ifdef CONFIG_IOMMUFD_TEST
	ROW(IOMMU_TEST_CMD, iommu_test_cmd, last, iommufd_test_ioctl),
#endif
};

/* An object is published only when user space has been told its id. */
static int ucmd_run(struct iommufd_ucmd *ucmd, const struct ioctl_row *row)
{
	int rc = row->handler(ucmd);

	if (!rc && !ucmd->responded)
		rc = iommufd_ucmd_respond(ucmd);

	if (ucmd->new_obj) {
		if (rc < 0)
			iommufd_object_abort_destroy(ucmd->ictx, ucmd->new_obj);
		else
			iommufd_object_publish(ucmd->ictx, ucmd->new_obj);
	}
	return rc;
}

static int ucmd_read(struct iommufd_ucmd *ucmd, const struct ioctl_row *row)
{
	int rc;

	if (ucmd->user_size < row->min_size)
		return iommufd_refuse(&ucmd->why, "size",
				      "smaller than the first version of the struct",
				      ucmd->user_size, -EINVAL);

	rc = copy_struct_from_user(ucmd->cmd, row->size, ucmd->ubuffer,
				   ucmd->user_size);
	if (rc == -E2BIG)
		return iommufd_refuse(&ucmd->why, "size",
				      "larger than this kernel's struct, and the excess is not zero",
				      ucmd->user_size, rc);
	if (rc)
		return iommufd_refuse(&ucmd->why, "argument",
				      "the struct cannot be read",
				      ucmd->user_size, rc);
	return 0;
}

/**
 * iommufd_dispatch() - ioctl of /dev/iommu
 * @filp: the file
 * @cmd: ioctl command
 * @arg: user pointer to the struct
 *
 * Context: may sleep.
 * Return: 0, what a test op returns, or a negative errno: ENOTTY (as
 * ENOIOCTLCMD) for a command that does not exist, EFAULT, EINVAL, E2BIG by the
 * size rules, else the handler's.
 */
long iommufd_dispatch(struct file *filp, unsigned int cmd, unsigned long arg)
{
	/* ucmd_read() fills what the handler sees of it */
	u8 buffer[UCMD_BUFFER_SIZE] __aligned(8) __uninitialized;
	struct iommufd_ucmd ucmd = {
		.ictx = filp->private_data,
		.ubuffer = (void __user *)arg,
		.cmd = buffer,
	};
	const struct ioctl_row *row;
	int rc;

	if (_IOC_NR(cmd) < IOMMUFD_CMD_BASE ||
	    _IOC_NR(cmd) - IOMMUFD_CMD_BASE >= ARRAY_SIZE(ioctl_table))
		return iommufd_vfio_ioctl(ucmd.ictx, cmd, arg);

	/* before the command is looked at: part of the contract */
	if (get_user(ucmd.user_size, (u32 __user *)ucmd.ubuffer))
		return -EFAULT;

	row = &ioctl_table[array_index_nospec(_IOC_NR(cmd) - IOMMUFD_CMD_BASE,
					      ARRAY_SIZE(ioctl_table))];
	if (!row->handler || row->cmd != cmd)
		return -ENOIOCTLCMD;

	ucmd.nr = cmd;
	ucmd.kernel_size = row->size;
	rc = ucmd_read(&ucmd, row);
	if (!rc)
		rc = ucmd_run(&ucmd, row);
	if (rc < 0)
		iommufd_report_refusal(row->name, cmd, &ucmd.why, rc);
	return rc;
}
