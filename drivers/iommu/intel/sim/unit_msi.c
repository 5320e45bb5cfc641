// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt messages of a simulated unit.
 *
 * A processor cannot write to the interrupt range, so the message is taken
 * apart, and its vector sent as an interprocessor interrupt to the processor
 * that it names. For the one that receives it there is no difference.
 *
 * Locks: vtd_sim_unit.lock.
 */
#include <linux/bitfield.h>
#include <linux/cleanup.h>
#include <linux/cpumask.h>

#include <asm/apic.h>
#include <asm/irq_vectors.h>

#include "sim_unit.h"
#include "unit_msi.h"

#define MSG_DEST_LO	GENMASK_ULL(19, 12)
#define MSG_DEST_HI	GENMASK_ULL(63, 40)
#define MSG_VECTOR	GENMASK(7, 0)

/* The processor that a message names; nr_cpu_ids if there is none. */
static unsigned int message_cpu(u64 addr)
{
	u32 dest = FIELD_GET(MSG_DEST_HI, addr) << 8 | FIELD_GET(MSG_DEST_LO, addr);
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		if (apic->calc_dest_apicid(cpu) == dest)
			return cpu;
	}
	return nr_cpu_ids;
}

static void event_send(const struct vtd_sim_unit_msi *event)
{
	u8 vector = FIELD_GET(MSG_VECTOR, event->data);
	unsigned int cpu = message_cpu(event->addr);

	/* Vectors of exceptions and of the kernel itself are for nobody else. */
	if (cpu < nr_cpu_ids && vector >= FIRST_EXTERNAL_VECTOR &&
	    vector < FIRST_SYSTEM_VECTOR)
		__apic_send_IPI(cpu, vector);
}

static void send_all(struct irq_work *work)
{
	struct vtd_sim_unit *unit = container_of(work, struct vtd_sim_unit, event_work);
	struct vtd_sim_unit_msi events[VTD_SIM_EVENTS];
	unsigned int i, n;

	scoped_guard(raw_spinlock_irqsave, &unit->lock) {
		n = unit->nevents;
		memcpy(events, unit->events, n * sizeof(*events));
		unit->nevents = 0;
	}
	for (i = 0; i < n; i++)
		event_send(&events[i]);
}

/**
 * vtd_sim_unit_msi_init() - a unit may send messages
 * @unit: the unit
 */
void vtd_sim_unit_msi_init(struct vtd_sim_unit *unit)
{
	unit->event_work = IRQ_WORK_INIT_HARD(send_all);
}

/**
 * vtd_sim_unit_msi_exit() - wait for messages on their way
 * @unit: the unit; it sends none any more
 *
 * Context: may sleep.
 */
void vtd_sim_unit_msi_exit(struct vtd_sim_unit *unit)
{
	irq_work_sync(&unit->event_work);
}

/**
 * vtd_sim_unit_msi_post() - a unit sends a message
 * @unit: the unit
 * @addr: address
 * @data: data
 *
 * Context: unit->lock is held. It arrives when interrupts are on again.
 */
void vtd_sim_unit_msi_post(struct vtd_sim_unit *unit, u64 addr, u32 data)
{
	lockdep_assert_held(&unit->lock);
	unit->counters.events++;
	if (unit->nevents == VTD_SIM_EVENTS) {
		unit->events_lost++;
		return;
	}
	unit->events[unit->nevents++] = (struct vtd_sim_unit_msi){ addr, data };
	irq_work_queue(&unit->event_work);
}
