// SPDX-License-Identifier: GPL-2.0-only
/*
 * The DMA engine of a simulated function.
 *
 * An operation is over when the function that started it returns, with all of
 * its writes in memory: nothing is in flight afterwards, and what an invalidation
 * must wait for is done when it comes. It runs with interrupts off under the lock
 * of config space, so it is bounded by VTD_SIM_OP_BYTES.
 * Only streams (stream.c) go on in the background.
 *
 * Locks: vtd_sim_unit.lock.
 * Calls: dma.c for each request, page.c for those of pages, ram.c for the data.
 */
#include <linux/align.h>
#include <linux/bitfield.h>
#include <linux/io.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/minmax.h>
#include <linux/sizes.h>

#include "config.h"
#include "dma.h"
#include "engine.h"
#include "function.h"
#include "model/model.h"
#include "model/unit.h"
#include "page.h"
#include "ram.h"
#include "sim_unit.h"

#define PASID_MAX	0xfffff
#define ATOMIC_TRIES	1000
#define PAGE_FLAGS							\
	(VTD_SIM_OP_MORE | VTD_SIM_OP_GROUP | VTD_SIM_OP_ALONE |	\
	 VTD_SIM_OP_READ_ONLY)
#define KNOWN_FLAGS							\
	(VTD_SIM_OP_MASK | VTD_SIM_OP_PASID | VTD_SIM_OP_PRIVILEGED |	\
	 VTD_SIM_OP_ATS | VTD_SIM_OP_FORGED | VTD_SIM_OP_NO_SNOOP |	\
	 VTD_SIM_OP_INTERRUPT | VTD_SIM_OP_VECTOR | VTD_SIM_OP_STREAM |	\
	 PAGE_FLAGS)

static enum vtd_access access_of(const struct vtd_sim_job *job)
{
	switch (job->command & VTD_SIM_OP_MASK) {
	case VTD_SIM_OP_WRITE:
		return VTD_ACCESS_WRITE;
	case VTD_SIM_OP_ADD:
	case VTD_SIM_OP_CAS:
		return VTD_ACCESS_ATOMIC;
	default:
		return VTD_ACCESS_READ;
	}
}

/* Untranslated; callers change what is different. */
static struct vtd_model_request request_of(const struct vtd_sim_function *fn,
					   const struct vtd_sim_job *job, u64 addr,
					   u32 nbytes)
{
	return (struct vtd_model_request){
		.addr = addr,
		.pasid = job->command & VTD_SIM_OP_PASID ? job->pasid : 0,
		.size = nbytes,
		.sid = vtd_sim_function_sid(fn),
		.access = access_of(job),
		.at = VTD_FRCD_AT_UNTRANSLATED,
		.has_pasid = job->command & VTD_SIM_OP_PASID,
		.privileged = job->command & VTD_SIM_OP_PRIVILEGED,
		.no_snoop = job->command & VTD_SIM_OP_NO_SNOOP,
	};
}

/* Asks the unit for a translation. Returns NULL if there is none to be had. */
static const struct vtd_model_dtlb_entry *
translation_fetch(struct vtd_sim_function *fn, const struct vtd_sim_job *job, u64 addr)
{
	struct vtd_model_request rq = request_of(fn, job, addr, SZ_4K);
	struct vtd_model_outcome out;

	rq.addr = ALIGN_DOWN(addr, SZ_4K);
	rq.no_write = rq.access == VTD_ACCESS_READ;
	rq.access = VTD_ACCESS_READ;
	rq.at = VTD_FRCD_AT_REQUEST;
	rq.no_snoop = false;
	fn->wanted = rq;
	vtd_sim_dma(fn->unit, &rq, &out);
	vtd_model_dtlb_fill(&fn->dtlb, fn->unit->model, &rq, &out);
	return vtd_model_dtlb_find(&fn->dtlb, &rq);
}

/**
 * vtd_sim_engine_ask_again() - ask for the last translation once more
 * @fn: the function
 *
 * Context: the lock of the unit is held; perhaps inside a message of the unit.
 */
void vtd_sim_engine_ask_again(struct vtd_sim_function *fn)
{
	struct vtd_model_request rq = fn->wanted;
	struct vtd_model_outcome out;

	lockdep_assert_held(&fn->unit->lock);
	if (!rq.size || !vtd_sim_config_has_ats(fn) || !vtd_sim_config_is_master(fn))
		return;
	vtd_sim_dma(fn->unit, &rq, &out);
	vtd_model_dtlb_fill(&fn->dtlb, fn->unit->model, &rq, &out);
}

