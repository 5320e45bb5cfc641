// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device of a guest: what happens to the device becomes an event that names it as the
 * guest does.
 *
 * Owns: struct vtd_vdevice.
 * Locks: none; iommufd holds the lock of the device's group over init and destroy.
 * Calls: device/notice.c, guest_events.c.
 */
#include "../device/device.h"
#include "../hw/fault_layout.h"
#include "../mutant.h"
#include "guest_events.h"
#include "vdevice.h"
#include "viommu.h"

static struct vtd_device *device_of(struct iommufd_vdevice *vdev)
{
	return to_vtd_device(iommufd_vdevice_to_device(vdev));
}

static void fill_fault(struct iommu_vevent_vtd *event, const struct vtd_fault *fault)
{
	event->kind = IOMMU_VEVENT_VTD_FAULT;
	event->addr = fault->addr;
	event->reason = fault->reason;
	/* A page request asks for what it wants; the record does not say what. */
	if (fault->access == VTD_ACCESS_WRITE || fault->access == VTD_ACCESS_ATOMIC)
		event->flags |= IOMMU_VEVENT_VTD_WRITE;
	if (fault->at != VTD_FRCD_AT_UNTRANSLATED)
		event->flags |= IOMMU_VEVENT_VTD_TRANSLATION;
	if (!fault->has_pasid)
		return;
	event->pasid = fault->pasid;
	event->flags |= IOMMU_VEVENT_VTD_PASID;
	if (fault->execute)
		event->flags |= IOMMU_VEVENT_VTD_EXECUTE;
	if (fault->privileged)
		event->flags |= IOMMU_VEVENT_VTD_PRIVILEGED;
}

static void vdevice_notice(struct vtd_listener *listener, enum vtd_notice_kind kind,
			   const struct vtd_fault *fault)
{
	struct vtd_vdevice *vdev = container_of(listener, struct vtd_vdevice, listener);
	struct iommu_vevent_vtd event = { .virt_id = vdev->core.virt_id };

	if (vtd_mutant(VTD_MUTANT_GUEST_SID))
		event.virt_id = device_of(&vdev->core)->devtlb.target.sid;
	if (vtd_mutant(VTD_MUTANT_GUEST_SILENCE) && kind != VTD_NOTICE_FAULT)
		return;
	switch (kind) {
	case VTD_NOTICE_FAULT:
		fill_fault(&event, fault);
		break;
	case VTD_NOTICE_MUTE:
		event.kind = IOMMU_VEVENT_VTD_CUT_OFF;
		event.reason = IOMMU_VEVENT_VTD_MUTE;
		break;
	case VTD_NOTICE_UNCONFIRMED:
		event.kind = IOMMU_VEVENT_VTD_CUT_OFF;
		event.reason = IOMMU_VEVENT_VTD_UNCONFIRMED;
		break;
	case VTD_NOTICE_RECOVERED:
		event.kind = IOMMU_VEVENT_VTD_RECOVERED;
		break;
	}
	vtd_guest_events_push(vdev->events, &event);
}

/* The guest's name for the device may be another device's when this returns. */
static void vdevice_destroy(struct iommufd_vdevice *vdev)
{
	vtd_unlisten(device_of(vdev));
}

/**
 * vtd_vdevice_init() - iommufd_viommu_ops.vdevice_init
 * @vdev: the device of the guest; iommufd allows a device one of them
 *
 * Context: under the lock of the device's group; may sleep.
 * Return: 0; -EINVAL if the id is no source id.
 */
int vtd_vdevice_init(struct iommufd_vdevice *vdev)
{
	struct vtd_vdevice *guest = container_of(vdev, struct vtd_vdevice, core);

	if (vdev->virt_id > IOMMU_VIOMMU_VTD_ID_MAX)
		return -EINVAL;
	guest->events = &to_vtd_viommu(vdev->viommu)->events;
	guest->listener.notice = vdevice_notice;
	vdev->destroy = vdevice_destroy;
	vtd_listen(device_of(vdev), &guest->listener);
	return 0;
}
