// SPDX-License-Identifier: GPL-2.0-only
/*
 * First-stage domains: the page table format of the CPU.
 *
 * Owns: the choice of depth, width and page sizes of a first stage.
 * Locks: vtd_domain.lock for snooping.
 * Calls: generic_pt (x86_64), paging.c, attach.c.
 *
 * Spec: 9.7 (entries), 3.6 (translation). Requests by a kernel-made table stay in
 * the lower half of the address space, so nothing is sign-extended.
 */
#include <linux/generic_pt/iommu.h>
#include <linux/sizes.h>
#include <uapi/linux/iommufd.h>

#include "../hw/page.h"
#include "../mutant.h"
#include "../unit/unit.h"
#include "attach.h"
#include "id.h"
#include "kinds.h"
#include "paging.h"

static bool enforce_coherency(struct iommu_domain *domain)
{
	struct vtd_domain *vtd = to_vtd_domain(domain);
	struct vtd_paging_domain *paging = to_vtd_paging(vtd);

	guard(mutex)(&vtd->lock);
	if (paging->snoop_force)
		return true;
	if (!vtd_paging_can_snoop_locked(paging))
		return false;
	paging->snoop_force = true;
	vtd_attachments_rewrite_locked(vtd);
	return true;
}

static const struct iommu_domain_ops first_ops = {
	IOMMU_PT_DOMAIN_OPS(x86_64),
	.attach_dev = vtd_domain_attach,
	.set_dev_pasid = vtd_domain_set_pasid,
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
static unsigned int lower_width(const struct vtd_caps *caps)
{
	return min(caps->mgaw, caps->fs5lp ? 56 : 47);
}

static unsigned int top_level(unsigned int width)
{
	return width > 47 ? 4 : 3;
}

static const char *first_misfit(struct vtd_domain *domain, const struct vtd_device *vd,
				u32 pasid)
{
	struct vtd_paging_domain *paging = to_vtd_paging(domain);
	const char *reason = vtd_paging_misfit_locked(paging, vd, pasid);
	const struct vtd_unit *unit = vd->unit;

	if (reason)
		return reason;
	if (!unit->scalable || !unit->caps.fsts)
		return "the unit has no first stage";
	if (domain->domain.pgsize_bitmap & ~page_sizes(&unit->caps))
		return "the unit lacks a page size of the table";
	if (paging->first.x86_64_pt.common.max_vasz_lg2 > lower_width(&unit->caps))
		return "the table is wider than the unit's addresses";
	return NULL;
}

/* The library itself sets the marks of use. */
static struct vtd_paging_table first_table(struct vtd_paging_domain *paging)
{
	struct pt_iommu_x86_64_hw_info info;

	pt_iommu_x86_64_hw_info(&paging->first, &info);
	return (struct vtd_paging_table){
		.root = info.gcr3_pt,
		.levels = info.levels,
		.flushed = paging->incoherent ? VTD_PT_FIRST_FLUSHED : 0,
	};
}

static union vtd_entry first_entry(const struct vtd_attachment *attachment)
{
	struct vtd_paging_table table = vtd_paging_table(attachment->domain);
	struct vtd_entry_attrs attrs = vtd_paging_attrs(attachment);

	return (union vtd_entry){
		.pasid = vtd_entry_first(&attrs, table.root, table.levels),
	};
}

/* vtd_kind.tags: what is cached of a first stage goes by PASID. */
unsigned int vtd_first_tags(const struct vtd_attachment *attachment,
			    struct vtd_tag_place places[VTD_KIND_TAGS])
{
	struct vtd_tag_key iotlb = {
		.kind = VTD_TAG_FIRST,
		.unit = attachment->vd->unit,
		.did = attachment->did,
		.pasid = vtd_mutant(VTD_MUTANT_RANGE_PASID) ? IOMMU_NO_PASID :
							      attachment->pasid,
	};

	return vtd_paging_tags(attachment, &iotlb, places);
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
	struct vtd_paging_domain *paging = vtd_paging_new(unit, &vtd_first_kind, flags);
	struct pt_iommu_x86_64_cfg cfg = {
		.common.features = BIT(PT_FEAT_FLUSH_RANGE),
		.common.hw_max_vasz_lg2 = lower_width(&unit->caps),
		.common.hw_max_oasz_lg2 = 52,
		.top_level = top_level(lower_width(&unit->caps)),
	};
	int ret;

	if (!paging)
		return ERR_PTR(-ENOMEM);
	if (paging->incoherent)
		cfg.common.features |= BIT(PT_FEAT_DMA_INCOHERENT);
	ret = pt_iommu_x86_64_init(&paging->first, &cfg, GFP_KERNEL_ACCOUNT);
	if (ret) {
		vtd_paging_free(&paging->base.domain);
		return ERR_PTR(ret);
	}
	paging->table = first_table(paging);
	return vtd_paging_finish(paging, &first_ops, page_sizes(&unit->caps));
}

/* What needs a second stage is not asked of this one. */
static struct iommu_domain *first_alloc(struct vtd_device *vd, u32 flags)
{
	if (!vd->unit->scalable || !vd->unit->caps.fsts ||
	    flags & (IOMMU_HWPT_ALLOC_NEST_PARENT | IOMMU_HWPT_ALLOC_DIRTY_TRACKING))
		return ERR_PTR(-EOPNOTSUPP);
	return vtd_first_alloc(vd->unit, vtd_paging_flags(vd));
}

const struct vtd_kind vtd_first_kind = {
	.alloc = first_alloc,
	.misfit = first_misfit,
	.get_id = vtd_domain_id_get_own,
	.put_id = vtd_domain_id_put_own,
	.entry = first_entry,
	.tags = vtd_first_tags,
	.keeps_table = true,
};
