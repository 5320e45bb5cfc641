/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the samples share: a session, an end that explains, a simulated device. */
#ifndef IOMMUFD_SAMPLE_H
#define IOMMUFD_SAMPLE_H

#include <iommufd.h>

#define RW (IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE)
#define FIXED (RW | IOMMU_IOAS_MAP_FIXED_IOVA)

/* Opens /dev/iommu, with a trace of refusals where one may have it. */
struct iommufd_session *sample_open(void);
/* Prints what a refusal means, and what to do. */
void sample_explain(struct iommufd_session *session, unsigned long request,
		    int error);
/* Ends the program with that if @err is an error; returns @err. */
int sample_check(struct iommufd_session *session, unsigned long request, int err);
/* The same for what is no call of iommufd's. */
void sample_need(int condition, const char *what);

#endif
