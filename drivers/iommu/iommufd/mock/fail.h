/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Failures of the mock on demand: the debugfs knob fail_iommufd.
 */
#ifndef __IOMMUFD_MOCK_FAIL_H
#define __IOMMUFD_MOCK_FAIL_H

#include <linux/init.h>
#include <linux/types.h>

bool mock_should_fail(void);

void __init mock_fail_init(void);
void mock_fail_exit(void);

#endif
