// SPDX-License-Identifier: GPL-2.0-only
/*
 * First-stage domains: the page table format of the CPU.
 *
 * Owns: the choice of depth, width and page sizes of a first stage.
 * Locks: vtd_domain.lock for snooping.
 * Calls: generic_pt (x86_64), attach.c.
 *
 * Spec: 9.7 (entries), 3.6 (translation). Requests by a kernel-made table stay in
 * the lower half of the address space, so nothing is sign-extended.
 */
#include <linux/generic_pt/iommu.h>
#include <linux/sizes.h>

#include "../cmdline.h"
#include "../unit/unit.h"
#include "attach.h"
#include "domain.h"
#include "paging.h"

static bool enforce_coherency(struct iommu_domain *domain)
{
	struct vtd_domain *vtd = to_vtd_domain(domain);

	guard(mutex)(&vtd->lock);
	if (vtd->snoop_force)
		return true;
	if (!vtd_domain_can_snoop_locked(vtd))
		return false;
	vtd->snoop_force = true;
	vtd_attachments_rewrite_locked(vtd);
	return true;
}

static const struct iommu_domain_ops first_ops = {
	IOMMU_PT_DOMAIN_OPS(x86_64),
	.attach_dev = vtd_paging_attach,
	.set_dev_pasid = vtd_paging_set_pasid,
	.flush_iotlb_all = vtd_paging_flush_all,
	.iotlb_sync = vtd_paging_sync,
	.enforce_cache_coherency = enforce_coherency,
	.free = vtd_paging_free,
};

static unsigned long page_sizes(const struct vtd_caps *caps)
{
	unsigned long sizes = SZ_4K | SZ_2M;

	return caps->fs1gp ? sizes | SZ_1G : sizes;
}

/* Bits of an address in the lower half of a table with 4 or 5 levels. */
static unsigned int width(const struct vtd_caps *caps)
{
	return min(caps->mgaw, caps->fs5lp ? 56 : 47);
}

static unsigned int top_level(unsigned int width)
{
	return width > 47 ? 4 : 3;
}

/**
 * vtd_first_misfit() - why can a unit not use the page table of a first stage?
 * @domain: the domain
 * @unit: the unit
 *
 * Return: the reason; NULL if it can.
 */
const char *vtd_first_misfit(const struct vtd_domain *domain,
			     const struct vtd_unit *unit)
{
	if (!unit->scalable || !unit->caps.fsts)
		return "the unit has no first stage";
	if (domain->domain.pgsize_bitmap & ~page_sizes(&unit->caps))
		return "the unit lacks a page size of the table";
	if (domain->first.x86_64_pt.common.max_vasz_lg2 > width(&unit->caps))
		return "the table is wider than the unit's addresses";
	return NULL;
}

/**
 * vtd_first_table() - the page table of a first-stage domain
 * @domain: the domain
 *
 * The library itself sets the marks of use.
 *
 * Return: the table.
 */
struct vtd_paging_table vtd_first_table(struct vtd_domain *domain)
{
	struct pt_iommu_x86_64_hw_info info;

	pt_iommu_x86_64_hw_info(&domain->first, &info);
	return (struct vtd_paging_table){ .root = info.gcr3_pt, .levels = info.levels };
}

/**
 * vtd_first_entry() - the table entry of a device with a first-stage domain
 * @attachment: the device and the domain
 * @attrs: what the entry says besides
 *
 * Return: the entry.
 */
union vtd_entry vtd_first_entry(const struct vtd_attachment *attachment,
				const struct vtd_entry_attrs *attrs)
{
	struct vtd_paging_table table = vtd_first_table(attachment->domain);

	return (union vtd_entry){
		.pasid = vtd_entry_first(attrs, table.root, table.levels),
	};
}

/**
 * vtd_first_alloc() - a first-stage domain
 * @unit: the unit that it is made for
 * @flags: VTD_PAGING_*
 *
 * Context: may sleep.
 * Return: the domain or an ERR_PTR().
 */
struct iommu_domain *vtd_first_alloc(struct vtd_unit *unit, unsigned int flags)
{
	struct vtd_domain *domain = vtd_paging_new(unit, VTD_FIRST, flags);
	struct pt_iommu_x86_64_cfg cfg = {
		.common.features = BIT(PT_FEAT_FLUSH_RANGE),
		.common.hw_max_vasz_lg2 = width(&unit->caps),
		.common.hw_max_oasz_lg2 = 52,
		.top_level = top_level(width(&unit->caps)),
	};
	int ret;

	if (!domain)
		return ERR_PTR(-ENOMEM);
	if (domain->incoherent)
		cfg.common.features |= BIT(PT_FEAT_DMA_INCOHERENT);
	ret = pt_iommu_x86_64_init(&domain->first, &cfg, GFP_KERNEL_ACCOUNT);
	if (ret) {
		vtd_paging_free(&domain->domain);
		return ERR_PTR(ret);
	}
	domain->domain.ops = &first_ops;
	domain->domain.pgsize_bitmap &= page_sizes(&unit->caps);
	if (vtd_cmdline()->superpages_off)
		domain->domain.pgsize_bitmap = SZ_4K;
	return &domain->domain;
}
