// SPDX-License-Identifier: GPL-2.0-only
/* The container ioctls of VFIO. */
#include <errno.h>
#include <stdint.h>

#include "lib/container.h"
#include "lib/harness.h"
#include "scene.h"

static void empty(struct scene *s)
{
	scene_two_ioas(s);
	CHECK_OK(__vfio_ioas(s->fd, IOMMU_VFIO_IOAS_SET, s->ioas, 0));
}

static void version2(struct scene *s)
{
	empty(s);
	s->dev[0] = mock_attach(s->fd, s->ioas);
}

static void version1(struct scene *s)
{
	empty(s);
	CHECK_OK(vcall(s->fd, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU));
	s->dev[0] = mock_attach(s->fd, s->ioas);
	CHECK_OK(__vmap(s->fd, s->va, MOCK_IOVA, s->length, MAP_RW));
}

static void version2_mapped(struct scene *s)
{
	version2(s);
	CHECK_OK(__vmap(s->fd, s->va, MOCK_IOVA, s->length, MAP_RW));
}

static int run_ioas_set(struct scene *s)
{
	return __vfio_ioas(s->fd, IOMMU_VFIO_IOAS_SET, s->other, 0);
}

static int run_ioas_get(struct scene *s)
{
	int rc = __vfio_ioas(s->fd, IOMMU_VFIO_IOAS_GET, 0, 0);

	return rc < 0 ? rc : 0;
}

static int run_set_iommu(struct scene *s)
{
	return vcall(s->fd, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU);
}

static int run_info(struct scene *s)
{
	char buf[256] = "";
	struct vfio_iommu_type1_info *info = (void *)buf;

	info->argsz = sizeof(buf);
	return vcall(s->fd, VFIO_IOMMU_GET_INFO, (uintptr_t)info);
}

static int run_map(struct scene *s)
{
	return __vmap(s->fd, s->va, MOCK_IOVA, s->length, MAP_RW);
}

static int run_unmap(struct scene *s)
{
	return __vunmap(s->fd, MOCK_IOVA, s->length, 0, NULL);
}

static int run_unmap_all(struct scene *s)
{
	return __vunmap(s->fd, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL, NULL);
}

/* Two cuts, and the piece between them goes. */
static int run_cut(struct scene *s)
{
	return __vunmap(s->fd, MOCK_IOVA + 3 * s->page, 4 * s->page, 0, NULL);
}

const struct command container_commands[] = {
	{ "VFIO_IOAS set", empty, run_ioas_set, KEEPS | IDLE },
	{ "VFIO_IOAS get", empty, run_ioas_get, IDLE },
	{ "VFIO_SET_IOMMU", empty, run_set_iommu, KEEPS | IDLE },
	{ "VFIO_IOMMU_GET_INFO", version2_mapped, run_info, 0 },
	{ "VFIO_IOMMU_MAP_DMA", version2, run_map, 0 },
	{ "VFIO_IOMMU_UNMAP_DMA", version2_mapped, run_unmap, KEEPS },
	{ "VFIO_IOMMU_UNMAP_DMA of all", version2_mapped,
	  run_unmap_all, KEEPS },
	{ "VFIO_IOMMU_UNMAP_DMA of a part", version1, run_cut, KEEPS },
};

const size_t container_ncommands = ARRAY_LEN(container_commands);
