// SPDX-License-Identifier: GPL-2.0-only
/* The VFIO container ioctls of /dev/iommu as functions. */
#include <iommufd.h>
#include <stdint.h>

#include "container.h"
#include "harness.h"
#include "memory.h"

int vcall(int fd, unsigned long request, unsigned long arg)
{
	return iommufd_call(fd, request, (void *)(uintptr_t)arg);
}

int __vfio_ioas(int fd, __u16 op, __u32 id, __u16 reserved)
{
	struct iommu_vfio_ioas cmd = {
		.size = sizeof(cmd),
		.ioas_id = id,
		.op = op,
		.__reserved = reserved,
	};
	int rc = __iommu_cmd(fd, IOMMU_VFIO_IOAS, &cmd);

	if (rc || op != IOMMU_VFIO_IOAS_GET)
		return rc;
	return cmd.ioas_id;
}

int __vmap(int fd, void *va, __u64 iova, __u64 size, __u32 flags)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = flags,
		.vaddr = (uintptr_t)va,
		.iova = iova,
		.size = size,
	};

	return __iommu_cmd(fd, VFIO_IOMMU_MAP_DMA, &map);
}

int __vunmap(int fd, __u64 iova, __u64 size, __u32 flags, __u64 *unmapped)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.flags = flags,
		.iova = iova,
		.size = size,
	};
	int rc = __iommu_cmd(fd, VFIO_IOMMU_UNMAP_DMA, &unmap);

	if (unmapped)
		*unmapped = unmap.size;
	return rc;
}

void vunmap(const struct container *c, size_t at, size_t npages, size_t want)
{
	__u64 unmapped = ~0ULL;

	CHECK_OK(__vunmap(c->fd, MOCK_IOVA + at * c->page, npages * c->page, 0,
			  &unmapped));
	CHECK_EQ(unmapped, want * c->page);
}

void vmap_all(const struct container *c)
{
	CHECK_OK(__vmap(c->fd, c->va, MOCK_IOVA, NPAGES * c->page, MAP_RW));
}

struct container container_make(unsigned long type)
{
	struct container b = {
		.fd = mock_open(),
		.page = page_size(),
		.va = mem_pages(NPAGES),
	};

	b.ioas = ioas_alloc(b.fd);
	CHECK_OK(__vfio_ioas(b.fd, IOMMU_VFIO_IOAS_SET, b.ioas, 0));
	CHECK_OK(vcall(b.fd, VFIO_SET_IOMMU, type));
	b.dev = mock_attach(b.fd, b.ioas);
	return b;
}
