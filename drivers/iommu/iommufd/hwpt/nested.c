// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nested hwpts: domains whose first stage lies in the memory of a guest.
 *
 * Owns: struct iommufd_hwpt_nested.
 * Calls: the IOMMU driver, which alone knows what the user's data means.
 */
#include <linux/iommu.h>
#include <linux/iommufd.h>
#include <linux/uaccess.h>

#include "../../iommu-priv.h"
#include "nested.h"

#define NESTED_FLAGS IOMMU_HWPT_ALLOC_PASID

static int nested_check_parent(const struct iommufd_hwpt_nested_args *args,
			       struct iommufd_why *why)
{
	struct iommufd_hwpt_paging *parent = args->parent;
	u32 id = parent->common.obj.id;

	if (parent->automatic)
		return iommufd_refuse(why, "pt_id",
				      "an automatic hwpt cannot be a nest parent",
				      id, -EINVAL);
	if (!parent->nest_parent)
		return iommufd_refuse(why, "pt_id",
				      "the hwpt was not allocated with IOMMU_HWPT_ALLOC_NEST_PARENT",
				      id, -EINVAL);
	if (parent->common.domain->owner != dev_iommu_ops(args->dev))
		return iommufd_refuse(why, "pt_id",
				      "the hwpt belongs to another IOMMU driver than the device's",
				      id, -EINVAL);
	return 0;
}

static int nested_check(const struct iommufd_hwpt_nested_args *args,
			struct iommufd_why *why)
{
	const struct iommu_ops *ops = dev_iommu_ops(args->dev);
	bool able = args->viommu ? !!args->viommu->ops->alloc_domain_nested :
				   !!ops->domain_alloc_nested;

	if (args->flags & ~NESTED_FLAGS)
		return iommufd_refuse(why, "flags",
				      "a nested hwpt takes no flags but IOMMU_HWPT_ALLOC_PASID and IOMMU_HWPT_FAULT_ID_VALID",
				      args->flags, -EOPNOTSUPP);
	if (!args->data)
		return iommufd_refuse(why, "data_type",
				      "a nested hwpt needs driver data", 0,
				      -EOPNOTSUPP);
	if (!able)
		return iommufd_refuse(why, "pt_id",
				      "the IOMMU driver has no nested translation of this kind",
				      0, -EOPNOTSUPP);
	if (!args->viommu)
		return nested_check_parent(args, why);
	if (args->viommu->iommu_dev != __iommu_get_iommu_dev(args->dev))
		return iommufd_refuse(why, "dev_id",
				      "the device is not behind the physical IOMMU of the vIOMMU",
				      0, -EINVAL);
	return 0;
}

static struct iommu_domain *
nested_domain_alloc(const struct iommufd_hwpt_nested_args *args,
		    struct iommufd_why *why)
{
	const struct iommu_ops *ops = dev_iommu_ops(args->dev);
	struct iommu_domain *domain;

	/* the device is kept meanwhile: see user_data.h */
	pagefault_disable();
	if (args->viommu)
		domain = args->viommu->ops->alloc_domain_nested(args->viommu,
								args->flags,
								args->data);
	else
		domain = ops->domain_alloc_nested(args->dev,
						  args->parent->common.domain,
						  args->flags, args->data);
	pagefault_enable();
	if (IS_ERR(domain)) {
		iommufd_refuse(why, "data_uptr",
			       "the IOMMU driver does not accept the data (value: its type)",
			       args->data->type, PTR_ERR(domain));
		return domain;
	}

	/* what the core's own allocators leave in a domain */
	domain->owner = ops;
	if (WARN_ON_ONCE(domain->type != IOMMU_DOMAIN_NESTED)) {
		iommu_domain_free(domain);
		return ERR_PTR(-EINVAL);
	}
	return domain;
}

/* what a nested hwpt cannot live without */
static struct iommufd_object *
nested_support(struct iommufd_hwpt_paging *parent,
	       struct iommufd_viommu *viommu)
{
	return viommu ? &viommu->obj : &parent->common.obj;
}

struct iommufd_hwpt_nested *
iommufd_hwpt_nested_new(struct iommufd_ctx *ictx,
			const struct iommufd_hwpt_nested_args *args,
			struct iommufd_why *why)
{
	struct iommufd_object *support =
		nested_support(args->parent, args->viommu);
	struct iommufd_hwpt_nested *hwpt;
	struct iommu_domain *domain;
	int rc;

	rc = nested_check(args, why);
	if (rc)
		return ERR_PTR(rc);

	hwpt = iommufd_object_new(ictx, hwpt, common.obj,
				  IOMMUFD_OBJ_HWPT_NESTED);
	if (IS_ERR(hwpt))
		return hwpt;
	if (!iommufd_object_hold(support)) {
		rc = iommufd_refuse(why, "pt_id",
				    "the parent is being destroyed",
				    support->id, -ENOENT);
		goto undo_reserve;
	}
	domain = nested_domain_alloc(args, why);
	if (IS_ERR(domain)) {
		rc = PTR_ERR(domain);
		goto undo_hold;
	}

	/* commit: nothing below can fail */
	hwpt->parent = args->parent;
	hwpt->viommu = args->viommu;
	hwpt->common.domain = domain;
	hwpt->common.pasid_compat = args->flags & IOMMU_HWPT_ALLOC_PASID;
	domain->iommufd_hwpt = &hwpt->common;
	domain->cookie_type = IOMMU_COOKIE_IOMMUFD;
	return hwpt;

undo_hold:
	iommufd_object_release(support);
undo_reserve:
	iommufd_object_abort(ictx, &hwpt->common.obj);
	return ERR_PTR(rc);
}

static void hwpt_nested_destroy(struct iommufd_object *obj)
{
	struct iommufd_hwpt_nested *hwpt = to_hwpt_nested(to_hwpt(obj));

	iommu_domain_free(hwpt->common.domain);
	fault_queue_release(hwpt->common.fault);
	iommufd_object_release(nested_support(hwpt->parent, hwpt->viommu));
}

const struct iommufd_object_ops iommufd_hwpt_nested_object_ops = {
	.type = IOMMUFD_OBJ_HWPT_NESTED,
	.name = "hwpt_nested",
	.destroy = hwpt_nested_destroy,
};
