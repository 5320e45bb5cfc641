/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What mock devices report: page requests, and events for a guest.
 */
#ifndef __IOMMUFD_MOCK_EVENT_H
#define __IOMMUFD_MOCK_EVENT_H

#include <linux/init.h>

struct device;
struct iommu_domain;
struct iommu_page_response;
struct iommufd_ucmd;
struct iommufd_vdevice;
struct iopf_fault;
struct mock_device;

int mock_events_enable(struct mock_device *mdev, struct iommu_domain *domain);
void mock_events_disable(struct mock_device *mdev, struct iommu_domain *domain);
void mock_events_check_gone(struct mock_device *mdev);
void mock_events_set_vdev(struct device *dev, struct iommufd_vdevice *vdev);
void mock_events_clear_vdev(struct device *dev, struct iommufd_vdevice *vdev);
void mock_page_response(struct device *dev, struct iopf_fault *fault,
			struct iommu_page_response *response);

int __init mock_events_init(void);
void mock_events_exit(void);

/* handlers of test ops */
int mock_trigger_iopf_op(struct iommufd_ucmd *ucmd);
int mock_trigger_vevent_op(struct iommufd_ucmd *ucmd);

#endif
