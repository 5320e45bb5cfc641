// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: what the driver says it can do, with units of every kind.
 * Documentation/driver-api/vtd/properties.rst is the list.
 */
#include <kunit/test.h>
#include <linux/iommu.h>
#include <uapi/linux/iommufd.h>
#include <uapi/linux/iommufd_vtd.h>

#include "device/device.h"
#include "domain/domain.h"
#include "domain/kinds.h"
#include "guest/viommu.h"
#include "hw/dmar_layout.h"
#include "inval/expect_kunit.h"
#include "ops.h"

/**
 * struct place - a device behind a unit
 * @fake: the unit
 * @vd: the device
 * @dev: the same of the core
 * @iommu: what hangs on it
 */
struct place {
	struct fake_queue *fake;
	struct vtd_device vd;
	struct device dev;
	struct dev_iommu iommu;
};

static struct place *new_place(struct kunit *test, u64 ecap, bool scalable)
{
	struct place *place = kunit_kzalloc(test, sizeof(*place), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, place);
	place->fake = fake_new(test, FAKE_PLAIN | ecap);
	place->fake->unit.scalable = scalable;
	place->fake->unit.iommu.dev = &place->dev;
	place->vd.unit = &place->fake->unit;
	place->vd.dev = &place->dev;
	place->dev.iommu = &place->iommu;
	place->iommu.priv = &place->vd;
	return place;
}

/* The unit's capabilities, and whether it is in scalable mode. */
static const struct kind {
	const char *name;
	u64 ecap;
	bool scalable;
	bool pasids;
	bool dirty;
	bool nests;
} kinds[] = {
	{ "legacy", VTD_ECAP_PT },
	{ "scalable, used as legacy", VTD_ECAP_SMTS | VTD_ECAP_SSTS | VTD_ECAP_PASID },
	{ "second stage", VTD_ECAP_SMTS | VTD_ECAP_SSTS, true },
	{ "first stage", VTD_ECAP_SMTS | VTD_ECAP_FSTS, true },
	{ "PASIDs", VTD_ECAP_SMTS | VTD_ECAP_SSTS | VTD_ECAP_PASID, true, true },
	{ "dirty bits", VTD_ECAP_SMTS | VTD_ECAP_SSTS | VTD_ECAP_SSADS | VTD_ECAP_SMPWCS,
	  true, .dirty = true },
	{ "dirty bits, used as legacy", VTD_ECAP_SMTS | VTD_ECAP_SSTS | VTD_ECAP_SSADS |
	  VTD_ECAP_SMPWCS },
	{ "dirty bits, no snooped walks", VTD_ECAP_SMTS | VTD_ECAP_SSTS | VTD_ECAP_SSADS,
	  true },
	{ "dirty bits, no second stage", VTD_ECAP_SMTS | VTD_ECAP_FSTS | VTD_ECAP_SSADS |
	  VTD_ECAP_SMPWCS, true },
	{ "both stages, no nesting", VTD_ECAP_SMTS | VTD_ECAP_SSTS | VTD_ECAP_FSTS, true },
	{ "nested", VTD_ECAP_SMTS | VTD_ECAP_SSTS | VTD_ECAP_FSTS | VTD_ECAP_NEST, true,
	  .nests = true },
	{ "nested, used as legacy",
	  VTD_ECAP_SMTS | VTD_ECAP_SSTS | VTD_ECAP_FSTS | VTD_ECAP_NEST },
	{ "everything", ~VTD_ECAP_IRO, true, true, true, true },
};

