// SPDX-License-Identifier: GPL-2.0-only
/* A VFIO device opened through its character device. */
#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vfio.h"

static int region_info(int fd, __u32 index, struct vfio_region_info *info)
{
	*info = (struct vfio_region_info){
		.argsz = sizeof(*info),
		.index = index,
	};
	return ioctl(fd, VFIO_DEVICE_GET_REGION_INFO, info) ? -errno : 0;
}

static int bind_iommufd(struct vfio_dev *dev, int iommufd)
{
	struct vfio_device_bind_iommufd bind = {
		.argsz = sizeof(bind),
		.iommufd = iommufd,
	};
	struct vfio_region_info config;
	int err;

	if (ioctl(dev->fd, VFIO_DEVICE_BIND_IOMMUFD, &bind))
		return -errno;
	dev->dev_id = bind.out_devid;

	err = region_info(dev->fd, VFIO_PCI_CONFIG_REGION_INDEX, &config);
	if (err)
		return err;
	dev->config_offset = config.offset;
	return 0;
}

int vfio_dev_open(struct vfio_dev *dev, const char *path, int iommufd)
{
	int err;

	*dev = (struct vfio_dev){ .fd = open(path, O_RDWR | O_CLOEXEC) };
	if (dev->fd < 0)
		return -errno;
	err = bind_iommufd(dev, iommufd);
	if (err)
		vfio_dev_close(dev);
	return err;
}

void vfio_dev_close(struct vfio_dev *dev)
{
	if (dev->bar0)
		munmap(dev->bar0, dev->bar0_size);
	dev->bar0 = NULL;
	if (dev->fd >= 0)
		close(dev->fd);
	dev->fd = -1;
	dev->attached = 0;
}

int vfio_dev_map_bar0(struct vfio_dev *dev)
{
	struct vfio_region_info info;
	void *bar;
	int err;

	err = region_info(dev->fd, VFIO_PCI_BAR0_REGION_INDEX, &info);
	if (err)
		return err;
	if (!(info.flags & VFIO_REGION_INFO_FLAG_MMAP))
		return -ENXIO;
	bar = mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED,
		   dev->fd, info.offset);
	if (bar == MAP_FAILED)
		return -errno;
	dev->bar0 = bar;
	dev->bar0_size = info.size;
	return 0;
}

int vfio_dev_set_master(struct vfio_dev *dev, int on)
{
	off_t where = dev->config_offset + PCI_COMMAND;
	__u16 bits = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	__u16 command;

	if (pread(dev->fd, &command, sizeof(command), where) !=
	    sizeof(command))
		return -EIO;
	if (on)
		command |= bits;
	else
		command &= ~PCI_COMMAND_MASTER;
	if (pwrite(dev->fd, &command, sizeof(command), where) !=
	    sizeof(command))
		return -EIO;
	return 0;
}

int vfio_dev_attach(struct vfio_dev *dev, __u32 pt_id)
{
	struct vfio_device_attach_iommufd_pt cmd = {
		.argsz = sizeof(cmd),
		.pt_id = pt_id,
	};

	if (ioctl(dev->fd, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &cmd))
		return -errno;
	dev->attached = 1;
	return 0;
}

int vfio_dev_detach(struct vfio_dev *dev)
{
	struct vfio_device_detach_iommufd_pt cmd = { .argsz = sizeof(cmd) };

	if (ioctl(dev->fd, VFIO_DEVICE_DETACH_IOMMUFD_PT, &cmd))
		return -errno;
	dev->attached = 0;
	return 0;
}
