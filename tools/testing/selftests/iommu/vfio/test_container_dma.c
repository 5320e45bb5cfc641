// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_IOMMU_MAP_DMA and VFIO_IOMMU_UNMAP_DMA on /dev/iommu:
 * Documentation/userspace-api/iommufd/container.rst.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "lib/container.h"
#include "lib/edu.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/vfio.h"
#include "lib/vfio_group.h"

static void map_refusals(void)
{
	struct container b = container_make(VFIO_TYPE1v2_IOMMU);
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map) - 1,
		.flags = MAP_RW,
		.vaddr = (uintptr_t)b.va,
		.iova = MOCK_IOVA,
		.size = b.page,
	};
	struct footprint before = footprint_take(b.fd);
	__u64 iova = MOCK_IOVA;
	int fd = b.fd;

	CHECK_ERR(__iommu_cmd(fd, VFIO_IOMMU_MAP_DMA, &map), EINVAL);
	CHECK_ERR(__iommu_cmd(fd, VFIO_IOMMU_MAP_DMA, NULL), EFAULT);
	map.argsz++;
	CHECK_ERR(__iommu_cmd(fd, VFIO_IOMMU_MAP_DMA,
			      mem_before_hole(&map, sizeof(map) - 1)), EFAULT);
	/* no access bits: refused here, not by the page table code */
	CHECK_ERR(__vmap(fd, b.va, iova, b.page, 0), EINVAL);
	CHECK_ERR(__vmap(fd, b.va, iova, b.page, VFIO_DMA_MAP_FLAG_VADDR),
		  EINVAL);
	CHECK_ERR(__vmap(fd, b.va, iova, b.page, MAP_RW | 8), EINVAL);
	CHECK_ERR(__vmap(fd, b.va, iova, 0, MAP_RW), EINVAL);
	CHECK_ERR(__vmap(fd, b.va, iova, b.page + 1, MAP_RW), EINVAL);
	CHECK_ERR(__vmap(fd, b.va, iova + 1, b.page, MAP_RW), EINVAL);
	CHECK_ERR(__vmap(fd, b.va + 1, iova, b.page, MAP_RW), EINVAL);
	CHECK_ERR(__vmap(fd, b.va, 0, b.page, MAP_RW), EINVAL);
	CHECK_ERR(__vmap(fd, b.va, -b.page, 2 * b.page, MAP_RW), EOVERFLOW);
	CHECK_ERR(__vmap(fd, (void *)-b.page, iova, 2 * b.page, MAP_RW),
		  EOVERFLOW);
	CHECK_ERR(__vmap(fd, mem_nowhere(), iova, b.page, MAP_RW), EFAULT);
	footprint_check(&before);
	CHECK_EQ(ioas_unmap_all(fd, b.ioas), 0);
	vmap_all(&b);
	CHECK_ERR(__vmap(fd, b.va, iova + b.page, b.page, MAP_RW), EEXIST);
}

static void no_access_bits_without_table(void)
{
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);

	CHECK_ERR(__vmap(fd, mem_pages(1), MOCK_IOVA, page_size(), 0), ENODEV);
	CHECK_OK(__vfio_ioas(fd, IOMMU_VFIO_IOAS_SET, ioas, 0));
	CHECK_ERR(__vmap(fd, mem_pages(1), MOCK_IOVA, page_size(), 0), EINVAL);
	CHECK_EQ(ioas_unmap_all(fd, ioas), 0);
}

static void map_prot(void)
{
	struct container b = container_make(VFIO_TYPE1v2_IOMMU);
	__u32 dst = ioas_alloc(b.fd);
	struct iommu_ioas_copy copy = copy_any(dst, b.ioas, b.page, MOCK_IOVA);

	CHECK_OK(__vmap(b.fd, b.va, MOCK_IOVA, b.page, VFIO_DMA_MAP_FLAG_READ));
	CHECK_OK(__vmap(b.fd, b.va, MOCK_IOVA + b.page, b.page,
			VFIO_DMA_MAP_FLAG_WRITE));
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, b.va, b.page);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA + b.page, b.va, b.page);
	mock_check_refs(b.fd, b.va, b.page, 2);
	CHECK_ERR(__ioas_copy(b.fd, &copy), EPERM);
	copy = copy_any(dst, b.ioas, b.page, MOCK_IOVA + b.page);
	CHECK_OK(__ioas_copy(b.fd, &copy));
}

