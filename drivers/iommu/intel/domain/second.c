// SPDX-License-Identifier: GPL-2.0-only
/*
 * Second-stage domains.
 *
 * Owns: the choice of depth, width and page sizes of a second stage.
 * Locks: vtd_domain.lock for snooping.
 * Calls: generic_pt (vtdss), paging.c, attach.c, dirty.c, inval/.
 *
 * Spec: 9.8 (entries), 3.7 (translation).
 */
#include <linux/generic_pt/iommu.h>
#include <linux/sizes.h>
#include <uapi/linux/iommufd.h>

#include "../hw/cap.h"
#include "../hw/page.h"
#include "../hw/root_layout.h"
#include "../hw/stage.h"
#include "../inval/inval.h"
#include "../unit/unit.h"
#include "attach.h"
#include "dirty.h"
#include "id.h"
#include "kinds.h"
#include "paging.h"

static int sync_map(struct iommu_domain *domain, unsigned long iova, size_t size)
{
	struct vtd_domain *vtd = to_vtd_domain(domain);
	struct vtd_paging_domain *paging = to_vtd_paging(vtd);

	if (!READ_ONCE(paging->mapped))
		WRITE_ONCE(paging->mapped, true);
	if (READ_ONCE(vtd->tags.announce))
		vtd_inval_mapped(&vtd->tags, iova, iova + size - 1);
	return 0;
}

/*
 * Scalable mode forces snooping by the PASID entry, at any time. Legacy mode has
 * only the bit in each leaf, which must be there from the first one on.
 */
static bool enforce_locked(struct vtd_paging_domain *paging)
{
	struct vtd_attachment *attachment;
	bool legacy = false;

	lockdep_assert_held(&paging->base.lock);
	if (!vtd_paging_can_snoop_locked(paging))
		return false;
	list_for_each_entry(attachment, &paging->base.attachments, node)
		legacy |= !attachment->vd->unit->scalable;
	if (!READ_ONCE(paging->mapped)) {
		paging->second.vtdss_pt.common.features |=
			BIT(PT_FEAT_VTDSS_FORCE_COHERENCE);
		WRITE_ONCE(paging->forced_bits, VTD_SS_SNP);
	} else if (legacy) {
		return false;
	}
	paging->snoop_force = true;
	vtd_attachments_rewrite_locked(&paging->base);
	return true;
}

static bool enforce_coherency(struct iommu_domain *domain)
{
	struct vtd_domain *vtd = to_vtd_domain(domain);
	struct vtd_paging_domain *paging = to_vtd_paging(vtd);

	guard(mutex)(&vtd->lock);
	return paging->snoop_force || enforce_locked(paging);
}

