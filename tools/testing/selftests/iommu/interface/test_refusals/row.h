/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Refusals as a table: what is asked for, the errno, and the field that the
 * event iommufd:iommufd_reject must name.
 */
#ifndef IOMMU_SELFTEST_REFUSALS_ROW_H
#define IOMMU_SELFTEST_REFUSALS_ROW_H

#include <stddef.h>
#include <linux/vfio.h>

#include "lib/mock.h"

/*
 * Words of an argument that stand for an object or file of the bench. No
 * number that a row is about looks like them.
 */
enum ref {
	REF_FIRST = 0x5ee50000,
	/* What the first device is attached to; two pages are at MOCK_IOVA. */
	REF_IOAS = REF_FIRST,
	/* Nothing is attached, nothing mapped. */
	REF_LAZY,
	/* A device with PASIDs, on REF_PASID; PASID 1 is attached, too. */
	REF_STDEV,
	REF_DEV,
	/* One that cannot track dirty pages, attached to REF_IOAS. */
	REF_NODIRTY_STDEV,
	REF_NODIRTY,
	/* hwpts of REF_IOAS */
	REF_AUTO,
	REF_PLAIN,
	REF_PASID,
	REF_PARENT,
	/* Tracks dirty pages; the other one could. */
	REF_DIRTY,
	REF_IDLE_DIRTY,
	REF_NESTED,
	/* Of a vIOMMU in which no device but REF_DEV is. */
	REF_GUEST_NESTED,
	REF_FAULT,
	REF_VIOMMU,
	/* Of REF_DEV, with the virtual id 1. */
	REF_VDEVICE,
	REF_VEVENTQ,
	/* Files. */
	REF_MEMFD,
	REF_DMABUF,
	REF_REVOKED,
	REF_ZERO,
	/* Accesses to REF_IOAS; the second was not made to pin. */
	REF_ACCESS,
	REF_RW_ACCESS,
	REF_COUNT = REF_RW_ACCESS - REF_FIRST + 1,
};

#define NO_ID 99999
#define MEMFD_PAGES 4
#define DMABUF_PAGES 4

struct row {
	/* The row of the behaviour page, and what is wrong. */
	const char *name;
	int errnum;
	const char *field;
	unsigned int request;
	/* Bytes of the argument; 0: it is a number, the first word. */
	size_t size;
	union {
		struct iommu_destroy destroy;
		struct iommu_hwpt_alloc hwpt;
		struct iommu_hw_info info;
		struct iommu_hwpt_set_dirty_tracking track;
		struct iommu_hwpt_get_dirty_bitmap bitmap;
		struct iommu_hwpt_invalidate invalidate;
		struct iommu_fault_alloc fault;
		struct iommu_viommu_alloc viommu;
		struct iommu_vdevice_alloc vdevice;
		struct iommu_veventq_alloc veventq;
		struct iommu_hw_queue_alloc queue;
		struct iommu_ioas_map_file file;
		struct iommu_ioas_change_process process;
		struct iommu_vfio_ioas vfio_ioas;
		struct vfio_iommu_type1_dma_map dma_map;
		struct vfio_iommu_type1_dma_unmap dma_unmap;
		struct vfio_iommu_type1_info dma_info;
		struct iommu_test_cmd test;
		__u32 number;
	} arg;
	/* REF_IOAS serves the container calls. */
	int has_container;
	/* Its large pages are off. */
	int version1;
	/* The errno is an answer: iommufd_expected says so, not iommufd_reject. */
	int is_answer;
};

#define ROW(_request, _member)					\
	.request = _request,					\
	.size = sizeof(((struct row *)NULL)->arg._member),	\
	.arg._member

extern const struct row hwpt_rows[];
extern const size_t hwpt_nrows;
extern const struct row guest_rows[];
extern const size_t guest_nrows;
extern const struct row memory_rows[];
extern const size_t memory_nrows;
extern const struct row attach_rows[];
extern const size_t attach_nrows;

#endif
