/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the VFIO container interface.
 */
#ifndef __IOMMUFD_VFIO_CONTAINER_H
#define __IOMMUFD_VFIO_CONTAINER_H

#include <linux/types.h>

struct iommufd_ctx;
struct iommufd_ioas;
struct vfio_call;

/* compat.c: which IOAS */
struct iommufd_ioas *vfio_container_ioas(struct vfio_call *call);
bool vfio_container_no_iommu(struct iommufd_ctx *ictx);

/* info.c, map.c: the calls */
long vfio_get_info(struct vfio_call *call);
long vfio_map_dma(struct vfio_call *call);
long vfio_unmap_dma(struct vfio_call *call);

#endif