static void unmap_refusals(unsigned long type)
{
	struct container b = container_make(type);
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap) - 1,
		.iova = MOCK_IOVA,
		.size = b.page,
	};
	__u64 all = VFIO_DMA_UNMAP_FLAG_ALL;
	__u64 unmapped;
	int fd = b.fd;

	vmap_all(&b);
	CHECK_ERR(__iommu_cmd(fd, VFIO_IOMMU_UNMAP_DMA, &unmap), EINVAL);
	CHECK_ERR(__iommu_cmd(fd, VFIO_IOMMU_UNMAP_DMA, NULL), EFAULT);
	CHECK_ERR(__vunmap(fd, MOCK_IOVA, b.page,
			   VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP, NULL), EINVAL);
	CHECK_ERR(__vunmap(fd, MOCK_IOVA, b.page, VFIO_DMA_UNMAP_FLAG_VADDR,
			   NULL), EINVAL);
	CHECK_ERR(__vunmap(fd, 0, 0, all | 8, NULL), EINVAL);
	CHECK_ERR(__vunmap(fd, MOCK_IOVA, 0, all, NULL), EINVAL);
	CHECK_ERR(__vunmap(fd, 0, b.page, all, NULL), EINVAL);
	CHECK_ERR(__vunmap(fd, MOCK_IOVA, 0, 0, NULL), EINVAL);
	CHECK_ERR(__vunmap(fd, 0, 0, 0, NULL), EINVAL);
	CHECK_ERR(__vunmap(fd, -b.page, 2 * b.page, 0, &unmapped), EOVERFLOW);
	CHECK_EQ(unmapped, 0);
	CHECK_ERR(__vunmap(fd, MOCK_IOVA + b.page, -b.page, 0, &unmapped),
		  EOVERFLOW);
	CHECK_EQ(unmapped, 0);
	/* still one area, all of it there */
	mock_check_map(fd, b.dev.hwpt, MOCK_IOVA, b.va, NPAGES * b.page);
	mock_check_refs(fd, b.va, NPAGES * b.page, 1);
	CHECK_OK(__vunmap(fd, 0, 0, all, &unmapped));
	CHECK_EQ(unmapped, NPAGES * b.page);
	CHECK_OK(__vunmap(fd, 0, 0, all, &unmapped));
	CHECK_EQ(unmapped, 0);
	mock_check_refs(fd, b.va, NPAGES * b.page, 0);
}

static void unmap_refusals_v2(void)
{
	unmap_refusals(VFIO_TYPE1v2_IOMMU);
}

static void unmap_refusals_v1(void)
{
	unmap_refusals(VFIO_TYPE1_IOMMU);
}

static void unmap_answer_unwritable(void)
{
	struct container b = container_make(VFIO_TYPE1v2_IOMMU);
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.iova = MOCK_IOVA,
		.size = NPAGES * b.page,
	};

	vmap_all(&b);
	CHECK_ERR(__iommu_cmd(b.fd, VFIO_IOMMU_UNMAP_DMA,
			      mem_readonly(&unmap, sizeof(unmap))), EFAULT);
	mock_check_refs(b.fd, b.va, NPAGES * b.page, 0);
}

static void unmap_v2(void)
{
	struct container b = container_make(VFIO_TYPE1v2_IOMMU);
	__u64 unmapped = ~0ULL;

	vunmap(&b, 0, NPAGES, 0);
	CHECK_OK(__vmap(b.fd, b.va, MOCK_IOVA, 2 * b.page, MAP_RW));
	CHECK_OK(__vmap(b.fd, b.va + 4 * b.page, MOCK_IOVA + 4 * b.page,
			4 * b.page, MAP_RW));
	CHECK_ERR(__vunmap(b.fd, MOCK_IOVA, b.page, 0, &unmapped), ENOENT);
	CHECK_EQ(unmapped, 0);
	unmapped = ~0ULL;
	/* begins with a whole area: nothing of it is unmapped either */
	CHECK_ERR(__vunmap(b.fd, MOCK_IOVA, 5 * b.page, 0, &unmapped), ENOENT);
	CHECK_EQ(unmapped, 0);
	CHECK_ERR(__vunmap(b.fd, MOCK_IOVA + 5 * b.page, b.page, 0, &unmapped),
		  ENOENT);
	mock_check_refs(b.fd, b.va, 2 * b.page, 1);
	mock_check_refs(b.fd, b.va + 4 * b.page, 4 * b.page, 1);
	vunmap(&b, 2, 2, 0);
	vunmap(&b, 0, 100, 6);
	mock_check_refs(b.fd, b.va, NPAGES * b.page, 0);
}

