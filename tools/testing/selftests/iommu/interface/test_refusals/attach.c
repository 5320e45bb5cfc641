// SPDX-License-Identifier: GPL-2.0-only
/* What drivers ask for: attach (DV), PASIDs (DV7), accesses (AC), events */
#include <errno.h>
#include <stdint.h>

#include "lib/harness.h"
#include "row.h"

#define TEST ROW(IOMMU_TEST_CMD, test)
#define ATTACH(_pt) .op = IOMMU_TEST_OP_MOCK_DOMAIN, .id = (_pt)
#define REPLACE(_dev, _pt) .op = IOMMU_TEST_OP_MOCK_DOMAIN_REPLACE,	\
	.id = (_dev), .mock_domain_replace.pt_id = (_pt)
#define PASID(_op, _pasid, _pt) .op = IOMMU_TEST_OP_PASID_##_op,	\
	.id = REF_STDEV, .pasid_attach.pasid = (_pasid),		\
	.pasid_attach.pt_id = (_pt)
#define PIN(_access) .op = IOMMU_TEST_OP_ACCESS_PAGES, .id = (_access),	\
	.access_pages.flags = MOCK_FLAGS_ACCESS_SYZ
#define RW(_access) .op = IOMMU_TEST_OP_ACCESS_RW, .id = (_access)

static char buf[64];

const struct row attach_rows[] = {
	{ "DV3 attach to nothing", ENOENT, "pt_id", TEST = { ATTACH(NO_ID) } },
	{ "DV3 attach to a fault queue", EINVAL, "pt_id",
	  TEST = { ATTACH(REF_FAULT) } },
	{ "VD9 attach without a vdevice", ENOENT, "pt_id",
	  TEST = { ATTACH(REF_GUEST_NESTED) } },
	{ "SD6 attach without dirty tracking", EINVAL, "pt_id",
	  TEST = { REPLACE(REF_NODIRTY_STDEV, REF_DIRTY) } },
	{ "DV5 replace by nothing", ENOENT, "pt_id",
	  TEST = { REPLACE(REF_STDEV, NO_ID) } },
	{ "DV5 replace by a vIOMMU", EINVAL, "pt_id",
	  TEST = { REPLACE(REF_STDEV, REF_VIOMMU) } },
	{ "DV7 replace by no PASID hwpt", EINVAL, "pt_id",
	  TEST = { REPLACE(REF_STDEV, REF_PLAIN) } },
	{ "DV7 replace by an IOAS", EINVAL, "pt_id",
	  TEST = { REPLACE(REF_STDEV, REF_IOAS) } },
	{ "DV7 attached already", EBUSY, "device",
	  TEST = { PASID(ATTACH, 1, REF_PASID) } },
	{ "DV7 not attached", EINVAL, "device",
	  TEST = { PASID(REPLACE, 2, REF_PASID) } },
	{ "DV7 a hwpt for no PASIDs", EINVAL, "pt_id",
	  TEST = { PASID(ATTACH, 2, REF_PLAIN) } },
	{ "DV7 an IOAS", EINVAL, "pt_id",
	  TEST = { PASID(ATTACH, 2, REF_IOAS) } },
	{ "DV7 no such hwpt", ENOENT, "pt_id",
	  TEST = { PASID(ATTACH, 2, NO_ID) } },
	{ "DV7 more PASIDs than it has", EINVAL, "pasid",
	  TEST = { PASID(ATTACH, 1U << MOCK_PASID_WIDTH, REF_PASID) } },
	{ "DV7 replace by a hwpt for no PASIDs", EINVAL, "pt_id",
	  TEST = { PASID(REPLACE, 1, REF_PLAIN) } },

	{ "AC2 no such IOAS", ENOENT, "ioas_id",
	  TEST = { .op = IOMMU_TEST_OP_ACCESS_REPLACE_IOAS, .id = REF_ACCESS,
		   .access_replace_ioas.ioas_id = NO_ID } },
	{ "AC4 no length", EINVAL, "length",
	  TEST = { PIN(REF_ACCESS), .access_pages.iova = MOCK_IOVA } },
	{ "AC4 wraps", EOVERFLOW, "iova",
	  TEST = { PIN(REF_ACCESS), .access_pages.iova = ~0ULL - 0xfff,
		   .access_pages.length = 0x2000 } },
	{ "AC4 a hole", ENOENT, "iova",
	  TEST = { PIN(REF_ACCESS), .access_pages.iova = MOCK_IOVA,
		   .access_pages.length = 0x4000 } },
	{ "AC4 not page aligned", EINVAL, "iova",
	  TEST = { PIN(REF_ACCESS), .access_pages.iova = MOCK_IOVA + 0x800,
		   .access_pages.length = 0x800 } },
	{ "AC4 an access that does not pin", EINVAL, "id",
	  TEST = { PIN(REF_RW_ACCESS), .access_pages.iova = MOCK_IOVA,
		   .access_pages.length = 0x1000 } },
	{ "AC5 no length", EINVAL, "length",
	  TEST = { RW(REF_RW_ACCESS), .access_rw.iova = MOCK_IOVA,
		   .access_rw.uptr = (uintptr_t)buf } },
	{ "AC5 a hole", ENOENT, "iova",
	  TEST = { RW(REF_RW_ACCESS), .access_rw.iova = MOCK_IOVA + 0x1ff0,
		   .access_rw.length = 64,
		   .access_rw.uptr = (uintptr_t)buf } },
	{ "AC5 wraps", EOVERFLOW, "iova",
	  TEST = { RW(REF_RW_ACCESS), .access_rw.iova = ~0ULL - 15,
		   .access_rw.length = 64,
		   .access_rw.uptr = (uintptr_t)buf } },
};

const size_t attach_nrows = ARRAY_LEN(attach_rows);
