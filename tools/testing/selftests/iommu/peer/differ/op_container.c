// SPDX-License-Identifier: GPL-2.0-only
/* The ioctls of a VFIO container. */
#include <stdint.h>
#include <string.h>
#include <linux/vfio.h>

#include "lib/harness.h"
#include "differ.h"

void op_vfio_ioas(struct differ *d)
{
	struct iommu_vfio_ioas cmd = {
		.ioas_id = any_id(d, KIND_IOAS),
		.op = chance(d, 92) ? roll(d, 3) : 3,
		.__reserved = any_reserved(d),
	};

	say("vfio_ioas ioas=%u op=%u reserved=%u", cmd.ioas_id, cmd.op,
	    cmd.__reserved);
	ask_sized(d, IOMMU_VFIO_IOAS, &cmd, sizeof(cmd));
}

void op_vfio_map(struct differ *d)
{
	struct vfio_iommu_type1_dma_map cmd = {
		.argsz = chance(d, 93) ? sizeof(cmd) : roll(d, 40),
		.flags = any_flags(d, VFIO_DMA_MAP_FLAG_READ |
				      VFIO_DMA_MAP_FLAG_WRITE),
		.vaddr = any_va(d),
		.iova = any_iova(d),
		.size = any_length(d),
	};

	say("vfio_map argsz=%u flags=0x%x va=0x%llx length=0x%llx iova=0x%llx",
	    cmd.argsz, cmd.flags, cmd.vaddr, cmd.size, cmd.iova);
	ask(d, VFIO_IOMMU_MAP_DMA, &cmd, sizeof(cmd));
}

void op_vfio_unmap(struct differ *d)
{
	struct vfio_iommu_type1_dma_unmap cmd = {
		.argsz = chance(d, 93) ? sizeof(cmd) : roll(d, 40),
		.flags = chance(d, 85) ? 0 :
			 any_flags(d, VFIO_DMA_UNMAP_FLAG_ALL),
		.iova = any_iova(d),
		.size = any_length(d),
	};

	if (cmd.flags & VFIO_DMA_UNMAP_FLAG_ALL && chance(d, 70)) {
		cmd.iova = 0;
		cmd.size = 0;
	}
	say("vfio_unmap argsz=%u flags=0x%x length=0x%llx iova=0x%llx",
	    cmd.argsz, cmd.flags, cmd.size, cmd.iova);
	ask(d, VFIO_IOMMU_UNMAP_DMA, &cmd, sizeof(cmd));
}

void op_vfio_info(struct differ *d)
{
	/* With room for the capabilities. */
	union {
		struct vfio_iommu_type1_info info;
		char room[4096];
	} cmd = {};
	struct vfio_iommu_type1_info *info = &cmd.info;

	info->argsz = chance(d, 80) ? sizeof(*info) + roll(d, 3) * 64 :
				      roll(d, 40);
	info->flags = chance(d, 75) ? 0 : roll(d, 8);
	say("vfio_info argsz=%u flags=%u", info->argsz, info->flags);
	ask(d, VFIO_IOMMU_GET_INFO, &cmd, sizeof(*info));
}

void op_vfio_extension(struct differ *d)
{
	unsigned int extension = roll(d, 14);

	say("vfio_extension number=%u", extension);
	ask_number(d, VFIO_CHECK_EXTENSION, extension);
}

void op_vfio_set(struct differ *d)
{
	static const unsigned int types[] = {
		VFIO_TYPE1_IOMMU, VFIO_TYPE1v2_IOMMU, VFIO_NOIOMMU_IOMMU,
		VFIO_SPAPR_TCE_IOMMU, 0,
	};
	unsigned int type = one_of(d, types);

	say("vfio_set type=%u", type);
	ask_number(d, VFIO_SET_IOMMU, type);
}
