/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * A vIOMMU for guests of Intel VT-d: an extension of <linux/iommufd.h>.
 *
 * It tells a virtual machine monitor which of a guest's devices failed, by the
 * source id that the guest knows, and takes invalidations by that id. All numbers
 * stand far from those of <linux/iommufd.h>, which has no such vIOMMU.
 *
 * To find out whether a kernel has it: IOMMU_VIOMMU_ALLOC with
 * IOMMU_VIOMMU_TYPE_VTD fails with EOPNOTSUPP if it does not, or if the device's
 * unit does not nest.
 *
 * See Documentation/userspace-api/iommufd/vtd-viommu.rst.
 */
#ifndef _UAPI_LINUX_IOMMUFD_VTD_H
#define _UAPI_LINUX_IOMMUFD_VTD_H

#include <linux/types.h>

/* iommu_viommu_alloc.type: without data. The hwpt is a nest parent. */
#define IOMMU_VIOMMU_TYPE_VTD			0x56544400

/* iommu_veventq_alloc.type: struct iommu_vevent_vtd */
#define IOMMU_VEVENTQ_TYPE_VTD			0x56544400

/* iommu_hwpt_invalidate.data_type: struct iommu_viommu_vtd_invalidate */
#define IOMMU_VIOMMU_INVALIDATE_DATA_VTD	0x56544400

/* A virtual source id: segment in bits 31:16, bus, device and function below. */
#define IOMMU_VIOMMU_VTD_ID_MAX			0xffffffffu

/* Requests without PASID */
#define IOMMU_VIOMMU_VTD_NO_PASID		0xffffffffu

/**
 * struct iommu_viommu_vtd_invalidate - what a guest changed in a first stage
 * @addr: first address; a multiple of 4 KiB
 * @npages: pages of 4 KiB. U64_MAX with @addr 0: all of the table
 * @virt_id: virtual source id of a vDEVICE of the vIOMMU
 * @pasid: PASID; IOMMU_VIOMMU_VTD_NO_PASID or 0 for requests without
 * @flags: IOMMU_VTD_INV_FLAGS_*, of <linux/iommufd.h>
 *
 * What the device translates by under that PASID is meant. If that is no nested
 * hwpt over the parent of the vIOMMU, nothing of a guest's table is cached, and the
 * entry counts as done.
 */
struct iommu_viommu_vtd_invalidate {
	__aligned_u64 addr;
	__aligned_u64 npages;
	__aligned_u64 virt_id;
	__u32 pasid;
	__u32 flags;
};

/**
 * enum iommu_vevent_vtd_kind - what happened
 * @IOMMU_VEVENT_VTD_FAULT: a request of the device was refused;
 *	iommu_vevent_vtd.reason is the fault reason of the architecture
 * @IOMMU_VEVENT_VTD_CUT_OFF: all DMA of the device is blocked, until it is reset and
 *	attached again; iommu_vevent_vtd.reason is enum iommu_vevent_vtd_cause
 * @IOMMU_VEVENT_VTD_RECOVERED: that is over
 */
enum iommu_vevent_vtd_kind {
	IOMMU_VEVENT_VTD_FAULT		= 1,
	IOMMU_VEVENT_VTD_CUT_OFF	= 2,
	IOMMU_VEVENT_VTD_RECOVERED	= 3,
};

/**
 * enum iommu_vevent_vtd_cause - why a device was cut off
 * @IOMMU_VEVENT_VTD_MUTE: it did not answer an invalidation of its device TLB
 * @IOMMU_VEVENT_VTD_UNCONFIRMED: the unit did not confirm that what the device
 *	translated by is forgotten
 */
enum iommu_vevent_vtd_cause {
	IOMMU_VEVENT_VTD_MUTE		= 1,
	IOMMU_VEVENT_VTD_UNCONFIRMED	= 2,
};

/**
 * enum iommu_vevent_vtd_flags - the request that met a fault
 * @IOMMU_VEVENT_VTD_PASID: iommu_vevent_vtd.pasid is valid
 * @IOMMU_VEVENT_VTD_WRITE: it was a write; else a read
 * @IOMMU_VEVENT_VTD_EXECUTE: to be executed
 * @IOMMU_VEVENT_VTD_PRIVILEGED: by a privileged program
 * @IOMMU_VEVENT_VTD_TRANSLATION: a translation request of its device TLB, or a
 *	translated request
 */
enum iommu_vevent_vtd_flags {
	IOMMU_VEVENT_VTD_PASID		= 1 << 0,
	IOMMU_VEVENT_VTD_WRITE		= 1 << 1,
	IOMMU_VEVENT_VTD_EXECUTE	= 1 << 2,
	IOMMU_VEVENT_VTD_PRIVILEGED	= 1 << 3,
	IOMMU_VEVENT_VTD_TRANSLATION	= 1 << 4,
};

/**
 * struct iommu_vevent_vtd - something happened to a device of the guest
 * @kind: enum iommu_vevent_vtd_kind
 * @flags: enum iommu_vevent_vtd_flags
 * @virt_id: virtual source id of the device
 * @addr: IOMMU_VEVENT_VTD_FAULT: page address of the request, as the guest knows it
 * @pasid: PASID, with IOMMU_VEVENT_VTD_PASID
 * @reason: why; what it means depends on @kind
 * @lost: so many events of the vIOMMU came faster than they could be queued, and
 *	were dropped before this one. What a full queue drops is marked as in every
 *	queue, by a header with IOMMU_VEVENTQ_FLAG_LOST_EVENTS
 * @__reserved: 0
 */
struct iommu_vevent_vtd {
	__u32 kind;
	__u32 flags;
	__aligned_u64 virt_id;
	__aligned_u64 addr;
	__u32 pasid;
	__u32 reason;
	__u32 lost;
	__u32 __reserved;
};

#endif
