/* SPDX-License-Identifier: GPL-2.0-only */
/* A PCI device as sysfs shows it. */
#ifndef IOMMUFDCTL_DEVICE_H
#define IOMMUFDCTL_DEVICE_H

#include "../../lib/iommufd/bdf.h"
#include "ctl.h"

#define DEVICE_DIR "/sys/bus/pci/devices"

enum capability {
	CAP_UNKNOWN,		/* the config space is for root to read */
	CAP_ABSENT,
	CAP_OFF,
	CAP_ON,
};

/* Empty strings: there is none. */
struct device {
	char bdf[BDF_SIZE];
	char driver[64];
	char override[64];	/* driver_override */
	char group[24];
	char unit[64];		/* the IOMMU */
	char node[64];		/* in /dev/vfio/devices */
	unsigned int vendor, id, class;
	int is_bridge;
	enum capability ats, pri, pasid;
};

/* Reads what is there of a normalized address. 0, or -ENODEV. */
int device_read(const struct ctl *ctl, struct device *dev, const char *name);
/* Both, for what a user typed; CTL_OK, or the kind after a message. */
int device_find(const struct ctl *ctl, struct device *dev, const char *text);
const char *capability_name(enum capability cap);
/* vfio-pci, or one that a vendor made: their names have "vfio" in them. */
int is_vfio_driver(const char *driver);

/* Why its driver cannot be taken away: "eth0 is up". 0: nothing is known. */
int device_in_use(const struct ctl *ctl, const struct device *dev, char *why,
		  size_t size);

#endif
