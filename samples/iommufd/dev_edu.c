// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU's educational device (1234:11e8).
 *
 * It has a buffer of 4096 bytes of its own and moves data between it and
 * memory, one direction at a time, 100 ms after it was told to. A copy is
 * thus two transfers: memory to buffer, buffer to memory.
 * Facts: QEMU's docs/specs/edu.rst.
 */
#include <errno.h>

#include "dma.h"

#define EDU_ID			0x00	/* 0xRRrr00ed */
#define EDU_DMA_SRC		0x80	/* 8 bytes each */
#define EDU_DMA_DST		0x88
#define EDU_DMA_COUNT		0x90
#define EDU_DMA_CMD		0x98
#define EDU_CMD_RUN		0x1
#define EDU_CMD_TO_MEMORY	0x2

#define EDU_BUFFER		0x40000
#define EDU_BUFFER_SIZE		4096

#define EDU_POLL_US		2000
#define EDU_LIMIT_US		(20 * 1000 * 1000)

static int wait_idle(struct dma_dev *dev)
{
	unsigned int waited = 0;

	while (dma_read32(dev, EDU_DMA_CMD) & EDU_CMD_RUN)
		if (dma_timed_out(EDU_POLL_US, &waited, EDU_LIMIT_US))
			return -ETIMEDOUT;
	return 0;
}

static int transfer(struct dma_dev *dev, __u64 dst, __u64 src,
		    size_t len, __u64 direction)
{
	dma_write64(dev, EDU_DMA_SRC, src);
	dma_write64(dev, EDU_DMA_DST, dst);
	dma_write64(dev, EDU_DMA_COUNT, len);
	dma_write64(dev, EDU_DMA_CMD, EDU_CMD_RUN | direction);
	return wait_idle(dev);
}

static int edu_init(struct dma_dev *dev)
{
	if ((dma_read32(dev, EDU_ID) & 0xff) != 0xed)
		return -ENODEV;
	return wait_idle(dev);
}

static void edu_stop(struct dma_dev *dev)
{
	/* A transfer cannot be called off, only waited for. */
	wait_idle(dev);
}

static int edu_copy(struct dma_dev *dev, __u64 dst, __u64 src,
		    size_t len)
{
	int err = transfer(dev, EDU_BUFFER, src, len, 0);

	if (!err)
		err = transfer(dev, dst, EDU_BUFFER, len, EDU_CMD_TO_MEMORY);
	return err;
}

const struct dma_driver dma_edu = {
	.name = "edu",
	.how = "through the device's own buffer of 4096 bytes",
	.vendor = 0x1234,
	.device = 0x11e8,
	.iova_last = (1ULL << 28) - 1,
	.min_len = 1,
	.max_len = EDU_BUFFER_SIZE,
	.stream_len = EDU_BUFFER_SIZE,
	.init = edu_init,
	.stop = edu_stop,
	.copy = edu_copy,
};
