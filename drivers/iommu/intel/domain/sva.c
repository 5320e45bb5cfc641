// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domains that translate by the page table of a process.
 *
 *   vtd_sva ── notifier ── mm     what the process unmaps, and its end
 *           └─ base ── attachments: PASIDs of devices, one PASID for all of them
 *
 * The core allocates the PASID, which names the process at each device, so that the
 * CPU can write it into what ENQCMD submits. It gives it back when nobody has
 * the mm_struct any more.
 *
 * When the process ends, entries are left absent and quiet (FPD): the device may go on
 * with its requests until its driver unbinds it, and fails without a record of each.
 *
 * Owns: struct vtd_sva.
 * Locks: vtd_domain.users_lock while the process ends, as vtd_domain.lock is held by
 *        those who wait for handlers of page requests, in which it may end.
 * Calls: attach.c, device/ for entries, inval/.
 *
 * Spec: 3.6 (first stage), 9.6 (entry), 6.5.3.3 (what to invalidate).
 */
#include <linux/cpufeature.h>
#include <linux/iommu.h>
#include <linux/mmu_notifier.h>
#include <linux/pgtable.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <asm/msr.h>
#include <asm/tlbflush.h>

#include "../inval/inval.h"
#include "../trace.h"
#include "../unit/unit.h"
#include "attach.h"
#include "failed.h"
#include "id.h"
#include "kinds.h"
#include "paging.h"

/**
 * struct vtd_sva - a domain with the page table of a process
 * @notifier: hears of what the process unmaps, and of its end
 * @base: the domain
 */
struct vtd_sva {
	struct mmu_notifier notifier;
	struct vtd_domain base;
};

static struct vtd_sva *to_vtd_sva(struct mmu_notifier *notifier)
{
	return container_of(notifier, struct vtd_sva, notifier);
}

static struct mm_struct *mm_of(const struct vtd_domain *domain)
{
	return container_of(domain, struct vtd_sva, base)->notifier.mm;
}

static unsigned int cpu_levels(void)
{
	return pgtable_l5_enabled() ? 5 : 4;
}

/* Bits of an address that a process may have. */
static unsigned int process_width(void)
{
	return pgtable_l5_enabled() ? 56 : 47;
}

/*
 * Writes to a page that becomes writable need not wait for a flush, so the device has
 * to ask for pages: attach.c sees to that, as the core has a handler for them.
 */
static const char *unit_lacks(const struct vtd_unit *unit)
{
	const struct vtd_caps *caps = &unit->caps;

	if (!unit->scalable || !caps->fsts || !caps->pasid)
		return "the unit has no first stage for PASIDs";
	if (!caps->smpwcs)
		return "the unit does not see tables in the CPU's caches";
	if (cpu_levels() == 5 && !caps->fs5lp)
		return "the unit has no first stage of five levels, which the CPU uses";
	if (boot_cpu_has(X86_FEATURE_GBPAGES) && !caps->fs1gp)
		return "the unit lacks pages of 1 GiB, which the CPU may use";
	if (caps->mgaw < process_width())
		return "addresses of a process are wider than the unit's";
	return NULL;
}

static const char *sva_misfit(struct vtd_domain *domain, const struct vtd_device *vd,
			      u32 pasid)
{
	return unit_lacks(vd->unit);
}

/* Memory types as the CPU has them, by the same indices. */
static u32 memory_types(const struct vtd_caps *caps)
{
	u64 pat;

	if (!caps->mts)
		return 0;
	rdmsrq(MSR_IA32_CR_PAT, pat);
	return vtd_entry_pat(pat);
}

static struct vtd_pasid_entry live_entry(const struct vtd_attachment *attachment)
{
	struct vtd_device *vd = attachment->vd;
	struct vtd_entry_attrs attrs =
		vtd_device_entry_attrs(vd, attachment->pasid, attachment->did);

	attrs.pat = memory_types(&vd->unit->caps);
	/* Past the caches there may be what the page held before. */
	attrs.snoop_force = vtd_device_can_force_snoop(vd, attachment->pasid);
	return vtd_entry_process(&attrs, __pa(mm_of(attachment->domain)->pgd),
				 cpu_levels());
}

/*
 * Whoever attaches holds a user of the mm, if there are any left: there are some now if
 * and only if the process does not end before the entry is written.
 */