static void kind_name(const struct kind *kind, char *name)
{
	strscpy(name, kind->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(kind, kinds, kind_name);

static int alloc(struct place *place, u32 flags, const struct iommu_user_data *data)
{
	struct iommu_domain *domain =
		intel_iommu_ops.domain_alloc_paging_flags(&place->dev, flags, data);

	if (IS_ERR(domain))
		return PTR_ERR(domain);
	domain->ops->free(domain);
	return 0;
}

static bool has_flag(const struct kind *kind, unsigned int flag)
{
	switch (flag) {
	case IOMMU_HWPT_ALLOC_PASID:
		return kind->pasids;
	case IOMMU_HWPT_ALLOC_DIRTY_TRACKING:
		return kind->dirty;
	case IOMMU_HWPT_ALLOC_NEST_PARENT:
		return kind->nests;
	}
	return false;
}

/* Each flag that there is or could be: those that the unit can serve. */
static void vtd_ops_alloc_test(struct kunit *test)
{
	const struct kind *kind = test->param_value;
	struct place *place = new_place(test, kind->ecap, kind->scalable);
	const struct iommu_user_data data = { .type = IOMMU_HWPT_DATA_VTD_S1 };
	unsigned int bit;

	KUNIT_EXPECT_EQ(test, alloc(place, 0, NULL), 0);
	KUNIT_EXPECT_EQ(test, alloc(place, 0, &data), -EOPNOTSUPP);
	for (bit = 0; bit < 32; bit++) {
		int want = has_flag(kind, BIT(bit)) ? 0 : -EOPNOTSUPP;

		KUNIT_EXPECT_EQ_MSG(test, alloc(place, BIT(bit), NULL), want,
				    "flag %#lx", BIT(bit));
	}
	fake_free(place->fake);
}

static bool can(struct place *place, enum iommu_cap cap)
{
	return intel_iommu_ops.capable(&place->dev, cap);
}

static void vtd_ops_capable_test(struct kunit *test)
{
	const struct kind *kind = test->param_value;
	struct place *place = new_place(test, kind->ecap, kind->scalable);
	bool sc = kind->ecap & VTD_ECAP_SC;

	KUNIT_EXPECT_TRUE(test, can(place, IOMMU_CAP_CACHE_COHERENCY));
	KUNIT_EXPECT_TRUE(test, can(place, IOMMU_CAP_DEFERRED_FLUSH));
	KUNIT_EXPECT_EQ(test, can(place, IOMMU_CAP_DIRTY_TRACKING), kind->dirty);
	KUNIT_EXPECT_FALSE(test, can(place, IOMMU_CAP_NOEXEC));
	KUNIT_EXPECT_EQ(test, can(place, IOMMU_CAP_ENFORCE_CACHE_COHERENCY), sc);
	place->vd.sidp = VTD_SIDP_F_NO_PGSNP;
	KUNIT_EXPECT_FALSE(test, can(place, IOMMU_CAP_ENFORCE_CACHE_COHERENCY));
	KUNIT_EXPECT_FALSE(test, can(place, IOMMU_CAP_PCI_ATS_SUPPORTED));
	place->vd.ats_usable = true;
	KUNIT_EXPECT_TRUE(test, can(place, IOMMU_CAP_PCI_ATS_SUPPORTED));
	/* Firmware: walks for the device must not snoop, so they can mark nothing. */
	place->vd.sidp = VTD_SIDP_F_NO_PWSNP;
	KUNIT_EXPECT_FALSE(test, can(place, IOMMU_CAP_DIRTY_TRACKING));
	KUNIT_EXPECT_EQ(test, alloc(place, IOMMU_HWPT_ALLOC_DIRTY_TRACKING, NULL),
			-EOPNOTSUPP);
	fake_free(place->fake);
}

static void vtd_ops_info_test(struct kunit *test)
{
	struct place *place = new_place(test, VTD_ECAP_PT, false);
	enum iommu_hw_info_type type, asked;
	struct iommu_hw_info_vtd *info;
	u32 length;

	for (asked = 0; asked < 16; asked++) {
		type = asked;
		info = intel_iommu_ops.hw_info(&place->dev, &length, &type);
		if (asked != IOMMU_HW_INFO_TYPE_DEFAULT &&
		    asked != IOMMU_HW_INFO_TYPE_INTEL_VTD) {
			KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(info), -EOPNOTSUPP);
			continue;
		}
		KUNIT_ASSERT_FALSE(test, IS_ERR(info));
		KUNIT_EXPECT_EQ(test, type, IOMMU_HW_INFO_TYPE_INTEL_VTD);
		KUNIT_EXPECT_EQ(test, length, sizeof(*info));
		KUNIT_EXPECT_EQ(test, info->ecap_reg, place->fake->ecap);
		kfree(info);
	}
	fake_free(place->fake);
}

/* A parent has a second stage although the unit prefers the first; read-only is refused. */
static void vtd_ops_parent_test(struct kunit *test)
{
	struct place *place = new_place(test, ~VTD_ECAP_IRO, true);
	struct iommu_domain *parent =
		intel_iommu_ops.domain_alloc_paging_flags(&place->dev,
							  IOMMU_HWPT_ALLOC_NEST_PARENT,
							  NULL);
	struct iommu_domain *plain =
		intel_iommu_ops.domain_alloc_paging_flags(&place->dev, 0, NULL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(parent));
	KUNIT_ASSERT_FALSE(test, IS_ERR(plain));
	KUNIT_EXPECT_PTR_EQ(test, to_vtd_domain(parent)->kind, &vtd_second_kind);
	KUNIT_EXPECT_PTR_EQ(test, to_vtd_domain(plain)->kind, &vtd_first_kind);
	parent->ops->free(parent);
	plain->ops->free(plain);
	fake_free(place->fake);
}

/* What is no data of ours never gets as far as the user's memory. */
static void vtd_ops_nested_test(struct kunit *test)
{
	struct place *place = new_place(test, ~VTD_ECAP_IRO, true);
	struct iommu_domain *parent =
		intel_iommu_ops.domain_alloc_paging_flags(&place->dev,
							  IOMMU_HWPT_ALLOC_NEST_PARENT,
							  NULL);
	struct iommu_user_data data = { .len = sizeof(struct iommu_hwpt_vtd_s1) };
	struct iommu_domain *(*alloc_nested)(struct device *dev, struct iommu_domain *parent,
					     u32 flags, const struct iommu_user_data *data) =
		intel_iommu_ops.domain_alloc_nested;
	unsigned int i;

	KUNIT_ASSERT_FALSE(test, IS_ERR(parent));
	for (i = 0; i < 16; i++) {
		data.type = i;
		if (i == IOMMU_HWPT_DATA_VTD_S1)
			continue;
		KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(alloc_nested(&place->dev, parent, 0,
								   &data)), -EOPNOTSUPP);
	}
	data.type = IOMMU_HWPT_DATA_VTD_S1;
	for (i = 0; i < 32; i++) {
		if (BIT(i) == IOMMU_HWPT_ALLOC_PASID)
			continue;
		KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(alloc_nested(&place->dev, parent,
								   BIT(i), &data)),
				-EOPNOTSUPP);
	}
	data.len--;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(alloc_nested(&place->dev, parent, 0, &data)),
			-EINVAL);
	data.len += 9;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(alloc_nested(&place->dev, parent, 0, &data)),
			-EINVAL);
	data.len = sizeof(struct iommu_hwpt_vtd_s1);
	place->fake->unit.caps.pasid = false;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(alloc_nested(&place->dev, parent,
							   IOMMU_HWPT_ALLOC_PASID, &data)),
			-EOPNOTSUPP);
	parent->ops->free(parent);
	fake_free(place->fake);
}

