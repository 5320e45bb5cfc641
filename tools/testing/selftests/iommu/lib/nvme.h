/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The least of an NVMe controller that moves eight bytes by DMA in either direction, at
 * any address: its clock is set from memory, and read to memory. Only the admin queues
 * are used.
 */
#ifndef IOMMU_SELFTEST_NVME_H
#define IOMMU_SELFTEST_NVME_H

#include <linux/types.h>

/* QEMU's */
#define NVME_MODEL "0x1b36:0x0010"
/* What the queues take, of memory that the device reaches. */
#define NVME_QUEUE_PAGES 2

struct nvme {
	volatile void *regs;
	volatile unsigned char *queues;
	unsigned int tail;
	unsigned int head;
	unsigned int phase;
};

/* @regs: BAR 0; @queues: NVME_QUEUE_PAGES, mapped at @iova as long as it is used. */
void nvme_start(struct nvme *nvme, volatile void *regs, void *queues, __u64 iova);
void nvme_stop(struct nvme *nvme);
/* Aligned to 8 bytes. The device does not report whether the DMA succeeded. */
void nvme_set_clock(struct nvme *nvme, __u64 iova);
void nvme_get_clock(struct nvme *nvme, __u64 iova);

/* The clock goes on while one looks: in milliseconds, below this many bits. */
#define NVME_CLOCK_MASK 0xffffffffffffULL

#endif
