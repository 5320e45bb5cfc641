/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The invalidation queue of a unit: descriptors in, completion out.
 *
 * A submission is all its descriptors and one wait behind them, published by
 * one register write. Nobody holds a lock while waiting. A unit without a
 * queue takes types 1 and 2 through registers.
 *
 * Locks: vtd_queue.lock (raw, irqs off) only around ring writes and recovery.
 */
#ifndef __VTD_QUEUE_QUEUE_H
#define __VTD_QUEUE_QUEUE_H

#include <linux/types.h>

#include "../hw/qi.h"

struct vtd_queue;
struct vtd_unit;

/* Flags of vtd_queue_submit() */
#define VTD_SUBMIT_FENCE	BIT(0)	/* also vouches for all earlier submissions */
#define VTD_SUBMIT_DRAIN_PRQ	BIT(1)	/* drain page requests; needs caps.pds */
#define VTD_SUBMIT_SLEEP	BIT(2)	/* the caller may sleep: long waits do */

/**
 * struct vtd_queue_error - what went wrong with a submission
 * @sid: source id of a device that did not answer; only with @has_sid
 * @has_sid: there is one
 * @unit: the unit has not carried out everything else: it is dead, or it has
 *	refused a descriptor
 * @iqei: why the unit refused a descriptor; VTD_IQEI_NONE otherwise
 * @index: descriptor in the caller's array that was refused; only with @iqei,
 *	-1 if it cannot be told
 */
struct vtd_queue_error {
	u16 sid;
	bool has_sid;
	bool unit;
	enum vtd_iqei iqei;
	int index;
};

/**
 * vtd_queue_submit() - invalidate and wait until it is done
 * @unit: the unit; its queue is up
 * @descs: descriptors of any type but wait, in the order the unit needs
 * @n: how many; any number, split into several publications if need be
 * @flags: VTD_SUBMIT_*
 * @error: filled on failure; may be NULL
 *
 * All descriptors are carried out, also those behind one that failed: only the
 * failing one is left out. Descriptors for a quarantined device are left out
 * and give -EIO with its source id.
 *
 * Between a type 6 and a type 3 descriptor the queue puts a fence itself.
 *
 * When it returns, no device that @descs ask has a request outstanding but those
 * that were convicted of not answering: see vtd_queue_quarantined(). That may
 * take minutes, for everybody who uses the unit meanwhile; nobody fails because of
 * somebody else's device.
 *
 * Context: any but NMI; spins, or sleeps with %VTD_SUBMIT_SLEEP.
 * Return: 0 when everything is done; -ETIMEDOUT if a device did not answer; -EIO
 * if the unit refused a descriptor, a device is in quarantine, or the queue is
 * dead; -EOPNOTSUPP for a descriptor that the register interface does not know.
 */
int vtd_queue_submit(struct vtd_unit *unit, const struct vtd_desc *descs,
		     unsigned int n, unsigned int flags,
		     struct vtd_queue_error *error);

/* Memory for the queue; the unit is not touched. May sleep. 0, -ENOMEM. */
int vtd_queue_create(struct vtd_unit *unit);
/* The queue is stopped. */
void vtd_queue_destroy(struct vtd_unit *unit);

/*
 * Start at boot, after kexec, on resume: stops whatever runs, clears old
 * errors, starts empty. Safe with interrupts off, calls nothing that sleeps.
 * A second start is harmless. 0, -ETIMEDOUT, -EIO.
 */
int vtd_queue_start(struct vtd_unit *unit);
int vtd_queue_stop(struct vtd_unit *unit);

/*
 * Looks at the error bits of the unit and does what they ask for. The fault
 * interrupt calls it; a waiting submitter does so by itself. Returns the
 * VTD_FSTS_* bits that it found.
 */
u32 vtd_queue_handle_errors(struct vtd_unit *unit);

/*
 * A device that did not answer gets no more device TLB descriptors until it is
 * released from quarantine, when it is reset, re-attached or gone.
 */
bool vtd_queue_quarantined(struct vtd_unit *unit, u16 sid);
void vtd_queue_release(struct vtd_unit *unit, u16 sid);

/* The device was found not to be there. */
void vtd_queue_gone(struct vtd_unit *unit, u16 sid);
/* @present: is that device there? Called with no lock, in any context but NMI. */
void vtd_queue_ask(struct vtd_unit *unit,
		   bool (*present)(struct vtd_unit *unit, u16 sid));
/* It will not complete anything any more, and fails everybody at once. */
bool vtd_queue_is_dead(const struct vtd_unit *unit);

/**
 * struct vtd_queue_view - the ring as it stands, for debugfs
 * @base: descriptors; NULL on a unit without a queue
 * @shift: log2 of the size of one
 * @entries: number of slots
 * @head: slot the unit reads next
 * @tail: slot that is written next
 * @submitted: submissions so far
 * @timeouts: submissions that were not answered
 * @refused: descriptors that the unit refused
 * @phys: address of the ring
 */
struct vtd_queue_view {
	const void *base;
	unsigned int shift;
	unsigned int entries;
	unsigned int head;
	unsigned int tail;
	u64 submitted;
	u64 timeouts;
	u64 refused;
	u64 phys;
};

void vtd_queue_view(struct vtd_unit *unit, struct vtd_queue_view *view);

/**
 * struct vtd_queue_observer - who wants to see each submission
 * @submitted: descriptors that are about to be published
 * @done: how long they took; @type is that of the first descriptor that is
 *	no context or PASID cache one
 */
struct vtd_queue_observer {
	void (*submitted)(struct vtd_unit *unit, const struct vtd_desc *descs,
			  unsigned int n);
	void (*done)(struct vtd_unit *unit, enum vtd_desc_type type, u64 ns);
};

/* At most one; costs a no-op when there is none. NULL takes it away. */
int vtd_queue_observe(const struct vtd_queue_observer *observer);

#endif
