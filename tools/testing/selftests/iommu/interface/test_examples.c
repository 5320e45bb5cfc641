// SPDX-License-Identifier: GPL-2.0-only
/*
 * The programs of Documentation/userspace-api/iommufd/example.rst, library.rst,
 * nesting.rst, dirty.rst and pasid.rst do what the pages say.
 *
 * Each file of test_examples/ includes one of them as it is, and a case that
 * plays its user. Where the mock is the device, test_examples/mock_vfio.h
 * answers the calls on the file of VFIO.
 */
#include "lib/harness.h"
#include "test_examples/cases.h"

static const struct test_case cases[] = {
	{ .name = "example_without_device", .fn = example_alone },
	{ .name = "example_with_device", .fn = example_with_device },
	{ .name = "nesting", .fn = nesting_example },
	{ .name = "dirty", .fn = dirty_example },
	{ .name = "dirty_error", .fn = dirty_example_error },
	{ .name = "pasid", .fn = pasid_example },
	{ .name = "library", .fn = library_example },
	{ .name = "library_with_device", .fn = library_example_with_device },
	{ .name = "library_errors", .fn = library_example_errors },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
