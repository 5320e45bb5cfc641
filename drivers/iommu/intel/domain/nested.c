// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nested domains: a first stage that a guest keeps in its own memory, over a second
 * stage that the kernel keeps.
 *
 * Owns: struct vtd_nested_domain; what of a guest's choice reaches a table entry.
 * Locks: vtd_domain.lock of the parent.
 * Calls: the parent's kind, id.c, attach.c.
 *
 * The guest's tables are read by the unit alone, through the second stage: whatever
 * they say leads to memory of the parent, or nowhere.
 *
 * Spec: 3.8 (nested translation), 6.2.3 (domain ids), 9.6 (PASID entries).
 */
#include <linux/iommu.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <uapi/linux/iommufd.h>

#include "../mutant.h"
#include "../trace.h"
#include "../unit/unit.h"
#include "attach.h"
#include "failed.h"
#include "id.h"
#include "invalidate.h"
#include "kinds.h"
#include "paging.h"

/* What a guest may call the width of its addresses: that of 4 or of 5 levels. */
#define WIDTH_4LEVEL	48
#define WIDTH_5LEVEL	57

/**
 * struct vtd_nested_domain - a domain whose first stage is a guest's
 * @first: the first stage; constant
 * @rcu: a flush of the parent that failed may still be looking at it: failed.c
 * @base: the domain; its top is the parent
 */
struct vtd_nested_domain {
	struct vtd_entry_stage first;
	struct rcu_head rcu;
	struct vtd_domain base;
};

static struct vtd_nested_domain *to_vtd_nested(struct vtd_domain *domain)
{
	return container_of(domain, struct vtd_nested_domain, base);
}

static const struct vtd_entry_stage *first_of(const struct vtd_domain *domain)
{
	return &container_of(domain, const struct vtd_nested_domain, base)->first;
}

/**
 * vtd_nested_possible() - does a unit nest?
 * @unit: the unit
 *
 * Return: true if a second stage of it can be a parent.
 */
bool vtd_nested_possible(const struct vtd_unit *unit)
{
	return unit->scalable && unit->caps.nest;
}

/* What a unit must have for a first stage that another one could use. */
static const char *unit_lacks(const struct vtd_entry_stage *first,
			      const struct vtd_caps *caps)
{
	if (first->supervisor && !caps->srs)
		return "the unit refuses supervisor requests";
	if (first->mark_extended && !caps->eafs)
		return "the unit has no extended-accessed flag";
	if (first->levels == 5 && !caps->fs5lp)
		return "the unit has no first stage of five levels";
	return NULL;
}

static const char *nested_misfit(struct vtd_domain *domain, const struct vtd_device *vd,
				 u32 pasid)
{
	struct vtd_domain *parent = domain->top;
	const char *reason;

	lockdep_assert_held(&parent->lock);
	if (!vtd_nested_possible(vd->unit))
		return "the unit does not nest";
	reason = unit_lacks(&to_vtd_nested(domain)->first, &vd->unit->caps);
	return reason ?: parent->kind->misfit(parent, vd, pasid);
}

/* Entries of a unit with the same pointers agree in depth and in the extended mark. */
static const char *nested_clash(const struct vtd_domain *domain,
				const struct vtd_domain *other)
{
	const struct vtd_entry_stage *a = first_of(domain);
	const struct vtd_entry_stage *b = first_of(other);

	if (a->root != b->root ||
	    (a->levels == b->levels && a->mark_extended == b->mark_extended))
		return NULL;
	return "the guest's table is in use with another depth or EAFE";
}

static int nested_get_id(struct vtd_domain *domain, struct vtd_device *vd)
{
	return vtd_domain_id_get_locked(domain->top, vd->unit, vd);
}

static void nested_put_id(struct vtd_domain *domain, struct vtd_device *vd)
{
	vtd_domain_id_put_locked(domain->top, vd->unit, vd);
}

