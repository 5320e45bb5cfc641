// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: the page table of a PASID, found in the unit's tables, and its
 * folder in debugfs.
 */
#include <kunit/test.h>
#include <linux/dcache.h>
#include <linux/debugfs.h>
#include <linux/sizes.h>
#include <uapi/linux/iommufd.h>

#include "../device/requester.h"
#include "../domain/attach.h"
#include "../domain/domain.h"
#include "../domain/kinds.h"
#include "../domain/paging.h"
#include "../inval/expect_kunit.h"
#include "../table/root.h"
#include "walk.h"

#define SID		0x0508
#define PASID		70
#define NAME		"kunit:00:01.0"

/**
 * struct site - a unit with a device that has PASIDs
 * @fake: the unit
 * @vd: the device
 * @own: its requester
 * @dev: the device of the core
 */
struct site {
	struct fake_queue *fake;
	struct vtd_device vd;
	struct vtd_requester *own;
	struct device dev;
};

static struct site *new_site(struct kunit *test)
{
	struct site *site = kunit_kzalloc(test, sizeof(*site), GFP_KERNEL);
	struct vtd_unit *unit;

	KUNIT_ASSERT_NOT_NULL(test, site);
	site->fake = expect_unit(test, 0);
	unit = &site->fake->unit;
	KUNIT_ASSERT_EQ(test, vtd_root_create(unit), 0);
	KUNIT_ASSERT_EQ(test, vtd_devmap_create(unit), 0);
	site->own = vtd_requester_get(unit, SID, 1 << 20);
	KUNIT_ASSERT_NOT_NULL(test, site->own);
	site->dev.init_name = NAME;
	site->vd.dev = &site->dev;
	site->vd.unit = unit;
	site->vd.own = site->own;
	site->vd.requesters = &site->own;
	site->vd.nrequesters = 1;
	site->vd.pasid_usable = true;
	site->vd.pasid_enabled = true;
	mutex_init(&site->vd.lock);
	xa_init(&site->vd.pasids);
	return site;
}

static void free_site(struct site *site)
{
	xa_destroy(&site->vd.pasids);
	vtd_requester_put(site->own);
	vtd_devmap_destroy(&site->fake->unit);
	vtd_root_destroy(&site->fake->unit);
	fake_free(site->fake);
}

static void check_table(struct kunit *test, struct site *site, bool first)
{
	struct vtd_unit *unit = &site->fake->unit;
	struct iommu_domain *domain = first ? vtd_first_alloc(unit, 0) :
					      vtd_second_alloc(unit, 0);
	struct vtd_walk_table table;
	struct vtd_walk_leaf leaf;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	domain->type = IOMMU_DOMAIN_UNMANAGED;
	KUNIT_ASSERT_EQ(test, iommu_map(domain, SZ_4M, SZ_2M, SZ_2M + SZ_4K,
					IOMMU_READ, GFP_KERNEL), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(to_vtd_domain(domain), &site->vd, PASID), 0);

	table = vtd_walk_table_of(unit, SID, PASID);
	KUNIT_EXPECT_EQ(test, table.root,
			vtd_paging_table(to_vtd_domain(domain)).root);
	KUNIT_ASSERT_TRUE(test, vtd_walk_next_leaf(&table, 0, &leaf));
	KUNIT_EXPECT_EQ(test, leaf.iova_pfn, SZ_4M / SZ_4K);
	KUNIT_EXPECT_EQ(test, leaf.npages, SZ_2M / SZ_4K);
	KUNIT_ASSERT_TRUE(test, vtd_walk_next_leaf(&table, leaf.iova_pfn + leaf.npages,
						   &leaf));
	KUNIT_EXPECT_EQ(test, leaf.npages, 1);
	KUNIT_EXPECT_FALSE(test, vtd_walk_next_leaf(&table, leaf.iova_pfn + 1, &leaf));

	/* No other PASID leads there, nor do requests without. */
	KUNIT_EXPECT_EQ(test, vtd_walk_table_of(unit, SID, PASID + 1).levels, 0);
	KUNIT_EXPECT_EQ(test, vtd_walk_table_of(unit, SID, PASID + 64).levels, 0);
	KUNIT_EXPECT_EQ(test, vtd_walk_table_of(unit, SID, 0).levels, 0);
	KUNIT_EXPECT_EQ(test, vtd_walk_table_of(unit, SID + 1, PASID).levels, 0);
	vtd_attach(&vtd_blocked, &site->vd, PASID);
	KUNIT_EXPECT_EQ(test, vtd_walk_table_of(unit, SID, PASID).levels, 0);
	domain->ops->free(domain);
}

