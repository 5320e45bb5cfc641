// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMU_TEST_CMD: which number means which test op.
 *
 * Calls: the handlers of this folder.
 */
#include <linux/kernel.h>
#include <linux/nospec.h>

#include "../iommufd_test.h"
#include "../object/ucmd.h"
#include "access.h"
#include "check.h"
#include "device.h"
#include "dirty.h"
#include "dmabuf.h"
#include "event.h"
#include "mock.h"
#include "nested.h"
#include "pasid.h"

/* NULL: no such number */
static int (*const test_ops[])(struct iommufd_ucmd *ucmd) = {
	/* selftest devices */
	[IOMMU_TEST_OP_MOCK_DOMAIN] = mock_stdev_create_op,
	[IOMMU_TEST_OP_MOCK_DOMAIN_FLAGS] = mock_stdev_create_flags_op,
	[IOMMU_TEST_OP_MOCK_DOMAIN_REPLACE] = mock_stdev_replace_op,
	[IOMMU_TEST_OP_PASID_ATTACH] = mock_pasid_attach_op,
	[IOMMU_TEST_OP_PASID_REPLACE] = mock_pasid_replace_op,
	[IOMMU_TEST_OP_PASID_DETACH] = mock_pasid_detach_op,
	[IOMMU_TEST_OP_PASID_CHECK_HWPT] = mock_pasid_check_op,
	/* accesses */
	[IOMMU_TEST_OP_CREATE_ACCESS] = mock_access_create_op,
	[IOMMU_TEST_OP_ACCESS_PAGES] = mock_access_pin_op,
	[IOMMU_TEST_OP_DESTROY_ACCESS_PAGES] = mock_access_unpin_op,
	[IOMMU_TEST_OP_ACCESS_RW] = mock_access_rw_op,
	[IOMMU_TEST_OP_ACCESS_REPLACE_IOAS] = mock_access_replace_op,
	/* looking inside, preparing a test */
	[IOMMU_TEST_OP_MD_CHECK_MAP] = mock_check_map_op,
	[IOMMU_TEST_OP_MD_CHECK_REFS] = mock_check_refs_op,
	[IOMMU_TEST_OP_ADD_RESERVED] = mock_add_reserved_op,
	[IOMMU_TEST_OP_SET_TEMP_MEMORY_LIMIT] = mock_limit_memory_op,
	[IOMMU_TEST_OP_MD_CHECK_IOTLB] = mock_check_iotlb_op,
	[IOMMU_TEST_OP_DIRTY] = mock_dirty_op,
	[IOMMU_TEST_OP_DEV_CHECK_CACHE] = mock_check_cache_op,
	[IOMMU_TEST_OP_DMABUF_GET] = mock_dmabuf_get_op,
	[IOMMU_TEST_OP_DMABUF_REVOKE] = mock_dmabuf_revoke_op,
	[IOMMU_TEST_OP_TRIGGER_IOPF] = mock_trigger_iopf_op,
	[IOMMU_TEST_OP_TRIGGER_VEVENT] = mock_trigger_vevent_op,
};

/* The others say everything by their errno, or as a file descriptor. */
static bool test_op_answers(u32 op)
{
	switch (op) {
	case IOMMU_TEST_OP_MOCK_DOMAIN:
	case IOMMU_TEST_OP_MOCK_DOMAIN_FLAGS:
	case IOMMU_TEST_OP_MOCK_DOMAIN_REPLACE:
	case IOMMU_TEST_OP_CREATE_ACCESS:
	case IOMMU_TEST_OP_ACCESS_PAGES:
	case IOMMU_TEST_OP_DIRTY:
		return true;
	default:
		return false;
	}
}

/* The race detector has to find this, or it would not have found others. */
static noinline void mock_race(void)
{
	static unsigned long count __maybe_unused;

	if (IS_ENABLED(CONFIG_KCSAN))
		count++;
}

/**
 * iommufd_test_ioctl() - IOMMU_TEST_CMD
 * @ucmd: the ioctl
 *
 * Context: may sleep.
 * Return: as the op says, a file descriptor for one; EOPNOTSUPP: no such op.
 */
int iommufd_test_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	u32 op = cmd->op;

	mock_race();
	if (!test_op_answers(op))
		iommufd_ucmd_no_answer(ucmd);
	if (op < ARRAY_SIZE(test_ops)) {
		op = array_index_nospec(op, ARRAY_SIZE(test_ops));
		if (test_ops[op])
			return test_ops[op](ucmd);
	}
	return iommufd_refuse(&ucmd->why, "op",
			      "no such test op", op,
			      -EOPNOTSUPP);
}
