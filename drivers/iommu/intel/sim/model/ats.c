// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a translation completion carries (VT-d chapter 4).
 */
#include "../../hw/pasid_layout.h"
#include "ats.h"
#include "model.h"

#define ATS_PAGE	4096

/**
 * vtdm_ats_wants_write() - does a translation request ask for writing, too?
 * @walk: the walk
 *
 * Return: true unless the device says otherwise and the unit listens.
 */
bool vtdm_ats_wants_write(const struct vtdm_walk *walk)
{
	return !(walk->rq->no_write && walk->model->caps.nwfs);
}

/* N: the device's accesses are snooped whatever it asks for. */
static bool ats_n(const struct vtdm_walk *walk)
{
	if (walk->legacy)
		return walk->page.snp;
	if (walk->pe.pgtt == VTD_PGTT_FIRST ||
	    walk->pe.pgtt == VTD_PGTT_PASSTHROUGH)
		return walk->pe.pgsnp;
	return walk->pe.pgsnp || walk->page.snp;
}

/**
 * vtdm_ats_answer() - a page was found
 * @walk: the walk, with its page
 * @out: already has address, size and what the page grants
 */
void vtdm_ats_answer(const struct vtdm_walk *walk, struct vtd_model_outcome *out)
{
	out->addr &= ~(out->size - 1);
	out->write &= vtdm_ats_wants_write(walk);
	out->ats_n = ats_n(walk);
	out->ats_priv = walk->rq->privileged;
}

/**
 * vtdm_ats_answer_nothing() - success that grants nothing
 * @walk: the walk
 * @out: filled, but for reason and record
 */
void vtdm_ats_answer_nothing(const struct vtdm_walk *walk,
			     struct vtd_model_outcome *out)
{
	out->verdict = VTD_MODEL_DONE;
	out->size = ATS_PAGE;
	out->ats_priv = walk->rq->privileged;
}

/**
 * vtdm_ats_answer_range() - the interrupt range, without a PASID
 * @walk: the walk
 * @out: filled
 *
 * The device may write there, but only untranslated: that is an interrupt.
 */
void vtdm_ats_answer_range(const struct vtdm_walk *walk,
			   struct vtd_model_outcome *out)
{
	vtdm_ats_answer_nothing(walk, out);
	out->write = !walk->rq->no_write;
	out->ats_u = !walk->rq->no_write;
}
