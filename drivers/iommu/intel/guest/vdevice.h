/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device of a guest: a device that has a name there.
 */
#ifndef VTD_GUEST_VDEVICE_H
#define VTD_GUEST_VDEVICE_H

#include <linux/iommufd.h>

#include "../device/notice.h"

struct vtd_guest_events;

/**
 * struct vtd_vdevice - a device of a guest
 * @core: what iommufd knows of it; its virt_id is the virtual source id
 * @listener: hears what happens to the device
 * @events: where the guest hears of it
 */
struct vtd_vdevice {
	struct iommufd_vdevice core;
	struct vtd_listener listener;
	struct vtd_guest_events *events;
};

int vtd_vdevice_init(struct iommufd_vdevice *vdev);

#endif
