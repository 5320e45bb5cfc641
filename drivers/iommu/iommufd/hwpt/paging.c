// SPDX-License-Identifier: GPL-2.0-only
/*
 * Paging hwpts: domains the kernel fills with what an IOAS means.
 *
 * Owns: struct iommufd_hwpt_paging.
 * Locks: ioas->hwpt_lock for the list of an IOAS; ioas->tables_lock by way of
 *	ioas_add_table().
 */
#include <linux/iommu.h>

#include "../../iommu-priv.h"
#include "paging.h"

/* The core has no way to hand data to the driver. */
static struct iommu_domain *
domain_alloc_data(const struct hwpt_paging_spec *spec)
{
	const struct iommu_ops *ops = dev_iommu_ops(spec->dev);
	struct iommu_domain *domain;

	if (!ops->domain_alloc_paging_flags)
		return ERR_PTR(-EOPNOTSUPP);
	domain = ops->domain_alloc_paging_flags(spec->dev, spec->flags,
						spec->data);
	if (IS_ERR(domain))
		return domain;
	domain->type = IOMMU_DOMAIN_UNMANAGED;
	domain->owner = ops;
	if (!domain->ops)
		domain->ops = ops->default_domain_ops;
	return domain;
}

static struct iommu_domain *
hwpt_domain_alloc(const struct hwpt_paging_spec *spec, struct iommufd_why *why)
{
	struct iommu_domain *domain;

	if (spec->data)
		domain = domain_alloc_data(spec);
	else
		domain = iommu_paging_domain_alloc_flags(spec->dev,
							 spec->flags);
	if (IS_ERR(domain))
		iommufd_refuse(why, "dev_id",
			       "the IOMMU driver cannot make such a domain (value: flags)",
			       spec->flags, PTR_ERR(domain));
	return domain;
}

/* A domain that does not enforce coherency yet is switched over if it can. */
static bool hwpt_enforce_cc(struct iommufd_hwpt_paging *hwpt)
{
	struct iommu_domain *domain = hwpt->common.domain;

	if (hwpt->enforce_cc)
		return true;
	if (domain->ops->enforce_cache_coherency)
		hwpt->enforce_cc =
			domain->ops->enforce_cache_coherency(domain);
	return hwpt->enforce_cc;
}

static int hwpt_domain_init(struct iommufd_hwpt_paging *hwpt,
			    const struct hwpt_paging_spec *spec,
			    struct iommufd_why *why)
{
	struct iommu_domain *domain = hwpt_domain_alloc(spec, why);
	int rc;

	if (IS_ERR(domain))
		return PTR_ERR(domain);
	domain->iommufd_hwpt = &hwpt->common;
	domain->cookie_type = IOMMU_COOKIE_IOMMUFD;
	hwpt->common.domain = domain;

	/*
	 * Coherency is decided before the first translation: a driver may not
	 * be able to change entries that exist.
	 */
	if (device_iommu_capable(spec->dev,
				 IOMMU_CAP_ENFORCE_CACHE_COHERENCY) &&
	    WARN_ON(!hwpt_enforce_cc(hwpt))) {
		rc = -EINVAL;
		goto undo_domain;
	}

	rc = ioas_add_table(hwpt->ioas, domain, why);
	if (rc)
		goto undo_domain;
	return 0;

undo_domain:
	hwpt->common.domain = NULL;
	iommu_domain_free(domain);
	return rc;
}

void iommufd_hwpt_paging_link(struct iommufd_hwpt_paging *hwpt)
{
	guard(mutex)(&hwpt->ioas->hwpt_lock);
	list_add_tail(&hwpt->item, &hwpt->ioas->hwpts);
}

struct iommufd_hwpt_paging *
iommufd_hwpt_paging_new(struct iommufd_ctx *ictx, struct iommufd_ioas *ioas,
			const struct hwpt_paging_spec *spec,
			struct iommufd_why *why)
{
	struct iommufd_hwpt_paging *hwpt;
	int rc;

	hwpt = iommufd_object_new(ictx, hwpt, common.obj,
				  IOMMUFD_OBJ_HWPT_PAGING);
	if (IS_ERR(hwpt))
		return hwpt;
	INIT_LIST_HEAD(&hwpt->item);
	hwpt->automatic = spec->automatic;
	hwpt->common.pasid_compat = spec->flags & IOMMU_HWPT_ALLOC_PASID;
	hwpt->ioas = ioas;

	if (!iommufd_object_hold(&ioas->obj)) {
		rc = iommufd_refuse(why, "pt_id", "the IOAS is being destroyed",
				    ioas->obj.id, -ENOENT);
		goto undo_reserve;
	}
	rc = hwpt_domain_init(hwpt, spec, why);
	if (rc)
		goto undo_hold;

	if (!spec->automatic)
		iommufd_hwpt_paging_link(hwpt);
	return hwpt;

undo_hold:
	iommufd_object_release(&ioas->obj);
undo_reserve:
	iommufd_object_abort(ictx, &hwpt->common.obj);
	return ERR_PTR(rc);
}

int iommufd_hwpt_paging_fit(struct iommufd_hwpt_paging *hwpt,
			    struct device *dev, struct iommufd_why *why)
{
	if (!device_iommu_capable(dev, IOMMU_CAP_ENFORCE_CACHE_COHERENCY))
		return 0;

	guard(rwsem_write)(&hwpt->ioas->tables_lock);
	if (hwpt_enforce_cc(hwpt))
		return 0;
	return iommufd_refuse(why, "pt_id",
			      "the device needs enforced cache coherency, the hwpt cannot switch over any more",
			      hwpt->common.obj.id, -EINVAL);
}

static void hwpt_paging_destroy(struct iommufd_object *obj)
{
	struct iommufd_hwpt_paging *hwpt = to_hwpt_paging(to_hwpt(obj));
	struct iommufd_ioas *ioas = hwpt->ioas;

	scoped_guard(mutex, &ioas->hwpt_lock)
		list_del(&hwpt->item);
	ioas_remove_table(ioas, hwpt->common.domain);
	iommu_domain_free(hwpt->common.domain);
	iommufd_object_release(&ioas->obj);
}

const struct iommufd_object_ops iommufd_hwpt_paging_object_ops = {
	.type = IOMMUFD_OBJ_HWPT_PAGING,
	.name = "hwpt_paging",
	.destroy = hwpt_paging_destroy,
};