/* The parent's entry under the id of what is nested in it, and the guest's part. */
static union vtd_entry nested_entry(const struct vtd_attachment *attachment)
{
	struct vtd_domain *parent = attachment->domain->top;
	struct vtd_attachment below = {
		.domain = parent,
		.vd = attachment->vd,
		.pasid = attachment->pasid,
		.did = attachment->did,
	};
	union vtd_entry second = parent->kind->entry(&below);
	struct vtd_entry_attrs attrs =
		vtd_device_entry_attrs(attachment->vd, attachment->pasid,
				       attachment->did);

	return (union vtd_entry){
		.pasid = vtd_entry_nested(&second.pasid, attrs.pat,
					  &to_vtd_nested(attachment->domain)->first),
	};
}

static void add_place(struct vtd_tag_place *place, struct vtd_domain *domain,
		      enum vtd_tag_kind kind, const struct vtd_attachment *attachment)
{
	*place = (struct vtd_tag_place){
		.tags = &domain->tags,
		.key = {
			.kind = kind,
			.unit = attachment->vd->unit,
			.did = attachment->did,
			.pasid = attachment->pasid,
		},
	};
}

/*
 * The cache of the device goes as a whole, as it knows the guest's addresses. One request
 * for all of the guest's PASIDs, if the device takes it.
 */
static u32 pasids_of_flush(const struct vtd_attachment *attachment)
{
	if (attachment->pasid == IOMMU_NO_PASID || !attachment->vd->devtlb.takes_global)
		return attachment->pasid;
	return VTD_TAG_ALL_PASIDS;
}

/*
 * Its own tags are for what the guest invalidates. The parent's are for what the kernel
 * unmaps: the IOTLB knows that by domain id alone, which all PASIDs of the device share.
 */
static unsigned int nested_tags(const struct vtd_attachment *attachment,
				struct vtd_tag_place places[VTD_KIND_TAGS])
{
	struct vtd_domain *domain = attachment->domain;
	unsigned int n = 0;

	add_place(&places[n++], domain, VTD_TAG_FIRST, attachment);
	if (vtd_mutant(VTD_MUTANT_CHILD_PASID))
		places[0].key.pasid = IOMMU_NO_PASID;
	add_place(&places[n], domain->top, VTD_TAG_CHILD, attachment);
	places[n++].key.pasid = 0;
	if (!attachment->vd->ats_usable)
		return n;
	add_place(&places[n], domain, VTD_TAG_DEVTLB, attachment);
	places[n++].key.devtlb = &attachment->vd->devtlb;
	add_place(&places[n], domain->top, VTD_TAG_DEVTLB_WHOLE, attachment);
	places[n].key.pasid = pasids_of_flush(attachment);
	places[n++].key.devtlb = &attachment->vd->devtlb;
	return n;
}

const struct vtd_kind vtd_nested_kind = {
	.misfit = nested_misfit,
	.clash = nested_clash,
	.get_id = nested_get_id,
	.put_id = nested_put_id,
	.entry = nested_entry,
	.tags = nested_tags,
	.keeps_table = true,
};

static void nested_free(struct iommu_domain *domain)
{
	struct vtd_domain *vtd = to_vtd_domain(domain);

	vtd_domain_exit(vtd);
	kfree_rcu(to_vtd_nested(vtd), rcu);
}

static const struct iommu_domain_ops nested_ops = {
	.attach_dev = vtd_domain_attach,
	.set_dev_pasid = vtd_domain_set_pasid,
	.cache_invalidate_user = vtd_domain_invalidate_user,
	.free = nested_free,
};

/**
 * struct nested_place - where a nested domain is to be used
 * @unit: behind this unit
 * @vd: by this device; NULL: by whichever of a guest's
 */
struct nested_place {
	const struct vtd_unit *unit;
	const struct vtd_device *vd;
};

static int nested_refuse(const struct nested_place *place, const char *field, u64 value,
			 const char *reason, int error)
{
	trace_nested_refused(place->vd ? dev_name(place->vd->dev) : place->unit->name,
			     field, value, reason, error);
	return error;
}

/**
 * vtd_nested_is_parent() - can tables be nested in a domain?
 * @domain: a domain of this driver
 *
 * Return: true if it was made for that.
 */