static const struct iommu_domain_ops second_ops = {
	IOMMU_PT_DOMAIN_OPS(vtdss),
	.attach_dev = vtd_domain_attach,
	.set_dev_pasid = vtd_domain_set_pasid,
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

static struct pt_iommu_vtdss_hw_info info_of(struct vtd_paging_domain *paging)
{
	struct pt_iommu_vtdss_hw_info info;

	pt_iommu_vtdss_hw_info(&paging->second, &info);
	return info;
}

static const char *second_misfit(struct vtd_domain *domain, const struct vtd_device *vd,
				 u32 pasid)
{
	struct vtd_paging_domain *paging = to_vtd_paging(domain);
	const char *reason = vtd_paging_misfit_locked(paging, vd, pasid);
	const struct pt_vtdss *table = &paging->second.vtdss_pt;
	const struct vtd_caps *caps = &vd->unit->caps;

	if (reason)
		return reason;
	if (vd->unit->scalable && !caps->ssts)
		return "the unit has no second stage";
	if (domain->domain.dirty_ops && !vtd_device_tracks_dirty(vd, pasid))
		return "the unit cannot mark the pages that the device writes to";
	if (!(caps->sagaw & BIT(info_of(paging).aw)))
		return "the unit lacks the table's number of levels";
	if (domain->domain.pgsize_bitmap & ~page_sizes(caps))
		return "the unit lacks a page size of the table";
	if (table->common.max_vasz_lg2 > caps->mgaw)
		return "the table is wider than the unit's addresses";
	/* Leaves made without the snoop bit cannot be trusted to snoop. */
	if (paging->snoop_force && !vd->unit->scalable &&
	    !(table->common.features & BIT(PT_FEAT_VTDSS_FORCE_COHERENCE)))
		return "the domain forces snooping, and its leaves do not say so";
	return NULL;
}

static struct vtd_paging_table second_table(struct vtd_paging_domain *paging)
{
	struct pt_iommu_vtdss_hw_info info = info_of(paging);

	return (struct vtd_paging_table){
		.root = info.ssptptr,
		.levels = VTD_AW_LEVELS(info.aw),
		.marks = VTD_PT_SECOND_AD,
		.flushed = paging->incoherent ? VTD_PT_SECOND_FLUSHED : 0,
	};
}

static union vtd_entry second_entry(const struct vtd_attachment *attachment)
{
	struct pt_iommu_vtdss_hw_info info = info_of(to_vtd_paging(attachment->domain));
	struct vtd_entry_attrs attrs = vtd_paging_attrs(attachment);

	if (attachment->vd->unit->scalable)
		return (union vtd_entry){
			.pasid = vtd_entry_second(&attrs, info.ssptptr, info.aw),
		};
	return (union vtd_entry){
		.context = vtd_entry_context(info.ssptptr, info.aw, attrs.did,
					     VTD_TT_TRANSLATE),
	};
}

/* The IOTLB knows a second stage by domain id alone. */
static unsigned int second_tags(const struct vtd_attachment *attachment,
				struct vtd_tag_place places[VTD_KIND_TAGS])
{
	struct vtd_tag_key iotlb = {
		.kind = VTD_TAG_SECOND,
		.unit = attachment->vd->unit,
		.did = attachment->did,
	};

	return vtd_paging_tags(attachment, &iotlb, places);
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
	struct vtd_paging_domain *paging;
	int ret;

	if (!aw)
		return ERR_PTR(-EOPNOTSUPP);
	paging = vtd_paging_new(unit, &vtd_second_kind, flags);
	if (!paging)
		return ERR_PTR(-ENOMEM);
	cfg.common.hw_max_vasz_lg2 = min(unit->caps.mgaw, VTD_AW_WIDTH(aw));
	/* Erratum 772415: units write marks into tables of guests in read-only pages. */
	if (paging->nest_parent)
		cfg.common.features |= BIT(PT_FEAT_VTDSS_FORCE_WRITEABLE);
	if (paging->incoherent)
		cfg.common.features |= BIT(PT_FEAT_DMA_INCOHERENT);
	ret = pt_iommu_vtdss_init(&paging->second, &cfg, GFP_KERNEL_ACCOUNT);
	if (ret) {
		vtd_paging_free(&paging->base.domain);
		return ERR_PTR(ret);
	}
	paging->table = second_table(paging);
	if (flags & VTD_PAGING_TRACKS_DIRTY)
		paging->base.domain.dirty_ops = &vtd_dirty_ops;
	return vtd_paging_finish(paging, &second_ops, page_sizes(&unit->caps));
}

static struct iommu_domain *second_alloc(struct vtd_device *vd, u32 flags)
{
	unsigned int paging_flags = vtd_paging_flags(vd);

	if (flags & IOMMU_HWPT_ALLOC_DIRTY_TRACKING) {
		if (!vtd_device_tracks_dirty(vd, IOMMU_NO_PASID))
			return ERR_PTR(-EOPNOTSUPP);
		paging_flags |= VTD_PAGING_TRACKS_DIRTY;
	}
	if (flags & IOMMU_HWPT_ALLOC_NEST_PARENT)
		paging_flags |= VTD_PAGING_NEST_PARENT;
	return vtd_second_alloc(vd->unit, paging_flags);
}

const struct vtd_kind vtd_second_kind = {
	.alloc = second_alloc,
	.misfit = second_misfit,
	.get_id = vtd_domain_id_get_own,
	.put_id = vtd_domain_id_put_own,
	.entry = second_entry,
	.tags = second_tags,
	.keeps_table = true,
};
