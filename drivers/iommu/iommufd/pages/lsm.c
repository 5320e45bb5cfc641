// SPDX-License-Identifier: GPL-2.0-only
/*
 * What security modules say to a file whose memory a device is to reach.
 *
 * Built into the kernel, also when iommufd is a module: the hook is not
 * exported.
 *
 * Owns: nothing.
 * Locks: none.
 * Calls: the security modules.
 */
#include <kunit/static_stub.h>
#include <linux/export.h>
#include <linux/mman.h>
#include <linux/security.h>

#include "lsm.h"

/**
 * pages_ask_lsm() - may current map a file
 * @file: the file
 * @prot: PROT_READ, and PROT_WRITE if devices may write
 *
 * The question is that of a shared mmap(): a device does to the memory what the
 * CPU could do through one.
 *
 * Context: may sleep.
 * Return: 0, or the errno of the security module, EACCES or EPERM mostly.
 */
int pages_ask_lsm(struct file *file, unsigned long prot)
{
	KUNIT_STATIC_STUB_REDIRECT(pages_ask_lsm, file, prot);
	return security_mmap_file(file, prot, MAP_SHARED);
}
EXPORT_SYMBOL_FOR_MODULES(pages_ask_lsm, "iommufd");
