// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that were cut off and answer again.
 *
 * Calls: cut.c, features.c to ask the device, inval/.
 */
#include <linux/cleanup.h>
#include <linux/device.h>

#include "../inval/inval.h"
#include "../unit/unit.h"
#include "device.h"
#include "notice.h"
#include "requester.h"

/* A source id that others use too may have been taken away for their sake. */
static bool is_shared(const struct vtd_device *vd)
{
	unsigned int i;

	guard(mutex)(&vd->unit->devices->lock);
	for (i = 0; i < vd->nrequesters; i++)
		if (vd->requesters[i]->users > 1)
			return true;
	return false;
}

/**
 * vtd_device_recover() - give a device that answers again its access back
 * @vd: the device
 *
 * It is asked once after it was blocked. If it does not answer, that costs everybody
 * behind the unit as much time as it did before.
 *
 * Context: under the group's lock; may sleep.
 * Return: true if the device is not cut off, or not any more.
 */
bool vtd_device_recover(struct vtd_device *vd)
{
	if (likely(!vtd_device_is_cut_off(vd)))
		return true;
	if (vd->still_mute || !vtd_devtlb_is_cut(&vd->devtlb) || is_shared(vd))
		return false;
	vd->still_mute = !vtd_features_clean(vd) ||
			 vtd_inval_everything(vd->unit, VTD_INVAL_SLEEP) ||
			 !vtd_device_open_again(vd);
	if (vd->still_mute)
		return false;
	vtd_notice(vd, VTD_NOTICE_RECOVERED, NULL);
	dev_info(vd->dev, "DMAR: the device answers ATS invalidations again: its DMA is not blocked any more\n");
	return true;
}