static bool entry_suffices(const struct vtd_model_dtlb_entry *entry, enum vtd_access access)
{
	return (entry->read || access == VTD_ACCESS_WRITE) &&
	       (entry->write || access == VTD_ACCESS_READ);
}

/* Makes a translated request of @rq. */
static enum vtd_sim_status request_translate(struct vtd_sim_function *fn,
					     const struct vtd_sim_job *job,
					     struct vtd_model_request *rq)
{
	const struct vtd_model_dtlb_entry *entry;

	entry = vtd_model_dtlb_find(&fn->dtlb, rq);
	/* One that lacks the permission may have been extended since. */
	if (!entry || !entry_suffices(entry, rq->access))
		entry = translation_fetch(fn, job, rq->addr);
	else
		vtd_model_dtlb_stale(fn->unit->model, &fn->dtlb, entry);
	if (!entry)
		return VTD_SIM_BLOCKED;
	if (!entry_suffices(entry, rq->access))
		return VTD_SIM_NO_PERMISSION;
	rq->addr = entry->host + (rq->addr - entry->addr);
	rq->at = VTD_FRCD_AT_TRANSLATED;
	rq->has_pasid = false;
	rq->privileged = false;
	rq->pasid = 0;
	return VTD_SIM_OK;
}

/* Finds the memory for a piece inside one page. */
static enum vtd_sim_status piece_locate(struct vtd_sim_function *fn,
					const struct vtd_sim_job *job, u64 addr, u32 nbytes,
					u64 *pa)
{
	struct vtd_model_request rq = request_of(fn, job, addr, nbytes);
	struct vtd_model_outcome out;
	enum vtd_sim_status status = VTD_SIM_OK;

	if (job->command & VTD_SIM_OP_FORGED)
		rq.at = VTD_FRCD_AT_TRANSLATED;
	else if (job->command & VTD_SIM_OP_ATS)
		status = request_translate(fn, job, &rq);
	if (status)
		return status;
	vtd_sim_dma(fn->unit, &rq, &out);
	if (out.verdict != VTD_MODEL_DONE)
		return VTD_SIM_BLOCKED;
	*pa = out.addr;
	return VTD_SIM_OK;
}

static enum vtd_sim_status job_transfer(struct vtd_sim_function *fn, struct vtd_sim_job *job)
{
	void __iomem *dev = fn->bar2.map + job->offset;
	enum vtd_sim_status status;
	u32 n;
	u64 pa;
	int ret;

	for (; job->done < job->nbytes; job->done += n) {
		u64 addr = job->addr + job->done;

		n = min_t(u32, job->nbytes - job->done, SZ_4K - (addr & (SZ_4K - 1)));
		status = piece_locate(fn, job, addr, n, &pa);
		if (status)
			return status;
		if (access_of(job) == VTD_ACCESS_WRITE)
			ret = vtd_sim_ram_from_dev(pa, dev + job->done, n);
		else
			ret = vtd_sim_ram_to_dev(dev + job->done, pa, n);
		if (ret)
			return VTD_SIM_NO_MEMORY;
	}
	return VTD_SIM_OK;
}

static enum vtd_sim_status atomic_op(struct vtd_sim_function *fn, struct vtd_sim_job *job)
{
	bool cas = (job->command & VTD_SIM_OP_MASK) == VTD_SIM_OP_CAS;
	enum vtd_sim_status status;
	u64 pa, seen = 0, old;
	unsigned int tries;
	int ret = 0;

	status = piece_locate(fn, job, job->addr, sizeof(u64), &pa);
	if (status)
		return status;
	if (vtd_sim_ram_read(NULL, pa, &seen, sizeof(seen)))
		return VTD_SIM_NO_MEMORY;
	/* Who writes there all the time does not hold up the machine. */
	for (tries = 0; tries < ATOMIC_TRIES; tries++) {
		old = cas ? job->compare : seen;
		ret = vtd_sim_ram_cmpxchg(NULL, pa, old,
					  cas ? job->operand : seen + job->operand, &seen);
		if (ret <= 0 || cas)
			break;
	}
	if (ret < 0 || tries == ATOMIC_TRIES)
		return VTD_SIM_NO_MEMORY;
	writeq(seen, fn->bar2.map + job->offset);
	job->done = sizeof(u64);
	return VTD_SIM_OK;
}

