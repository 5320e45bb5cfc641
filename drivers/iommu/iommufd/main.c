// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/iommu: the device node, open and release.
 *
 * Owns: the file operations and the order of module init.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/iommufd.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

#include "device/access.h"
#include "device/bind.h"
#include "dispatch.h"
#include "driver/mmap.h"
#include "event/fault.h"
#include "event/vevent.h"
#include "fdinfo.h"
#include "hwpt/nested.h"
#include "hwpt/paging.h"
#include "hwpt/sw_msi.h"
#include "ioas/ioas.h"
#include "mock/mock.h"
#include "object/ctx.h"
#include "object/object.h"
#include "pages/pages.h"
#include "viommu/viommu.h"

enum iommufd_node {
	NODE_IOMMU,
	NODE_VFIO,
};

static struct miscdevice iommufd_nodes[];

static int iommufd_fops_open(struct inode *inode, struct file *filp)
{
	struct iommufd_ctx *ictx = iommufd_ctx_alloc(filp);

	if (!ictx)
		return -ENOMEM;

	/* misc_open() leaves the miscdevice that was opened here */
	if (filp->private_data == &iommufd_nodes[NODE_VFIO]) {
		ictx->charge_mode = IOMMUFD_CHARGE_MM;
		pr_info_once("iommufd: /dev/vfio/vfio is served by iommufd\n");
	}
	ictx->importer = iommufd_nodes[NODE_IOMMU].this_device;
	filp->private_data = ictx;
	return 0;
}

static int iommufd_fops_release(struct inode *inode, struct file *filp)
{
	struct iommufd_ctx *ictx = filp->private_data;

	/* the last bound device is gone, or the file would not be released */
	iommufd_sw_msi_free(ictx);
	iommufd_ctx_free(ictx);
	return 0;
}

static const struct file_operations iommufd_fops = {
	.owner = THIS_MODULE,
	.open = iommufd_fops_open,
	.release = iommufd_fops_release,
	.unlocked_ioctl = iommufd_dispatch,
	.mmap = iommufd_fops_mmap,
	.show_fdinfo = iommufd_show_fdinfo,
};

/**
 * iommufd_ctx_from_file() - the context behind a file
 * @file: any open file
 *
 * Context: any.
 * Return: the context with a reference, iommufd_ctx_put() it, or
 * ERR_PTR(-EBADFD): the file is not of /dev/iommu.
 */
struct iommufd_ctx *iommufd_ctx_from_file(struct file *file)
{
	if (file->f_op != &iommufd_fops)
		return ERR_PTR(-EBADFD);
	get_file(file);
	return file->private_data;
}
EXPORT_SYMBOL_NS_GPL(iommufd_ctx_from_file, "IOMMUFD");

/**
 * iommufd_ctx_from_fd() - the context behind a file descriptor of current
 * @fd: file descriptor
 *
 * Context: may sleep.
 * Return: the context with a reference, iommufd_ctx_put() it, or ERR_PTR:
 * EBADF: not open; EBADFD: not of /dev/iommu.
 */
struct iommufd_ctx *iommufd_ctx_from_fd(int fd)
{
	CLASS(fd, f)(fd);

	if (fd_empty(f))
		return ERR_PTR(-EBADF);
	return iommufd_ctx_from_file(fd_file(f));
}
EXPORT_SYMBOL_NS_GPL(iommufd_ctx_from_fd, "IOMMUFD");

static struct miscdevice iommufd_nodes[] = {
	[NODE_IOMMU] = {
		.name = "iommu",
		.nodename = "iommu",
		.minor = MISC_DYNAMIC_MINOR,
		.mode = 0660,
		.fops = &iommufd_fops,
	},
	[NODE_VFIO] = {
		.name = "vfio",
		.nodename = "vfio/vfio",
		.minor = VFIO_MINOR,
		.mode = 0666,
		.fops = &iommufd_fops,
	},
};

/* the container's node belongs to VFIO's own code unless configured away */
#define NODES_USED (IS_ENABLED(CONFIG_IOMMUFD_VFIO_CONTAINER) ? 2 : 1)

static void iommufd_remove_nodes(unsigned int n)
{
	while (n--)
		misc_deregister(&iommufd_nodes[n]);
}

static int __init iommufd_create_nodes(void)
{
	unsigned int n;

	for (n = 0; n < NODES_USED; n++) {
		int rc = misc_register(&iommufd_nodes[n]);

		if (rc) {
			iommufd_remove_nodes(n);
			return rc;
		}
	}
	return 0;
}

static int __init iommufd_init(void)
{
	int rc;

	iommufd_object_register_ops(&iommufd_ioas_object_ops);
	iommufd_object_register_ops(&iommufd_hwpt_paging_object_ops);
	iommufd_object_register_ops(&iommufd_hwpt_nested_object_ops);
	iommufd_object_register_ops(&iommufd_fault_object_ops);
	iommufd_object_register_ops(&iommufd_veventq_object_ops);
	iommufd_object_register_ops(&iommufd_device_object_ops);
	iommufd_object_register_ops(&iommufd_access_object_ops);
	iommufd_object_register_ops(&iommufd_viommu_object_ops);
	iommufd_object_register_ops(&iommufd_vdevice_object_ops);
	iommufd_object_register_ops(&iommufd_hw_queue_object_ops);

	rc = iommufd_pages_init();
	if (rc)
		return rc;
	rc = iommufd_mock_init();
	if (rc)
		goto out_pages;
	rc = iommufd_create_nodes();
	if (rc)
		goto out_mock;
	return 0;

out_mock:
	iommufd_mock_exit();
out_pages:
	iommufd_pages_exit();
	return rc;
}

static void __exit iommufd_exit(void)
{
	iommufd_remove_nodes(NODES_USED);
	iommufd_mock_exit();
	iommufd_pages_exit();
}

MODULE_DESCRIPTION("User space owned I/O address spaces (/dev/iommu)");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("IOMMUFD");
MODULE_IMPORT_NS("IOMMUFD_INTERNAL");
#ifdef CONFIG_IOMMUFD_VFIO_CONTAINER
MODULE_ALIAS("devname:vfio/vfio");
MODULE_ALIAS_MISCDEV(VFIO_MINOR);
#endif
module_init(iommufd_init);
module_exit(iommufd_exit);
