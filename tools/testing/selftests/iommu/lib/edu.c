// SPDX-License-Identifier: GPL-2.0-only
/* QEMU's educational device; the facts are in QEMU's docs/specs/edu.rst. */
#include <unistd.h>

#include "edu.h"
#include "harness.h"

#define DMA_SRC 0x80
#define DMA_DST 0x88
#define DMA_COUNT 0x90
#define DMA_CMD 0x98
#define CMD_RUN 1
#define CMD_TO_MEMORY 2
#define BUFFER 0x40000

#define POLL_US 2000
#define LIMIT_US (20 * 1000 * 1000)

static volatile __u64 *reg(volatile void *regs, size_t at)
{
	return (volatile __u64 *)((volatile char *)regs + at);
}

static void start(volatile void *regs, __u64 dst, __u64 src, size_t nbytes,
		  __u64 command)
{
	*reg(regs, DMA_SRC) = src;
	*reg(regs, DMA_DST) = dst;
	*reg(regs, DMA_COUNT) = nbytes;
	*reg(regs, DMA_CMD) = command;
}

void edu_start_read(volatile void *regs, __u64 iova, size_t nbytes)
{
	start(regs, BUFFER, iova, nbytes, CMD_RUN);
}

void edu_start_write(volatile void *regs, __u64 iova, size_t nbytes)
{
	start(regs, iova, BUFFER, nbytes, CMD_RUN | CMD_TO_MEMORY);
}

void edu_wait(volatile void *regs)
{
	unsigned int waited;

	for (waited = 0; *reg(regs, DMA_CMD) & CMD_RUN; waited += POLL_US) {
		CHECK(waited < LIMIT_US);
		usleep(POLL_US);
	}
}

void edu_read(volatile void *regs, __u64 iova, size_t nbytes)
{
	edu_start_read(regs, iova, nbytes);
	edu_wait(regs);
}

void edu_write(volatile void *regs, __u64 iova, size_t nbytes)
{
	edu_start_write(regs, iova, nbytes);
	edu_wait(regs);
}

void edu_copy(volatile void *regs, __u64 dst, __u64 src, size_t nbytes)
{
	edu_read(regs, src, nbytes);
	edu_write(regs, dst, nbytes);
}
