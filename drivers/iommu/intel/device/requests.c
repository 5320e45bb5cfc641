// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page requests of a device: from when on, until when, and their answers.
 *
 *   start  register, context entry with PRE, ATS, PRI
 *   stop   PRI, drain, workers, answers, context entry without PRE
 *
 * PRI is the last that is switched on and the first that is switched off, so that
 * the device is never refused a request that it may send. When a drain has ended
 * each request is in the hands of somebody or was answered; what a device sends
 * in spite of that is refused, since its source is not registered.
 *
 * Owns: struct vtd_prq_source of a device, its place in the core's queue.
 * Locks: the group's lock (core) -> vtd_prq.lock.
 * Calls: queue/ to register, inval/ to drain and to answer, features.c.
 *
 * Spec: 7.7 (answers), 7.10 (drain).
 */
#include <linux/iommu.h>
#include <linux/pci-ats.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "../inval/inval.h"
#include "../mutant.h"
#include "../queue/prq.h"
#include "../unit/unit.h"
#include "device.h"
#include "requester.h"
#include "requests.h"

/* Each costs one more loss of requests, which takes a device that breaks rules. */
#define DRAINS_MAX	16

static struct pci_dev *pdev_of(const struct vtd_device *vd)
{
	return to_pci_dev(vd->dev);
}

static bool is_open(const struct vtd_device *vd)
{
	return vd->requests_open;
}

/* A source id that others send with, too, is no address for an answer. */
static bool is_able(const struct vtd_device *vd)
{
	if (!vd->pri_usable || !vd->unit->prq || vd->nrequesters > 1)
		return false;
	guard(mutex)(&vd->unit->devices->lock);
	return rcu_access_pointer(vd->own->device) == vd && vd->own->users == 1;
}

static unsigned int wanted_room(struct pci_dev *pdev)
{
	u32 most = 0;

	pci_read_config_dword(pdev, pdev->pri_cap + PCI_PRI_MAX_REQ, &most);
	return clamp(most, 1U, VTD_SOURCE_ROOM);
}

/* Requests of an earlier life may still wait for answers, which nobody can give. */
static bool has_stopped(struct pci_dev *pdev)
{
	u16 status = 0;

	if (pdev->pri_enabled || pci_reset_pri(pdev))
		return false;
	pci_read_config_word(pdev, pdev->pri_cap + PCI_PRI_STATUS, &status);
	return status & PCI_PRI_STATUS_STOPPED;
}

static int make_source(struct vtd_device *vd)
{
	struct vtd_prq_source *source;

	if (vd->requests)
		return 0;
	source = kzalloc_obj(*source);
	if (!source)
		return -ENOMEM;
	vtd_source_init(source, vd->dev);
	vd->requests = source;
	return 0;
}

static int open_source(struct vtd_device *vd)
{
	int ret;

	if (!has_stopped(pdev_of(vd)))
		return -EBUSY;
	ret = make_source(vd);
	if (ret)
		return ret;
	ret = vtd_prq_promise(vd->unit, vd->requests, vd->own->sid,
			      wanted_room(pdev_of(vd)));
	if (ret < 0)
		return ret;
	ret = iopf_queue_add_device(vd->unit->prq->iopf, vd->dev);
	if (ret) {
		vtd_prq_retract(vd->unit, vd->requests);
		return ret;
	}
	vd->requests_open = true;
	return 0;
}

/**
 * vtd_requests_open() - get ready for page requests
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * Nothing is switched on: that is done when the device translates by a domain that
 * wants to hear of them. A second call does nothing. vtd_requests_settle() follows.
 *
 * Context: under the group's lock; may sleep.
 * Return: 0; -ENODEV if its requests cannot be reported; -EBUSY if it still waits for
 * answers; -ENOSPC if the ring is promised to other devices; -ENOMEM.
 */
