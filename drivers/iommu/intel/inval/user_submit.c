// SPDX-License-Identifier: GPL-2.0-only
/*
 * A chunk of a user's array reaches each cache that may know the user's table.
 *
 * The table belongs to the user, and what it leads to is translated once more by a
 * table of the kernel: whatever is not forgotten leads to memory that the user has
 * anyway. So a failure is the caller's to hear of, and costs no device its access
 * but the one that did not answer, which nobody can make forget any more.
 *
 * Owns: nothing.
 * Locks: the domain's lock, which the caller holds: the tags stay.
 * Calls: user.c for the descriptors, queue/, flush.c.
 *
 * Spec: 6.5.2 (descriptors), 6.5.3.3 (first-stage rows).
 */
#include <linux/iommu.h>
#include <linux/list.h>

#include "../mutant.h"
#include "../queue/queue.h"
#include "../trace.h"
#include "../unit/unit.h"
#include "devtlb.h"
#include "flush.h"
#include "tag.h"
#include "user.h"
#include "user_submit.h"

/* What one descriptor of IOTLB and device TLB each takes is the smallest job. */
static_assert(VTD_USER_JOB_DESCS >= VTD_USER_DESCS);

static void user_submit(struct vtd_tags *tags, struct vtd_user_job *job)
{
	struct vtd_queue_error error __uninitialized;
	int ret;

	if (!job->n)
		return;
	ret = vtd_queue_submit(job->unit, job->desc, job->n, VTD_SUBMIT_SLEEP, &error);
	job->ndescs += job->n;
	job->nsubmits++;
	job->n = 0;
	if (likely(!ret))
		return;
	job->ret = job->ret ?: ret;
	guard(rcu)();
	vtd_flush_cut_off_mute(tags, job->unit);
}

/* @most: what the next tag may need */
static struct vtd_desc *make_room(struct vtd_tags *tags, struct vtd_user_job *job,
				  struct vtd_unit *unit, unsigned int most)
{
	if (job->unit != unit || job->n + most > VTD_USER_JOB_DESCS)
		user_submit(tags, job);
	job->unit = unit;
	return job->desc + job->n;
}

static void add_tag(struct vtd_tags *tags, const struct vtd_tag_key *key,
		    const struct vtd_user_chunk *chunk, struct vtd_user_job *job)
{
	unsigned int most = chunk->all ? 1 : 2 * chunk->n;
	struct vtd_desc *room;

	switch (key->kind) {
	case VTD_TAG_FIRST:
		room = make_room(tags, job, key->unit, most);
		job->n += vtd_user_iotlb(chunk, &key->unit->caps, key->did, key->pasid,
					 room);
		break;
	case VTD_TAG_DEVTLB:
		if (!vtd_devtlb_is_asked(key->unit, key->devtlb) ||
		    vtd_mutant(VTD_MUTANT_USER_DEVTLB))
			break;
		room = make_room(tags, job, key->unit,
				 most * vtd_devtlb_times(key->devtlb));
		job->n += vtd_user_devtlb(chunk, key->devtlb, key->pasid, room);
		break;
	case VTD_TAG_SECOND:
	case VTD_TAG_CHILD:
	case VTD_TAG_DEVTLB_WHOLE:
		/* Not of a table that belongs to a user */
		break;
	}
}

/**
 * vtd_user_submit() - carry out what a part of an array asks for
 * @tags: where the user's table may be cached
 * @chunk: what is asked for
 * @job: memory for it; says afterwards what it took
 *
 * One submission with one wait, as long as one device uses the table. Device TLBs
 * stand behind the IOTLB of their unit.
 *
 * Context: under the lock that keeps @tags; sleeps.
 * Return: 0; -ETIMEDOUT if a device did not answer, which is cut off then; -EIO if a
 * unit refused something or is dead. Everything else was carried out.
 */
int vtd_user_submit(struct vtd_tags *tags, const struct vtd_user_chunk *chunk,
		    struct vtd_user_job *job)
{
	struct vtd_tag *tag;

	job->unit = NULL;
	job->n = 0;
	job->ret = 0;
	job->ndescs = 0;
	job->nsubmits = 0;
	list_for_each_entry(tag, &tags->list, node) {
		add_tag(tags, &tag->key, chunk, job);
		if (vtd_mutant(VTD_MUTANT_USER_ONE))
			break;
	}
	user_submit(tags, job);
	trace_user_invalidation(chunk->entries, job->ndescs, job->nsubmits, job->ret);
	return job->ret;
}
