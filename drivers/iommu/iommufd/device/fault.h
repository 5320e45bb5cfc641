/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page faults of attached devices on their way to the queue of their hwpt.
 */
#ifndef __IOMMUFD_DEVICE_FAULT_H
#define __IOMMUFD_DEVICE_FAULT_H

#include "../object/ucmd.h"
#include "attachment.h"

int device_fault_connect(struct iommufd_ucmd *ucmd,
			 struct iommufd_hw_pagetable *hwpt, u32 fault_id);
int device_fault_check(struct iommufd_hw_pagetable *hwpt, struct device *dev,
		       struct iommufd_why *why);
void device_fault_explain(struct iommufd_hw_pagetable *hwpt, int error,
			  struct iommufd_why *why);
void device_fault_answer(struct device_attachment *attachment,
			 struct device *dev);

#endif
