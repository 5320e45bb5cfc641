// SPDX-License-Identifier: GPL-2.0-only
/*
 * What to do when the unit stops at, or gives up on, descriptors (VT-d chapter 6).
 *
 * IQE: the descriptor at IQH is bad. It is overwritten by a harmless wait; the
 *	rest of its ticket and all others are carried out.
 * ITE: a device did not answer. Tickets of which anything was fetched are
 *	lost as a whole: their waiters submit again, without that device. What
 *	it has not been asked yet it is not asked any more.
 * ICE: a device answered what nobody asked. Only told.
 *
 * The state of a ticket is written before its status word says "done" or the
 * unit can go on, so a waiter that sees "done" sees the state.
 *
 * Locks: vtd_queue.lock.
 * Calls: ticket.c, ring.c, quarantine.c
 */
#include <linux/pci.h>
#include <linux/ratelimit.h>

#include "../hw/regs_layout.h"
#include "../unit/regs.h"
#include "quarantine.h"
#include "ticket.h"

#define RECOVER_STUCK_MAX	3

/* The ticket whose slots contain @head; NULL if none does. */
static struct vtd_ticket *ticket_at(struct vtd_queue *queue, u16 head)
	__must_hold(&queue->lock)
{
	struct vtd_walk walk = { .first = queue->oldest };
	unsigned int at = vtd_ring_distance(queue, head);
	struct vtd_ticket *ticket;

	for (; (ticket = vtd_walk_ticket(queue, &walk)); vtd_walk_next(&walk, ticket)) {
		if (at < walk.at + ticket->slots)
			return ticket;
	}
	return NULL;
}

/* Is it the descriptor that the unit does not like, or the queue as such? */
static bool iqei_is_about_descriptor(enum vtd_iqei iqei)
{
	switch (iqei) {
	case VTD_IQEI_NONE:
	case VTD_IQEI_TYPE:
	case VTD_IQEI_RESERVED:
		return true;
	case VTD_IQEI_TAIL:
	case VTD_IQEI_FETCH:
	case VTD_IQEI_WIDTH:
	case VTD_IQEI_UNALIGNED:
	case VTD_IQEI_TTM:
		break;
	}
	return false;
}

static bool stuck_at(struct vtd_queue *queue, u16 head)
	__must_hold(&queue->lock)
{
	queue->stuck = queue->stuck && queue->stuck_head == head ?
		       queue->stuck + 1 : 1;
	queue->stuck_head = head;
	return queue->stuck > RECOVER_STUCK_MAX;
}

static void recover_iqe(struct vtd_queue *queue, u16 head, enum vtd_iqei iqei)
	__must_hold(&queue->lock)
{
	struct vtd_ticket *ticket = ticket_at(queue, head);
	const u64 *qw = vtd_ring_slot(queue, head);

	queue->refused++;
	if (!ticket || stuck_at(queue, head) || !iqei_is_about_descriptor(iqei)) {
		vtd_queue_die_locked(queue, vtd_iqei_text(iqei));
		return;
	}
	pr_err_ratelimited("DMAR: %s: %s descriptor %016llx %016llx is refused: %s\n",
			   queue->unit->name,
			   vtd_desc_type_text(FIELD_GET(VTD_DESC_TYPE, qw[0])),
			   qw[0], qw[1], vtd_iqei_text(iqei));
	/* The ticket's own wait must stay one, or nobody is woken. */
	if (queue->origin[head] < 0) {
		vtd_queue_die_locked(queue, "it refuses to wait");
		return;
	}
	vtd_ticket_judge(ticket, VTD_TICKET_REFUSED);
	ticket->iqei = iqei;
	ticket->bad = queue->origin[head];
	vtd_ring_blank_locked(queue, head);
}

/*
 * Through whom? Units without the error record report 0, where no device can
 * be. And nobody is blamed for what he was not asked.
 */
static s32 ite_culprit(struct vtd_queue *queue, unsigned int fetched, u16 named)
	__must_hold(&queue->lock)
{
	s32 sid;

	if (named && vtd_is_outstanding_locked(queue, fetched, named)) {
		vtd_quarantine_add_locked(queue, named, VTD_VERDICT_NAMED);
		return named;
	}
	sid = vtd_outstanding_locked(queue, fetched);
	if (sid >= 0)
		vtd_quarantine_add_locked(queue, sid, VTD_VERDICT_ALONE);
	else
		pr_err_ratelimited("DMAR: %s: a device does not answer device TLB invalidations; the unit does not say which\n",
				   queue->unit->name);
	return sid;
}

