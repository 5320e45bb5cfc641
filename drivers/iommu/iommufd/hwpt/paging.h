/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hw_pagetables: IOMMU domains with an id.
 *
 *	device group --attached--> struct iommufd_hwpt <-- domain->iommufd_hwpt
 *	                                 |
 *	                          paging: its domain is one of the tables of an
 *	                          IOAS and always maps what the IOAS means
 *	                          nested: see nested.h
 */
#ifndef __IOMMUFD_HWPT_PAGING_H
#define __IOMMUFD_HWPT_PAGING_H

#include <linux/iommu.h>
#include <linux/iommufd.h>

#include "../event/fault.h"
#include "../ioas/ioas.h"
#include "../object/object.h"
#include "../object/why.h"

/**
 * struct iommufd_hw_pagetable - any hwpt
 * @obj: id; each attached group holds a dependency
 * @domain: the IOMMU domain; constant, owned
 * @fault: queue that takes its page faults, or NULL; constant, one dependency
 * @pasid_compat: allocated with IOMMU_HWPT_ALLOC_PASID; constant
 * @ngroups: groups whose DMA without PASID goes through it; for people
 * @npasids: PASIDs of groups that do; for people
 */
struct iommufd_hw_pagetable {
	struct iommufd_object obj;
	struct iommu_domain *domain;
	struct fault_queue *fault;
	bool pasid_compat;
	atomic_t ngroups;
	atomic_t npasids;
};

/**
 * struct iommufd_hwpt_paging - a hwpt whose tables the kernel manages
 * @common: id and domain
 * @ioas: address space it maps; constant, one dependency
 * @item: on &iommufd_ioas.hwpts under hwpt_lock; empty when not linked
 * @automatic: created by attaching a device to an IOAS, dies with its last
 *	attachment; constant
 * @nest_parent: allocated with IOMMU_HWPT_ALLOC_NEST_PARENT; constant
 * @enforce_cc: devices cannot bypass the CPU caches; only ever set, under the
 *	IOAS's tables_lock or before the hwpt is visible; read without
 * @sw_msi_present: bit n: MSI page n of the context is mapped; under
 *	&iommufd_ctx.sw_msi_lock
 */
struct iommufd_hwpt_paging {
	struct iommufd_hw_pagetable common;
	struct iommufd_ioas *ioas;
	struct list_head item;
	bool automatic;
	bool nest_parent;
	bool enforce_cc;
	DECLARE_BITMAP(sw_msi_present, 64);
};

static inline struct iommufd_hw_pagetable *
to_hwpt(struct iommufd_object *obj)
{
	return container_of(obj, struct iommufd_hw_pagetable, obj);
}

static inline struct iommufd_hwpt_paging *
to_hwpt_paging(struct iommufd_hw_pagetable *hwpt)
{
	return container_of(hwpt, struct iommufd_hwpt_paging, common);
}

extern const struct iommufd_object_ops iommufd_hwpt_paging_object_ops;

/**
 * struct iommufd_hwpt_paging_args - what a paging hwpt shall be
 * @ioas: address space it shall map; a dependency is taken
 * @dev: device whose IOMMU driver makes the domain
 * @flags: IOMMU_HWPT_ALLOC_* to hand to the driver
 * @data: the user's data for the driver, or NULL
 * @automatic: it belongs to the attachments, not to the user
 */
struct iommufd_hwpt_paging_args {
	struct iommufd_ioas *ioas;
	struct device *dev;
	u32 flags;
	const struct iommu_user_data *data;
	bool automatic;
};

/**
 * iommufd_hwpt_paging_new() - create a kernel-managed page table for a device
 * @ictx: the context
 * @args: what it shall be
 * @why: where the reason of a failure goes
 *
 * Enforces cache coherency if the device can. The page table is still empty:
 * iommufd_hwpt_paging_fill() must follow, and does not need the device.
 *
 * Context: may sleep; takes no fault of user memory.
 * Return: the hwpt, or ERR_PTR:
 * EOPNOTSUPP: flags or data that the driver does not know;
 * EINVAL: the data is wrong;
 * EFAULT: the data is not in memory, see user_data.h;
 * ENOENT: the IOAS is being destroyed;
 * ENOMEM, or what the driver says to the data.
 */
struct iommufd_hwpt_paging *
iommufd_hwpt_paging_new(struct iommufd_ctx *ictx,
			const struct iommufd_hwpt_paging_args *args,
			struct iommufd_why *why);

/**
 * iommufd_hwpt_paging_fill() - let a new page table map what its IOAS means
 * @ictx: the context
 * @hwpt: of iommufd_hwpt_paging_new(); gone on failure
 * @why: where the reason of a failure goes
 *
 * The object is reserved, not published: the caller publishes it or calls
 * iommufd_object_abort_destroy(). It is linked to the IOAS unless it is
 * automatic: see iommufd_hwpt_paging_link().
 *
 * Context: may sleep, as long as pinning all memory of the IOAS takes; takes
 * ioas->tables_lock in write mode, ioas->hwpt_lock.
 * Return: 0, or
 * EINVAL: the domain's smallest page is larger than PAGE_SIZE;
 * EADDRINUSE: mapped areas lie outside the aperture or are misaligned;
 * EFAULT, ENOMEM, EINTR: pinning or mapping failed.
 */
int iommufd_hwpt_paging_fill(struct iommufd_ctx *ictx,
			     struct iommufd_hwpt_paging *hwpt,
			     struct iommufd_why *why);

/**
 * iommufd_hwpt_paging_link() - let attaches find an automatic hwpt
 * @hwpt: automatic hwpt; published, and the caller depends on it
 *
 * From here on another attach may use the hwpt and be its last user. Without
 * the caller's dependency it would be destroyed under the caller's feet.
 *
 * Context: may sleep; takes ioas->hwpt_lock.
 */
void iommufd_hwpt_paging_link(struct iommufd_hwpt_paging *hwpt);

/**
 * iommufd_hwpt_paging_fit() - make a hwpt safe for one more device
 * @hwpt: the hwpt
 * @dev: the device
 * @why: where the reason of a failure goes
 *
 * A device that enforces cache coherency on others may use a hwpt that does
 * not, after switching it over; the reverse is allowed as it is.
 *
 * Context: may sleep; takes the IOAS's tables_lock in write mode when it has to
 * be switched over.
 * Return: 0, or EINVAL: the driver cannot enforce coherency any more; EINTR:
 * killed.
 */
int iommufd_hwpt_paging_fit(struct iommufd_hwpt_paging *hwpt,
			    struct device *dev, struct iommufd_why *why);

#endif
