/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event interrupts of a unit: faults, page requests, counter overflow.
 */
#ifndef __VTD_UNIT_EVENT_H
#define __VTD_UNIT_EVENT_H

#include <linux/interrupt.h>

#include "unit.h"

/**
 * vtd_event_request() - allocate, program and unmask an event interrupt
 * @unit: the unit
 * @event: which event
 * @handler: hard interrupt handler, may be NULL with @thread
 * @thread: threaded part, may be NULL
 * @dev: what handler and thread get, not NULL
 *
 * A second call for an event that has its interrupt does nothing.
 * Context: may sleep.
 * Return: 0; -ENOSPC without a free vector; errors of request_threaded_irq().
 */
int vtd_event_request(struct vtd_unit *unit, enum vtd_event event,
		      irq_handler_t handler, irq_handler_t thread, void *dev);
void vtd_event_free(struct vtd_unit *unit, enum vtd_event event, void *dev);

void vtd_event_mask(struct vtd_unit *unit, enum vtd_event event);
void vtd_event_unmask(struct vtd_unit *unit, enum vtd_event event);

/* Move the interrupt to a node's CPUs: faults of a unit nobody runs on. */
void vtd_event_set_node(struct vtd_unit *unit, enum vtd_event event, int node);

/* Registers of all events over suspend; safe with interrupts off. */
void vtd_events_save(struct vtd_unit *unit);
void vtd_events_restore(struct vtd_unit *unit);

#endif
