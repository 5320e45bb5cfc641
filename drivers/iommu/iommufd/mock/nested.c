// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nested domains of the mock IOMMU.
 *
 * Calls: the helpers for user data of linux/iommu.h, as a hardware driver
 *	does.
 */
#include <linux/iommu.h>
#include <linux/iommufd.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../hwpt/nested.h"
#include "../iommufd_test.h"
#include "../object/ucmd.h"
#include "attach.h"
#include "fail.h"
#include "iommu.h"
#include "nested.h"

/**
 * struct mock_nested - a nested domain
 * @domain: core's part
 * @viommu: vIOMMU it was made through, or NULL; constant
 * @iotlb: the slots
 */
struct mock_nested {
	struct iommu_domain domain;
	struct iommufd_viommu *viommu;
	u32 iotlb[MOCK_NESTED_DOMAIN_IOTLB_NUM];
};

static struct mock_nested *to_mock_nested(struct iommu_domain *domain)
{
	return container_of(domain, struct mock_nested, domain);
}

/* Events and invalidations of a vIOMMU name devices by their virtual id. */
static int mock_nested_check(struct iommu_domain *domain, struct device *dev)
{
	struct mock_nested *nested = to_mock_nested(domain);
	unsigned long virt_id;

	if (mock_should_fail())
		return -ENOMEM;
	if (!nested->viommu)
		return 0;
	return iommufd_viommu_get_vdev_id(nested->viommu, dev, &virt_id);
}

static int mock_nested_attach(struct iommu_domain *domain, struct device *dev,
			      struct iommu_domain *old)
{
	int rc = mock_nested_check(domain, dev);

	return rc ?: mock_device_attach(to_mock_device(dev), domain, old);
}

static int mock_nested_set_pasid(struct iommu_domain *domain,
				 struct device *dev, ioasid_t pasid,
				 struct iommu_domain *old)
{
	int rc = mock_nested_check(domain, dev);

	return rc ?: mock_device_set_pasid(to_mock_device(dev), pasid, domain,
					   old);
}

static int
mock_nested_invalidate_entry(struct mock_nested *nested,
			     const struct iommu_hwpt_invalidate_selftest *entry)
{
	u32 slot = entry->iotlb_id;

	if (entry->flags & ~IOMMU_TEST_INVALIDATE_FLAG_ALL)
		return -EOPNOTSUPP;
	if (slot > MOCK_NESTED_DOMAIN_IOTLB_ID_MAX)
		return -EINVAL;
	if (entry->flags & IOMMU_TEST_INVALIDATE_FLAG_ALL)
		memset(nested->iotlb, 0, sizeof(nested->iotlb));
	else
		nested->iotlb[array_index_nospec(slot,
						 MOCK_NESTED_DOMAIN_IOTLB_NUM)] = 0;
	return 0;
}

static int mock_nested_invalidate(struct iommu_domain *domain,
				  struct iommu_user_data_array *array)
{
	struct mock_nested *nested = to_mock_nested(domain);
	struct iommu_hwpt_invalidate_selftest entry;
	u32 done = 0;
	int rc = 0;

	if (array->type != IOMMU_HWPT_INVALIDATE_DATA_SELFTEST)
		rc = -EINVAL;
	for (; !rc && done != array->entry_num; done++) {
		rc = iommu_copy_struct_from_user_array(&entry, array,
						       IOMMU_HWPT_INVALIDATE_DATA_SELFTEST,
						       done, iotlb_id);
		if (!rc)
			rc = mock_nested_invalidate_entry(nested, &entry);
		if (rc)
			break;
	}
	array->entry_num = done;
	return rc;
}

static void mock_nested_free(struct iommu_domain *domain)
{
	kfree(to_mock_nested(domain));
}

static const struct iommu_domain_ops mock_nested_ops = {
	.attach_dev = mock_nested_attach,
	.set_dev_pasid = mock_nested_set_pasid,
	.cache_invalidate_user = mock_nested_invalidate,
	.free = mock_nested_free,
};

