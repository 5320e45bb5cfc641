/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An exporter of dma-bufs whose memory can be revoked, as VFIO PCI's can.
 */
#ifndef __IOMMUFD_MOCK_DMABUF_H
#define __IOMMUFD_MOCK_DMABUF_H

struct iommufd_ucmd;

void mock_dmabuf_register(void);
void mock_dmabuf_unregister(void);

/* handlers of test ops */
int mock_dmabuf_get_op(struct iommufd_ucmd *ucmd);
int mock_dmabuf_revoke_op(struct iommufd_ucmd *ucmd);

#endif
