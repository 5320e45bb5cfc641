// SPDX-License-Identifier: GPL-2.0-only
/* HWPT_ALLOC (H), GET_HW_INFO (GI), dirty tracking (SD, GD), INVALIDATE (I) */
#include <errno.h>
#include <stdint.h>

#include "lib/harness.h"
#include "lib/nest.h"
#include "row.h"

static struct iommu_hwpt_selftest data = { .iotlb = NEST_IOTLB };
static struct iommu_hwpt_selftest two_data[2];
static struct iommu_hwpt_selftest unknown_table = { .pagetable_type = 7 };
static struct iommu_hwpt_invalidate_selftest good_iotlb;
static struct iommu_hwpt_invalidate_selftest bad_iotlb = { .iotlb_id = 4 };
static struct iommu_hwpt_invalidate_selftest odd_iotlb = { .flags = 2 };
static struct iommu_viommu_invalidate_selftest no_vdev = { .vdev_id = 77 };
static __u8 bits[64];

#define HWPT ROW(IOMMU_HWPT_ALLOC, hwpt)
#define INFO ROW(IOMMU_GET_HW_INFO, info)
#define TRACK ROW(IOMMU_HWPT_SET_DIRTY_TRACKING, track)
#define BITMAP ROW(IOMMU_HWPT_GET_DIRTY_BITMAP, bitmap)
#define INVALIDATE ROW(IOMMU_HWPT_INVALIDATE, invalidate)

#define PAGING .dev_id = REF_DEV, .pt_id = REF_IOAS
#define DATA(_data) .data_type = IOMMU_HWPT_DATA_SELFTEST,	\
	.data_len = sizeof(_data), .data_uptr = (uintptr_t)&(_data)
#define PAGES .iova = MOCK_IOVA, .length = 0x2000, .page_size = MOCK_PAGE, \
	.data = (uintptr_t)bits
#define IOTLB(_entry) .hwpt_id = REF_NESTED, .entry_num = 1,	\
	.entry_len = sizeof(_entry), .data_uptr = (uintptr_t)&(_entry), \
	.data_type = IOMMU_HWPT_INVALIDATE_DATA_SELFTEST

