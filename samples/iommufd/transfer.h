/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One transfer by the device from a source to a target buffer, with every
 * byte of both accounted for.
 */
#ifndef DEMO_TRANSFER_H
#define DEMO_TRANSFER_H

#include <stddef.h>
#include <stdint.h>
#include <linux/types.h>

#include "dma.h"
#include "mem.h"

/* Longest transfer; a multiple of every driver's piece. */
#define TRANSFER_MAX	((size_t)64 * 1024)

/* Margin that reaches the ends of any buffer, guard pages included. */
#define TRANSFER_MARGIN_ALL	SIZE_MAX

struct transfer {
	struct mem *src;
	struct mem *dst;
	size_t src_offset;
	size_t dst_offset;
	size_t len;
	size_t margin;		/* bytes around the target to check as well */
	__u32 seed;		/* of the pattern; vary it */
	__u8 want[TRANSFER_MAX];
	char why[160];		/* what went wrong, in words */
};

/* Write the pattern to the source and the background around the target. */
void transfer_prepare(struct transfer *t, const struct dma_dev *dev);

/* 0 if the target holds the pattern and nothing else changed, or -EIO. */
int transfer_check_arrived(struct transfer *t);

/* 0 if source and target are as transfer_prepare() left them, or -EIO. */
int transfer_check_untouched(struct transfer *t);

/* 0 if all but the target is as transfer_prepare() left it, or -EIO. */
int transfer_check_around(struct transfer *t);

/* Prepare, let the device copy, check. 0 or -errno with why filled. */
int transfer_run(struct transfer *t, struct dma_dev *dev);

#endif
