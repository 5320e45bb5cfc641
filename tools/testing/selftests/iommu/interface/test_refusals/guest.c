// SPDX-License-Identifier: GPL-2.0-only
/* Event queues and vIOMMUs: FQ, VI, VD, VE, HQ */
#include <errno.h>
#include <stdint.h>

#include "lib/harness.h"
#include "row.h"

#define FAULT ROW(IOMMU_FAULT_QUEUE_ALLOC, fault)
#define VIOMMU ROW(IOMMU_VIOMMU_ALLOC, viommu)
#define VDEVICE ROW(IOMMU_VDEVICE_ALLOC, vdevice)
#define VEVENTQ ROW(IOMMU_VEVENTQ_ALLOC, veventq)
#define QUEUE ROW(IOMMU_HW_QUEUE_ALLOC, queue)
#define DESTROY ROW(IOMMU_DESTROY, destroy)

#define GOOD_VIOMMU .type = IOMMU_VIOMMU_TYPE_SELFTEST, .dev_id = REF_DEV, \
	.hwpt_id = REF_PARENT
#define GOOD_VEVENTQ .viommu_id = REF_VIOMMU, .veventq_depth = 1,	\
	.type = IOMMU_VEVENTQ_TYPE_SELFTEST
#define GOOD_QUEUE .viommu_id = REF_VIOMMU,				\
	.type = IOMMU_HW_QUEUE_TYPE_SELFTEST,				\
	.nesting_parent_iova = MOCK_IOVA

