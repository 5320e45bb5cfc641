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

/**
 * vtd_requests_open() - get ready for page requests
 * @vd: the device
 *
 * Nothing is switched on: that is done when the device translates by a domain that
 * wants to hear of them. A second call does nothing.
 *
 * Context: under the group's lock; may sleep.
 * Return: 0; -ENODEV if its requests cannot be reported; -EBUSY if it still waits for
 * answers; -ENOSPC if the ring is promised to other devices; -ENOMEM.
 */
int vtd_requests_open(struct vtd_device *vd)
{
	int ret;

	if (!is_able(vd))
		return -ENODEV;
	if (is_open(vd))
		return 0;
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

static void give(struct vtd_device *vd, const struct vtd_prq_group *group,
		 unsigned int code)
{
	struct vtd_inval_answer answer = {
		.sid = vd->own->sid,
		.has_pasid = group->has_pasid,
		.pasid = group->pasid,
		.group = group->index,
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
		give(vd, &group, code);
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

/* What a loss of requests hid may be on its way still: then once more. */
static int drain(struct vtd_device *vd)
{
	struct vtd_inval_entry where = {
		.unit = vd->unit,
		.devtlb = &vd->devtlb,
		.sid = vd->own->sid,
		.pasid = IOMMU_NO_PASID,
	};
	u16 did = vtd_pasid_entry_did(vd->own_use.entry.qw);
	unsigned int n;
	int ret;

	for (n = 0; n < DRAINS_MAX; n++) {
		ret = vtd_inval_drain_requests(&where, did);
		if (!vtd_prq_catch_up(vd->unit) || ret)
			return ret;
	}
	return 0;
}

static void set_domain(struct vtd_device *vd, const struct iommu_domain *domain)
{
	guard(mutex)(&vd->unit->prq->lock);
	vd->requests->domain = domain;
	vtd_source_forget(vd->requests);
}

static void close_source(struct vtd_device *vd)
{
	struct vtd_prq_group group;

	set_domain(vd, NULL);
	iopf_queue_flush_dev(vd->dev);
	iopf_queue_remove_device(vd->unit->prq->iopf, vd->dev);
	vtd_prq_retract(vd->unit, vd->requests);
	/* Whoever holds these finds them answered. */
	while (vtd_source_close_any(vd->requests, &group))
		give(vd, &group, VTD_PRR_INVALID);
	vd->requests_open = false;
}

/**
 * vtd_requests_stop() - the device sends no page requests any more
 * @vd: the device
 *
 * Nothing is reported after this returns, and each request that was reported has
 * been answered or gets its answer without the device: a later one is dropped.
 *
 * Context: under the group's lock; may sleep.
 * Return: 0; an error of vtd_queue_submit(): the device does not answer.
 */
int vtd_requests_stop(struct vtd_device *vd)
{
	int ret;

	if (!is_open(vd))
		return 0;
	vtd_features_stop_pri(vd);
	ret = drain(vd);
	close_source(vd);
	return ret;
}

/**
 * vtd_requests_switch() - its page requests go to another domain from now on
 * @vd: the device, open; it translates by the domain
 * @domain: the domain
 *
 * What it sent before was reported to the one that it had.
 *
 * Context: under the group's lock; may sleep.
 * Return: as vtd_requests_stop().
 */
int vtd_requests_switch(struct vtd_device *vd, const struct iommu_domain *domain)
{
	int ret = 0;

	if (vd->requests->domain == domain)
		return 0;
	if (vd->requests->domain)
		ret = drain(vd);
	set_domain(vd, domain);
	return ret;
}

/**
 * vtd_requests_settle() - undo vtd_requests_open() if that was in vain
 * @vd: the device
 *
 * Context: under the group's lock; may sleep.
 */
void vtd_requests_settle(struct vtd_device *vd)
{
	if (is_open(vd) && !vd->requests->domain)
		close_source(vd);
}

/**
 * vtd_requests_free() - the device is released
 * @vd: the device, stopped
 */
void vtd_requests_free(struct vtd_device *vd)
{
	WARN_ON_ONCE(is_open(vd));
	kfree(vd->requests);
}
