/* SPDX-License-Identifier: GPL-2.0-only */
/* What the model uses of the kernel's header. */
#ifndef __SHIM_LINUX_STRING_H
#define __SHIM_LINUX_STRING_H

#include <string.h>

#endif
