// SPDX-License-Identifier: GPL-2.0-only
/* IOAS, hwpts over them, attached devices, accesses. */
#include <stdint.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "scene.h"

void scene_two_ioas(struct scene *s)
{
	s->ioas = ioas_alloc(s->fd);
	s->other = ioas_alloc(s->fd);
}

void scene_device(struct scene *s)
{
	scene_two_ioas(s);
	s->dev[0] = mock_attach(s->fd, s->ioas);
}

/* One IOAS with three page tables. */
static void tables(struct scene *s)
{
	scene_device(s);
	s->hwpt[0] = hwpt_alloc(s->fd, s->dev[0].idev, s->ioas);
	s->hwpt[1] = hwpt_alloc(s->fd, s->dev[0].idev, s->ioas);
	s->dev[1] = mock_attach(s->fd, s->hwpt[0]);
}

void scene_mapped(struct scene *s)
{
	scene_device(s);
	ioas_map_at(s->fd, s->ioas, s->va, s->length, MOCK_IOVA);
}

static void mapped_tables(struct scene *s)
{
	tables(s);
	ioas_map_at(s->fd, s->ioas, s->va, s->length, MOCK_IOVA);
}

static void mapped_both(struct scene *s)
{
	scene_mapped(s);
	s->dev[1] = mock_attach(s->fd, s->other);
	ioas_map_at(s->fd, s->other, s->va, s->page, MOCK_IOVA);
}

/* Areas that no page table has seen yet. */
static void lazy(struct scene *s)
{
	int i;

	scene_two_ioas(s);
	ioas_map_at(s->fd, s->ioas, s->va, s->length, MOCK_IOVA);
	for (i = 1; i < 5; i++)
		ioas_map_at(s->fd, s->ioas, s->va + i * s->page, 3 * s->page,
			    MOCK_IOVA + i * s->length);
}

static void lazy_with_device(struct scene *s)
{
	lazy(s);
	s->dev[0] = mock_attach(s->fd, s->other);
}

static void lazy_with_access(struct scene *s)
{
	lazy(s);
	s->access = access_open(s->fd, s->ioas);
}

static void mapped_with_access(struct scene *s)
{
	scene_mapped(s);
	s->access = access_open(s->fd, s->ioas);
}

static void pinned_by_access(struct scene *s)
{
	lazy_with_access(s);
	access_pin(s->fd, s->access, MOCK_IOVA + 2 * s->page, 7 * s->page,
		   s->va + 2 * s->page);
}

static int run_ioas_alloc(struct scene *s)
{
	return __ioas_alloc(s->fd, &s->made);
}

static int run_ranges(struct scene *s)
{
	struct iommu_iova_range list[4];
	struct iommu_ioas_iova_ranges cmd = {
		.num_iovas = ARRAY_LEN(list),
		.allowed_iovas = (uintptr_t)list,
	};

	return __ioas_ranges(s->fd, s->ioas, &cmd);
}

static int run_allow(struct scene *s)
{
	static const struct iommu_iova_range list[] = {
		{ MOCK_APERTURE_START, MOCK_APERTURE_START + 0xfffff },
		{ MOCK_APERTURE_START + 0x200000,
		  MOCK_APERTURE_START + 0x2fffff },
		{ MOCK_APERTURE_START + 0x400000,
		  MOCK_APERTURE_START + 0x4fffff },
	};

	return __ioas_allow(s->fd, s->ioas, list, ARRAY_LEN(list));
}

static int run_reserve(struct scene *s)
{
	return __mock_reserve(s->fd, s->ioas, 0x40000000, 0x1000);
}

static int run_small_pages(struct scene *s)
{
	return __option_huge_pages(s->fd, s->ioas, 0);
}

static int run_map(struct scene *s)
{
	return __ioas_map_at(s->fd, s->ioas, s->va, s->length, MOCK_IOVA);
}

static int run_map_auto(struct scene *s)
{
	struct iommu_ioas_map map = map_any(s->ioas, s->va, s->length);
	int rc = __ioas_map(s->fd, &map);

	s->iova = map.iova;
	return rc;
}

static int run_map_sub_page(struct scene *s)
{
	return __ioas_map_at(s->fd, s->ioas, s->va + MOCK_PAGE,
			     s->length - s->page, MOCK_IOVA);
}

int run_map_huge(struct scene *s)
{
	return __ioas_map_at(s->fd, s->ioas, s->thp, 2 * thp_size(),
			     MOCK_IOVA);
}

/* Not touched yet: the page faults of the pin can fail too. */
static int run_map_untouched(struct scene *s)
{
	return __ioas_map_at(s->fd, s->ioas, s->untouched, 4 * s->page,
			     MOCK_IOVA);
}

static int run_copy(struct scene *s)
{
	struct iommu_ioas_copy copy = copy_at(s->other, s->ioas,
					      5 * s->page,
					      MOCK_IOVA + s->length,
					      MOCK_IOVA + 3 * s->page);

	return __ioas_copy(s->fd, &copy);
}

static int run_unmap(struct scene *s)
{
	return __ioas_unmap(s->fd, s->ioas, MOCK_IOVA, s->length, NULL);
}

static int run_unmap_all(struct scene *s)
{
	return __ioas_unmap(s->fd, s->ioas, 0, ~0ULL, NULL);
}

