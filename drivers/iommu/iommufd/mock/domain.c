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
#include "iommu.h"

/* smallest address widths that the format takes and the aperture fits in */
#define MOCK_TABLE_LEVEL 2
#define MOCK_IOVA_BITS 31
#define MOCK_PHYS_BITS 51

#define MOCK_PAGING_FLAGS \
	(IOMMU_HWPT_ALLOC_NEST_PARENT | IOMMU_HWPT_ALLOC_PASID)

static_assert(MOCK_APERTURE_LAST == (1ULL << MOCK_IOVA_BITS) - 1);

/**
 * struct mock_domain - a paging domain
 * @domain: core's part, which is also the first member of @table
 * @table: the page table
 * @table_ops: the ops of @table as its format has them; constant
 * @failing_ops: @table_ops with fault injection in front; constant
 */
struct mock_domain {
	union {
		struct iommu_domain domain;
		struct pt_iommu_amdv1_mock table;
	};
	const struct pt_iommu_ops *table_ops;
	struct pt_iommu_ops failing_ops;
};

PT_IOMMU_CHECK_DOMAIN(struct mock_domain, table.iommu, domain);

static struct mock_domain *to_mock_domain(struct iommu_domain *domain)
{
	return container_of(domain, struct mock_domain, domain);
}

/* The IOMMU has no registers: attaching is nothing but being told. */
static int mock_static_attach(struct iommu_domain *domain, struct device *dev,
			      struct iommu_domain *old)
{
	return 0;
}

static const struct iommu_domain_ops mock_static_ops = {
	.attach_dev = mock_static_attach,
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

static int mock_paging_attach(struct iommu_domain *domain, struct device *dev,
			      struct iommu_domain *old)
{
	if (mock_should_fail())
		return -ENOMEM;
	return 0;
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

/* Return: the page sizes of the table that the user wants, or a negative errno */
static long mock_domain_pgsizes(const struct iommu_user_data *user_data)
{
	struct iommu_hwpt_selftest config;
	int rc;

	if (!user_data)
		return MOCK_PAGE_SIZE;
	if (user_data->type != IOMMU_HWPT_DATA_SELFTEST)
		return -EOPNOTSUPP;
	rc = iommu_copy_struct_from_user(&config, user_data,
					 IOMMU_HWPT_DATA_SELFTEST,
					 pagetable_type);
	if (rc)
		return rc;

	switch (config.pagetable_type) {
	case MOCK_IOMMUPT_DEFAULT:
		return MOCK_PAGE_SIZE;
	case MOCK_IOMMUPT_HUGE:
		return MOCK_PAGE_SIZE | MOCK_HUGE_PAGE_SIZE;
	default:
		return -EOPNOTSUPP;
	}
}

/**
 * mock_domain_alloc_paging_flags() - make a paging domain
 * @dev: device it is for
 * @flags: IOMMU_HWPT_ALLOC_NEST_PARENT, IOMMU_HWPT_ALLOC_PASID
 * @user_data: struct iommu_hwpt_selftest, or NULL
 *
 * Context: may sleep.
 * Return: the domain, or ERR_PTR: EOPNOTSUPP: flags, data or a kind of page
 * table that the mock does not have; EINVAL, EFAULT, E2BIG: the data; ENOMEM.
 */
struct iommu_domain *
mock_domain_alloc_paging_flags(struct device *dev, u32 flags,
			       const struct iommu_user_data *user_data)
{
	static const struct pt_iommu_amdv1_mock_cfg cfg = {
		.common.hw_max_vasz_lg2 = MOCK_IOVA_BITS,
		.common.hw_max_oasz_lg2 = MOCK_PHYS_BITS,
		.starting_level = MOCK_TABLE_LEVEL,
	};
	struct mock_domain *mock;
	long pgsizes;
	int rc;

	if (flags & ~MOCK_PAGING_FLAGS)
		return ERR_PTR(-EOPNOTSUPP);
	pgsizes = mock_domain_pgsizes(user_data);
	if (pgsizes < 0)
		return ERR_PTR(pgsizes);

	mock = kzalloc_obj(*mock, GFP_KERNEL_ACCOUNT);
	if (!mock)
		return ERR_PTR(-ENOMEM);

	mock->table.iommu.nid = NUMA_NO_NODE;
	mock->domain.ops = &mock_paging_ops;
	rc = pt_iommu_amdv1_mock_init(&mock->table, &cfg, GFP_KERNEL_ACCOUNT);
	if (!rc && mock_should_fail())
		rc = -ENOMEM;
	if (rc) {
		mock_domain_free(&mock->domain);
		return ERR_PTR(rc);
	}
	mock_domain_inject_faults(mock);

	mock->domain.pgsize_bitmap = pgsizes;
	mock->domain.geometry.aperture_start = MOCK_APERTURE_START;
	mock->domain.geometry.aperture_end = MOCK_APERTURE_LAST;
	return &mock->domain;
}

MODULE_IMPORT_NS("GENERIC_PT_IOMMU");
