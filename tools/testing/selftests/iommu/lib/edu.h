/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMU's educational device: it reads or writes memory when told to, up to a
 * page at a time. @regs is its BAR 0, @iova what it puts on the bus.
 */
#ifndef IOMMU_SELFTEST_EDU_H
#define IOMMU_SELFTEST_EDU_H

#include <stddef.h>
#include <linux/types.h>

#define EDU_MODEL "0x1234:0x11e8"

/* Tell it, and do not wait: it begins 100 ms later. */
void edu_start_read(volatile void *regs, __u64 iova, size_t nbytes);
void edu_start_write(volatile void *regs, __u64 iova, size_t nbytes);
/* Until it is idle; a device that stays busy fails the case. */
void edu_wait(volatile void *regs);

void edu_read(volatile void *regs, __u64 iova, size_t nbytes);
void edu_write(volatile void *regs, __u64 iova, size_t nbytes);
/* Both, one after the other. */
void edu_copy(volatile void *regs, __u64 dst, __u64 src, size_t nbytes);

#endif