static int run_hwpt_alloc(struct scene *s)
{
	struct iommu_hwpt_alloc cmd = {
		.dev_id = s->dev[0].idev,
		.pt_id = s->ioas,
	};
	int rc = __hwpt_alloc(s->fd, &cmd);

	s->made = cmd.out_hwpt_id;
	return rc;
}

static int run_attach(struct scene *s)
{
	return __mock_attach(s->fd, s->ioas, &s->dev[2]);
}

static int run_attach_hwpt(struct scene *s)
{
	return __mock_attach(s->fd, s->hwpt[1], &s->dev[2]);
}

static int run_replace(struct scene *s)
{
	return __mock_replace(s->fd, s->dev[0].stdev, s->ioas, NULL);
}

static int run_replace_hwpt(struct scene *s)
{
	return __mock_replace(s->fd, s->dev[0].stdev, s->hwpt[1], NULL);
}

static int run_detach(struct scene *s)
{
	int rc = __destroy(s->fd, s->dev[0].stdev);

	if (!rc)
		s->dev[0].stdev = 0;
	return rc;
}

static int run_access_create(struct scene *s)
{
	return __access_open(s->fd, s->ioas,
			     MOCK_FLAGS_ACCESS_CREATE_NEEDS_PIN_PAGES,
			     &s->access);
}

static int run_access_pin(struct scene *s)
{
	struct access_pages pages = {
		.iova = MOCK_IOVA,
		.length = s->length,
		.va = s->va,
		.flags = MOCK_FLAGS_ACCESS_WRITE,
	};

	return __access_pin(s->fd, s->access, &pages);
}

static int access_copy(struct scene *s, __u32 flags)
{
	char buf[6000] = "";
	struct access_rw rw = {
		.iova = MOCK_IOVA + 4000,
		.length = sizeof(buf),
		.va = buf,
		.flags = flags,
	};

	return __access_rw(s->fd, s->access, &rw);
}

static int run_access_read(struct scene *s)
{
	return access_copy(s, 0);
}

static int run_access_read_slow(struct scene *s)
{
	return access_copy(s, MOCK_ACCESS_RW_SLOW_PATH);
}

static int run_access_write_slow(struct scene *s)
{
	return access_copy(s, MOCK_ACCESS_RW_SLOW_PATH | MOCK_ACCESS_RW_WRITE);
}

static int run_access_replace(struct scene *s)
{
	return __access_replace(s->fd, s->access, s->other);
}

const struct command basic_commands[] = {
	{ "IOAS_ALLOC", scene_two_ioas, run_ioas_alloc, 0 },
	{ "IOVA_RANGES", scene_device, run_ranges, IDLE },
	{ "ALLOW_IOVAS", scene_device, run_allow, 0 },
	{ "ADD_RESERVED", scene_device, run_reserve, 0 },
	{ "HUGE_PAGES", scene_device, run_small_pages, KEEPS | IDLE },
	{ "MAP without a page table", scene_two_ioas, run_map, 0 },
	{ "MAP", scene_device, run_map, 0 },
	{ "MAP into three page tables", tables, run_map, 0 },
	{ "MAP at an automatic IOVA", tables, run_map_auto, 0 },
	{ "MAP of half pages", scene_device, run_map_sub_page, 0 },
	{ "MAP of huge pages", tables, run_map_huge, 0 },
	{ "MAP of untouched pages", scene_device, run_map_untouched, 0 },
	{ "COPY without a page table", lazy, run_copy, 0 },
	{ "COPY", mapped_both, run_copy, 0 },
	{ "COPY that pins", lazy_with_device, run_copy, 0 },
	{ "UNMAP", scene_mapped, run_unmap, KEEPS | IDLE },
	{ "UNMAP of three page tables", mapped_tables,
	  run_unmap, KEEPS | IDLE },
	{ "UNMAP of accessed pages", pinned_by_access,
	  run_unmap_all, KEEPS | IDLE },
	{ "HWPT_ALLOC", scene_device, run_hwpt_alloc, 0 },
	{ "HWPT_ALLOC of a filled IOAS", scene_mapped, run_hwpt_alloc, 0 },
	{ "HWPT_ALLOC that pins", lazy_with_device, run_hwpt_alloc, 0 },
	{ "attach", scene_two_ioas, run_attach, PROBES },
	{ "attach that pins", lazy, run_attach, PROBES },
	{ "attach of a second device", scene_mapped, run_attach, PROBES },
	{ "attach to a hwpt", mapped_tables, run_attach_hwpt, PROBES },
	{ "replace", lazy_with_device, run_replace, KEEPS },
	{ "replace by a hwpt", mapped_tables, run_replace_hwpt, KEEPS },
	{ "detach", scene_mapped, run_detach, KEEPS | IDLE },
	{ "access create", scene_mapped, run_access_create, 0 },
	{ "access pin", mapped_with_access, run_access_pin, 0 },
	{ "access pin without a page table", lazy_with_access,
	  run_access_pin, 0 },
	{ "access read", lazy_with_access, run_access_read, 0 },
	{ "access read of pages", lazy_with_access, run_access_read_slow, 0 },
	{ "access write of pages", mapped_with_access,
	  run_access_write_slow, 0 },
	{ "access replace", pinned_by_access, run_access_replace,
	  KEEPS | IDLE },
};

const size_t basic_ncommands = ARRAY_LEN(basic_commands);