int vtd_requests_open(struct vtd_device *vd, u32 pasid)
{
	int ret;

	if (!is_able(vd))
		return -ENODEV;
	if (!is_open(vd)) {
		ret = open_source(vd);
		if (ret)
			return ret;
	}
	ret = vtd_source_reserve(vd->requests, pasid);
	if (ret)
		vtd_requests_settle(vd, pasid);
	return ret;
}

static void group_give(struct vtd_device *vd, const struct vtd_prq_group *group,
		       unsigned int code)
{
	struct vtd_inval_answer answer = {
		.sid = vd->own->sid,
		.has_pasid = group->has_pasid && !vtd_mutant(VTD_MUTANT_PRQ_PASID),
		.pasid = group->pasid,
		.group = group->index ^ vtd_mutant(VTD_MUTANT_PRQ_GROUP),
		.code = code,
	};

	/* A queue that is dead has cut everybody off already. */
	vtd_inval_answer(vd->unit, &answer);
}

/**
 * vtd_requests_answer() - answer a group, unless it was answered
 * @vd: the device
 * @id: of the group
 * @code: VTD_PRR_*
 *
 * Context: may sleep.
 */
void vtd_requests_answer(struct vtd_device *vd, u64 id, unsigned int code)
{
	struct vtd_prq_source *source = READ_ONCE(vd->requests);
	struct vtd_prq_group group;

	if (source && vtd_source_close(source, id, &group))
		group_give(vd, &group, code);
}

/**
 * vtd_requests_respond() - iommu_ops.page_response
 * @dev: the device
 * @fault: the last request of the group, as it was reported
 * @response: what to say
 *
 * An answer "failure" makes a device give page requests up, and with it all
 * functions that share them. A page that cannot be had is no reason for that.
 *
 * Context: may sleep.
 */
void vtd_requests_respond(struct device *dev, struct iopf_fault *fault,
			  struct iommu_page_response *response)
{
	vtd_requests_answer(to_vtd_device(dev), fault->fault.prm.private_data[0],
			    response->code == IOMMU_PAGE_RESP_SUCCESS ?
			    VTD_PRR_SUCCESS : VTD_PRR_INVALID);
}

/*
 * What a loss of requests hid may be on its way still: then once more. The caches of
 * the unit do not matter here, so any domain id of the device will do.
 */
static int requests_drain(struct vtd_device *vd, u32 pasid)
{
	struct vtd_inval_entry where = {
		.unit = vd->unit,
		.devtlb = &vd->devtlb,
		.sid = vd->own->sid,
		.pasid = pasid,
	};
	u16 did = vtd_pasid_entry_did(vd->own_use.entry.qw);
	unsigned int n;
	int ret;

	if (vtd_mutant(VTD_MUTANT_PRQ_DRAIN))
		return 0;
	for (n = 0; n < DRAINS_MAX; n++) {
		ret = vtd_inval_drain_requests(&where, did);
		if (vtd_mutant(VTD_MUTANT_PRQ_CATCH_UP) || !vtd_prq_catch_up(vd->unit) || ret)
			return ret;
	}
	return 0;
}

static void set_domain(struct vtd_device *vd, u32 pasid, const struct iommu_domain *domain)
{
	guard(mutex)(&vd->unit->prq->lock);
	vtd_source_set_domain(vd->requests, pasid, domain);
}

static const struct iommu_domain *who_hears(const struct vtd_device *vd, u32 pasid)
{
	return is_open(vd) ? vtd_source_domain(vd->requests, pasid) : NULL;
}

static void close_source(struct vtd_device *vd)
{
	struct vtd_prq_group group;

	iopf_queue_flush_dev(vd->dev);
	iopf_queue_remove_device(vd->unit->prq->iopf, vd->dev);
	vtd_prq_retract(vd->unit, vd->requests);
	/* Whoever holds these finds them answered. */
	while (!vtd_mutant(VTD_MUTANT_PRQ_UNANSWERED) &&
	       vtd_source_close_any(vd->requests, &group))
		group_give(vd, &group, VTD_PRR_INVALID);
	vd->requests_open = false;
}