/*
 * A guest says where its table is. What is shown is the kernel's table below it: the
 * guest's addresses are none of this machine.
 */
static void vtd_tables_nested_test(struct kunit *test)
{
	struct site *site = new_site(test);
	struct vtd_unit *unit = &site->fake->unit;
	struct iommu_domain *parent = vtd_second_alloc(unit, VTD_PAGING_NEST_PARENT);
	struct iommu_hwpt_vtd_s1 data = { .addr_width = 48 };
	struct vtd_walk_table table;
	struct iommu_domain *child;
	u64 *secret = kunit_kzalloc(test, SZ_4K, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, parent);
	KUNIT_ASSERT_NOT_NULL(test, secret);
	unit->caps.nest = true;
	parent->type = IOMMU_DOMAIN_UNMANAGED;
	/* An address at which this machine has something. */
	data.pgtbl_addr = virt_to_phys(secret);
	child = vtd_nested_alloc(&site->vd, to_vtd_domain(parent), &data);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, child);
	KUNIT_ASSERT_EQ(test, vtd_attach(to_vtd_domain(child), &site->vd, PASID), 0);
	table = vtd_walk_table_of(unit, SID, PASID);
	KUNIT_EXPECT_EQ(test, table.root, vtd_paging_table(to_vtd_domain(parent)).root);
	KUNIT_EXPECT_EQ(test, table.levels, vtd_paging_table(to_vtd_domain(parent)).levels);
	vtd_attach(&vtd_blocked, &site->vd, PASID);
	child->ops->free(child);
	parent->ops->free(parent);
	free_site(site);
}

static void vtd_tables_pasid_test(struct kunit *test)
{
	struct site *site = new_site(test);

	check_table(test, site, true);
	check_table(test, site, false);
	free_site(site);
}

static bool has_file(struct dentry *parent, const char *folder)
{
	struct dentry *dir = debugfs_lookup(folder, parent), *file = NULL;

	if (dir)
		file = debugfs_lookup("domain_translation_struct", dir);
	dput(dir);
	dput(file);
	return file;
}

static void vtd_tables_folder_test(struct kunit *test)
{
	struct dentry *intel = debugfs_lookup("intel", iommu_debugfs_dir), *parent;
	struct iommu_domain *a, *b;
	struct site *site;

	if (!intel)
		kunit_skip(test, "there is no unit, and no folder");
	site = new_site(test);
	a = vtd_first_alloc(&site->fake->unit, 0);
	b = vtd_second_alloc(&site->fake->unit, 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, a);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, b);
	parent = debugfs_create_dir(NAME, intel);

	KUNIT_ASSERT_EQ(test, vtd_attach(to_vtd_domain(a), &site->vd, PASID), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(to_vtd_domain(a), &site->vd, 1), 0);
	KUNIT_EXPECT_TRUE(test, has_file(parent, "46"));
	KUNIT_EXPECT_TRUE(test, has_file(parent, "1"));
	/* Replaced, by a table and by none */
	KUNIT_ASSERT_EQ(test, vtd_attach(to_vtd_domain(b), &site->vd, PASID), 0);
	KUNIT_EXPECT_TRUE(test, has_file(parent, "46"));
	KUNIT_ASSERT_EQ(test, vtd_attach(&vtd_identity, &site->vd, 1), 0);
	KUNIT_EXPECT_FALSE(test, has_file(parent, "1"));
	vtd_attach(&vtd_blocked, &site->vd, 1);
	KUNIT_EXPECT_TRUE(test, has_file(parent, "46"));
	/* The device's folder goes first when the device does. */
	debugfs_remove(parent);
	vtd_attach(&vtd_blocked, &site->vd, PASID);
	KUNIT_EXPECT_NULL(test, debugfs_lookup(NAME, intel));

	a->ops->free(a);
	b->ops->free(b);
	free_site(site);
	dput(intel);
}

static struct kunit_case vtd_tables_cases[] = {
	KUNIT_CASE(vtd_tables_pasid_test),
	KUNIT_CASE(vtd_tables_nested_test),
	KUNIT_CASE(vtd_tables_folder_test),
	{}
};

static struct kunit_suite vtd_tables_suite = {
	.name = "vtd_debug_tables",
	.test_cases = vtd_tables_cases,
};

kunit_test_suite(vtd_tables_suite);
