/* SPDX-License-Identifier: GPL-2.0-only */
/* What each file of this folder has for the table of cases. */
#ifndef IOMMU_SELFTEST_EXAMPLES_CASES_H
#define IOMMU_SELFTEST_EXAMPLES_CASES_H

void example_alone(void);
void example_with_device(void);
void nesting_example(void);
void dirty_example(void);
void dirty_example_error(void);
void pasid_example(void);
void library_example(void);
void library_example_with_device(void);
void library_example_errors(void);

#endif
