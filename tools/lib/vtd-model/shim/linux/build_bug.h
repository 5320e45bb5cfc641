/* SPDX-License-Identifier: GPL-2.0-only */
/* What the model and the layouts of hw/ use of the kernel's header. */
#ifndef __SHIM_LINUX_BUILD_BUG_H
#define __SHIM_LINUX_BUILD_BUG_H

#define static_assert(expr) \
	extern char static_assert_holds[(expr) ? 1 : -1]

#endif
