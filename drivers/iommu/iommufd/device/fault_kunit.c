// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: which devices may report page faults to a hwpt. No machine at hand has
 * virtual functions with page requests, so the PCI devices here are made of
 * nothing but what is looked at.
 */
#include <kunit/test.h>
#include <linux/pci.h>

#include "device.h"
#include "fault.h"

#define SHARED_PRI \
	"the hwpt reports faults, and the device is a virtual function that shares its page requests"

/**
 * struct function_case - a PCI function, and what is said to it
 * @name: of the case
 * @is_virtual: it is a virtual function, of one with @pri
 * @pri: it, or its physical function, has the page request interface
 * @reports: the hwpt has a fault queue
 * @rc: the answer
 */
struct function_case {
	const char *name;
	bool is_virtual;
	bool pri;
	bool reports;
	int rc;
};

static const struct function_case function_cases[] = {
	{ "virtual, shared page requests", true, true, true, -EINVAL },
	{ "virtual, no page requests", true, false, true, 0 },
	{ "virtual, no fault queue", true, true, false, 0 },
	{ "physical", false, true, true, 0 },
	{ "physical, no page requests", false, false, true, 0 },
};

static void function_case_name(const struct function_case *param, char *name)
{
	strscpy(name, param->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(function, function_cases, function_case_name);

static struct pci_dev *new_function(struct kunit *test)
{
	struct pci_dev *pdev = kunit_kzalloc(test, sizeof(*pdev), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	pdev->dev.bus = &pci_bus_type;
	return pdev;
}

static void fault_check_function(struct kunit *test)
{
	const struct function_case *param = test->param_value;
	struct iommufd_hw_pagetable hwpt = { .obj.id = 7 };
	struct pci_dev *physical = new_function(test);
	struct pci_dev *pdev = physical;
	struct iommufd_why why = {};

	physical->pri_cap = param->pri ? 0x100 : 0;
	if (param->is_virtual) {
		pdev = new_function(test);
		pdev->is_virtfn = 1;
		pdev->physfn = physical;
	}
	/* whether there is one is all that counts */
	if (param->reports)
		hwpt.fault = kunit_kzalloc(test, 8, GFP_KERNEL);

	KUNIT_EXPECT_EQ(test, device_fault_check(&hwpt, &pdev->dev, &why),
			param->rc);
	if (!param->rc) {
		KUNIT_EXPECT_NULL(test, why.reason);
		return;
	}
	KUNIT_EXPECT_STREQ(test, why.field, "pt_id");
	KUNIT_EXPECT_STREQ(test, why.reason, SHARED_PRI);
	KUNIT_EXPECT_EQ(test, why.value, hwpt.obj.id);
}

/* of another bus, which has no virtual functions */
static void fault_check_no_pci(struct kunit *test)
{
	struct iommufd_hw_pagetable hwpt = {};
	struct iommufd_why why = {};
	struct device *dev;

	dev = kunit_kzalloc(test, sizeof(*dev), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	hwpt.fault = kunit_kzalloc(test, 8, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, device_fault_check(&hwpt, dev, &why), 0);
}

static struct kunit_case fault_cases[] = {
	KUNIT_CASE_PARAM(fault_check_function, function_gen_params),
	KUNIT_CASE(fault_check_no_pci),
	{}
};

static struct kunit_suite fault_suite = {
	.name = "iommufd_device_fault",
	.test_cases = fault_cases,
};

kunit_test_suite(fault_suite);
