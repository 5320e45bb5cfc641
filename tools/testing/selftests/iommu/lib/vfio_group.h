/* SPDX-License-Identifier: GPL-2.0-only */
/* VFIO's groups, which a container takes in. */
#ifndef IOMMU_SELFTEST_VFIO_GROUP_H
#define IOMMU_SELFTEST_VFIO_GROUP_H

/* The group of a device, which is given by its node; skips the case without. */
int vfio_group_open(const char *device);
/* A PCI device of a group that is in a container; the first returns -errno. */
int __vfio_group_device(int group, const char *bdf);
int vfio_group_device(int group, const char *bdf);

#endif