static enum vtd_sim_status check_range(const struct vtd_sim_job *job)
{
	switch (job->command & VTD_SIM_OP_MASK) {
	case VTD_SIM_OP_READ:
	case VTD_SIM_OP_WRITE:
		if (!job->nbytes || job->nbytes > VTD_SIM_OP_BYTES ||
		    job->offset > VTD_SIM_BAR2_SIZE - job->nbytes ||
		    job->addr + (job->nbytes - 1) < job->addr)
			return VTD_SIM_BAD_RANGE;
		return VTD_SIM_OK;
	case VTD_SIM_OP_ADD:
	case VTD_SIM_OP_CAS:
		if (job->addr & 7 || job->offset & 7 ||
		    job->offset > VTD_SIM_BAR2_SIZE - sizeof(u64))
			return VTD_SIM_BAD_RANGE;
		return VTD_SIM_OK;
	case VTD_SIM_OP_PAGE:
	case VTD_SIM_OP_STOP:
	case VTD_SIM_OP_FETCH:
		return VTD_SIM_OK;
	}
	return VTD_SIM_BAD_COMMAND;
}

static bool is_about_pages(u32 op)
{
	return op == VTD_SIM_OP_PAGE || op == VTD_SIM_OP_STOP;
}

/* Some flags mean something to one operation only. */
static bool are_known(u32 command)
{
	u32 op = command & VTD_SIM_OP_MASK;

	return !(command & ~KNOWN_FLAGS) &&
	       (op == VTD_SIM_OP_PAGE || !(command & PAGE_FLAGS)) &&
	       (op != VTD_SIM_OP_STOP || command & VTD_SIM_OP_PASID);
}

static enum vtd_sim_status job_check(const struct vtd_sim_function *fn,
				     const struct vtd_sim_job *job)
{
	u32 op = job->command & VTD_SIM_OP_MASK;

	if (!are_known(job->command) ||
	    (job->command & VTD_SIM_OP_PRIVILEGED && !(job->command & VTD_SIM_OP_PASID)) ||
	    (job->command & VTD_SIM_OP_FORGED && job->command & VTD_SIM_OP_PASID))
		return VTD_SIM_BAD_COMMAND;
	if (job->command & VTD_SIM_OP_PASID && job->pasid > PASID_MAX)
		return VTD_SIM_BAD_RANGE;
	if (!vtd_sim_config_is_master(fn))
		return VTD_SIM_NO_MASTER;
	if (job->command & VTD_SIM_OP_PASID && !vtd_sim_config_has_pasid(fn))
		return VTD_SIM_NO_CAP;
	/* Only root lets a device lie: its user need not be root. */
	if (job->command & VTD_SIM_OP_FORGED && !(fn->behave & VTD_SIM_MAY_FORGE))
		return VTD_SIM_NO_CAP;
	if ((job->command & VTD_SIM_OP_ATS || op == VTD_SIM_OP_FETCH) &&
	    !vtd_sim_config_has_ats(fn))
		return VTD_SIM_NO_CAP;
	if (is_about_pages(op) && !vtd_sim_config_has_pri(fn))
		return VTD_SIM_NO_CAP;
	return check_range(job);
}

/**
 * vtd_sim_engine_check() - could the function do this now?
 * @fn: the function
 * @job: what
 *
 * Return: %VTD_SIM_OK, or why not.
 */
enum vtd_sim_status vtd_sim_engine_check(const struct vtd_sim_function *fn,
					 const struct vtd_sim_job *job)
{
	lockdep_assert_held(&fn->unit->lock);
	return job_check(fn, job);
}

/**
 * vtd_sim_engine_run() - do what software asks for
 * @fn: the function
 * @job: what; @job->done is set
 *
 * Return: how it ended.
 */
enum vtd_sim_status vtd_sim_engine_run(struct vtd_sim_function *fn,
				       struct vtd_sim_job *job)
{
	enum vtd_sim_status status = job_check(fn, job);

	lockdep_assert_held(&fn->unit->lock);
	job->done = 0;
	if (status)
		return status;
	switch (job->command & VTD_SIM_OP_MASK) {
	case VTD_SIM_OP_ADD:
	case VTD_SIM_OP_CAS:
		return atomic_op(fn, job);
	case VTD_SIM_OP_PAGE:
		return vtd_sim_page_ask(fn, job);
	case VTD_SIM_OP_STOP:
		return vtd_sim_page_stop_marker(fn, job);
	case VTD_SIM_OP_FETCH:
		return translation_fetch(fn, job, job->addr) ? VTD_SIM_OK : VTD_SIM_BLOCKED;
	default:
		return job_transfer(fn, job);
	}
}