/* Every range of a mapping of NPAGES, against what must be left. */
static void unmap_v1_every_cut(void)
{
	struct container b = container_make(VFIO_TYPE1_IOMMU);
	size_t at, n, i;

	for (at = 0; at < NPAGES; at++) {
		for (n = 1; at + n <= NPAGES; n++) {
			vmap_all(&b);
			vunmap(&b, at, n, n);
			for (i = 0; i < NPAGES; i++) {
				int gone = i >= at && i < at + n;
				char *va = b.va + i * b.page;
				__u64 iova = MOCK_IOVA + i * b.page;

				mock_check_refs(b.fd, va, b.page, !gone);
				if (gone)
					mock_check_hole(b.fd, b.dev.hwpt, iova,
							va, b.page);
				else
					mock_check_map(b.fd, b.dev.hwpt, iova,
						       va, b.page);
			}
			vunmap(&b, at, n, 0);
			vunmap(&b, 0, NPAGES, NPAGES - n);
		}
	}
	mock_check_refs(b.fd, b.va, NPAGES * b.page, 0);
}

/* Halves are areas of their own: cut again, copied, mapped by a new table. */
static void v1_halves_live_on(void)
{
	struct container b = container_make(VFIO_TYPE1_IOMMU);
	struct mock_dev other;
	__u32 dst = ioas_alloc(b.fd);

	vmap_all(&b);
	vunmap(&b, 3, 1, 1);
	ioas_copy(b.fd, copy_at(dst, b.ioas, 2 * b.page, MOCK_IOVA,
				MOCK_IOVA + 5 * b.page));
	other = mock_attach(b.fd, dst);
	mock_check_map(b.fd, other.hwpt, MOCK_IOVA, b.va + 5 * b.page,
		       2 * b.page);
	/* the same frames, pinned once */
	mock_check_refs(b.fd, b.va + 5 * b.page, b.page, 1);
	vunmap(&b, 5, 1, 1);
	mock_check_refs(b.fd, b.va + 5 * b.page, b.page, 1);
	mock_check_map(b.fd, other.hwpt, MOCK_IOVA, b.va + 5 * b.page,
		       2 * b.page);
	CHECK_OK(__vmap(b.fd, b.va + 3 * b.page, MOCK_IOVA + 3 * b.page, b.page,
			MAP_RW));
	CHECK_EQ(ioas_unmap_all(b.fd, dst), 2 * b.page);
	mock_check_refs(b.fd, b.va + 5 * b.page, b.page, 0);
	vunmap(&b, 0, NPAGES, NPAGES - 1);
	mock_check_refs(b.fd, b.va, NPAGES * b.page, 0);
}

/* Cut before there is a table: the halves are pinned when one comes. */
static void v1_cut_without_table(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	struct container b = {
		.fd = fd, .page = page_size(), .va = mem_pages(NPAGES),
	};

	CHECK_OK(__vfio_ioas(fd, IOMMU_VFIO_IOAS_SET, ioas, 0));
	CHECK_OK(vcall(fd, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU));
	vmap_all(&b);
	vunmap(&b, 2, 3, 3);
	mock_check_refs(fd, b.va, NPAGES * b.page, 0);
	b.dev = mock_attach(fd, ioas);
	mock_check_map(fd, b.dev.hwpt, MOCK_IOVA, b.va, 2 * b.page);
	mock_check_map(fd, b.dev.hwpt, MOCK_IOVA + 5 * b.page,
		       b.va + 5 * b.page, 3 * b.page);
	mock_check_refs(fd, b.va, 2 * b.page, 1);
	mock_check_refs(fd, b.va + 2 * b.page, 3 * b.page, 0);
}

