// SPDX-License-Identifier: GPL-2.0-only
/* MAP_FILE (F), CHANGE_PROCESS (CP), containers */
#include <errno.h>
#include <stdint.h>

#include "lib/container.h"
#include "lib/harness.h"
#include "row.h"

#define FILE ROW(IOMMU_IOAS_MAP_FILE, file)
#define PROCESS ROW(IOMMU_IOAS_CHANGE_PROCESS, process)
#define VFIO_IOAS ROW(IOMMU_VFIO_IOAS, vfio_ioas)
#define DMA_MAP ROW(VFIO_IOMMU_MAP_DMA, dma_map)
#define DMA_UNMAP ROW(VFIO_IOMMU_UNMAP_DMA, dma_unmap)
#define DMA_INFO ROW(VFIO_IOMMU_GET_INFO, dma_info)
#define SET_IOMMU .request = VFIO_SET_IOMMU, .arg.number
#define EXTENSION .request = VFIO_CHECK_EXTENSION, .arg.number

#define AT_FREE .iova = MOCK_IOVA + 0x100000, .flags = PROT_RW | MAP_AT
#define MEMORY .ioas_id = REF_IOAS, .fd = REF_MEMFD
#define ARGS(_struct) .argsz = sizeof(struct vfio_iommu_type1_##_struct)

