// SPDX-License-Identifier: GPL-2.0-only
/* A VFIO device opened by its PCI address. */
#include <errno.h>
#include <iommufd.h>
#include <linux/pci_regs.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vfio.h"

int vfio_dev_open(struct vfio_dev *dev, const char *bdf)
{
	*dev = (struct vfio_dev){ .fd = iommufd_vfio_open(bdf) };
	return dev->fd < 0 ? dev->fd : 0;
}

int vfio_dev_bind(struct vfio_dev *dev, int iommufd)
{
	struct vfio_region_info config;
	int err = iommufd_vfio_bind(dev->fd, iommufd, &dev->dev_id);

	if (!err)
		err = iommufd_vfio_region(dev->fd, VFIO_PCI_CONFIG_REGION_INDEX,
					  &config);
	if (!err)
		dev->config_offset = config.offset;
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

	err = iommufd_vfio_region(dev->fd, VFIO_PCI_BAR0_REGION_INDEX, &info);
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
	int err = iommufd_vfio_attach(dev->fd, &pt_id);

	if (!err)
		dev->attached = 1;
	return err;
}

int vfio_dev_detach(struct vfio_dev *dev)
{
	int err = iommufd_vfio_detach(dev->fd);

	if (!err)
		dev->attached = 0;
	return err;
}