static void v1_cut_refusals(void)
{
	struct container b = container_make(VFIO_TYPE1_IOMMU);
	struct footprint before;
	int access = access_open(b.fd, b.ioas);
	__u64 unmapped = ~0ULL;
	__u32 pin;

	vmap_all(&b);
	pin = access_pin(b.fd, access, MOCK_IOVA + 6 * b.page, b.page,
			 b.va + 6 * b.page);
	before = footprint_take(b.fd);
	CHECK_ERR(__vunmap(b.fd, MOCK_IOVA, b.page, 0, &unmapped), EINVAL);
	CHECK_EQ(unmapped, 0);
	footprint_check(&before);
	CHECK_OK(__access_unpin(b.fd, access, pin));
	/* not at a page boundary */
	CHECK_ERR(__vunmap(b.fd, MOCK_IOVA, b.page / 2, 0, &unmapped), EINVAL);
	CHECK_EQ(unmapped, 0);
	mock_check_refs(b.fd, b.va, NPAGES * b.page, 1);
	/* large pages on again: the area is whole or stays */
	CHECK_OK(__option_huge_pages(b.fd, b.ioas, 1));
	CHECK_ERR(__vunmap(b.fd, MOCK_IOVA, b.page, 0, &unmapped), ENOENT);
	vunmap(&b, 0, NPAGES, NPAGES);
	mock_check_refs(b.fd, b.va, NPAGES * b.page, 0);
}

struct info {
	struct vfio_iommu_type1_info info;
	struct vfio_iommu_type1_info_cap_iova_range iovas;
	struct vfio_iova_range range[64];
};

static struct info get_info(int container)
{
	struct info i = { .info.argsz = sizeof(i) };

	CHECK_OK(__iommu_cmd(container, VFIO_IOMMU_GET_INFO, &i));
	CHECK_EQ(i.info.cap_offset, offsetof(struct info, iovas));
	CHECK_EQ(i.iovas.header.id, VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE);
	return i;
}

#define MSI_WINDOW 0xfee00000ULL

/*
 * A group joins without its devices: until one of them is open nothing is known
 * of them, and all of 64 bits can be mapped.
 */
static void ranges_come_with_device(void)
{
	struct vfio_place place;
	int container = iommu_open();
	size_t page = page_size();
	char *va = mem_pages(1);
	struct info info;
	int group, device;
	__u32 i;

	if (vfio_find_model(EDU_MODEL, &place))
		harness_skip("no edu that VFIO can use");
	group = vfio_group_open(place.node);
	CHECK_OK(__iommu_cmd(group, VFIO_GROUP_SET_CONTAINER, &container));
	CHECK_OK(vcall(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU));
	info = get_info(container);
	CHECK_EQ(info.iovas.nr_iovas, 1);
	CHECK_EQ(info.range[0].start, 0);
	CHECK_EQ(info.range[0].end, UINT64_MAX);

	/* what the device cannot reach keeps it from being opened */
	CHECK_OK(__vmap(container, va, MSI_WINDOW, page, MAP_RW));
	CHECK(__vfio_group_device(group, strrchr(place.dir, '/') + 1) < 0);
	CHECK_OK(__vunmap(container, MSI_WINDOW, page, 0, NULL));

	device = vfio_group_device(group, strrchr(place.dir, '/') + 1);
	info = get_info(container);
	CHECK(info.iovas.nr_iovas > 1);
	for (i = 0; i < info.iovas.nr_iovas; i++)
		CHECK(info.range[i].end < MSI_WINDOW ||
		      info.range[i].start > MSI_WINDOW);
	CHECK(info.range[i - 1].end < UINT64_MAX);
	CHECK_ERR(__vmap(container, va, MSI_WINDOW, page, MAP_RW), EINVAL);
	CHECK_ERR(__vmap(container, va, -2 * page, page, MAP_RW), EINVAL);
	CHECK_OK(close(device));
	CHECK_OK(__iommu_cmd(group, VFIO_GROUP_UNSET_CONTAINER, NULL));
}

static const struct test_case cases[] = {
	{ .name = "map_refusals", .fn = map_refusals },
	{ .name = "no_access_bits_without_table",
	  .fn = no_access_bits_without_table },
	{ .name = "map_prot", .fn = map_prot },
	{ .name = "unmap_refusals_v2", .fn = unmap_refusals_v2 },
	{ .name = "unmap_refusals_v1", .fn = unmap_refusals_v1 },
	{ .name = "unmap_answer_unwritable", .fn = unmap_answer_unwritable },
	{ .name = "unmap_v2", .fn = unmap_v2 },
	{ .name = "unmap_v1_every_cut", .fn = unmap_v1_every_cut,
	  .seconds = 120 },
	{ .name = "v1_halves_live_on", .fn = v1_halves_live_on },
	{ .name = "v1_cut_without_table", .fn = v1_cut_without_table },
	{ .name = "v1_cut_refusals", .fn = v1_cut_refusals },
	{ .name = "ranges_come_with_device", .fn = ranges_come_with_device },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
