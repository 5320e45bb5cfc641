// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domains of the mock IOMMU.
 *
 * A paging domain is a generic_pt table in the AMDv1 variant made for tests,
 * whose smallest page is half of a CPU page. No device walks the table; tests
 * look into it.
 *
 * Calls: generic_pt.
 */
#include <linux/generic_pt/iommu.h>
#include <linux/iommu.h>
#include <linux/iommufd.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "../../iommu-pages.h"
#include "../iommufd_test.h"
#include "attach.h"
#include "dirty.h"
#include "domain.h"
#include "event.h"
#include "fail.h"
#include "iommu.h"

/* smallest address widths that the format takes and the aperture fits in */
#define MOCK_TABLE_LEVEL 2
#define MOCK_IOVA_BITS 31
#define MOCK_PHYS_BITS 51

#define MOCK_PAGING_FLAGS \
	(IOMMU_HWPT_ALLOC_NEST_PARENT | IOMMU_HWPT_ALLOC_DIRTY_TRACKING | \
	 IOMMU_HWPT_ALLOC_PASID)

static_assert(MOCK_APERTURE_LAST == (1ULL << MOCK_IOVA_BITS) - 1);

/* The IOMMU has no registers: attaching is nothing but being told. */
static int mock_static_attach(struct iommu_domain *domain, struct device *dev,
			      struct iommu_domain *old)
{
	mock_events_disable(to_mock_device(dev), old);
	return 0;
}

static int mock_static_set_pasid(struct iommu_domain *domain,
				 struct device *dev, ioasid_t pasid,
				 struct iommu_domain *old)
{
	mock_device_forget_pasid(to_mock_device(dev), pasid);
	mock_events_disable(to_mock_device(dev), old);
	return 0;
}

static const struct iommu_domain_ops mock_static_ops = {
	.attach_dev = mock_static_attach,
	.set_dev_pasid = mock_static_set_pasid,
};

/* Attaching a static domain is the way out of any error: it never fails. */
struct iommu_domain mock_blocked_domain = {
	.type = IOMMU_DOMAIN_BLOCKED,
	.ops = &mock_static_ops,
};

struct iommu_domain mock_identity_domain = {
	.type = IOMMU_DOMAIN_IDENTITY,
	.ops = &mock_static_ops,
};

static bool mock_paging_fits(struct iommu_domain *domain, struct device *dev)
{
	return !domain->dirty_ops ||
	       !(to_mock_device(dev)->flags & MOCK_FLAGS_DEVICE_NO_DIRTY);
}

static int mock_paging_attach(struct iommu_domain *domain, struct device *dev,
			      struct iommu_domain *old)
{
	if (!mock_paging_fits(domain, dev))
		return -EINVAL;
	if (mock_should_fail())
		return -ENOMEM;
	return mock_device_attach(to_mock_device(dev), domain, old);
}

static int mock_paging_set_pasid(struct iommu_domain *domain,
				 struct device *dev, ioasid_t pasid,
				 struct iommu_domain *old)
{
	if (!mock_paging_fits(domain, dev))
		return -EINVAL;
	return mock_device_set_pasid(to_mock_device(dev), pasid, domain, old);
}

/* There is no IOTLB; table pages wait in the gather to be freed. */
static void mock_iotlb_sync(struct iommu_domain *domain,
			    struct iommu_iotlb_gather *gather)
{
	iommu_put_pages_list(&gather->freelist);
}

static void mock_domain_free(struct iommu_domain *domain)
{
	struct mock_domain *mock = to_mock_domain(domain);

	pt_iommu_deinit(&mock->table.iommu);
	kfree(mock);
}

static const struct iommu_domain_ops mock_paging_ops = {
	IOMMU_PT_DOMAIN_OPS(amdv1_mock),
	.attach_dev = mock_paging_attach,
	.set_dev_pasid = mock_paging_set_pasid,
	.iotlb_sync = mock_iotlb_sync,
	.free = mock_domain_free,
};

