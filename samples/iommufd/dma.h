/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device that copies memory, driven from user space.
 *
 * A driver makes its device read bytes at one IOVA and write them at
 * another, in pieces of min_len to max_len bytes. How (an internal buffer,
 * frames in loopback) is its own business.
 */
#ifndef DEMO_DMA_H
#define DEMO_DMA_H

#include <stdatomic.h>
#include <stddef.h>
#include <linux/types.h>

#include "mem.h"

struct dma_dev;

struct dma_driver {
	const char *name;
	const char *how;	/* one line: the way the bytes take */
	__u16 vendor;
	__u16 device;
	__u64 iova_last;	/* highest address the device can issue */
	size_t min_len;
	size_t max_len;
	size_t stream_len;	/* keeps the device busy for a while */
	size_t work_size;	/* memory the driver needs for itself, or 0 */

	/* Reset and program; dev->work is mapped. 0 or -errno. */
	int (*init)(struct dma_dev *dev);
	/* No DMA happens after this. */
	void (*stop)(struct dma_dev *dev);
	/* Copy one piece and wait. 0 or -errno, -ETIMEDOUT: not completed. */
	int (*copy)(struct dma_dev *dev, __u64 dst, __u64 src,
		    size_t len);
	/* Make the piece at @piece acceptable to the device; may be NULL. */
	void (*stamp)(__u8 *piece);
};

struct dma_dev {
	const struct dma_driver *driver;
	__u8 *bar;
	struct mem work;
	unsigned int tx_slot;	/* next descriptors, for devices with rings */
	unsigned int rx_slot;

	/* Equal when the device is idle. */
	atomic_ulong started;
	atomic_ulong finished;
};

extern const struct dma_driver dma_edu;
extern const struct dma_driver dma_igb;

/* Driver for a PCI id, NULL if the demo has none. */
const struct dma_driver *dma_driver_find(__u16 vendor, __u16 device);

/* Copy @len bytes in as many pieces as it takes. 0 or -errno. */
int dma_copy(struct dma_dev *dev, __u64 dst, __u64 src, size_t len);

/* Stamp every piece of the @len bytes at @src. */
void dma_stamp(const struct dma_dev *dev, __u8 *src, size_t len);

#define BIT(n)		(1u << (n))

/* What a device may change at any time: one load, and none moves before it. */
static inline __u32 dma_load32(const void *addr)
{
	return __atomic_load_n((const __u32 *)addr, __ATOMIC_ACQUIRE);
}

static inline __u32 dma_read32(struct dma_dev *dev, size_t reg)
{
	return dma_load32(dev->bar + reg);
}

/* Memory the device is about to read must be written before the register. */
static inline void dma_write32(struct dma_dev *dev, size_t reg, __u32 value)
{
	atomic_thread_fence(memory_order_seq_cst);
	__atomic_store_n((__u32 *)(dev->bar + reg), value, __ATOMIC_RELEASE);
}

static inline void dma_write64(struct dma_dev *dev, size_t reg, __u64 value)
{
	atomic_thread_fence(memory_order_seq_cst);
	__atomic_store_n((__u64 *)(dev->bar + reg), value, __ATOMIC_RELEASE);
}

/* Sleep @usec, then tell whether the @waited budget of @limit is used up. */
int dma_timed_out(unsigned int usec, unsigned int *waited, unsigned int limit);

#endif
