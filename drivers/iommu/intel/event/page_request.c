// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page requests become faults that the core reports to the domain of the device.
 *
 * What cannot be reported is answered at once. "Invalid request" tells the device
 * that the page is not to be had, "success" makes it ask again.
 *
 *   no domain wants to hear of it, no permission that there is,  invalid request
 *   an address that is none, more than was promised, a
 *   supervisor or instructions where the kernel owns the table
 *   the domain is just being attached                            success
 *   the last request of a group is still to come                 nothing yet
 *   stop marker                                                  nothing
 *
 * Owns: the page request event of a unit.
 * Locks: vtd_prq.lock, held while a request is reported: whoever has taken it after
 *	a change knows that nobody reports by what was before.
 * Calls: queue/ for requests, device/ for answers.
 *
 * Spec: 7.4 to 7.7.
 */
#include <linux/iommu.h>
#include <linux/printk.h>
#include <linux/sched.h>

#include "../../iommu-priv.h"
#include "../device/device.h"
#include "../device/requests.h"
#include "../inval/inval.h"
#include "../mutant.h"
#include "../queue/prq.h"
#include "../trace.h"
#include "../unit/event.h"
#include "../unit/unit.h"
#include "page_request.h"

/* The widest first stage; what is beyond means nothing to any table. */
#define ADDR_BITS	57

/* Stop markers are promised to nobody: one for each PASID that ends is legal. */
#define MARKERS_MAX	(VTD_PRQ_ENTRIES / 2)

/* A device that keeps to what it was promised never has one. */
#define EXCESS_MAX	64

static bool is_address(u64 addr)
{
	return (u64)sign_extend64(addr, ADDR_BITS - 1) == addr;
}

/* Tables of the kernel have neither; what a guest's have the guest knows. */
static bool is_of_guests(const struct iommu_domain *domain)
{
	return domain->type == IOMMU_DOMAIN_NESTED;
}

static bool can_be_handled(const struct vtd_prq_source *source,
			   const struct vtd_request *request)
{
	const struct iommu_domain *domain =
		vtd_source_domain(source, vtd_request_pasid(request));

	if (!domain || !is_address(request->addr))
		return false;
	if ((request->execute || request->privileged) && !is_of_guests(domain))
		return false;
	return request->read || request->write;
}

static void group_answer(struct vtd_unit *unit, const struct vtd_request *last,
			 unsigned int code)
{
	struct vtd_inval_answer answer = {
		.sid = last->sid,
		.has_pasid = last->has_pasid,
		.pasid = last->pasid,
		.group = last->group,
		.code = code,
	};

	/* A queue that is dead has cut everybody off already. */
	vtd_inval_answer(unit, &answer);
}

/*
 * The core names the domain later than the device translates by it, and forgets it
 * later. In between nobody can be told; and while vtd_prq.lock is held the domain
 * that both agree on stays. The handle that is looked at is freed after a grace
 * period.
 */
static bool is_attached(const struct vtd_prq_source *source, u32 pasid)
{
	struct iommu_attach_handle *handle;

	guard(rcu)();
	handle = iommu_attach_handle_get(source->dev->iommu_group, pasid, 0);
	return !IS_ERR(handle) &&
	       READ_ONCE(handle->domain) == vtd_source_domain(source, pasid);
}

static int request_report(const struct vtd_prq_source *source, const struct vtd_request *request,
			  u64 id)
{
	struct iopf_fault fault = {
		.fault.type = IOMMU_FAULT_PAGE_REQ,
		.fault.prm = {
			.pasid = vtd_request_pasid(request),
			.grpid = request->group,
			.addr = request->addr,
			.private_data = { id },
		},
	};
	struct iommu_fault_page_request *prm = &fault.fault.prm;

	if (request->has_pasid)
		prm->flags |= IOMMU_FAULT_PAGE_REQUEST_PASID_VALID;
	if (request->last)
		prm->flags |= IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE;
	if (request->read)
		prm->perm |= IOMMU_FAULT_PERM_READ;
	if (request->write)
		prm->perm |= IOMMU_FAULT_PERM_WRITE;
	if (request->execute)
		prm->perm |= IOMMU_FAULT_PERM_EXEC;
	if (request->privileged)
		prm->perm |= IOMMU_FAULT_PERM_PRIV;
	return iommu_report_device_fault(source->dev, &fault);
}

/*
 * The core keeps what it got until the last one comes. Nobody else gives it
 * requests meanwhile, so all that it keeps is of this group.
 */
static void report_group(struct vtd_unit *unit, struct vtd_prq_source *source, u64 id)
{
	const struct vtd_prq_set *set = &unit->prq->set;
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (request_report(source, &set->request[i], id))
			break;
	if (i == set->n)
		return;
	iopf_queue_discard_partial(unit->prq->iopf);
	vtd_requests_answer(to_vtd_device(source->dev), id, VTD_PRR_INVALID);
}

static void handle_group(struct vtd_unit *unit, struct vtd_prq_source *source)
{
	const struct vtd_prq_set *set = &unit->prq->set;
	const struct vtd_request *last = &set->request[set->n - 1];
	u64 id;

	if (!vtd_mutant(VTD_MUTANT_PRQ_UNATTACHED) &&
	    !is_attached(source, vtd_request_pasid(last))) {
		group_answer(unit, last, VTD_PRR_SUCCESS);
		return;
	}
	id = vtd_source_open(source, last);
	if (id) {
		report_group(unit, source, id);
	} else {
		source->excess++;
		group_answer(unit, last, VTD_PRR_INVALID);
	}
}

