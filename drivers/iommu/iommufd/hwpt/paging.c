// SPDX-License-Identifier: GPL-2.0-only
/*
 * Paging hwpts: domains the kernel fills with what an IOAS means.
 *
 * Owns: struct iommufd_hwpt_paging.
 * Locks: ioas->hwpt_lock for the list of an IOAS; ioas->tables_lock by way of
 *	ioas_add_table().
 */
#include <linux/iommu.h>
#include <linux/uaccess.h>

#include "../../iommu-priv.h"
#include "noiommu.h"
#include "paging.h"

/* The core hands no user data down: what takes some is asked directly. */
static struct iommu_domain *
hwpt_domain_alloc_data(const struct iommufd_hwpt_paging_args *args)
{
	const struct iommu_ops *ops = dev_iommu_ops(args->dev);
	struct iommu_domain *domain;

	if (!ops->domain_alloc_paging_flags)
		return ERR_PTR(-EOPNOTSUPP);
	domain = ops->domain_alloc_paging_flags(args->dev, args->flags,
						args->data);
	if (IS_ERR(domain))
		return domain;

	domain->type = IOMMU_DOMAIN_UNMANAGED;
	domain->owner = ops;
	if (!domain->ops)
		domain->ops = ops->default_domain_ops;
	return domain;
}

static struct iommu_domain *
hwpt_domain_alloc(const struct iommufd_hwpt_paging_args *args,
		  struct iommufd_why *why)
{
	struct iommu_domain *domain;

	if (!args->dev->iommu) {
		domain = hwpt_noiommu_domain_alloc(args);
	} else if (args->data) {
		/* the device is kept meanwhile: see user_data.h */
		pagefault_disable();
		domain = hwpt_domain_alloc_data(args);
		pagefault_enable();
	} else {
		domain = iommu_paging_domain_alloc_flags(args->dev,
							 args->flags);
	}
	if (IS_ERR(domain))
		iommufd_refuse(why, args->data ? "data_uptr" : "dev_id",
			       "the IOMMU driver cannot make such a domain (value: flags)",
			       args->flags, PTR_ERR(domain));
	return domain;
}

/* A domain that does not enforce coherency yet is switched over if it can. */
static bool hwpt_enforce_cc(struct iommufd_hwpt_paging *hwpt)
{
	struct iommu_domain *domain = hwpt->common.domain;

	if (hwpt->enforce_cc)
		return true;
	if (domain->ops->enforce_cache_coherency)
		WRITE_ONCE(hwpt->enforce_cc,
			   domain->ops->enforce_cache_coherency(domain));
	return hwpt->enforce_cc;
}

static int hwpt_domain_init(struct iommufd_hwpt_paging *hwpt,
			    const struct iommufd_hwpt_paging_args *args,
			    struct iommufd_why *why)
{
	struct iommu_domain *domain = hwpt_domain_alloc(args, why);
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
	if (device_iommu_capable(args->dev,
				 IOMMU_CAP_ENFORCE_CACHE_COHERENCY) &&
	    WARN_ON(!hwpt_enforce_cc(hwpt))) {
		rc = -EINVAL;
		goto undo_domain;
	}

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
iommufd_hwpt_paging_new(struct iommufd_ctx *ictx,
			const struct iommufd_hwpt_paging_args *args,
			struct iommufd_why *why)
{
	struct iommufd_ioas *ioas = args->ioas;
	struct iommufd_hwpt_paging *hwpt;
	int rc;

	hwpt = iommufd_object_new(ictx, hwpt, common.obj,
				  IOMMUFD_OBJ_HWPT_PAGING);
	if (IS_ERR(hwpt))
		return hwpt;
	INIT_LIST_HEAD(&hwpt->item);
	hwpt->automatic = args->automatic;
	hwpt->nest_parent = args->flags & IOMMU_HWPT_ALLOC_NEST_PARENT;
	hwpt->common.pasid_compat = args->flags & IOMMU_HWPT_ALLOC_PASID;
	hwpt->ioas = ioas;

	if (!iommufd_object_hold(&ioas->obj)) {
		rc = iommufd_refuse(why, "pt_id", "the IOAS is being destroyed",
				    ioas->obj.id, -ENOENT);
		goto undo_reserve;
	}
	rc = hwpt_domain_init(hwpt, args, why);
	if (rc)
		goto undo_hold;
	return hwpt;

undo_hold:
	iommufd_object_release(&ioas->obj);
undo_reserve:
	iommufd_object_abort(ictx, &hwpt->common.obj);
	return ERR_PTR(rc);
}

int iommufd_hwpt_paging_fill(struct iommufd_ctx *ictx,
			     struct iommufd_hwpt_paging *hwpt,
			     struct iommufd_why *why)
{
	struct iommufd_ioas *ioas = hwpt->ioas;
	int rc;

	rc = ioas_add_table(ioas, hwpt->common.domain, why);
	if (rc) {
		iommu_domain_free(hwpt->common.domain);
		iommufd_object_release(&ioas->obj);
		iommufd_object_abort(ictx, &hwpt->common.obj);
		return rc;
	}
	if (!hwpt->automatic)
		iommufd_hwpt_paging_link(hwpt);
	return 0;
}

int iommufd_hwpt_paging_fit(struct iommufd_hwpt_paging *hwpt,
			    struct device *dev, struct iommufd_why *why)
{
	if (!device_iommu_capable(dev, IOMMU_CAP_ENFORCE_CACHE_COHERENCY))
		return 0;
	/* it is never taken back, and maps may hold the lock for long */
	if (READ_ONCE(hwpt->enforce_cc))
		return 0;

	ACQUIRE(rwsem_write_kill, tables)(&hwpt->ioas->tables_lock);
	if (ACQUIRE_ERR(rwsem_write_kill, &tables))
		return -EINTR;
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
	fault_queue_release(hwpt->common.fault);
	iommufd_object_release(&ioas->obj);
}

const struct iommufd_object_ops iommufd_hwpt_paging_object_ops = {
	.type = IOMMUFD_OBJ_HWPT_PAGING,
	.name = "hwpt_paging",
	.destroy = hwpt_paging_destroy,
};
