/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Translations of PASIDs: one per PASID and group, beside the one of DMA
 * without a PASID.
 *
 *	struct device_group
 *	   attachment ------------------> DMA without PASID, for all devices
 *	   pasids --> struct device_pasid --> attachment
 *	                                  --> the devices that asked for it
 */
#ifndef __IOMMUFD_DEVICE_PASID_H
#define __IOMMUFD_DEVICE_PASID_H

#include "change.h"

/**
 * struct device_pasid - a PASID of a group that translates
 * @attachment: what it translates through
 * @devices: xarray by object id of the struct iommufd_device that are
 *	attached; never empty outside &device_group.lock
 *
 * All under &device_group.lock. In &device_group.pasids by the PASID.
 */
struct device_pasid {
	struct device_attachment *attachment;
	struct xarray devices;
};

struct device_pasid *device_pasid_find_locked(struct device_group *dgroup,
					      ioasid_t pasid);
bool device_pasid_has_locked(struct iommufd_device *idev, ioasid_t pasid);
bool device_pasid_is_sole_locked(struct iommufd_device *idev, ioasid_t pasid);
ioasid_t device_pasid_first(struct iommufd_device *idev);

/* the steps of a change of a PASID */
int device_pasid_check_locked(struct device_change *change);
int device_pasid_acquire_locked(struct device_change *change);
void device_pasid_commit_locked(struct device_change *change);

#endif
