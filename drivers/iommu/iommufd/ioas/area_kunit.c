// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: the translations of an area, also when its pages are not what they should
 * be: a bug elsewhere neither makes an endless loop nor leaves anything mapped.
 */
#include <kunit/test.h>
#include <linux/iommu.h>

#include "../pages/fake_kunit.h"
#include "ioas.h"
#include "removal.h"

#define IOVA SZ_1G
#define NPAGES 150

/**
 * struct scene - an area, and a page table that only counts
 * @domain: the table
 * @ioas: the address space, as far as an area looks at it
 * @area: over the first pages of the fake
 * @mapped: which pages the table maps
 * @nmaps: how often the driver was called to map
 * @nunmaps: and how often to unmap
 */
struct scene {
	struct iommu_domain domain;
	struct iommufd_ioas ioas;
	struct ioas_area *area;
	DECLARE_BITMAP(mapped, NPAGES);
	unsigned int nmaps;
	unsigned int nunmaps;
};

static struct scene *scene_of(struct iommu_domain *domain)
{
	return container_of(domain, struct scene, domain);
}

static int count_map(struct iommu_domain *domain, unsigned long iova,
		     phys_addr_t paddr, size_t pgsize, size_t pgcount, int prot,
		     gfp_t gfp, size_t *mapped)
{
	struct scene *s = scene_of(domain);

	s->nmaps++;
	bitmap_set(s->mapped, (iova - IOVA) / PAGE_SIZE,
		   pgsize * pgcount / PAGE_SIZE);
	*mapped = pgsize * pgcount;
	return 0;
}

static size_t count_unmap(struct iommu_domain *domain, unsigned long iova,
			  size_t pgsize, size_t pgcount,
			  struct iommu_iotlb_gather *gather)
{
	struct scene *s = scene_of(domain);

	s->nunmaps++;
	bitmap_clear(s->mapped, (iova - IOVA) / PAGE_SIZE,
		     pgsize * pgcount / PAGE_SIZE);
	return pgsize * pgcount;
}

static const struct iommu_domain_ops count_ops = {
	.map_pages = count_map,
	.unmap_pages = count_unmap,
};

static struct scene *scene_make(struct kunit *test)
{
	struct scene *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	struct fake *fake = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->domain.type = IOMMU_DOMAIN_UNMANAGED;
	s->domain.ops = &count_ops;
	s->domain.pgsize_bitmap = PAGE_SIZE;
	s->domain.geometry.aperture_end = ULONG_MAX;
	s->ioas.large_pages = true;
	init_rwsem(&s->ioas.tables_lock);
	s->area = ioas_area_alloc(&s->ioas, fake->pages, 0, IOMMU_READ);
	KUNIT_ASSERT_NOT_NULL(test, s->area);
	s->area->first = IOVA;
	s->area->last = IOVA + NPAGES * PAGE_SIZE - 1;
	return s;
}

static void area_maps_all(struct kunit *test)
{
	struct scene *s = scene_make(test);
	struct ioas_removal removal;
	struct iommufd_why why = {};

	KUNIT_ASSERT_EQ(test, 0, ioas_area_pin(s->area, &why));
	KUNIT_EXPECT_EQ(test, 0, ioas_area_map(s->area, &s->domain, &why));
	KUNIT_EXPECT_TRUE(test, bitmap_full(s->mapped, NPAGES));
	down_read(&s->ioas.tables_lock);
	ioas_removal_begin(&removal, &s->domain);
	ioas_area_remove(s->area, &removal);
	ioas_removal_end(&removal);
	up_read(&s->ioas.tables_lock);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(s->mapped, NPAGES));
	ioas_area_unpin(s->area);
	ioas_area_free(s->area);
}

/* Areas of a page each, from page @from to page @to. */
static void remove_pages(struct ioas_removal *removal, struct ioas_area *area,
			 int from, int to)
{
	int i;

	for (i = from; i <= to; i++) {
		area->first = IOVA + i * PAGE_SIZE;
		area->last = area->first + PAGE_SIZE - 1;
		ioas_area_remove(area, removal);
	}
}

/* Areas that follow each other leave a table together, and no others do. */
static void areas_leave_in_runs(struct kunit *test)
{
	struct scene *s = scene_make(test);
	struct ioas_removal removal;
	struct iommufd_why why = {};

	KUNIT_ASSERT_EQ(test, 0, ioas_area_pin(s->area, &why));
	KUNIT_ASSERT_EQ(test, 0, ioas_area_map(s->area, &s->domain, &why));
	down_read(&s->ioas.tables_lock);
	ioas_removal_begin(&removal, &s->domain);
	remove_pages(&removal, s->area, 10, 19);
	remove_pages(&removal, s->area, 30, 39);
	remove_pages(&removal, s->area, 20, 20);
	ioas_removal_end(&removal);
	up_read(&s->ioas.tables_lock);
	KUNIT_EXPECT_EQ(test, s->nunmaps, 3);
	KUNIT_EXPECT_EQ(test, bitmap_weight(s->mapped, NPAGES), NPAGES - 21);
	KUNIT_EXPECT_EQ(test, find_next_zero_bit(s->mapped, NPAGES, 0), 10);
	KUNIT_EXPECT_EQ(test, find_next_bit(s->mapped, NPAGES, 10), 21);
	KUNIT_EXPECT_EQ(test, find_next_zero_bit(s->mapped, NPAGES, 21), 30);
	KUNIT_EXPECT_EQ(test, find_next_bit(s->mapped, NPAGES, 30), 40);
	ioas_area_unpin(s->area);
	ioas_area_free(s->area);
}

/* The frames from page @index on, and of its chunk, are not on record any more. */
static void lose(struct kunit *test, unsigned long index)
{
	struct scene *s = scene_make(test);
	struct fake *fake = test->priv;
	struct iommufd_why why = {};
	unsigned long i;

	KUNIT_ASSERT_EQ(test, 0, ioas_area_pin(s->area, &why));
	for (i = index; i < NPAGES; i++)
		pages_chunks_clear(&fake->pages->chunks, i, i);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, -EFAULT,
				ioas_area_map(s->area, &s->domain, &why));
		KUNIT_EXPECT_TRUE(test, bitmap_empty(s->mapped, NPAGES));
		KUNIT_EXPECT_EQ(test, !!s->nmaps, !!index);
		ioas_area_unpin(s->area);
	}
	KUNIT_EXPECT_FALSE(test, s->area->pinned);
	ioas_area_free(s->area);
}

static void area_has_no_frames(struct kunit *test)
{
	lose(test, 0);
}

static void area_loses_frames(struct kunit *test)
{
	lose(test, NPAGES - 20);
}

static struct kunit_case area_cases[] = {
	KUNIT_CASE(area_maps_all),
	KUNIT_CASE(areas_leave_in_runs),
	KUNIT_CASE(area_has_no_frames),
	KUNIT_CASE(area_loses_frames),
	{}
};

static struct kunit_suite area_suite = {
	.name = "iommufd_ioas_area",
	.init = fake_init,
	.exit = fake_exit,
	.test_cases = area_cases,
};

kunit_test_suite(area_suite);