static union vtd_entry sva_entry(const struct vtd_attachment *attachment)
{
	if (!atomic_read(&mm_of(attachment->domain)->mm_users))
		return (union vtd_entry){ .pasid = vtd_entry_ended() };
	return (union vtd_entry){ .pasid = live_entry(attachment) };
}

const struct vtd_kind vtd_sva_kind = {
	.misfit = sva_misfit,
	.get_id = vtd_domain_id_get_own,
	.put_id = vtd_domain_id_put_own,
	.entry = sva_entry,
	.tags = vtd_first_tags,
};

/*
 * Tables may go as well as pages: nothing says which. Perhaps under the lock of a page
 * table.
 */
static void sva_invalidate(struct mmu_notifier *notifier, struct mm_struct *mm,
			   unsigned long start, unsigned long end)
{
	struct vtd_tags *tags = &to_vtd_sva(notifier)->base.tags;

	if (end == TLB_FLUSH_ALL || end <= start)
		vtd_inval_all(tags);
	else
		vtd_inval_range(tags, start, end - 1, 0);
}

/* The last of the process: its pages and tables are freed when this returns. */
static void sva_release(struct mmu_notifier *notifier, struct mm_struct *mm)
{
	struct vtd_domain *domain = &to_vtd_sva(notifier)->base;
	struct vtd_attachment *attachment;

	guard(mutex)(&domain->users_lock);
	list_for_each_entry(attachment, &domain->attachments, node) {
		union vtd_entry entry = { .pasid = live_entry(attachment) };

		vtd_device_end_pasid(attachment->vd, attachment->pasid, &entry.pasid);
	}
}

static const struct mmu_notifier_ops sva_notifier_ops = {
	.arch_invalidate_secondary_tlbs = sva_invalidate,
	.release = sva_release,
};

/* After a reset the core gives back what there was, perhaps without the process. */
static int sva_set_pasid(struct iommu_domain *domain, struct device *dev,
			 ioasid_t pasid, struct iommu_domain *old)
{
	struct mm_struct *mm = mm_of(to_vtd_domain(domain));
	bool alive = mmget_not_zero(mm);
	int ret = vtd_domain_set_pasid(domain, dev, pasid, old);

	/* It might end right here, which takes locks of its own. */
	if (alive)
		mmput_async(mm);
	return ret;
}

static void sva_free(struct iommu_domain *domain)
{
	struct vtd_domain *vtd = to_vtd_domain(domain);
	struct vtd_sva *sva = container_of(vtd, struct vtd_sva, base);

	WARN_ON_ONCE(!list_empty(&vtd->attachments));
	mmu_notifier_unregister(&sva->notifier, sva->notifier.mm);
	vtd_domain_exit(vtd);
	kfree(sva);
}

static const struct iommu_domain_ops sva_ops = {
	.set_dev_pasid = sva_set_pasid,
	.free = sva_free,
};

/**
 * vtd_domain_alloc_sva() - iommu_ops.domain_alloc_sva
 * @dev: the device that it is made for
 * @mm: the process; the caller has a user of it
 *
 * Context: may sleep; takes the lock of @mm.
 * Return: the domain; -ENODEV if the unit cannot walk tables of a process, -ENOMEM;
 * -EINTR if the caller was killed.
 */
struct iommu_domain *vtd_domain_alloc_sva(struct device *dev, struct mm_struct *mm)
{
	const char *reason = unit_lacks(to_vtd_device(dev)->unit);
	struct vtd_sva *sva;
	int ret;

	if (reason) {
		trace_attach_refused(dev_name(dev), IOMMU_PASID_INVALID, reason, -ENODEV);
		return ERR_PTR(-ENODEV);
	}
	sva = kzalloc_obj(*sva);
	if (!sva)
		return ERR_PTR(-ENOMEM);
	vtd_domain_init(&sva->base, &vtd_sva_kind);
	sva->base.domain.ops = &sva_ops;
	sva->notifier.ops = &sva_notifier_ops;
	ret = mmu_notifier_register(&sva->notifier, mm);
	if (ret) {
		vtd_domain_exit(&sva->base);
		kfree(sva);
		return ERR_PTR(ret);
	}
	return &sva->base.domain;
}