bool vtd_nested_is_parent(struct vtd_domain *domain)
{
	return domain->kind == &vtd_second_kind && to_vtd_paging(domain)->nest_parent;
}

static int check_parent(const struct nested_place *place, struct vtd_domain *parent)
{
	const char *reason;

	if (!vtd_nested_possible(place->unit))
		return nested_refuse(place, "dev_id", place->unit->caps.ecap,
			      "the unit does not nest", -EOPNOTSUPP);
	if (!vtd_nested_is_parent(parent))
		return nested_refuse(place, "pt_id", 0, "the parent was not made as one",
			      -EINVAL);
	if (!place->vd)
		return 0;
	guard(mutex)(&parent->lock);
	reason = parent->kind->misfit(parent, place->vd, IOMMU_NO_PASID);
	return reason ? nested_refuse(place, "pt_id", 0, reason, -EINVAL) : 0;
}

/* The address must be one that the second stage could translate. */
static int check_root(const struct nested_place *place, struct vtd_domain *parent, u64 root)
{
	unsigned int width =
		to_vtd_paging(parent)->second.vtdss_pt.common.max_vasz_lg2;

	if (!IS_ALIGNED(root, SZ_4K))
		return nested_refuse(place, "pgtbl_addr", root, "not the address of a table",
			      -EINVAL);
	if (root >> width)
		return nested_refuse(place, "pgtbl_addr", root,
			      "wider than the addresses of the parent", -EINVAL);
	return 0;
}

static int check_words(const struct nested_place *place,
		       const struct iommu_hwpt_vtd_s1 *data)
{
	const u64 known = IOMMU_VTD_S1_SRE | IOMMU_VTD_S1_EAFE | IOMMU_VTD_S1_WPE;

	if (data->flags & ~known)
		return nested_refuse(place, "flags", data->flags, "an unknown flag", -EOPNOTSUPP);
	if (data->__reserved)
		return nested_refuse(place, "__reserved", data->__reserved, "must be zero",
			      -EOPNOTSUPP);
	if (data->addr_width != WIDTH_4LEVEL && data->addr_width != WIDTH_5LEVEL)
		return nested_refuse(place, "addr_width", data->addr_width,
			      "neither that of four levels nor that of five", -EINVAL);
	return 0;
}

static struct vtd_entry_stage stage_of(const struct iommu_hwpt_vtd_s1 *data)
{
	return (struct vtd_entry_stage){
		.root = data->pgtbl_addr,
		.levels = data->addr_width == WIDTH_5LEVEL ? 5 : 4,
		.supervisor = data->flags & IOMMU_VTD_S1_SRE,
		.write_protect = data->flags & IOMMU_VTD_S1_WPE,
		.mark_extended = data->flags & IOMMU_VTD_S1_EAFE,
	};
}

static int nested_check(const struct nested_place *place, struct vtd_domain *parent,
			const struct iommu_hwpt_vtd_s1 *data)
{
	struct vtd_entry_stage first = stage_of(data);
	const char *reason;
	int ret;

	ret = check_parent(place, parent);
	if (!ret)
		ret = check_words(place, data);
	if (!ret)
		ret = check_root(place, parent, data->pgtbl_addr);
	if (ret)
		return ret;
	reason = unit_lacks(&first, &place->unit->caps);
	if (!reason)
		return 0;
	if (first.levels == 5 && !place->unit->caps.fs5lp)
		return nested_refuse(place, "addr_width", data->addr_width, reason, -EINVAL);
	return nested_refuse(place, "flags", data->flags, reason, -EOPNOTSUPP);
}

static struct iommu_domain *nested_new(const struct nested_place *place,
				       struct vtd_domain *parent,
				       const struct iommu_hwpt_vtd_s1 *data)
{
	struct vtd_nested_domain *nested;
	struct vtd_domain *domain;
	int ret = nested_check(place, parent, data);

	if (ret)
		return ERR_PTR(ret);
	nested = kzalloc_obj(*nested, GFP_KERNEL_ACCOUNT);
	if (!nested)
		return ERR_PTR(-ENOMEM);
	nested->first = stage_of(data);
	domain = &nested->base;
	vtd_domain_init(domain, &vtd_nested_kind);
	domain->top = parent;
	domain->domain.type = IOMMU_DOMAIN_NESTED;
	domain->domain.ops = &nested_ops;
	return &domain->domain;
}

