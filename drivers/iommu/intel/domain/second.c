// SPDX-License-Identifier: GPL-2.0-only
/*
 * Second-stage domains.
 *
 * Owns: the choice of depth, width and page sizes of a second stage.
 * Locks: vtd_domain.lock for snooping.
 * Calls: generic_pt (vtdss), attach.c, inval/.
 *
 * Spec: 9.8 (entries), 3.7 (translation).
 */
#include <linux/generic_pt/iommu.h>
#include <linux/sizes.h>

#include "../cmdline.h"
#include "../hw/cap.h"
#include "../hw/page.h"
#include "../hw/root.h"
#include "../inval/inval.h"
#include "../unit/unit.h"
#include "attach.h"
#include "domain.h"
#include "paging.h"

static int sync_map(struct iommu_domain *domain, unsigned long iova, size_t size)
{
	struct vtd_domain *vtd = to_vtd_domain(domain);

	if (!READ_ONCE(vtd->mapped))
		WRITE_ONCE(vtd->mapped, true);
	if (READ_ONCE(vtd->tags.announce))
		vtd_inval_mapped(&vtd->tags, iova, iova + size - 1);
	return 0;
}

/*
 * Scalable mode forces snooping by the PASID entry, at any time. Legacy mode has
 * only the bit in each leaf, which must be there from the first one on.
 */
static bool enforce_locked(struct vtd_domain *vtd)
{
	struct vtd_attachment *attachment;
	bool legacy = false;

	if (!vtd_domain_can_snoop_locked(vtd))
		return false;
	list_for_each_entry(attachment, &vtd->attachments, node)
		legacy |= !attachment->vd->unit->scalable;
	if (!READ_ONCE(vtd->mapped))
		vtd->second.vtdss_pt.common.features |=
			BIT(PT_FEAT_VTDSS_FORCE_COHERENCE);
	else if (legacy)
		return false;
	vtd->snoop_force = true;
	vtd_attachments_rewrite_locked(vtd);
	return true;
}

static bool enforce_coherency(struct iommu_domain *domain)
{
	struct vtd_domain *vtd = to_vtd_domain(domain);

	guard(mutex)(&vtd->lock);
	return vtd->snoop_force || enforce_locked(vtd);
}

static const struct iommu_domain_ops second_ops = {
	IOMMU_PT_DOMAIN_OPS(vtdss),
	.attach_dev = vtd_paging_attach,
	.set_dev_pasid = vtd_paging_set_pasid,
	.flush_iotlb_all = vtd_paging_flush_all,
	.iotlb_sync = vtd_paging_sync,
	.iotlb_sync_map = sync_map,
	.enforce_cache_coherency = enforce_coherency,
	.free = vtd_paging_free,
};

static unsigned long page_sizes(const struct vtd_caps *caps)
{
	unsigned long sizes = SZ_4K;

	if (caps->sslps & VTD_SSLPS_2M)
		sizes |= SZ_2M;
	if (caps->sslps & VTD_SSLPS_1G)
		sizes |= SZ_1G;
	return sizes;
}

static unsigned int address_width(const struct vtd_domain *domain)
{
	struct pt_iommu_vtdss_hw_info info;

	pt_iommu_vtdss_hw_info((struct pt_iommu_vtdss *)&domain->second, &info);
	return info.aw;
}

/**
 * vtd_second_misfit() - why can a unit not use the page table of a second stage?
 * @domain: the domain
 * @unit: the unit
 *
 * Return: the reason; NULL if it can.
 */
const char *vtd_second_misfit(const struct vtd_domain *domain,
			      const struct vtd_unit *unit)
{
	const struct vtd_caps *caps = &unit->caps;

	if (unit->scalable && !caps->ssts)
		return "the unit has no second stage";
	if (!(caps->sagaw & BIT(address_width(domain))))
		return "the unit lacks the table's number of levels";
	if (domain->domain.pgsize_bitmap & ~page_sizes(caps))
		return "the unit lacks a page size of the table";
	if (domain->second.vtdss_pt.common.max_vasz_lg2 > caps->mgaw)
		return "the table is wider than the unit's addresses";
	/* Leaves made without the snoop bit cannot be trusted to snoop. */
	if (domain->snoop_force && !unit->scalable &&
	    !(domain->second.vtdss_pt.common.features &
	      BIT(PT_FEAT_VTDSS_FORCE_COHERENCE)))
		return "the domain forces snooping, and its leaves do not say so";
	return NULL;
}

/**
 * vtd_second_table() - the page table of a second-stage domain
 * @domain: the domain
 *
 * Return: the table.
 */
struct vtd_paging_table vtd_second_table(struct vtd_domain *domain)
{
	struct pt_iommu_vtdss_hw_info info;

	pt_iommu_vtdss_hw_info(&domain->second, &info);
	return (struct vtd_paging_table){
		.root = info.ssptptr,
		.levels = VTD_AW_LEVELS(info.aw),
		.marks = VTD_PT_SECOND_AD,
	};
}

/**
 * vtd_second_entry() - the table entry of a device with a second-stage domain
 * @attachment: the device and the domain
 * @attrs: what the entry says besides
 *
 * Return: the entry.
 */
union vtd_entry vtd_second_entry(const struct vtd_attachment *attachment,
				 const struct vtd_entry_attrs *attrs)
{
	struct pt_iommu_vtdss_hw_info info;

	pt_iommu_vtdss_hw_info(&attachment->domain->second, &info);
	if (attachment->vd->unit->scalable)
		return (union vtd_entry){
			.pasid = vtd_entry_second(attrs, info.ssptptr, info.aw),
		};
	return (union vtd_entry){
		.context = vtd_entry_context(info.ssptptr, info.aw, attrs->did,
					     VTD_TT_TRANSLATE),
	};
}

/**
 * vtd_second_alloc() - a second-stage domain
 * @unit: the unit that it is made for
 * @flags: VTD_PAGING_*
 *
 * Context: may sleep.
 * Return: the domain or an ERR_PTR().
 */
struct iommu_domain *vtd_second_alloc(struct vtd_unit *unit, unsigned int flags)
{
	unsigned int aw = vtd_caps_best_aw(&unit->caps);
	struct pt_iommu_vtdss_cfg cfg = {
		.common.features = BIT(PT_FEAT_FLUSH_RANGE),
		.common.hw_max_oasz_lg2 = 52,
		.top_level = aw + 1,
	};
	struct vtd_domain *domain;
	int ret;

	if (!aw)
		return ERR_PTR(-EOPNOTSUPP);
	domain = vtd_paging_new(unit, VTD_SECOND, flags);
	if (!domain)
		return ERR_PTR(-ENOMEM);
	cfg.common.hw_max_vasz_lg2 = min(unit->caps.mgaw, VTD_AW_WIDTH(aw));
	if (domain->incoherent)
		cfg.common.features |= BIT(PT_FEAT_DMA_INCOHERENT);
	ret = pt_iommu_vtdss_init(&domain->second, &cfg, GFP_KERNEL_ACCOUNT);
	if (ret) {
		vtd_paging_free(&domain->domain);
		return ERR_PTR(ret);
	}
	domain->domain.ops = &second_ops;
	domain->domain.pgsize_bitmap &= page_sizes(&unit->caps);
	if (vtd_cmdline()->superpages_off)
		domain->domain.pgsize_bitmap = SZ_4K;
	return &domain->domain;
}
