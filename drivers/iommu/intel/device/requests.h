/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page requests of a device: from when on, until when, and their answers.
 */
#ifndef VTD_DEVICE_REQUESTS_H
#define VTD_DEVICE_REQUESTS_H

#include <linux/types.h>

struct device;
struct iommu_domain;
struct iommu_page_response;
struct iopf_fault;
struct vtd_device;

int vtd_requests_open(struct vtd_device *vd, u32 pasid);
void vtd_requests_settle(struct vtd_device *vd, u32 pasid);
bool vtd_requests_are_heard(struct vtd_device *vd);
int vtd_requests_stop(struct vtd_device *vd, u32 pasid);
int vtd_requests_switch(struct vtd_device *vd, u32 pasid,
			const struct iommu_domain *domain);
void vtd_requests_free(struct vtd_device *vd);

void vtd_requests_answer(struct vtd_device *vd, u64 id, unsigned int code);
void vtd_requests_respond(struct device *dev, struct iopf_fault *fault,
			  struct iommu_page_response *response);

#endif
