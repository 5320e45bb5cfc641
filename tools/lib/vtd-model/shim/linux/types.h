/* SPDX-License-Identifier: GPL-2.0-only */
/* What the model and the layouts of hw/ use of the kernel's header. */
#ifndef __SHIM_LINUX_TYPES_H
#define __SHIM_LINUX_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define __aligned(n)	__attribute__((__aligned__(n)))

#endif
