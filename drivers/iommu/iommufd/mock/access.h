/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mock accesses: an in-kernel user of an IOAS, as a mediated device is, behind
 * a file of its own. The test ops name it by file descriptor.
 */
#ifndef __IOMMUFD_MOCK_ACCESS_H
#define __IOMMUFD_MOCK_ACCESS_H

struct iommufd_ucmd;

/* handlers of test ops */
int mock_access_create_op(struct iommufd_ucmd *ucmd);
int mock_access_pin_op(struct iommufd_ucmd *ucmd);
int mock_access_unpin_op(struct iommufd_ucmd *ucmd);
int mock_access_rw_op(struct iommufd_ucmd *ucmd);
int mock_access_replace_op(struct iommufd_ucmd *ucmd);

#endif
