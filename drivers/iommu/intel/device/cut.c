// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that lose their access to memory, until they are clean again.
 *
 * Memory is freed when an invalidation returns, and the core does not ask how it
 * went. So if a device does not answer, or the unit does not confirm, whatever
 * may still translate by what was removed must not be let through any more.
 * Translated requests pass the unit by the context entry alone; it is taken
 * away, and nothing that was cached of it stays. Neither needs the
 * device's help, memory, or a lock that others hold for long, so it can be done
 * in place, where the invalidation failed and with interrupts off: the caller
 * frees the pages afterwards.
 *
 * Requests that passed the unit before are on their way to memory already. Only
 * the device's answer would have told that they had arrived; they are not held
 * back by anything that takes as long as a time-out.
 *
 * That ends when the device answers: then its cache is empty and nothing of it is
 * on its way. It is asked when it gets a translation after it was blocked, which is
 * what the core does around a reset (reopen.c).
 *
 * Owns: vtd_devtlb.cut.
 * Locks: cut_lock -> vtd_seal.lock for each entry.
 * Calls: table/ to take entries away, inval/.
 */
#include <linux/cleanup.h>
#include <linux/device.h>

#include "../inval/inval.h"
#include "../mutant.h"
#include "../queue/queue.h"
#include "../table/live.h"
#include "../unit/unit.h"
#include "device.h"
#include "notice.h"
#include "requester.h"

static const char cure[] =
	"until it is reset and attached again, or removed and its bus rescanned";

/* Closing and opening exclude each other: whoever sees "cut" relies on it. */
static DEFINE_RAW_SPINLOCK(cut_lock);

static void cut_tell(const struct vtd_device *vd, int unconfirmed)
{
	bool mute = vtd_queue_quarantined(vd->unit, vd->own->sid);

	vtd_notice(vd, mute ? VTD_NOTICE_MUTE : VTD_NOTICE_UNCONFIRMED, NULL);
	if (mute)
		dev_err(vd->dev, "DMAR: the device does not answer ATS invalidations. It is cut off: all of its DMA is blocked %s\n",
			cure);
	else
		dev_err(vd->dev, "DMAR: %s does not confirm that old translations of the device are gone. It is cut off: all of its DMA is blocked %s\n",
			vd->unit->name, cure);
	if (unconfirmed)
		dev_alert(vd->dev, "DMAR: %s does not confirm that either (%d): memory may be overwritten\n",
			  vd->unit->name, unconfirmed);
}

/**
 * vtd_device_cut_off() - no request of the device reaches memory from now on
 * @vd: the device
 *
 * What is attached stays attached, and can be detached as always; whatever is
 * written to the tables has no effect until vtd_device_recover() succeeds, or the
 * last device that uses the source id is released.
 *
 * May be called by several at once, each of which returns when it is done.
 *
 * Context: any but NMI; the device is not released meanwhile.
 */
void vtd_device_cut_off(struct vtd_device *vd)
{
	unsigned int i;
	int ret;

	scoped_guard(raw_spinlock_irqsave, &cut_lock) {
		if (vtd_devtlb_is_cut(&vd->devtlb))
			return;
		for (i = 0; !vtd_mutant(VTD_MUTANT_KEEP_MUTE) && i < vd->nrequesters; i++)
			vtd_context_close(vd->unit, vd->requesters[i]->context,
					  &vd->requesters[i]->seal);
	}
	ret = vtd_mutant(VTD_MUTANT_CUT_CACHES) ? 0 : vtd_inval_everything(vd->unit, 0);
	for (i = 0; ret && i < vd->nrequesters; i++)
		WRITE_ONCE(vd->requesters[i]->unconfirmed, true);
	/* Whoever sees this frees memory at once: it is said when it is true. */
	scoped_guard(raw_spinlock_irqsave, &cut_lock) {
		if (vtd_devtlb_is_cut(&vd->devtlb) || !vtd_device_is_cut_off(vd))
			return;
		/* pairs with vtd_devtlb_is_cut() */
		smp_store_release(&vd->devtlb.cut, 1);
	}
	cut_tell(vd, ret);
}

/**
 * vtd_device_open_again() - undo vtd_device_cut_off()
 * @vd: the device; it answers, and nothing is cached that was cached before
 *
 * Context: may sleep.
 * Return: false if it was asked something since, in vain: then it stays cut off.
 */
bool vtd_device_open_again(struct vtd_device *vd)
{
	unsigned int i;

	guard(raw_spinlock_irqsave)(&cut_lock);
	/* Somebody has asked it something since, in vain. */
	if (vtd_queue_quarantined(vd->unit, vd->devtlb.target.sid))
		return false;
	for (i = 0; i < vd->nrequesters; i++)
		vtd_context_open(&vd->requesters[i]->seal);
	/* As above: whoever sees this finds the cache empty. */
	smp_store_release(&vd->devtlb.cut, 0);
	return true;
}

/**
 * vtd_device_is_cut_off() - may the device be attached to nothing new?
 * @vd: the device
 *
 * Another device that shares a source id may have been the reason.
 *
 * Return: true if it has been cut off.
 */
bool vtd_device_is_cut_off(const struct vtd_device *vd)
{
	unsigned int i;

	for (i = 0; i < vd->nrequesters; i++)
		if (READ_ONCE(vd->requesters[i]->seal.closed))
			return true;
	return false;
}

/**
 * vtd_device_refuse() - say why a device that was cut off gets no new domain
 * @vd: the device
 *
 * Return: -EIO.
 */
int vtd_device_refuse(const struct vtd_device *vd)
{
	dev_err_ratelimited(vd->dev, "DMAR: attach is refused: the device is cut off, all of its DMA is blocked %s\n",
			    cure);
	return -EIO;
}