const struct row memory_rows[] = {
	{ "F unknown flag", EOPNOTSUPP, "flags",
	  FILE = { MEMORY, .length = 0x1000, .flags = 64 | PROT_RW } },
	{ "F no protection", EINVAL, "flags",
	  FILE = { MEMORY, .length = 0x1000 } },
	{ "F an IOVA of all ones", EOVERFLOW, "iova",
	  FILE = { MEMORY, .length = 0x1000, .iova = ~0ULL,
		   .flags = PROT_RW | MAP_AT } },
	{ "F a length of all ones", EOVERFLOW, "length",
	  FILE = { MEMORY, .length = ~0ULL, AT_FREE } },
	{ "F not an IOAS", ENOENT, "ioas_id",
	  FILE = { .ioas_id = REF_PLAIN, .fd = REF_MEMFD, .length = 0x1000,
		   AT_FREE } },
	{ "F1 no file", EBADF, "fd",
	  FILE = { .ioas_id = REF_IOAS, .fd = -1, .length = 0x1000,
		   AT_FREE } },
	{ "F2 no length", EINVAL, "length", FILE = { MEMORY, AT_FREE } },
	{ "F2 wraps", EOVERFLOW, "start",
	  FILE = { MEMORY, .start = ~0ULL - 0xfff, .length = 0x2000,
		   AT_FREE } },
	{ "F2 beyond the size of any file", EINVAL, "start",
	  FILE = { MEMORY, .start = 1ULL << 63, .length = 0x1000, AT_FREE } },
	{ "F3 another file", EINVAL, "fd",
	  FILE = { .ioas_id = REF_IOAS, .fd = REF_ZERO, .length = 0x1000,
		   AT_FREE } },
	{ "F3 another file, lazily", EINVAL, "fd",
	  FILE = { .ioas_id = REF_LAZY, .fd = REF_ZERO, .length = 0x1000,
		   AT_FREE } },
	{ "F3 beyond the end", EINVAL, "length",
	  FILE = { MEMORY, .start = 0x1000, .length = MEMFD_PAGES * 0x1000,
		   AT_FREE } },
	{ "F misaligned", EINVAL, "iova",
	  FILE = { MEMORY, .length = 0x1000, .iova = MOCK_IOVA + 64,
		   .flags = PROT_RW | MAP_AT } },
	{ "F the offset is misaligned", EINVAL, "user_va",
	  FILE = { MEMORY, .length = 0x1000, .start = 64, AT_FREE } },
	{ "F something is mapped there", EEXIST, "iova",
	  FILE = { MEMORY, .length = 0x1000, .iova = MOCK_IOVA,
		   .flags = PROT_RW | MAP_AT } },
	{ "F outside of the aperture", EINVAL, "iova",
	  FILE = { MEMORY, .length = 0x1000, .flags = PROT_RW | MAP_AT } },
	{ "F7 beyond the dma-buf", EINVAL, "length",
	  FILE = { .ioas_id = REF_IOAS, .fd = REF_DMABUF,
		   .length = (DMABUF_PAGES + 1) * 0x1000, AT_FREE } },
	{ "F8 revoked", ENODEV, "fd",
	  FILE = { .ioas_id = REF_IOAS, .fd = REF_REVOKED, .length = 0x1000,
		   AT_FREE } },

	{ "CP1 reserved", EOPNOTSUPP, "__reserved",
	  PROCESS = { .__reserved = 1 } },
	{ "CP2 memory of no file", EINVAL, "ioas", PROCESS = {} },

	{ "VFIO_IOAS reserved", EOPNOTSUPP, "__reserved",
	  VFIO_IOAS = { .ioas_id = REF_IOAS, .__reserved = 1 } },
	{ "VFIO_IOAS unknown operation", EOPNOTSUPP, "op",
	  VFIO_IOAS = { .ioas_id = REF_IOAS, .op = 3 } },
	{ "VFIO_IOAS none to get", ENODEV, "op",
	  VFIO_IOAS = { .op = IOMMU_VFIO_IOAS_GET }, .is_answer = 1 },
	{ "VFIO_IOAS not an IOAS", ENOENT, "ioas_id",
	  VFIO_IOAS = { .ioas_id = REF_PLAIN, .op = IOMMU_VFIO_IOAS_SET } },

	{ "MAP_DMA without an IOAS", ENODEV, "container",
	  DMA_MAP = { ARGS(dma_map), .flags = MAP_RW, .size = 0x1000 } },
	{ "MAP_DMA with a short struct", EINVAL, "argsz",
	  DMA_MAP = { .argsz = 8, .flags = MAP_RW, .size = 0x1000 },
	  .has_container = 1 },
	{ "MAP_DMA with an unknown flag", EINVAL, "flags",
	  DMA_MAP = { ARGS(dma_map), .flags = MAP_RW | 4, .size = 0x1000 },
	  .has_container = 1 },
	{ "MAP_DMA without access", EINVAL, "flags",
	  DMA_MAP = { ARGS(dma_map), .size = 0x1000 }, .has_container = 1 },
	{ "MAP_DMA of nothing", EINVAL, "length",
	  DMA_MAP = { ARGS(dma_map), .flags = MAP_RW }, .has_container = 1 },
	{ "MAP_DMA where something is", EEXIST, "iova",
	  DMA_MAP = { ARGS(dma_map), .flags = MAP_RW, .size = 0x1000,
		      .iova = MOCK_IOVA }, .has_container = 1, .is_answer = 1 },
	{ "MAP_DMA of no memory", EFAULT, "user_va",
	  DMA_MAP = { ARGS(dma_map), .flags = MAP_RW, .size = 0x1000,
		      .vaddr = 0x1000, .iova = MOCK_IOVA + 0x100000 },
	  .has_container = 1 },
	{ "UNMAP_DMA without an IOAS", ENODEV, "container",
	  DMA_UNMAP = { ARGS(dma_unmap), .size = 0x1000 } },
	{ "UNMAP_DMA with a short struct", EINVAL, "argsz",
	  DMA_UNMAP = { .argsz = 8, .size = 0x1000 }, .has_container = 1 },
	{ "UNMAP_DMA with a bitmap", EINVAL, "flags",
	  DMA_UNMAP = { ARGS(dma_unmap), .size = 0x1000,
			.flags = VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP },
	  .has_container = 1 },
	{ "UNMAP_DMA of all at an IOVA", EINVAL, "iova",
	  DMA_UNMAP = { ARGS(dma_unmap), .flags = VFIO_DMA_UNMAP_FLAG_ALL,
			.iova = 0x1000 }, .has_container = 1 },
	{ "UNMAP_DMA of all with a size", EINVAL, "size",
	  DMA_UNMAP = { ARGS(dma_unmap), .flags = VFIO_DMA_UNMAP_FLAG_ALL,
			.size = 0x1000 }, .has_container = 1 },
	{ "UNMAP_DMA of nothing", EINVAL, "size",
	  DMA_UNMAP = { ARGS(dma_unmap) }, .has_container = 1 },
	{ "UNMAP_DMA that wraps", EOVERFLOW, "iova",
	  DMA_UNMAP = { ARGS(dma_unmap), .iova = ~0ULL - 0xfff,
			.size = 0x2000 }, .has_container = 1 },
	{ "UNMAP_DMA of a part in version 2", ENOENT, "iova",
	  DMA_UNMAP = { ARGS(dma_unmap), .iova = MOCK_IOVA,
			.size = 0x1000 }, .has_container = 1 },
	{ "UNMAP_DMA of half a page in version 1", EINVAL, "iova",
	  DMA_UNMAP = { ARGS(dma_unmap), .iova = MOCK_IOVA, .size = 0x800 },
	  .has_container = 1, .version1 = 1 },
	{ "GET_INFO without an IOAS", ENODEV, "container",
	  DMA_INFO = { ARGS(info) } },
	{ "GET_INFO with a short struct", EINVAL, "argsz",
	  DMA_INFO = { .argsz = 4 }, .has_container = 1 },
	{ "SET_IOMMU without an IOAS", ENODEV, "container",
	  SET_IOMMU = VFIO_TYPE1_IOMMU },
	{ "SET_IOMMU of another type", EINVAL, "type",
	  SET_IOMMU = VFIO_SPAPR_TCE_IOMMU, .has_container = 1 },
	{ "SET_IOMMU without an IOMMU", EINVAL, "type",
	  SET_IOMMU = VFIO_NOIOMMU_IOMMU, .has_container = 1 },
	{ "SET_IOMMU of version 1 too late", EINVAL, "val64",
	  SET_IOMMU = VFIO_TYPE1_IOMMU, .has_container = 1 },
	{ "CHECK_EXTENSION of coherency without an IOAS", ENODEV, "container",
	  EXTENSION = VFIO_DMA_CC_IOMMU },
};

const size_t memory_nrows = ARRAY_LEN(memory_rows);