/* The unit has yet to fetch these: they would only stop it again. */
static void take_back_requests(struct vtd_queue *queue, const struct vtd_walk *walk,
			       struct vtd_ticket *ticket, unsigned int fetched, u16 sid)
	__must_hold(&queue->lock)
{
	unsigned int i;
	u16 slot;

	for (i = 0; i < ticket->slots; i++) {
		slot = vtd_ring_next(walk->first, i);
		if (walk->at + i < fetched || vtd_ring_slot_sid(queue, slot) != sid)
			continue;
		vtd_ring_blank_locked(queue, slot);
		vtd_ticket_judge(ticket, VTD_TICKET_LOST);
		ticket->sid = sid;
	}
}

static void recover_ite(struct vtd_queue *queue, u16 head, u16 named)
	__must_hold(&queue->lock)
{
	struct vtd_walk walk = { .first = queue->oldest };
	unsigned int fetched = vtd_ring_distance(queue, head);
	struct vtd_ticket *ticket;
	s32 sid;

	queue->timeouts++;
	sid = ite_culprit(queue, fetched, named);
	if (sid == VTD_DEVICE_NONE && stuck_at(queue, head)) {
		vtd_queue_die_locked(queue, "it gives up on devices that it was not to ask");
		return;
	}
	for (; (ticket = vtd_walk_ticket(queue, &walk)); vtd_walk_next(&walk, ticket)) {
		if (vtd_ticket_done(queue, walk.first, ticket->seq))
			continue;
		if (sid >= 0)
			take_back_requests(queue, &walk, ticket, fetched, sid);
		if (walk.at >= fetched)
			continue;
		/* Its wait is gone too, unless the unit has yet to fetch it. */
		if (walk.at + ticket->slots <= fetched) {
			vtd_ticket_lose(queue, walk.first, ticket, sid);
		} else {
			vtd_ticket_judge(ticket, VTD_TICKET_LOST);
			ticket->sid = sid;
		}
	}
}

static void recover_ice(struct vtd_queue *queue, u16 sid)
{
	pr_warn_ratelimited("DMAR: %s: device %04x:%02x:%02x.%d sent an unexpected invalidation completion\n",
			    queue->unit->name, queue->unit->segment,
			    PCI_BUS_NUM(sid), PCI_SLOT(sid), PCI_FUNC(sid));
}

u32 vtd_queue_handle_errors(struct vtd_unit *unit)
{
	struct vtd_queue *queue = unit->queue;
	u32 status = vtd_read32(unit, VTD_FSTS) & VTD_FSTS_QUEUE;
	u64 record;
	u16 head;

	if (!status || !queue || !queue->ring)
		return status;
	guard(raw_spinlock_irqsave)(&queue->lock);
	/* Somebody else may have been faster. */
	status = vtd_read32(unit, VTD_FSTS);
	if (status == U32_MAX) {
		vtd_queue_die_locked(queue, "the unit is gone");
		return VTD_FSTS_QUEUE;
	}
	status &= VTD_FSTS_QUEUE;
	if (!status || !vtd_queue_runs(queue))
		return status;
	record = vtd_read64(unit, VTD_IQERCD);
	head = (vtd_read64(unit, VTD_IQH) & VTD_IQ_OFFSET) >> queue->shift;
	if (status & VTD_FSTS_IQE)
		recover_iqe(queue, head, FIELD_GET(VTD_IQERCD_IQEI, record));
	if (status & VTD_FSTS_ITE)
		recover_ite(queue, head, FIELD_GET(VTD_IQERCD_ITESID, record));
	if (status & VTD_FSTS_ICE)
		recover_ice(queue, FIELD_GET(VTD_IQERCD_ICESID, record));
	/* A dead queue stays stopped: the unit would only complain again. */
	if (!vtd_queue_runs(queue))
		return status;
	vtd_write32(unit, VTD_FSTS, status);
	if (status & (VTD_FSTS_IQE | VTD_FSTS_ITE))
		vtd_ring_kick_locked(queue);
	return status;
}
