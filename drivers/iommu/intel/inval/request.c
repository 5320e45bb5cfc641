// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page requests: answers, and the drain of what is on its way.
 *
 * Owns: nothing.
 * Locks: none.
 * Calls: queue/ through batches.
 *
 * Spec: 6.5.2.9 (answers), 7.10 (drain).
 */
#include <linux/kernel.h>

#include "../mutant.h"
#include "../queue/queue.h"
#include "../trace.h"
#include "../unit/unit.h"
#include "batch.h"
#include "devtlb.h"
#include "inval.h"

/**
 * vtd_inval_answer() - answer a group of page requests
 * @unit: the unit that the requests came through
 * @answer: the answer
 *
 * The unit has sent it when this returns.
 *
 * Context: may sleep.
 * Return: see inval.h.
 */
int vtd_inval_answer(struct vtd_unit *unit, const struct vtd_inval_answer *answer)
{
	struct vtd_batch batch __uninitialized;
	u64 pasid = answer->has_pasid ? vtd_desc_response_pasid(answer->pasid) : 0;

	might_sleep();
	trace_prq_answer(unit->name, answer->sid, answer->has_pasid ? (s32)answer->pasid : -1,
			 answer->group, answer->code);
	vtd_batch_start(&batch, unit);
	batch.flags = VTD_SUBMIT_SLEEP;
	vtd_batch_add(&batch, vtd_desc_page_response(answer->sid, pasid, answer->group,
						     answer->code));
	return vtd_batch_finish(&batch);
}

/**
 * vtd_inval_drain_requests() - page requests that are on their way have arrived
 * @entry: the PASID entry that they were sent for; the device sends no more
 * @did: a domain id of the device
 *
 * The request to the cache of the device pushes what the device has sent. So where
 * there is no cache any more nothing that it sent before is left: ATS was switched
 * off with a request of that kind.
 *
 * They are in the ring when this returns, and answers to the device have left.
 *
 * Context: may sleep; the unit has the drain.
 * Return: see inval.h.
 */
int vtd_inval_drain_requests(const struct vtd_inval_entry *entry, u16 did)
{
	struct vtd_devtlb *devtlb = entry->devtlb;
	struct vtd_batch batch __uninitialized;

	might_sleep();
	vtd_batch_start(&batch, entry->unit);
	batch.flags = VTD_SUBMIT_SLEEP;
	if (!vtd_mutant(VTD_MUTANT_DRAIN_FLAG))
		batch.flags |= VTD_SUBMIT_DRAIN_PRQ;
	vtd_batch_add(&batch, vtd_desc_iotlb_domain(entry->unit->caps.iotlb_drain, did));
	if (devtlb && vtd_devtlb_is_asked(entry->unit, devtlb))
		vtd_devtlb_add_whole(&batch, devtlb, entry->pasid);
	return vtd_batch_finish(&batch);
}
