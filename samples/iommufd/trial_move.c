// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trial, part 2: copy all mappings to a second address space, move the
 * device between the two while it does DMA, then do without the first.
 */
#include <stdint.h>
#include <time.h>

#include "step.h"
#include "trial.h"

#define MOVES_LEAST	8
#define MOVES_MOST	64
#define MOVES_ACROSS	4

static int copy_one(struct trial *t, const struct mem *mem, const char *label,
		    const char *what)
{
	struct iommu_ioas_copy copy = {
		.size = sizeof(copy),
		.flags = mem->prot | IOMMU_IOAS_MAP_FIXED_IOVA,
		.dst_ioas_id = t->second,
		.src_ioas_id = t->first,
		.length = mem->size,
		.dst_iova = mem->iova,
		.src_iova = mem->iova,
	};
	int err = iommufd_ioas_copy(t->iommufd, &copy);

	if (err)
		return step_refused(t->session, IOMMU_IOAS_COPY, err,
				    "cannot copy %s %s", label, what);
	step_say("%s %s: IOVA 0x%llx..0x%llx of IOAS %u is in IOAS %u too",
		 label, what, mem->iova,
		 (mem->iova + mem->size - 1), t->first, t->second);
	return 0;
}

static int copy_mappings(struct trial *t)
{
	size_t i;

	if (step_begin("IOMMU_IOAS_COPY"))
		return -1;
	if (copy_one(t, &t->scratch, "scratch", "page"))
		return -1;
	if (t->dma.work.prot && copy_one(t, &t->dma.work, "descriptor", "rings"))
		return -1;
	for (i = 0; i < TRIAL_PAIRS; i++)
		if (copy_one(t, &t->pairs[i].src, t->pairs[i].label, "source") ||
		    copy_one(t, &t->pairs[i].dst, t->pairs[i].label, "target"))
			return -1;
	return 0;
}

static unsigned long long now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ULL + ts.tv_nsec / 1000;
}

struct moves {
	unsigned int total;
	unsigned long last;	/* number of the transfer that the last met */
	unsigned long long longest_us;
};

static int move_once(struct trial *t, __u32 to, struct moves *m)
{
	unsigned long long time;
	int err;

	/* Each replacement meets a transfer of its own. */
	if (stream_wait_busy(&t->stream, m->last))
		return 0;	/* the caller finds out why */
	m->last = atomic_load(&t->dma.started);
	atomic_fetch_add(&t->stream.begun, 1);
	time = now_us();
	err = vfio_dev_attach(&t->vfio, to);
	time = now_us() - time;
	atomic_fetch_add(&t->stream.finished, 1);
	if (err)
		return step_refused(t->session, VFIO_DEVICE_ATTACH_IOMMUFD_PT,
				    err,
				    "cannot replace the attachment by IOAS %u",
				    to);
	m->total++;
	if (time > m->longest_us)
		m->longest_us = time;
	return 0;
}

/* An even number of moves, then one more: the device ends in the second. */
static int move_many(struct trial *t, struct moves *m)
{
	while (m->total < MOVES_MOST &&
	       (m->total < MOVES_LEAST ||
		atomic_load(&t->stream.across) < MOVES_ACROSS)) {
		if (move_once(t, t->second, m) || move_once(t, t->first, m))
			return -1;
		if (atomic_load(&t->stream.failed) || step_interrupted())
			return 0;
	}
	return move_once(t, t->second, m);
}

static int judge_stream(struct trial *t, const struct moves *m)
{
	struct kmsg_fault any = {
		.bdf = t->func->bdf,
		.access = "",
		.last = UINT64_MAX,
	};
	struct stream *s = &t->stream;
	unsigned long lost = atomic_load(&s->lost);

	if (!atomic_load(&s->across))
		return step_fail(0, "start the demo again; see dmesg",
				 "of %u replacements, none met a transfer that arrived whole (%lu faulted)",
				 m->total, lost);
	step_say("%u replacements between IOAS %u and %u, the longest took %llu us",
		 m->total, t->first, t->second, m->longest_us);
	step_say("%lu transfers of %zu bytes with every byte right, %lu of them met a replacement",
		 atomic_load(&s->whole), s->len, atomic_load(&s->across));
	if (!lost)
		return 0;

	step_say("%lu transfers faulted while there was no translation; no other byte changed",
		 lost);
	if (!kmsg_find_fault(&t->kmsg, &any, 0, t->line, sizeof(t->line)))
		step_say("kernel log: %s", t->line);
	if (t->options->hitless)
		return step_fail(0,
				 "this IOMMU driver cannot replace without a gap; drop --hitless",
				 "a replacement disturbed a transfer");
	return 0;
}

static int replace_under_dma(struct trial *t)
{
	struct moves moves = { 0 };
	int err, moved;

	if (step_begin("replace the attachment during DMA"))
		return -1;
	kmsg_skip(&t->kmsg);
	t->stream.dev = &t->dma;
	t->stream.src = &t->pairs[0].src;
	t->stream.dst = &t->pairs[0].dst;
	t->stream.len = t->driver->stream_len;
	err = stream_start(&t->stream);
	if (err)
		return step_fail(-err, "give the machine more memory",
				 "cannot start a thread");
	moved = move_many(t, &moves);
	err = stream_stop(&t->stream);
	if (moved)
		return -1;
	if (err)
		return step_fail(-err, "see dmesg for faults of the device",
				 "a transfer failed around replacement %u: %s",
				 moves.total, t->stream.transfer.why);
	if (step_begin("replace the attachment during DMA"))
		return -1;
	return judge_stream(t, &moves);
}

/* The copies must live on their own, with the originals gone. */
static int drop_first(struct trial *t)
{
	__u64 size;
	size_t i, piece = t->driver->max_len;
	int err;

	if (step_begin("unmap the first IOAS"))
		return -1;
	err = iommufd_ioas_unmap_all(t->iommufd, t->first, &size);
	if (err)
		return step_refused(t->session, IOMMU_IOAS_UNMAP, err,
				    "cannot unmap all");
	step_say("all %llu bytes of IOAS %u unmapped, IOAS %u keeps its copy",
		 size, t->first, t->second);
	err = iommufd_destroy(t->iommufd, t->first);
	if (err)
		return step_refused(t->session, IOMMU_DESTROY, err,
				    "cannot destroy IOAS %u", t->first);
	t->first = 0;

	for (i = 0; i < TRIAL_PAIRS; i++)
		if (trial_transfer(t, &t->pairs[i], t->pairs[i].label, 0,
				   SIZE_4K + 40, piece))
			return -1;
	return 0;
}

int trial_move(struct trial *t)
{
	if (copy_mappings(t) || replace_under_dma(t))
		return -1;
	return drop_first(t);
}
