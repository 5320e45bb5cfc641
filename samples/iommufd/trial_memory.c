// SPDX-License-Identifier: GPL-2.0-only
/* Trial, part 1: map memory of each kind and let the device copy it. */
#include <stdio.h>

#include "step.h"
#include "trial.h"

static const struct {
	enum mem_kind kind;
	size_t size;
	const char *label;
} kinds[TRIAL_PAIRS] = {
	{ MEM_SMALL, 64 * 1024, "4 KiB" },
	{ MEM_THP, 4 * 1024 * 1024, "THP" },
	{ MEM_HUGETLB, 4 * 1024 * 1024, "hugetlb" },
};

int trial_transfer(struct trial *t, struct trial_pair *pair,
		   const char *where, size_t src_offset, size_t dst_offset,
		   size_t len)
{
	struct transfer *x = &t->transfer;
	int err;

	x->src = &pair->src;
	x->dst = &pair->dst;
	x->src_offset = src_offset;
	x->dst_offset = dst_offset;
	x->len = len;
	x->margin = TRANSFER_MARGIN_ALL;
	x->seed++;
	err = transfer_run(x, &t->dma);
	if (err)
		return step_fail(-err,
				 "see dmesg for faults of the device",
				 "%s: %zu bytes from IOVA 0x%llx to 0x%llx: %s",
				 where, len,
				 (pair->src.iova + src_offset),
				 (pair->dst.iova + dst_offset),
				 x->why);
	step_say("%s: %zu bytes from IOVA 0x%llx to 0x%llx: right, and %zu bytes around unchanged",
		 where, len,
		 (pair->src.iova + src_offset),
		 (pair->dst.iova + dst_offset),
		 pair->dst.size + 2 * pair->dst.guard - len);
	return 0;
}

static int map_pair(struct trial *t, size_t i)
{
	struct trial_pair *pair = &t->pairs[i];
	size_t size = kinds[i].size;
	char name[64];

	snprintf(name, sizeof(name), "map %s memory", kinds[i].label);
	if (step_begin(name))
		return -1;
	pair->label = kinds[i].label;
	if (mem_alloc(&pair->src, kinds[i].kind, size) ||
	    mem_verify(&pair->src, "source") ||
	    mem_alloc(&pair->dst, kinds[i].kind, size) ||
	    mem_verify(&pair->dst, "target"))
		return -1;
	if (trial_map(t, &pair->src, "source", IOMMU_IOAS_MAP_READABLE))
		return -1;
	return trial_map(t, &pair->dst, "target",
			 IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE);
}

static int copy_pair(struct trial *t, size_t i)
{
	struct trial_pair *pair = &t->pairs[i];
	size_t piece = t->driver->max_len;
	size_t least = t->driver->min_len;
	size_t size = pair->dst.size;
	size_t page = mem_page(kinds[i].kind);
	char name[64];

	snprintf(name, sizeof(name), "DMA with %s memory", kinds[i].label);
	if (step_begin(name))
		return -1;
	if (trial_transfer(t, pair, "start", 0, 0, piece) ||
	    trial_transfer(t, pair, "middle", size / 2 + SIZE_4K + 3,
			   size / 4 + SIZE_4K + 101, least + 7) ||
	    trial_transfer(t, pair, "across pages", page - piece / 2 - 5,
			   page - piece / 4 - 1, piece) ||
	    trial_transfer(t, pair, "last bytes", size - least, size - least,
			   least) ||
	    trial_transfer(t, pair, "end", size - piece, size - piece, piece))
		return -1;
	/* Small enough to send whole, so that each of its pages has a turn. */
	if (size <= TRANSFER_MAX)
		return trial_transfer(t, pair, "whole", 0, 0, size);
	return 0;
}

int trial_memory(struct trial *t)
{
	size_t i;

	for (i = 0; i < TRIAL_PAIRS; i++)
		if (map_pair(t, i) || copy_pair(t, i))
			return -1;
	return 0;
}
