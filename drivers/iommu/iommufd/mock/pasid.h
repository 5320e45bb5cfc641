/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test ops on PASIDs of a selftest device.
 */
#ifndef __IOMMUFD_MOCK_PASID_H
#define __IOMMUFD_MOCK_PASID_H

struct iommufd_ucmd;

/* handlers of test ops */
int mock_pasid_attach_op(struct iommufd_ucmd *ucmd);
int mock_pasid_replace_op(struct iommufd_ucmd *ucmd);
int mock_pasid_detach_op(struct iommufd_ucmd *ucmd);
int mock_pasid_check_op(struct iommufd_ucmd *ucmd);

#endif
