// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event interrupts of a unit, and the irqchip callbacks that the architecture
 * code expects for them.
 *
 * The messages come from the unit itself and are never remapped. They are
 * programmed while masked.
 *
 * Locks: vtd_unit.reg_lock around the registers.
 */
#include <linux/cleanup.h>
#include <linux/dmar.h>
#include <linux/irq.h>
#include <linux/msi.h>

#include "../hw/perf.h"
#include "event.h"
#include "regs.h"

static const u32 event_ctl[VTD_EVENT_NUM] = {
	[VTD_EVENT_FAULT] = VTD_FECTL,
	[VTD_EVENT_PRQ] = VTD_PECTL,
	[VTD_EVENT_PERF] = VTD_PERFINTRCTL,
};

static const char * const event_suffix[VTD_EVENT_NUM] = {
	[VTD_EVENT_FAULT] = "",
	[VTD_EVENT_PRQ] = "-prq",
	[VTD_EVENT_PERF] = "-perf",
};

static bool event_exists(const struct vtd_unit *unit, enum vtd_event event)
{
	switch (event) {
	case VTD_EVENT_FAULT:
		return true;
	case VTD_EVENT_PRQ:
		return unit->caps.prs;
	case VTD_EVENT_PERF:
		return unit->caps.pms;
	case VTD_EVENT_NUM:
		break;
	}
	return false;
}

static void ctl_mask(struct vtd_unit *unit, u32 at, u32 mask)
	__must_hold(&unit->reg_lock)
{
	u32 ctl = vtd_read32(unit, at) & ~(VTD_EVENT_IM | VTD_EVENT_IP);

	vtd_write32(unit, at, ctl | mask);
	/* The write has arrived when this returns. */
	vtd_read32(unit, at);
}

static void event_mask(struct vtd_event_irq *event, u32 mask)
	__must_hold(&event->unit->reg_lock)
{
	ctl_mask(event->unit, event->ctl, mask);
}

/**
 * vtd_event_mask() - hold back an event interrupt for a while
 * @unit: the unit
 * @event: which event
 *
 * What happens meanwhile stays pending in the unit. The interrupt core does not
 * know; if it moves the interrupt, the mask stays.
 *
 * Context: any but NMI.
 */
void vtd_event_mask(struct vtd_unit *unit, enum vtd_event event)
{
	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	ctl_mask(unit, event_ctl[event], VTD_EVENT_IM);
}

/**
 * vtd_event_unmask() - undo vtd_event_mask()
 * @unit: the unit
 * @event: which event
 *
 * Context: any but NMI.
 */
void vtd_event_unmask(struct vtd_unit *unit, enum vtd_event event)
{
	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	ctl_mask(unit, event_ctl[event], 0);
}

/**
 * dmar_msi_mask() - hold back an event interrupt
 * @data: the interrupt
 */
void dmar_msi_mask(struct irq_data *data)
{
	struct vtd_event_irq *event = irq_data_get_irq_handler_data(data);

	guard(raw_spinlock_irqsave)(&event->unit->reg_lock);
	event_mask(event, VTD_EVENT_IM);
}

/**
 * dmar_msi_unmask() - let an event interrupt through
 * @data: the interrupt
 */
void dmar_msi_unmask(struct irq_data *data)
{
	struct vtd_event_irq *event = irq_data_get_irq_handler_data(data);

	guard(raw_spinlock_irqsave)(&event->unit->reg_lock);
	event_mask(event, 0);
}

/**
 * dmar_msi_write() - where an event interrupt goes
 * @irq: the interrupt
 * @msg: its message
 */
void dmar_msi_write(int irq, struct msi_msg *msg)
{
	struct vtd_event_irq *event = irq_get_handler_data(irq);
	struct vtd_unit *unit = event->unit;
	u32 masked;

	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	masked = vtd_read32(unit, event->ctl) & VTD_EVENT_IM;
	if (!masked)
		event_mask(event, VTD_EVENT_IM);
	vtd_write32(unit, event->ctl + VTD_EVENT_DATA_AT, msg->data);
	vtd_write32(unit, event->ctl + VTD_EVENT_ADDR_AT, msg->address_lo);
	vtd_write32(unit, event->ctl + VTD_EVENT_UADDR_AT, msg->address_hi);
	if (!masked)
		event_mask(event, 0);
}

int vtd_event_request(struct vtd_unit *unit, enum vtd_event event,
		      irq_handler_t handler, irq_handler_t thread, void *dev)
{
	struct vtd_event_irq *slot = &unit->events[event];
	char *name;
	int irq, ret;

	if (slot->irq)
		return 0;
	slot->unit = unit;
	slot->ctl = event_ctl[event];
	irq = dmar_alloc_hwirq(unit->id + event * VTD_UNITS_MAX,
			       unit->numa_node, slot);
	if (irq <= 0)
		return -ENOSPC;
	name = kasprintf(GFP_KERNEL, "%s%s", unit->name, event_suffix[event]);
	ret = name ? request_threaded_irq(irq, handler, thread,
					 thread ? IRQF_ONESHOT : IRQF_NO_THREAD,
					 name, dev) : -ENOMEM;
	if (ret) {
		kfree(name);
		dmar_free_hwirq(irq);
		return ret;
	}
	slot->irq = irq;
	return 0;
}

/**
 * vtd_event_free() - give an event interrupt back
 * @unit: the unit
 * @event: which event
 * @dev: as at vtd_event_request()
 *
 * Context: may sleep.
 */
void vtd_event_free(struct vtd_unit *unit, enum vtd_event event, void *dev)
{
	struct vtd_event_irq *slot = &unit->events[event];

	if (!slot->irq)
		return;
	kfree(free_irq(slot->irq, dev));
	dmar_free_hwirq(slot->irq);
	slot->irq = 0;
}

void vtd_event_set_node(struct vtd_unit *unit, enum vtd_event event, int node)
{
	const struct cpumask *cpus = node == NUMA_NO_NODE ? cpu_online_mask :
							    cpumask_of_node(node);

	if (unit->events[event].irq && cpumask_intersects(cpus, cpu_online_mask))
		irq_set_affinity(unit->events[event].irq, cpus);
}

/**
 * vtd_events_save() - remember the event registers
 * @unit: the unit
 */
void vtd_events_save(struct vtd_unit *unit)
{
	struct vtd_event_irq *slot;
	unsigned int event, i;

	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	for (event = 0; event < VTD_EVENT_NUM; event++) {
		slot = &unit->events[event];
		if (!event_exists(unit, event))
			continue;
		for (i = 0; i < ARRAY_SIZE(slot->saved); i++)
			slot->saved[i] = vtd_read32(unit,
						    event_ctl[event] + 4 * i);
	}
}

/**
 * vtd_events_restore() - give the event registers their old values
 * @unit: the unit
 */
void vtd_events_restore(struct vtd_unit *unit)
{
	struct vtd_event_irq *slot;
	unsigned int event, i;

	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	for (event = 0; event < VTD_EVENT_NUM; event++) {
		slot = &unit->events[event];
		if (!event_exists(unit, event))
			continue;
		/* The control word, which unmasks, comes last. */
		for (i = ARRAY_SIZE(slot->saved); i-- > 0; )
			vtd_write32(unit, event_ctl[event] + 4 * i,
				    slot->saved[i] & (i ? ~0u : ~VTD_EVENT_IP));
	}
}
