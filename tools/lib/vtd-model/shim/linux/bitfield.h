/* SPDX-License-Identifier: GPL-2.0-only */
/* What the model and the layouts of hw/ use of the kernel's header. */
#ifndef __SHIM_LINUX_BITFIELD_H
#define __SHIM_LINUX_BITFIELD_H

#define FIELD_GET(mask, word) \
	((__typeof__(mask))(((word) & (mask)) >> __builtin_ctzll(mask)))
#define FIELD_PREP(mask, value) \
	((__typeof__(mask))(value) << __builtin_ctzll(mask) & (mask))

#endif