static struct iommu_domain *
mock_nested_alloc(struct iommufd_viommu *viommu, u32 flags,
		  const struct iommu_user_data *user_data)
{
	struct iommu_hwpt_selftest config;
	struct mock_nested *nested;
	int rc;

	if (flags & ~IOMMU_HWPT_ALLOC_PASID)
		return ERR_PTR(-EOPNOTSUPP);
	if (user_data->type != IOMMU_HWPT_DATA_SELFTEST)
		return ERR_PTR(-EOPNOTSUPP);
	rc = iommu_copy_struct_from_user(&config, user_data,
					 IOMMU_HWPT_DATA_SELFTEST, iotlb);
	if (rc)
		return ERR_PTR(rc);

	nested = kzalloc_obj(*nested, GFP_KERNEL_ACCOUNT);
	if (!nested)
		return ERR_PTR(-ENOMEM);
	nested->domain.type = IOMMU_DOMAIN_NESTED;
	nested->domain.ops = &mock_nested_ops;
	nested->viommu = viommu;
	memset32(nested->iotlb, config.iotlb, ARRAY_SIZE(nested->iotlb));
	return &nested->domain;
}

/**
 * mock_domain_alloc_nested() - make a nested domain over a nest parent
 * @dev: device it is for
 * @parent: a paging domain of the mock
 * @flags: IOMMU_HWPT_ALLOC_PASID or 0
 * @user_data: struct iommu_hwpt_selftest
 *
 * Context: may sleep.
 * Return: the domain, or ERR_PTR: EOPNOTSUPP: flags, data of another type;
 * EINVAL, EFAULT, E2BIG: the data; ENOMEM.
 */
struct iommu_domain *
mock_domain_alloc_nested(struct device *dev, struct iommu_domain *parent,
			 u32 flags, const struct iommu_user_data *user_data)
{
	return mock_nested_alloc(NULL, flags, user_data);
}

/**
 * mock_viommu_alloc_domain_nested() - make a nested domain of a vIOMMU
 * @viommu: a vIOMMU of the mock
 * @flags: as mock_domain_alloc_nested()
 * @user_data: as mock_domain_alloc_nested()
 *
 * Context: may sleep.
 * Return: as mock_domain_alloc_nested().
 */
struct iommu_domain *
mock_viommu_alloc_domain_nested(struct iommufd_viommu *viommu, u32 flags,
				const struct iommu_user_data *user_data)
{
	return mock_nested_alloc(viommu, flags, user_data);
}

/**
 * mock_check_iotlb_op() - MD_CHECK_IOTLB: compare a slot of a nested domain
 * @ucmd: the ioctl; its id names a nested hwpt
 *
 * Context: may sleep.
 * Return: 0; ENOENT: no such hwpt; EINVAL: not the mock's, no such slot, or it
 * holds something else.
 */
int mock_check_iotlb_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	u32 slot = cmd->check_iotlb.id;
	struct iommufd_object *obj __free(iommufd_put) =
		iommufd_ucmd_get(ucmd, "id", cmd->id, IOMMUFD_OBJ_HWPT_NESTED);
	struct mock_nested *nested;

	if (IS_ERR(obj))
		return PTR_ERR(obj);
	if (to_hwpt(obj)->domain->ops != &mock_nested_ops)
		return iommufd_reject(ucmd, "id", "not a domain of the mock",
				      -EINVAL);
	if (slot > MOCK_NESTED_DOMAIN_IOTLB_ID_MAX)
		return iommufd_refuse(&ucmd->why, "check_iotlb.id",
				      "no such slot", slot, -EINVAL);
	nested = to_mock_nested(to_hwpt(obj)->domain);
	slot = array_index_nospec(slot, MOCK_NESTED_DOMAIN_IOTLB_NUM);
	if (nested->iotlb[slot] != cmd->check_iotlb.iotlb)
		return iommufd_refuse(&ucmd->why, "check_iotlb.iotlb",
				      "the slot holds something else (value: what)",
				      nested->iotlb[slot], -EINVAL);
	return 0;
}