/* The last one who hears goes: the device sends no page requests any more. */
static int requests_stop(struct vtd_device *vd, u32 pasid)
{
	int ret;

	if (!vtd_mutant(VTD_MUTANT_PRQ_STAYS_ON))
		vtd_features_stop_pri(vd);
	ret = requests_drain(vd, pasid);
	set_domain(vd, pasid, NULL);
	close_source(vd);
	return ret;
}

/* The workers of the core, and what user space has, are of the domain that goes. */
static void answer_pasid(struct vtd_device *vd, u32 pasid)
{
	struct vtd_prq_group group;

	iopf_queue_flush_dev(vd->dev);
	while (!vtd_mutant(VTD_MUTANT_PRQ_UNANSWERED) &&
	       vtd_source_close_pasid(vd->requests, pasid, &group))
		group_give(vd, &group, VTD_PRR_INVALID);
}

/**
 * vtd_requests_are_heard() - is there anybody who wants page requests of a device?
 * @vd: the device
 *
 * Context: under the group's lock.
 * Return: true if so, for any PASID or without.
 */
bool vtd_requests_are_heard(struct vtd_device *vd)
{
	return is_open(vd) && vtd_source_is_heard(vd->requests);
}

static bool is_last(struct vtd_device *vd, u32 pasid)
{
	const struct iommu_domain *domain;
	unsigned long i;

	xa_for_each(&vd->requests->domains, i, domain)
		if (i != pasid)
			return false;
	return true;
}

/**
 * vtd_requests_stop() - stop page requests before a translation goes that wants them
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * If others still want them, nothing is done: vtd_requests_switch() ends those of this
 * PASID when the translation is gone. Otherwise nothing is reported after this returns,
 * and each request that was reported has been answered or gets its answer without the
 * device: a later one is dropped.
 *
 * Context: under the group's lock; may sleep.
 * Return: 0; an error of vtd_queue_submit(): the device does not answer.
 */
int vtd_requests_stop(struct vtd_device *vd, u32 pasid)
{
	if (!who_hears(vd, pasid) || !is_last(vd, pasid))
		return 0;
	return requests_stop(vd, pasid);
}

/**
 * vtd_requests_switch() - page requests go to another domain from now on
 * @vd: the device; it translates by the domain
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 * @domain: the domain; NULL: nobody hears of those of this PASID any more
 *
 * What it sent before was reported to the one that it had, and is answered.
 *
 * Context: under the group's lock; may sleep.
 * Return: as vtd_requests_stop().
 */
int vtd_requests_switch(struct vtd_device *vd, u32 pasid,
			const struct iommu_domain *domain)
{
	const struct iommu_domain *old = who_hears(vd, pasid);
	int ret = 0;

	if (old == domain)
		return 0;
	if (old)
		ret = requests_drain(vd, pasid);
	set_domain(vd, pasid, domain);
	if (old && !domain)
		answer_pasid(vd, pasid);
	return ret;
}

/**
 * vtd_requests_settle() - undo vtd_requests_open() if that was in vain
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * Context: under the group's lock; may sleep.
 */
void vtd_requests_settle(struct vtd_device *vd, u32 pasid)
{
	if (!is_open(vd))
		return;
	if (!vtd_source_domain(vd->requests, pasid))
		set_domain(vd, pasid, NULL);
	if (!vtd_source_is_heard(vd->requests))
		close_source(vd);
}

/**
 * vtd_requests_free() - the device is released
 * @vd: the device, stopped
 */
void vtd_requests_free(struct vtd_device *vd)
{
	WARN_ON_ONCE(is_open(vd));
	if (vd->requests)
		vtd_source_exit(vd->requests);
	kfree(vd->requests);
}
