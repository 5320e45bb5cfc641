/* SPDX-License-Identifier: GPL-2.0-only */
/* What the texts of hw/ and the model use of the kernel's header. */
#ifndef __SHIM_LINUX_KERNEL_H
#define __SHIM_LINUX_KERNEL_H

#include <linux/types.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#endif
