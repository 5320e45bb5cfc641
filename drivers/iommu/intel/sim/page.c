// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page requests of a simulated function: groups of them, and what it expects of
 * the responses.
 *
 * A function may have as many requests outstanding as software allows. It waits
 * for the group that it asked for last; a response to another one that is outstanding
 * is as good. A response to a group that is not is a fault of software, which counters
 * and the PRI status register tell.
 *
 * Locks: vtd_sim_unit.lock.
 * Calls: the model, config.c.
 *
 * Spec: PCI Express, Page Request Services.
 */
#include <linux/align.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/pci_regs.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../hw/prq_layout.h"
#include "config.h"
#include "engine.h"
#include "function.h"
#include "model/message.h"
#include "model/unit.h"
#include "page.h"
#include "sim_unit.h"

/* More than any ring of a unit of ours holds, of whom root has allowed a flood. */
#define FLOOD_MAX	8192U

static struct vtd_model_request request_of(const struct vtd_sim_function *fn,
					   const struct vtd_sim_job *job)
{
	return (struct vtd_model_request){
		.addr = ALIGN_DOWN(job->addr, SZ_4K),
		.pasid = job->command & VTD_SIM_OP_PASID ? job->pasid : 0,
		.size = SZ_4K,
		.sid = vtd_sim_function_sid(fn),
		.access = VTD_ACCESS_PAGE_REQUEST,
		.at = VTD_FRCD_AT_UNTRANSLATED,
		.has_pasid = job->command & VTD_SIM_OP_PASID,
		.privileged = job->command & VTD_SIM_OP_PRIVILEGED,
		.want_read = true,
		.want_write = !(job->command & VTD_SIM_OP_READ_ONLY),
	};
}

static bool is_group(const struct vtd_sim_group *group, u16 index, bool has_pasid,
		     u32 pasid)
{
	return group->index == index && group->has_pasid == has_pasid &&
	       (!has_pasid || group->pasid == pasid);
}

static struct vtd_sim_group *find_group(struct vtd_sim_function *fn, u16 index,
					bool has_pasid, u32 pasid)
{
	u32 i;

	for (i = 0; i < fn->ngroups; i++) {
		if (is_group(&fn->groups[i], index, has_pasid, pasid))
			return &fn->groups[i];
	}
	return NULL;
}

/* Who floods keeps no account of what is outstanding. */
static bool keeps_account(const struct vtd_sim_function *fn)
{
	return !(fn->behave & VTD_SIM_MAY_FLOOD);
}

static void open_request(struct vtd_sim_function *fn, const struct vtd_model_request *rq)
{
	struct vtd_sim_group *group = find_group(fn, rq->group, rq->has_pasid, rq->pasid);

	fn->unit->counters.page_requests++;
	if (!keeps_account(fn) || (!group && fn->ngroups == VTD_SIM_GROUPS))
		return;
	if (!group) {
		group = &fn->groups[fn->ngroups++];
		*group = (struct vtd_sim_group){
			.pasid = rq->pasid,
			.index = rq->group,
			.has_pasid = rq->has_pasid,
		};
	}
	group->n++;
	fn->asked++;
}

/* Returns false if nobody waits for it. */
static bool close_group(struct vtd_sim_function *fn,
			const struct vtd_model_message *message)
{
	struct vtd_sim_group *group = find_group(fn, message->group, message->has_pasid,
						 message->pasid);

	if (!group)
		return !keeps_account(fn);
	fn->asked -= group->n;
	*group = fn->groups[--fn->ngroups];
	return true;
}

/* An index that is not in use, or the one that software wants, or the same once more. */
static void choose_group(struct vtd_sim_function *fn, const struct vtd_sim_job *job)
{
	if (job->command & VTD_SIM_OP_GROUP)
		fn->group = job->operand & (VTD_PRGI_COUNT - 1);
	else if (!fn->more)
		fn->group = (fn->group + 1) & (VTD_PRGI_COUNT - 1);
	fn->more = job->command & VTD_SIM_OP_MORE;
	fn->has_pasid = job->command & VTD_SIM_OP_PASID;
	fn->pasid = fn->has_pasid ? job->pasid : 0;
}

static u32 request_npages(const struct vtd_sim_job *job)
{
	return max(DIV_ROUND_UP_ULL((job->addr & (SZ_4K - 1)) + (u64)job->nbytes, SZ_4K),
		   1ULL);
}

/* What the driver has allowed: the queue belongs to others, too. */
static bool may_ask(const struct vtd_sim_function *fn, u32 n)
{
	if (!keeps_account(fn))
		return n <= FLOOD_MAX;
	return (u64)fn->asked + n <= vtd_sim_config_page_requests(fn);
}

