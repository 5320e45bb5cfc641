/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VFIO device opened by its PCI address: binding it to an
 * iommufd, moving it between address spaces, its BAR 0 and its PCI command
 * register. Functions return 0 or -errno.
 */
#ifndef DEMO_VFIO_H
#define DEMO_VFIO_H

#include <stddef.h>
#include <linux/types.h>

struct vfio_dev {
	int fd;			/* negative: closed */
	__u32 dev_id;	/* name of the device in the iommufd */
	__u64 config_offset;
	void *bar0;		/* NULL: not mapped */
	size_t bar0_size;
	int attached;
};

int vfio_dev_open(struct vfio_dev *dev, const char *bdf);
int vfio_dev_bind(struct vfio_dev *dev, int iommufd);
void vfio_dev_close(struct vfio_dev *dev);

int vfio_dev_map_bar0(struct vfio_dev *dev);

/* Let the device be a bus master, or stop it. */
int vfio_dev_set_master(struct vfio_dev *dev, int on);

/* Attach to @pt_id, replacing what it was attached to, if anything. */
int vfio_dev_attach(struct vfio_dev *dev, __u32 pt_id);
int vfio_dev_detach(struct vfio_dev *dev);

#endif