const struct row guest_rows[] = {
	{ "FQ flags", EOPNOTSUPP, "flags", FAULT = { .flags = 1 } },

	{ "VI1 flags", EOPNOTSUPP, "flags",
	  VIOMMU = { GOOD_VIOMMU, .flags = 1 } },
	{ "VI1 no type", EOPNOTSUPP, "type",
	  VIOMMU = { .dev_id = REF_DEV, .hwpt_id = REF_PARENT } },
	{ "VI1 reserved", EOPNOTSUPP, "__reserved",
	  VIOMMU = { GOOD_VIOMMU, .__reserved = 1 } },
	{ "VI2 no such device", ENOENT, "dev_id",
	  VIOMMU = { .type = IOMMU_VIOMMU_TYPE_SELFTEST, .dev_id = NO_ID,
		     .hwpt_id = REF_PARENT } },
	{ "VI2 not a hwpt", ENOENT, "hwpt_id",
	  VIOMMU = { .type = IOMMU_VIOMMU_TYPE_SELFTEST, .dev_id = REF_DEV,
		     .hwpt_id = REF_IOAS } },
	{ "VI3 unknown type", EOPNOTSUPP, "type",
	  VIOMMU = { .type = IOMMU_VIOMMU_TYPE_ARM_SMMUV3, .dev_id = REF_DEV,
		     .hwpt_id = REF_PARENT } },
	{ "VI4 not a nest parent", EINVAL, "hwpt_id",
	  VIOMMU = { .type = IOMMU_VIOMMU_TYPE_SELFTEST, .dev_id = REF_DEV,
		     .hwpt_id = REF_PLAIN } },
	{ "VI5 data that cannot be read", EFAULT, "data_uptr",
	  VIOMMU = { GOOD_VIOMMU, .data_len = 24, .data_uptr = 8 } },

	{ "VD2 no such vIOMMU", ENOENT, "viommu_id",
	  VDEVICE = { .viommu_id = NO_ID, .dev_id = REF_NODIRTY } },
	{ "VD2 not a device", ENOENT, "dev_id",
	  VDEVICE = { .viommu_id = REF_VIOMMU, .dev_id = REF_IOAS } },
	{ "VD5 the device has one", EEXIST, "dev_id",
	  VDEVICE = { .viommu_id = REF_VIOMMU, .dev_id = REF_DEV,
		      .virt_id = 5 } },
	{ "VD6 the virtual id is taken", EEXIST, "virt_id",
	  VDEVICE = { .viommu_id = REF_VIOMMU, .dev_id = REF_NODIRTY,
		      .virt_id = 1 } },

	{ "VE1 flags", EOPNOTSUPP, "flags",
	  VEVENTQ = { GOOD_VEVENTQ, .flags = 1 } },
	{ "VE1 reserved", EOPNOTSUPP, "__reserved",
	  VEVENTQ = { GOOD_VEVENTQ, .__reserved = 1 } },
	{ "VE1 no type", EOPNOTSUPP, "type",
	  VEVENTQ = { .viommu_id = REF_VIOMMU, .veventq_depth = 1 } },
	{ "VE2 no depth", EINVAL, "veventq_depth",
	  VEVENTQ = { .viommu_id = REF_VIOMMU,
		      .type = IOMMU_VEVENTQ_TYPE_SELFTEST } },
	{ "VE2 too deep", EINVAL, "veventq_depth",
	  VEVENTQ = { .viommu_id = REF_VIOMMU,
		      .type = IOMMU_VEVENTQ_TYPE_SELFTEST,
		      .veventq_depth = (1U << 19) + 1 } },
	{ "VE3 not a vIOMMU", ENOENT, "viommu_id",
	  VEVENTQ = { .viommu_id = REF_PARENT, .veventq_depth = 1,
		      .type = IOMMU_VEVENTQ_TYPE_SELFTEST } },
	{ "VE4 a second queue", EEXIST, "type", VEVENTQ = { GOOD_VEVENTQ } },

	{ "HQ1 flags", EOPNOTSUPP, "flags",
	  QUEUE = { GOOD_QUEUE, .length = 64, .flags = 1 } },
	{ "HQ1 no type", EOPNOTSUPP, "type",
	  QUEUE = { .viommu_id = REF_VIOMMU, .length = 64,
		    .nesting_parent_iova = MOCK_IOVA } },
	{ "HQ2 no length", EINVAL, "length", QUEUE = { GOOD_QUEUE } },
	{ "HQ2 wraps", EOVERFLOW, "nesting_parent_iova",
	  QUEUE = { GOOD_QUEUE, .length = ~0ULL } },
	{ "HQ3 no such vIOMMU", ENOENT, "viommu_id",
	  QUEUE = { .viommu_id = NO_ID, .length = 64,
		    .type = IOMMU_HW_QUEUE_TYPE_SELFTEST } },
	{ "HQ4 unknown type", EOPNOTSUPP, "type",
	  QUEUE = { .viommu_id = REF_VIOMMU, .length = 64,
		    .type = IOMMU_HW_QUEUE_TYPE_TEGRA241_CMDQV,
		    .nesting_parent_iova = MOCK_IOVA } },
	{ "HQ5 not mapped", ENOENT, "iova",
	  QUEUE = { .viommu_id = REF_VIOMMU, .length = 64,
		    .type = IOMMU_HW_QUEUE_TYPE_SELFTEST,
		    .nesting_parent_iova = MOCK_IOVA + 0x100000 } },
	{ "HQ5 more pages than there are", ERANGE, "length",
	  QUEUE = { .viommu_id = REF_VIOMMU, .length = ~0ULL,
		    .type = IOMMU_HW_QUEUE_TYPE_SELFTEST } },
	{ "HQ7 an index too high", EINVAL, "index",
	  QUEUE = { GOOD_QUEUE, .length = 64, .index = 2 } },
	{ "HQ7 an index too early", EIO, "index",
	  QUEUE = { GOOD_QUEUE, .length = 64, .index = 1 } },

	{ "O7 a hwpt with a device", EBUSY, "id",
	  DESTROY = { .id = REF_PASID } },
	{ "O7 a hwpt with a vIOMMU", EBUSY, "id",
	  DESTROY = { .id = REF_PARENT } },
	{ "O7 a vIOMMU with a vdevice", EBUSY, "id",
	  DESTROY = { .id = REF_VIOMMU } },
	{ "O7 an open fault queue", EBUSY, "id", DESTROY = { .id = REF_FAULT } },
	{ "O7 an open event queue", EBUSY, "id",
	  DESTROY = { .id = REF_VEVENTQ } },
	{ "O7 a bound device", EBUSY, "id", DESTROY = { .id = REF_DEV } },
	{ "O3 no such object", ENOENT, "id", DESTROY = { .id = NO_ID } },
};

const size_t guest_nrows = ARRAY_LEN(guest_rows);