static enum vtd_sim_status status_of(const struct vtd_sim_function *fn)
{
	switch (fn->page) {
	case VTD_SIM_PAGE_ASKED:
		return VTD_SIM_PENDING;
	case VTD_SIM_PAGE_GIVEN:
		return VTD_SIM_OK;
	case VTD_SIM_PAGE_NONE:
	case VTD_SIM_PAGE_REFUSED:
		break;
	}
	return VTD_SIM_PAGE_FAILED;
}

/**
 * vtd_sim_page_ask() - one group of page requests, or a part of it
 * @fn: the function, whose page requests are on
 * @job: which pages; with VTD_SIM_OP_MORE the last of the group is not among them
 *
 * A response may come before the unit has returned.
 *
 * Return: VTD_SIM_PENDING until there is a response; VTD_SIM_OK for a part of a group,
 * or if the response was success; VTD_SIM_PAGE_FAILED if it was not, or if software
 * allows no more.
 */
enum vtd_sim_status vtd_sim_page_ask(struct vtd_sim_function *fn,
				     const struct vtd_sim_job *job)
{
	struct vtd_model_request rq = request_of(fn, job);
	struct vtd_model_outcome out;
	u32 i, n = request_npages(job);

	if (!may_ask(fn, n))
		return VTD_SIM_PAGE_FAILED;
	choose_group(fn, job);
	fn->page = VTD_SIM_PAGE_ASKED;
	for (i = 0; i < n; i++, rq.addr += SZ_4K) {
		rq.last = !fn->more && (i == n - 1 || job->command & VTD_SIM_OP_ALONE);
		rq.group = (fn->group + (job->command & VTD_SIM_OP_ALONE ? i : 0)) &
			   (VTD_PRGI_COUNT - 1);
		open_request(fn, &rq);
		if (vtd_model_page_request(fn->unit->model, &rq, &out) ==
		    VTD_MODEL_PAGE_MALFORMED)
			fn->page = VTD_SIM_PAGE_NONE;
	}
	fn->group = rq.group;
	if (fn->more) {
		fn->page = VTD_SIM_PAGE_NONE;
		return VTD_SIM_OK;
	}
	return status_of(fn);
}

/**
 * vtd_sim_page_stop_marker() - the function tells that it has stopped using a PASID
 * @fn: the function, whose page requests are on
 * @job: which PASID
 *
 * Return: VTD_SIM_OK: it wants no response.
 */
enum vtd_sim_status vtd_sim_page_stop_marker(struct vtd_sim_function *fn,
					     const struct vtd_sim_job *job)
{
	struct vtd_model_request rq = request_of(fn, job);
	struct vtd_model_outcome out;

	rq.want_read = false;
	rq.want_write = false;
	rq.last = true;
	vtd_model_page_request(fn->unit->model, &rq, &out);
	return VTD_SIM_OK;
}

/**
 * vtd_sim_page_response() - the unit brings a response
 * @fn: the function
 * @message: the response
 *
 * Return: whether it is the one that the function waits for.
 */
bool vtd_sim_page_response(struct vtd_sim_function *fn,
			   const struct vtd_model_message *message)
{
	struct vtd_sim_group waits = {
		.pasid = fn->pasid, .index = fn->group, .has_pasid = fn->has_pasid,
	};
	bool given = message->code == VTD_PRR_SUCCESS;

	if (!given)
		fn->unit->counters.refusals++;
	if (message->code == VTD_PRR_FAILURE)
		vtd_sim_config_set_pri_status(fn, PCI_PRI_STATUS_RF);
	if (!close_group(fn, message)) {
		fn->unit->counters.strays++;
		vtd_sim_config_set_pri_status(fn, PCI_PRI_STATUS_UPRGI);
		return false;
	}
	vtd_sim_config_set_pri_status(fn, 0);
	if (fn->page != VTD_SIM_PAGE_ASKED ||
	    !is_group(&waits, message->group, message->has_pasid, message->pasid))
		return false;
	fn->page = given ? VTD_SIM_PAGE_GIVEN : VTD_SIM_PAGE_REFUSED;
	return true;
}

/**
 * vtd_sim_page_reset() - nothing is outstanding any more
 * @fn: the function
 */
void vtd_sim_page_reset(struct vtd_sim_function *fn)
{
	fn->page = VTD_SIM_PAGE_NONE;
	fn->more = false;
	fn->asked = 0;
	fn->ngroups = 0;
}