/**
 * vtd_nested_alloc() - a nested domain
 * @vd: the device that it is made for; others may use it, too
 * @parent: the second stage, a domain of this driver
 * @data: what the guest wants
 *
 * Context: may sleep.
 * Return: the domain; -EOPNOTSUPP if the unit does not nest or lacks what a flag wants,
 * for unknown flags and a reserved field that is not 0; -EINVAL for a parent that was
 * not made as one or does not fit the device, for a width or an address that cannot be;
 * -ENOMEM.
 */
struct iommu_domain *vtd_nested_alloc(struct vtd_device *vd, struct vtd_domain *parent,
				      const struct iommu_hwpt_vtd_s1 *data)
{
	const struct nested_place place = { .unit = vd->unit, .vd = vd };

	return nested_new(&place, parent, data);
}

static int check_call(const struct nested_place *place, u32 flags,
		      const struct iommu_user_data *data)
{
	if (flags & ~IOMMU_HWPT_ALLOC_PASID)
		return nested_refuse(place, "flags", flags, "an unknown flag", -EOPNOTSUPP);
	if (flags & IOMMU_HWPT_ALLOC_PASID && !place->unit->caps.pasid)
		return nested_refuse(place, "flags", flags, "the unit has no PASIDs", -EOPNOTSUPP);
	if (data->type != IOMMU_HWPT_DATA_VTD_S1)
		return nested_refuse(place, "data_type", data->type, "not IOMMU_HWPT_DATA_VTD_S1",
			      -EOPNOTSUPP);
	return 0;
}

static struct iommu_domain *nested_from_user(const struct nested_place *place,
					     struct vtd_domain *parent, u32 flags,
					     const struct iommu_user_data *data)
{
	struct iommu_hwpt_vtd_s1 vtd;
	int ret;

	ret = check_call(place, flags, data);
	if (ret)
		return ERR_PTR(ret);
	ret = iommu_copy_struct_from_user(&vtd, data, IOMMU_HWPT_DATA_VTD_S1, __reserved);
	if (ret)
		return ERR_PTR(ret);
	return nested_new(place, parent, &vtd);
}

/**
 * vtd_nested_alloc_at() - a nested domain for whichever devices of a guest
 * @unit: the unit that they are behind
 * @parent: the second stage
 * @flags: IOMMU_HWPT_ALLOC_*
 * @data: struct iommu_hwpt_vtd_s1 of the user
 *
 * Whether the parent fits a device is seen when it is attached.
 *
 * Context: may sleep.
 * Return: as vtd_domain_alloc_nested().
 */
struct iommu_domain *vtd_nested_alloc_at(const struct vtd_unit *unit,
					 struct vtd_domain *parent, u32 flags,
					 const struct iommu_user_data *data)
{
	const struct nested_place place = { .unit = unit };

	return nested_from_user(&place, parent, flags, data);
}

/**
 * vtd_domain_alloc_nested() - iommu_ops.domain_alloc_nested
 * @dev: the device that it is made for
 * @parent: the second stage, a domain of this driver
 * @flags: IOMMU_HWPT_ALLOC_*
 * @data: struct iommu_hwpt_vtd_s1 of the user
 *
 * Context: may sleep.
 * Return: as vtd_nested_alloc(); -EOPNOTSUPP also for other flags than
 * IOMMU_HWPT_ALLOC_PASID and for other data; -EINVAL for data of another length;
 * -EFAULT.
 */
struct iommu_domain *vtd_domain_alloc_nested(struct device *dev,
					     struct iommu_domain *parent, u32 flags,
					     const struct iommu_user_data *data)
{
	struct vtd_device *vd = to_vtd_device(dev);
	const struct nested_place place = { .unit = vd->unit, .vd = vd };

	return nested_from_user(&place, to_vtd_domain(parent), flags, data);
}
