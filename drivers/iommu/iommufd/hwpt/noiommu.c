// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables of devices that have no IOMMU, and what user space reads from
 * the IOAS behind them.
 *
 * Calls: generic_pt for the table.
 */
#include <linux/capability.h>
#include <linux/generic_pt/iommu.h>
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "../../iommu-pages.h"
#include "../ioas/ioas.h"
#include "../object/ucmd.h"
#include "noiommu.h"

/* what most IOVAs need; a higher one gives the table a new top */
#define NOIOMMU_TOP_LEVEL 2
#define NOIOMMU_IOVA_BITS 64
#define NOIOMMU_PHYS_BITS 52

/**
 * struct noiommu_domain - a page table that no hardware reads
 * @domain: core's part, which is also the first member of @table
 * @table: the page table
 * @top_lock: what a change of the top is made under
 */
struct noiommu_domain {
	union {
		struct iommu_domain domain;
		struct pt_iommu_amdv1 table;
	};
	spinlock_t top_lock;
};

PT_IOMMU_CHECK_DOMAIN(struct noiommu_domain, table.iommu, domain);

/* Nothing but the table itself knows where its top is. */
static void noiommu_change_top(struct pt_iommu *table, phys_addr_t top_paddr,
			       unsigned int top_level)
{
}

static spinlock_t *noiommu_top_lock(struct pt_iommu *table)
{
	return &container_of(table, struct noiommu_domain, table.iommu)->top_lock;
}

static const struct pt_iommu_driver_ops noiommu_driver_ops = {
	.change_top = noiommu_change_top,
	.get_top_lock = noiommu_top_lock,
};

/* There is no IOTLB; table pages wait in the gather to be freed. */
static void noiommu_iotlb_sync(struct iommu_domain *domain,
			       struct iommu_iotlb_gather *gather)
{
	iommu_put_pages_list(&gather->freelist);
}

static void noiommu_domain_free(struct iommu_domain *domain)
{
	struct noiommu_domain *noiommu =
		container_of(domain, struct noiommu_domain, domain);

	pt_iommu_deinit(&noiommu->table.iommu);
	kfree(noiommu);
}

static const struct iommu_domain_ops noiommu_ops = {
	IOMMU_PT_DOMAIN_OPS(amdv1),
	.iotlb_sync = noiommu_iotlb_sync,
	.free = noiommu_domain_free,
};

/**
 * hwpt_noiommu_domain_alloc() - make a page table that no hardware reads
 * @args: what the hwpt shall be
 *
 * No IOMMU driver owns it, so the iommu core attaches no device to it.
 *
 * Context: may sleep.
 * Return: the domain, or ERR_PTR: EOPNOTSUPP: flags or driver data are given;
 * ENOMEM.
 */
struct iommu_domain *
hwpt_noiommu_domain_alloc(const struct iommufd_hwpt_paging_args *args)
{
	/* the format comes with these, here they mean nothing */
	static const struct pt_iommu_amdv1_cfg cfg = {
		.common.features = BIT(PT_FEAT_DYNAMIC_TOP) |
				   BIT(PT_FEAT_AMDV1_ENCRYPT_TABLES) |
				   BIT(PT_FEAT_AMDV1_FORCE_COHERENCE),
		.common.hw_max_vasz_lg2 = NOIOMMU_IOVA_BITS,
		.common.hw_max_oasz_lg2 = NOIOMMU_PHYS_BITS,
		.starting_level = NOIOMMU_TOP_LEVEL,
	};
	struct noiommu_domain *noiommu;
	int rc;

	if (args->flags || args->data)
		return ERR_PTR(-EOPNOTSUPP);

	noiommu = kzalloc_obj(*noiommu, GFP_KERNEL_ACCOUNT);
	if (!noiommu)
		return ERR_PTR(-ENOMEM);
	noiommu->domain.type = IOMMU_DOMAIN_UNMANAGED;
	noiommu->domain.ops = &noiommu_ops;
	spin_lock_init(&noiommu->top_lock);
	noiommu->table.iommu.driver_ops = &noiommu_driver_ops;
	noiommu->table.iommu.nid = dev_to_node(args->dev);
	rc = pt_iommu_amdv1_init(&noiommu->table, &cfg, GFP_KERNEL_ACCOUNT);
	if (rc) {
		noiommu_domain_free(&noiommu->domain);
		return ERR_PTR(rc);
	}
	return &noiommu->domain;
}