/* What is absent is refused by those above; to have it takes more than a pointer. */
static void vtd_ops_absent_test(struct kunit *test)
{
	struct place *place = new_place(test, ~VTD_ECAP_IRO, true);
	struct iommu_domain *domain =
		intel_iommu_ops.domain_alloc_paging_flags(&place->dev, 0, NULL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	/* Nobody asked for it, and a first stage has none. */
	KUNIT_EXPECT_NULL(test, domain->dirty_ops);
	KUNIT_EXPECT_NULL(test, domain->ops->cache_invalidate_user);
	KUNIT_EXPECT_NULL(test, domain->ops->set_pgtable_quirks);
	KUNIT_EXPECT_EQ(test, !!intel_iommu_ops.domain_alloc_sva,
			IS_ENABLED(CONFIG_INTEL_IOMMU_SVM));
	KUNIT_EXPECT_FALSE(test, intel_iommu_ops.user_pasid_table);
	domain->ops->free(domain);
	fake_free(place->fake);
}

#if IS_ENABLED(CONFIG_IOMMUFD_DRIVER_CORE)
/* One type of vIOMMU, where the unit nests; it wants a nest parent and no data. */
static void vtd_ops_viommu_test(struct kunit *test)
{
	const struct kind *kind = test->param_value;
	struct place *place = new_place(test, kind->ecap, kind->scalable);
	struct vtd_viommu *viommu = kunit_kzalloc(test, sizeof(*viommu), GFP_KERNEL);
	const struct iommu_user_data data = {};
	struct iommu_domain *domain;
	u32 type;

	KUNIT_ASSERT_NOT_NULL(test, viommu);
	for (type = 0; type < 16; type++)
		KUNIT_EXPECT_EQ(test, intel_iommu_ops.get_viommu_size(&place->dev, type), 0);
	KUNIT_EXPECT_EQ(test, intel_iommu_ops.get_viommu_size(&place->dev,
							      IOMMU_VIOMMU_TYPE_VTD),
			kind->nests ? sizeof(struct vtd_viommu) : 0);
	domain = intel_iommu_ops.domain_alloc_paging_flags(&place->dev, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	KUNIT_EXPECT_EQ(test, intel_iommu_ops.viommu_init(&viommu->core, domain, NULL),
			-EINVAL);
	domain->ops->free(domain);
	if (kind->nests) {
		domain = intel_iommu_ops.domain_alloc_paging_flags(&place->dev,
								   IOMMU_HWPT_ALLOC_NEST_PARENT,
								   NULL);
		KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
		KUNIT_EXPECT_EQ(test, intel_iommu_ops.viommu_init(&viommu->core, domain,
								  &data), -EOPNOTSUPP);
		KUNIT_EXPECT_EQ(test, intel_iommu_ops.viommu_init(&viommu->core, domain,
								  NULL), 0);
		KUNIT_EXPECT_NOT_NULL(test, viommu->core.ops);
		vtd_guest_events_end(&viommu->events);
		domain->ops->free(domain);
	}
	fake_free(place->fake);
}
#endif

static struct kunit_case vtd_ops_cases[] = {
	KUNIT_CASE_PARAM(vtd_ops_alloc_test, kind_gen_params),
	KUNIT_CASE_PARAM(vtd_ops_capable_test, kind_gen_params),
	KUNIT_CASE(vtd_ops_info_test),
	KUNIT_CASE(vtd_ops_parent_test),
	KUNIT_CASE(vtd_ops_nested_test),
	KUNIT_CASE(vtd_ops_absent_test),
#if IS_ENABLED(CONFIG_IOMMUFD_DRIVER_CORE)
	KUNIT_CASE_PARAM(vtd_ops_viommu_test, kind_gen_params),
#endif
	{}
};

static struct kunit_suite vtd_ops_suite = {
	.name = "vtd_ops",
	.test_cases = vtd_ops_cases,
};

kunit_test_suite(vtd_ops_suite);