static int mock_map_range(struct pt_iommu *table, dma_addr_t iova,
			  phys_addr_t paddr, dma_addr_t len, unsigned int prot,
			  gfp_t gfp, size_t *mapped)
{
	struct mock_domain *mock = to_mock_domain(&table->domain);

	if (mock_should_fail())
		return -ENOMEM;
	return mock->table_ops->map_range(table, iova, paddr, len, prot, gfp,
					  mapped);
}

static void mock_domain_inject_faults(struct mock_domain *mock)
{
	struct pt_iommu *table = &mock->table.iommu;

	mock->table_ops = table->ops;
	mock->failing_ops = *table->ops;
	mock->failing_ops.map_range = mock_map_range;
	table->ops = &mock->failing_ops;
}

static int mock_domain_read_data(const struct iommu_user_data *user_data,
				 struct iommu_hwpt_selftest *data)
{
	int rc;

	if (!user_data)
		return 0;
	if (user_data->type != IOMMU_HWPT_DATA_SELFTEST)
		return -EOPNOTSUPP;
	rc = iommu_copy_struct_from_user(data, user_data,
					 IOMMU_HWPT_DATA_SELFTEST, iotlb);
	if (rc)
		return rc;
	return data->pagetable_type > MOCK_IOMMUPT_HUGE ? -EOPNOTSUPP : 0;
}

static int mock_domain_init_table(struct mock_domain *mock)
{
	static const struct pt_iommu_amdv1_mock_cfg cfg = {
		.common.hw_max_vasz_lg2 = MOCK_IOVA_BITS,
		.common.hw_max_oasz_lg2 = MOCK_PHYS_BITS,
		.starting_level = MOCK_TABLE_LEVEL,
	};
	int rc;

	mock->table.iommu.nid = NUMA_NO_NODE;
	mock->domain.ops = &mock_paging_ops;
	rc = pt_iommu_amdv1_mock_init(&mock->table, &cfg, GFP_KERNEL_ACCOUNT);
	if (!rc && mock_should_fail())
		rc = -ENOMEM;
	return rc;
}

/**
 * mock_domain_alloc_paging_flags() - make a paging domain
 * @dev: device it is for
 * @flags: IOMMU_HWPT_ALLOC_*
 * @user_data: struct iommu_hwpt_selftest, or NULL
 *
 * Context: may sleep.
 * Return: the domain, or ERR_PTR: EOPNOTSUPP: unknown flag or data, or dirty
 * tracking for a device without; EINVAL, E2BIG, EFAULT: size or place of the
 * data; ENOMEM.
 */
struct iommu_domain *
mock_domain_alloc_paging_flags(struct device *dev, u32 flags,
			       const struct iommu_user_data *user_data)
{
	struct iommu_hwpt_selftest data = {};
	struct mock_domain *mock;
	int rc;

	if (flags & ~MOCK_PAGING_FLAGS)
		return ERR_PTR(-EOPNOTSUPP);
	if ((flags & IOMMU_HWPT_ALLOC_DIRTY_TRACKING) &&
	    (to_mock_device(dev)->flags & MOCK_FLAGS_DEVICE_NO_DIRTY))
		return ERR_PTR(-EOPNOTSUPP);
	rc = mock_domain_read_data(user_data, &data);
	if (rc)
		return ERR_PTR(rc);

	mock = kzalloc_obj(*mock, GFP_KERNEL_ACCOUNT);
	if (!mock)
		return ERR_PTR(-ENOMEM);

	rc = mock_domain_init_table(mock);
	if (rc) {
		mock_domain_free(&mock->domain);
		return ERR_PTR(rc);
	}
	mock_domain_inject_faults(mock);

	mock->domain.pgsize_bitmap = MOCK_PAGE_SIZE | PAGE_SIZE;
	if (data.pagetable_type == MOCK_IOMMUPT_HUGE)
		mock->domain.pgsize_bitmap |= MOCK_HUGE_PAGE_SIZE;
	mock->domain.geometry.aperture_start = MOCK_APERTURE_START;
	mock->domain.geometry.aperture_end = MOCK_APERTURE_LAST;
	if (flags & IOMMU_HWPT_ALLOC_DIRTY_TRACKING)
		mock->domain.dirty_ops = &mock_dirty_ops;
	return &mock->domain;
}

MODULE_IMPORT_NS("GENERIC_PT_IOMMU");