const struct row hwpt_rows[] = {
	{ "H1 reserved", EOPNOTSUPP, "__reserved",
	  HWPT = { PAGING, .__reserved = 1 } },
	{ "H1 reserved at the end", EOPNOTSUPP, "__reserved2",
	  HWPT = { PAGING, .__reserved2 = 1 } },
	{ "H2 data without a data type", EINVAL, "data_len",
	  HWPT = { PAGING, .data_len = 8 } },
	{ "H2 a type without data", EINVAL, "data_len",
	  HWPT = { PAGING, .data_type = IOMMU_HWPT_DATA_SELFTEST } },
	{ "H3 no such device", ENOENT, "dev_id",
	  HWPT = { .dev_id = NO_ID, .pt_id = REF_IOAS } },
	{ "H3 not a device", ENOENT, "dev_id",
	  HWPT = { .dev_id = REF_IOAS, .pt_id = REF_IOAS } },
	{ "H4 no such parent", EINVAL, "pt_id",
	  HWPT = { .dev_id = REF_DEV, .pt_id = NO_ID } },
	{ "H5 a device as the parent", EINVAL, "pt_id",
	  HWPT = { .dev_id = REF_DEV, .pt_id = REF_DEV } },
	{ "H5 a nested hwpt as the parent", EINVAL, "pt_id",
	  HWPT = { .dev_id = REF_DEV, .pt_id = REF_NESTED, DATA(data) } },
	{ "H6 unknown flag", EOPNOTSUPP, "flags",
	  HWPT = { PAGING, .flags = 1U << 30 } },
	{ "H6 dirty tracking on a device without", EOPNOTSUPP, "flags",
	  HWPT = { .dev_id = REF_NODIRTY, .pt_id = REF_IOAS,
		   .flags = IOMMU_HWPT_ALLOC_DIRTY_TRACKING } },
	{ "H6 a nest parent with faults", EOPNOTSUPP, "flags",
	  HWPT = { PAGING, .fault_id = REF_FAULT,
		   .flags = IOMMU_HWPT_ALLOC_NEST_PARENT |
			    IOMMU_HWPT_FAULT_ID_VALID } },
	{ "H7 nested with dirty tracking", EOPNOTSUPP, "flags",
	  HWPT = { .dev_id = REF_DEV, .pt_id = REF_PARENT, DATA(data),
		   .flags = IOMMU_HWPT_ALLOC_DIRTY_TRACKING } },
	{ "H7 nested without data", EOPNOTSUPP, "data_type",
	  HWPT = { .dev_id = REF_DEV, .pt_id = REF_PARENT } },
	{ "H8 not a nest parent", EINVAL, "pt_id",
	  HWPT = { .dev_id = REF_DEV, .pt_id = REF_PLAIN, DATA(data) } },
	{ "H8 an automatic hwpt", EINVAL, "pt_id",
	  HWPT = { .dev_id = REF_DEV, .pt_id = REF_AUTO, DATA(data) } },
	{ "H9 a nest parent under a vIOMMU", EOPNOTSUPP, "flags",
	  HWPT = { .dev_id = REF_DEV, .pt_id = REF_VIOMMU, DATA(data),
		   .flags = IOMMU_HWPT_ALLOC_NEST_PARENT } },
	{ "H9 under a vIOMMU without data", EOPNOTSUPP, "data_type",
	  HWPT = { .dev_id = REF_DEV, .pt_id = REF_VIOMMU } },
	{ "H10 no such fault queue", ENOENT, "fault_id",
	  HWPT = { PAGING, .flags = IOMMU_HWPT_FAULT_ID_VALID,
		   .fault_id = NO_ID } },
	{ "H10 nested, not a fault queue", ENOENT, "fault_id",
	  HWPT = { .dev_id = REF_DEV, .pt_id = REF_PARENT, DATA(data),
		   .flags = IOMMU_HWPT_FAULT_ID_VALID,
		   .fault_id = REF_IOAS } },
	{ "H11 data of another driver", EOPNOTSUPP, "data_uptr",
	  HWPT = { PAGING, .data_type = IOMMU_HWPT_DATA_VTD_S1, .data_len = 8,
		   .data_uptr = (uintptr_t)&data } },
	{ "H11 an unknown kind of table", EOPNOTSUPP, "data_uptr",
	  HWPT = { PAGING, DATA(unknown_table) } },
	{ "H11 data that cannot be read", EFAULT, "data_uptr",
	  HWPT = { PAGING, .data_type = IOMMU_HWPT_DATA_SELFTEST,
		   .data_len = 8, .data_uptr = 8 } },
	{ "H11 nested data too short", EINVAL, "data_uptr",
	  HWPT = { .dev_id = REF_DEV, .pt_id = REF_PARENT, .data_len = 2,
		   .data_type = IOMMU_HWPT_DATA_SELFTEST,
		   .data_uptr = (uintptr_t)&data } },
	{ "H11 nested data too long", EINVAL, "data_uptr",
	  HWPT = { .dev_id = REF_DEV, .pt_id = REF_PARENT, DATA(two_data) } },

	{ "GI1 unknown flag", EOPNOTSUPP, "flags",
	  INFO = { .dev_id = REF_DEV, .flags = 2 } },
	{ "GI1 reserved", EOPNOTSUPP, "__reserved",
	  INFO = { .dev_id = REF_DEV, .__reserved = { 0, 1, 0 } } },
	{ "GI2 not a device", ENOENT, "dev_id",
	  INFO = { .dev_id = REF_IOAS } },
	{ "GI4 unknown type", EOPNOTSUPP, "in_data_type",
	  INFO = { .dev_id = REF_DEV, .flags = IOMMU_HW_INFO_FLAG_INPUT_TYPE,
		   .in_data_type = 12345 } },
	{ "GI6 the buffer cannot be written", EFAULT, "data_uptr",
	  INFO = { .dev_id = REF_DEV, .data_len = 8, .data_uptr = 8 } },

	{ "SD1 unknown flag", EOPNOTSUPP, "flags",
	  TRACK = { .hwpt_id = REF_DIRTY, .flags = 2 } },
	{ "SD1 reserved", EOPNOTSUPP, "__reserved",
	  TRACK = { .hwpt_id = REF_DIRTY, .__reserved = 1 } },
	{ "SD2 a nested hwpt", ENOENT, "hwpt_id",
	  TRACK = { .hwpt_id = REF_NESTED, .flags = 1 } },
	{ "SD3 made without", EOPNOTSUPP, "hwpt_id",
	  TRACK = { .hwpt_id = REF_PLAIN, .flags = 1 } },

	{ "GD1 unknown flag", EOPNOTSUPP, "flags",
	  BITMAP = { .hwpt_id = REF_DIRTY, PAGES, .flags = 2 } },
	{ "GD1 reserved", EOPNOTSUPP, "__reserved",
	  BITMAP = { .hwpt_id = REF_DIRTY, PAGES, .__reserved = 1 } },
	{ "GD2 not a hwpt", ENOENT, "hwpt_id",
	  BITMAP = { .hwpt_id = REF_IOAS, PAGES } },
	{ "GD3 no length", EINVAL, "length",
	  BITMAP = { .hwpt_id = REF_DIRTY, .iova = MOCK_IOVA,
		     .page_size = MOCK_PAGE, .data = (uintptr_t)bits } },
	{ "GD3 no page size", EINVAL, "page_size",
	  BITMAP = { .hwpt_id = REF_DIRTY, .iova = MOCK_IOVA,
		     .length = 0x2000, .data = (uintptr_t)bits } },
	{ "GD3 not such pages", EINVAL, "page_size",
	  BITMAP = { .hwpt_id = REF_DIRTY, .iova = MOCK_IOVA,
		     .length = 0x2000, .page_size = 0x3000,
		     .data = (uintptr_t)bits } },
	{ "GD3 misaligned", EINVAL, "iova",
	  BITMAP = { .hwpt_id = REF_DIRTY, .iova = MOCK_IOVA + 64,
		     .length = 64, .page_size = 64,
		     .data = (uintptr_t)bits } },
	{ "GD3 wraps", EOVERFLOW, "length",
	  BITMAP = { .hwpt_id = REF_DIRTY, .iova = MOCK_IOVA,
		     .length = ~0ULL, .page_size = MOCK_PAGE } },
	{ "GD4 made without", EOPNOTSUPP, "hwpt_id",
	  BITMAP = { .hwpt_id = REF_PLAIN, PAGES } },
	{ "GD9 a hole", EINVAL, "iova",
	  BITMAP = { .hwpt_id = REF_DIRTY, .iova = MOCK_IOVA + 0x1000,
		     .length = 0x2000, .page_size = MOCK_PAGE,
		     .data = (uintptr_t)bits } },
	{ "GD9 not tracked now", EINVAL, "iova",
	  BITMAP = { .hwpt_id = REF_IDLE_DIRTY, PAGES } },

	{ "I1 reserved", EOPNOTSUPP, "__reserved",
	  INVALIDATE = { IOTLB(good_iotlb), .__reserved = 1 } },
	{ "I2 no array", EINVAL, "data_uptr",
	  INVALIDATE = { .hwpt_id = REF_NESTED, .entry_num = 1,
			 .entry_len = 8,
			 .data_type = IOMMU_HWPT_INVALIDATE_DATA_SELFTEST } },
	{ "I2 entries of no length", EINVAL, "entry_len",
	  INVALIDATE = { .hwpt_id = REF_NESTED, .entry_num = 1,
			 .data_uptr = (uintptr_t)&good_iotlb,
			 .data_type = IOMMU_HWPT_INVALIDATE_DATA_SELFTEST } },
	{ "I2 entries of more than a page", EINVAL, "entry_len",
	  INVALIDATE = { .hwpt_id = REF_NESTED, .entry_num = 1,
			 .entry_len = 0x100000,
			 .data_uptr = (uintptr_t)&good_iotlb,
			 .data_type = IOMMU_HWPT_INVALIDATE_DATA_SELFTEST } },
	{ "I2 too many entries", EINVAL, "entry_num",
	  INVALIDATE = { .hwpt_id = REF_NESTED, .entry_num = 1U << 20,
			 .entry_len = 8,
			 .data_uptr = (uintptr_t)&good_iotlb,
			 .data_type = IOMMU_HWPT_INVALIDATE_DATA_SELFTEST } },
	{ "I3 no such object", ENOENT, "hwpt_id",
	  INVALIDATE = { .hwpt_id = NO_ID } },
	{ "I4 a paging hwpt", EINVAL, "hwpt_id",
	  INVALIDATE = { .hwpt_id = REF_PARENT } },
	{ "I6 a type that is not supported", EINVAL, "data_uptr",
	  INVALIDATE = { .hwpt_id = REF_NESTED, .data_type = 5 },
	  .is_answer = 1 },
	{ "I8 no such slot", EINVAL, "data_uptr",
	  INVALIDATE = { IOTLB(bad_iotlb) } },
	{ "I8 unknown flag of an entry", EOPNOTSUPP, "data_uptr",
	  INVALIDATE = { IOTLB(odd_iotlb) } },
	{ "I8 no such device in the guest", EINVAL, "data_uptr",
	  INVALIDATE = { .hwpt_id = REF_VIOMMU, .entry_num = 1,
			 .entry_len = sizeof(no_vdev),
			 .data_uptr = (uintptr_t)&no_vdev,
			 .data_type = IOMMU_VIOMMU_INVALIDATE_DATA_SELFTEST } },
};

const size_t hwpt_nrows = ARRAY_LEN(hwpt_rows);
