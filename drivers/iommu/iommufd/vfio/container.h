/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the VFIO container interface.
 */
#ifndef __IOMMUFD_VFIO_CONTAINER_H
#define __IOMMUFD_VFIO_CONTAINER_H

#include <linux/types.h>

#include "../object/why.h"

struct iommufd_ctx;
struct iommufd_ioas;

/**
 * struct vfio_call - one running ioctl of a container
 * @ictx: context of the file
 * @arg: its argument: a value, or a user pointer
 * @why: reason of a refusal
 */
struct vfio_call {
	struct iommufd_ctx *ictx;
	unsigned long arg;
	struct iommufd_why why;
};

static inline void __user *vfio_call_ptr(const struct vfio_call *call)
{
	return (void __user *)call->arg;
}

/* compat.c: which IOAS */
struct iommufd_ioas *vfio_container_ioas(struct vfio_call *call);
bool vfio_container_no_iommu(struct iommufd_ctx *ictx);

/* container.c: shared by the calls with a struct, which begins with argsz */
int vfio_call_read(struct vfio_call *call, void *to, size_t min_size);
int vfio_call_write(struct vfio_call *call, size_t offset, const void *from,
		    size_t size);

/* info.c, map.c: the calls */
long vfio_get_info(struct vfio_call *call);
long vfio_map_dma(struct vfio_call *call);
long vfio_unmap_dma(struct vfio_call *call);

#endif