/* It would fill the ring, at the cost of all who keep to the rules. */
static void check_excess(struct vtd_prq_source *source)
{
	if (source->excess < EXCESS_MAX)
		return;
	source->excess = 0;
	vtd_device_shut_requests(to_vtd_device(source->dev));
	dev_err_ratelimited(source->dev, "DMAR: the device has more page requests outstanding than it may (%u): they are refused from now on, until it is attached again\n",
			    source->room);
}

static void request_take(struct vtd_unit *unit, struct vtd_prq_source *source,
			 const struct vtd_request *request)
{
	enum vtd_take what;

	if (can_be_handled(source, request))
		what = vtd_source_take(source, request, &unit->prq->set);
	else
		what = vtd_source_spoil(source, request);
	switch (what) {
	case VTD_TAKE_KEPT:
		break;
	case VTD_TAKE_COMPLETE:
		handle_group(unit, source);
		break;
	case VTD_TAKE_REFUSED:
		group_answer(unit, request, VTD_PRR_INVALID);
		break;
	}
	check_excess(source);
}

/* What is in the ring at one moment was answered by nobody. */
static void request_count(const struct vtd_unit *unit, struct vtd_prq_source *source,
			  const struct vtd_request *request)
{
	if (source->round != unit->prq->round) {
		source->round = unit->prq->round;
		source->in_round = 0;
		source->markers = 0;
	}
	if (vtd_request_is_stop_marker(request))
		source->excess += ++source->markers > MARKERS_MAX;
	else
		source->excess += ++source->in_round > source->room;
}

static void look_at(struct vtd_unit *unit, const struct vtd_page_request *raw)
{
	struct vtd_prq_source *source;
	struct vtd_request request;

	if (!vtd_request_decode(raw, &request)) {
		pr_err_ratelimited("DMAR: %s: unknown entry in the page request queue (%#llx %#llx)\n",
				   unit->name, raw->qw[0], raw->qw[1]);
		return;
	}
	source = xa_load(&unit->prq->sources, request.sid);
	trace_prq_report(unit->name, source ? dev_name(source->dev) : "unknown",
			 raw->qw, unit->prq->taken);
	if (source)
		request_count(unit, source, &request);
	if (vtd_request_is_stop_marker(&request)) {
		if (source && !vtd_mutant(VTD_MUTANT_PRQ_MARKER)) {
			vtd_source_forget_pasid(source, vtd_request_pasid(&request));
			check_excess(source);
		}
		return;
	}
	if (source)
		request_take(unit, source, &request);
	else if (request.last)
		group_answer(unit, &request, VTD_PRR_INVALID);
}

static void sources_overflow(struct vtd_unit *unit)
{
	struct vtd_prq_source *source;
	unsigned long sid;

	if (vtd_mutant(VTD_MUTANT_PRQ_OVERFLOW))
		return;
	xa_for_each(&unit->prq->sources, sid, source)
		vtd_source_forget(source);
	pr_err_ratelimited("DMAR: %s: more page requests than its queue holds; devices ask again\n",
			   unit->name);
}

const struct vtd_prq_ops vtd_prq_reporter = {
	.request = look_at,
	.overflow = sources_overflow,
};

static irqreturn_t prq_thread(int irq, void *data)
{
	struct vtd_unit *unit = data;

	/* The lock is given back in between: a drain waits no longer than one round. */
	while (vtd_prq_service(unit))
		cond_resched();
	return IRQ_HANDLED;
}

/**
 * vtd_prq_enable() - take the page requests of devices behind a unit
 * @unit: the unit; unit->scalable is set
 *
 * A unit that cannot drain gets no queue: its devices never send page requests.
 *
 * Context: may sleep; PCI need not exist.
 * Return: 0, also without a queue; -ENOMEM; an error of vtd_event_request(): page
 * requests stay off then.
 */
int vtd_prq_enable(struct vtd_unit *unit)
{
	const struct vtd_caps *caps = &unit->caps;
	int ret;

	if (unit->prq || !unit->scalable || !caps->prs || !caps->pds || !caps->dev_tlb)
		return 0;
	ret = vtd_prq_create(unit, &vtd_prq_reporter);
	if (!ret) {
		vtd_prq_start(unit);
		ret = vtd_event_request(unit, VTD_EVENT_PRQ, NULL, prq_thread, unit);
	}
	if (!ret)
		return 0;
	if (unit->prq)
		vtd_prq_stop(unit);
	vtd_prq_destroy(unit);
	vtd_warn(unit, "page requests stay off: no queue for them (%d)\n", ret);
	return ret;
}

/**
 * vtd_prq_disable() - undo vtd_prq_enable()
 * @unit: the unit; no device behind it sends page requests any more
 *
 * Context: may sleep.
 */
void vtd_prq_disable(struct vtd_unit *unit)
{
	if (!unit->prq)
		return;
	vtd_event_free(unit, VTD_EVENT_PRQ, unit);
	vtd_prq_stop(unit);
	vtd_prq_destroy(unit);
}