/**
 * iommufd_hwpt_is_noiommu() - is a hwpt for devices without IOMMU
 * @hwpt: any hwpt
 *
 * Context: any.
 * Return: true if no hardware reads it.
 */
bool iommufd_hwpt_is_noiommu(const struct iommufd_hw_pagetable *hwpt)
{
	return hwpt->domain->ops == &noiommu_ops;
}

static bool ioas_has_noiommu(struct iommufd_ioas *ioas)
{
	struct iommufd_hwpt_paging *hwpt;

	guard(mutex)(&ioas->hwpt_lock);
	list_for_each_entry(hwpt, &ioas->hwpts, item)
		if (iommufd_hwpt_is_noiommu(&hwpt->common))
			return true;
	return false;
}

static int get_pa_check(struct iommufd_ucmd *ucmd)
{
	struct iommu_ioas_noiommu_get_pa *cmd = ucmd->cmd;

	/* physical addresses are for those who may program with them */
	if (!capable(CAP_SYS_RAWIO))
		return iommufd_reject(ucmd, "ioctl", "needs CAP_SYS_RAWIO",
				      -EPERM);
	if (cmd->flags)
		return iommufd_reject_flags(ucmd);
	if (cmd->__reserved)
		return iommufd_reject_reserved(ucmd);
	return 0;
}

static int get_pa_check_range(struct iommufd_ucmd *ucmd)
{
	struct iommu_ioas_noiommu_get_pa *cmd = ucmd->cmd;

	if (!cmd->length)
		return iommufd_reject(ucmd, "length", "zero", -EINVAL);
	if (cmd->iova >= ULONG_MAX)
		return iommufd_refuse(&ucmd->why, "iova",
				      "beyond the address space", cmd->iova,
				      -EOVERFLOW);
	return 0;
}

/**
 * iommufd_noiommu_get_pa_ioctl() - IOMMU_IOAS_NOIOMMU_GET_PA
 * @ucmd: the ioctl
 *
 * Context: may sleep.
 * Return: 0, or EPERM: no CAP_SYS_RAWIO; EOPNOTSUPP: flags, reserved bits, or
 * no device without IOMMU uses the IOAS; EINVAL: no length, or the memory was
 * revoked; EOVERFLOW: the last IOVA; ENOENT: no such IOAS, or nothing is
 * mapped there; EFAULT.
 */
int iommufd_noiommu_get_pa_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_ioas_noiommu_get_pa *cmd = ucmd->cmd;
	struct iommufd_ioas *ioas __free(ioas_put) = NULL;
	struct ioas_phys phys;
	int rc;

	rc = get_pa_check(ucmd);
	if (rc)
		return rc;
	rc = get_pa_check_range(ucmd);
	if (rc)
		return rc;
	ioas = iommufd_ioas_get(ucmd, "ioas_id", cmd->ioas_id);
	if (IS_ERR(ioas))
		return PTR_ERR(ioas);
	rc = ioas_check_memory(ioas, cmd->iova, &ucmd->why);
	if (rc)
		return rc;
	if (!ioas_has_noiommu(ioas))
		return iommufd_reject(ucmd, "ioas_id",
				      "no page table of a device without IOMMU maps the IOAS",
				      -EOPNOTSUPP);

	rc = ioas_get_phys(ioas, cmd->iova,
			   min_t(u64, cmd->length, ULONG_MAX), &phys,
			   &ucmd->why);
	if (rc)
		return rc;
	cmd->out_phys = phys.addr;
	cmd->length = phys.length;
	return iommufd_ucmd_respond(ucmd);
}

MODULE_IMPORT_NS("GENERIC_PT_IOMMU");
