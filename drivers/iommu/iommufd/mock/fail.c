// SPDX-License-Identifier: GPL-2.0-only
/*
 * Failures of the mock on demand.
 *
 * Owns: the fault injection knob fail_iommufd.
 */
#include <linux/debugfs.h>
#include <linux/fault-inject.h>

#include "fail.h"

static DECLARE_FAULT_ATTR(fail_iommufd);
static struct dentry *fail_iommufd_dir;

/**
 * mock_should_fail() - shall the mock fail here, as hardware or memory may
 *
 * Controlled by debugfs fail_iommufd and /proc/self/fail-nth.
 *
 * Context: any.
 * Return: true to fail.
 */
bool mock_should_fail(void)
{
	return should_fail(&fail_iommufd, 1);
}

/**
 * mock_fail_init() - make the knob in debugfs
 *
 * Without debugfs only the knob is missing.
 *
 * Context: module init.
 */
void __init mock_fail_init(void)
{
	fail_iommufd_dir =
		fault_create_debugfs_attr("fail_iommufd", NULL, &fail_iommufd);
}

/**
 * mock_fail_exit() - remove the knob
 *
 * Context: module exit.
 */
void mock_fail_exit(void)
{
	debugfs_remove_recursive(fail_iommufd_dir);
}
