// SPDX-License-Identifier: GPL-2.0-only
/* One transfer by the device, with every byte accounted for. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "transfer.h"

/* The part of the target's memory to look at, guards included. */
static void window(const struct transfer *t, __u8 **first, size_t *len)
{
	__u8 *target = t->dst->base + t->dst_offset;
	size_t before = t->dst_offset + t->dst->guard;
	size_t after = t->dst->size - t->dst_offset - t->len + t->dst->guard;

	if (before > t->margin)
		before = t->margin;
	if (after > t->margin)
		after = t->margin;
	*first = target - before;
	*len = before + t->len + after;
}

static __u8 background(const struct transfer *t)
{
	return 0x5a ^ (__u8)(t->seed * 29);
}

/* xorshift: neighbouring pages and transfers never look alike. */
static void fill_pattern(__u8 *to, size_t len, __u32 seed)
{
	__u32 x = seed * 2654435761u + 12345;
	size_t i;

	if (!x)
		x = 1;
	for (i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		to[i] = x >> 11;
	}
}

void transfer_prepare(struct transfer *t, const struct dma_dev *dev)
{
	__u8 *first;
	size_t len;

	fill_pattern(t->want, t->len, t->seed);
	dma_stamp(dev, t->want, t->len);
	memcpy(t->src->base + t->src_offset, t->want, t->len);
	window(t, &first, &len);
	memset(first, background(t), len);
	t->why[0] = '\0';
}

static int check_source(struct transfer *t)
{
	if (!memcmp(t->src->base + t->src_offset, t->want, t->len))
		return 0;
	snprintf(t->why, sizeof(t->why), "the source changed");
	return -EIO;
}

/* All of {p, len} is the background? */
static int check_background(struct transfer *t, const __u8 *p, size_t len)
{
	__u8 want = background(t);
	size_t i;

	if (!len || (p[0] == want && !memcmp(p, p + 1, len - 1)))
		return 0;
	for (i = 0; i < len && p[i] == want; i++)
		;
	snprintf(t->why, sizeof(t->why),
		 "byte %td of the target buffer changed from 0x%02x to 0x%02x",
		 p + i - t->dst->base, want, p[i]);
	return -EIO;
}

int transfer_check_untouched(struct transfer *t)
{
	__u8 *first;
	size_t len;
	int err;

	window(t, &first, &len);
	err = check_background(t, first, len);
	return err ? err : check_source(t);
}

int transfer_check_around(struct transfer *t)
{
	__u8 *target = t->dst->base + t->dst_offset;
	__u8 *first;
	size_t len;
	int err;

	window(t, &first, &len);
	err = check_background(t, first, target - first);
	if (!err)
		err = check_background(t, target + t->len,
				       first + len - target - t->len);
	return err ? err : check_source(t);
}

int transfer_check_arrived(struct transfer *t)
{
	__u8 *target = t->dst->base + t->dst_offset;
	size_t i;

	if (!memcmp(target, t->want, t->len))
		return transfer_check_around(t);
	for (i = 0; target[i] == t->want[i]; i++)
		;
	snprintf(t->why, sizeof(t->why),
		 "byte %zu of the target buffer is 0x%02x instead of 0x%02x",
		 t->dst_offset + i, target[i], t->want[i]);
	return -EIO;
}

int transfer_run(struct transfer *t, struct dma_dev *dev)
{
	int err;

	transfer_prepare(t, dev);
	err = dma_copy(dev, t->dst->iova + t->dst_offset,
		       t->src->iova + t->src_offset, t->len);
	if (err) {
		snprintf(t->why, sizeof(t->why),
			 "the device did not complete the transfer");
		return err;
	}
	return transfer_check_arrived(t);
}
