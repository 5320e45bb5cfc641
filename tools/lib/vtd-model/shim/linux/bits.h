/* SPDX-License-Identifier: GPL-2.0-only */
/* What the model and the layouts of hw/ use of the kernel's header. */
#ifndef __SHIM_LINUX_BITS_H
#define __SHIM_LINUX_BITS_H

#define BIT(n)			(1UL << (n))
#define BIT_ULL(n)		(1ULL << (n))
#define GENMASK(high, low)	(~0UL >> (63 - (high)) & ~0UL << (low))
#define GENMASK_ULL(high, low)	(~0ULL >> (63 - (high)) & ~0ULL << (low))

#endif
