/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A PCI device behind a real (or emulated) IOMMU, through the VFIO character
 * device. Only devices that no driver uses, or that vfio-pci has already, are
 * taken.
 */
#ifndef IOMMU_SELFTEST_VFIO_H
#define IOMMU_SELFTEST_VFIO_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>
#include <linux/vfio.h>

/* The path of the VFIO device; skips the case when nothing is bindable. */
void vfio_find(char *path, size_t size);
/* The same for a device with a BAR 0. */
void vfio_find_bar(char *path, size_t size);
/* QEMU's edu behind an IOMMU, whether it can be bound or not. */
void vfio_find_edu(char *path, size_t size);
/*
 * The same for QEMU's edu on a machine without IOMMU, where DMA goes to
 * physical addresses; skips the case elsewhere.
 */
void vfio_find_noiommu(char *path, size_t size);

/* Where a device is: its node, and its folder in sysfs without links. */
struct vfio_place {
	char node[PATH_MAX];
	char dir[PATH_MAX];
};

/* A device by "0xVENDOR:0xDEVICE"; -ENODEV when VFIO can use none. */
int vfio_find_model(const char *model, struct vfio_place *place);
/* Changes the driver of a PCI device, also to one that has no id of it. */
void pci_give_to(const char *bdf, const char *driver);

/* Gives vfio-pci every device of a model, whoever has it. */
void pci_take_model(const char *model);

/* Two edus of one iommu group, as are behind one conventional bridge. */
struct vfio_pair {
	/* Their VFIO devices. */
	char path[2][64];
	/* A third one in sysfs that a driver of the kernel knows, or "". */
	char sibling[192];
};

/* No driver uses the sibling. Skips the case where there is no such group. */
void vfio_find_pair(struct vfio_pair *pair);
/* Lets the kernel look for a driver, then take it away again. */
bool vfio_sibling_probe(const struct vfio_pair *pair);
void vfio_sibling_release(const struct vfio_pair *pair);

int vfio_open(const char *path);
/* Its BARs answer, or do not. */
void vfio_decode_memory(int device, int on);
/* Lets the device do DMA; the first @nbytes of its BAR 0. */
void *vfio_map_bar(int device, size_t nbytes);

int __vfio_bind(int device, int iommufd, __u32 *id);
__u32 vfio_bind(int device, int iommufd);
/* @pt_id receives the hwpt. */
int __vfio_attach(int device, __u32 *pt_id);
__u32 vfio_attach(int device, __u32 pt);
int __vfio_detach(int device);

#endif
