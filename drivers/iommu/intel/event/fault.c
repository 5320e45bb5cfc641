// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fault records become text.
 *
 * Owns: the fault recording registers and PFO.
 * Locks: vtd_storm.lock: one at a time takes the records of a unit.
 * Calls: queue/ for the errors that share the interrupt.
 *
 * Spec: 7.2 (recording), 7.3 (event), 11.4.7.
 */
#include <linux/device.h>
#include <linux/pci.h>
#include <linux/ratelimit.h>

#include "../device/device.h"
#include "../device/notice.h"
#include "../device/requester.h"
#include "../hw/fault_layout.h"
#include "../queue/queue.h"
#include "../trace.h"
#include "../unit/event.h"
#include "../unit/regs.h"
#include "../unit/unit.h"
#include "fault.h"
#include "storm.h"

/* Faults may come faster than they are read: then the rest waits. */
#define PASSES_MAX		4
#define TEXT_MAX		192

/**
 * vtd_fault_format() - a fault in words
 * @fault: the fault
 * @device: name of the device
 * @buf: for the text
 * @size: of @buf
 *
 * Context: any.
 * Return: length of the text.
 */
int vtd_fault_format(const struct vtd_fault *fault, const char *device, char *buf,
		     size_t size)
{
	const char *stage = "";
	int n;

	if (vtd_fault_kind(fault->reason) == VTD_FAULT_INTERRUPT)
		return scnprintf(buf, size,
				 "interrupt fault: %s, table index %u: %s (reason 0x%02x)",
				 device, fault->irte, vtd_fault_text(fault->reason),
				 fault->reason);

	if (fault->at == VTD_FRCD_AT_REQUEST)
		stage = "translation request for ";
	else if (fault->at == VTD_FRCD_AT_TRANSLATED)
		stage = "translated ";
	n = scnprintf(buf, size, "DMA fault: %s%s by %s", stage,
		      vtd_access_text(fault->access), device);
	/* Requests without PASID are looked up, and recorded by some, as PASID 0. */
	if (fault->has_pasid && fault->pasid)
		n += scnprintf(buf + n, size - n, " PASID %u%s%s", fault->pasid,
			       fault->privileged ? " privileged" : "",
			       fault->execute ? " execute" : "");
	return n + scnprintf(buf + n, size - n, " at 0x%llx: %s (reason 0x%02x)",
			     fault->addr, vtd_fault_text(fault->reason),
			     fault->reason);
}

static DEFINE_RATELIMIT_STATE(fault_limit, DEFAULT_RATELIMIT_INTERVAL,
			      DEFAULT_RATELIMIT_BURST);

/* Under RCU, as the device may be on its way out. */
static struct vtd_device *device_of(struct vtd_unit *unit, u16 sid)
{
	struct vtd_requester *requester = vtd_requester_find(unit, sid);

	return requester ? rcu_dereference(requester->device) : NULL;
}

static void name_device(struct vtd_unit *unit, u16 sid, char *name, size_t size)
{
	struct vtd_device *vd;

	guard(rcu)();
	vd = device_of(unit, sid);
	if (vd)
		snprintf(name, size, "%s", dev_name(vd->dev));
	else
		snprintf(name, size, "%04x:%02x:%02x.%u", unit->segment,
			 PCI_BUS_NUM(sid), PCI_SLOT(sid & 0xff),
			 PCI_FUNC(sid & 0xff));
}

static void fault_trace(const struct vtd_unit *unit, const struct vtd_fault *fault,
			const char *name)
{
	bool interrupt = vtd_fault_kind(fault->reason) == VTD_FAULT_INTERRUPT;

	trace_fault_report(unit->name, name,
			   interrupt ? "interrupt" : vtd_access_text(fault->access),
			   interrupt ? fault->irte : fault->addr,
			   fault->has_pasid ? (s32)fault->pasid : -1,
			   fault->reason, vtd_fault_text(fault->reason));
}

/* A guest hears of the faults of its device. */
static void tell_guest(struct vtd_unit *unit, const struct vtd_fault *fault)
{
	const struct vtd_device *vd;

	if (vtd_fault_kind(fault->reason) == VTD_FAULT_INTERRUPT)
		return;
	guard(rcu)();
	vd = device_of(unit, fault->sid);
	if (vd)
		vtd_notice(vd, VTD_NOTICE_FAULT, fault);
}

/* The text has its limit, the tracepoint and a guest see all. */
static void fault_report(struct vtd_unit *unit, const struct vtd_fault *fault)
{
	bool speak = __ratelimit(&fault_limit);
	char text[TEXT_MAX], name[48];

	tell_guest(unit, fault);
	if (!speak && !trace_fault_report_enabled())
		return;
	name_device(unit, fault->sid, name, sizeof(name));
	fault_trace(unit, fault, name);
	if (!speak)
		return;
	vtd_fault_format(fault, name, text, sizeof(text));
	vtd_err(unit, "%s\n", text);
}

/* Reads and clears one record; false if it is empty. */
static bool record_take(struct vtd_unit *unit, unsigned int index, struct vtd_fault *fault)
{
	u32 at = VTD_FRCD_AT(unit->caps.fault_at, index);
	u64 lo, hi;

	hi = vtd_read64(unit, at + sizeof(u64));
	if (!(hi & VTD_FRCD_HI_F))
		return false;
	lo = vtd_read64(unit, at);
	vtd_write32(unit, at + VTD_FRCD_F_AT, VTD_FRCD_F32);
	vtd_fault_decode(lo, hi, fault);
	return true;
}

/* Takes all records there are, and gives them to @tell. Returns how many. */
static unsigned int records_drain(struct vtd_unit *unit, u32 status,
				  void (*tell)(struct vtd_unit *unit,
					       const struct vtd_fault *fault))
{
	unsigned int index = FIELD_GET(VTD_FSTS_FRI, status);
	struct vtd_fault fault;
	unsigned int n;

	for (n = 0; n < unit->caps.nfaults; n++) {
		if (index >= unit->caps.nfaults)
			index = 0;
		if (!record_take(unit, index, &fault))
			break;
		if (tell)
			tell(unit, &fault);
		index++;
	}
	if (status & VTD_FSTS_PFO)
		vtd_write32(unit, VTD_FSTS, VTD_FSTS_PFO);
	return n;
}

/**
 * vtd_fault_service() - report what a unit has recorded
 * @unit: the unit
 *
 * The event is raised when the first status bit rises, so none is left set, or
 * no further interrupt would come; but faults may come faster than they are read.
 *
 * Context: any but NMI; the caller keeps others out.
 * Return: how many records there were, one more for each loss of records; -1 if
 * nothing was to be done at all.
 */
int vtd_fault_service(struct vtd_unit *unit)
{
	unsigned int pass;
	int n = -1;

	for (pass = 0; pass < PASSES_MAX; pass++) {
		u32 status = vtd_read32(unit, VTD_FSTS);

		if (status == ~0U || !(status & (VTD_FSTS_PPF | VTD_FSTS_PFO |
						 VTD_FSTS_QUEUE)))
			break;
		n = max(n, 0);
		if (status & VTD_FSTS_QUEUE)
			vtd_queue_handle_errors(unit);
		if (status & (VTD_FSTS_PPF | VTD_FSTS_PFO))
			n += records_drain(unit, status, fault_report);
		if (!(status & VTD_FSTS_PFO))
			continue;
		n++;
		if (__ratelimit(&fault_limit))
			vtd_err(unit, "more faults than records; some were lost\n");
	}
	return n;
}

static irqreturn_t fault_interrupt(int irq, void *data)
{
	struct vtd_unit *unit = data;

	return vtd_storm_interrupt(unit->storm);
}

/**
 * vtd_fault_clear() - drop what was recorded before this kernel listened
 * @unit: the unit
 *
 * Context: any.
 */
void vtd_fault_clear(struct vtd_unit *unit)
{
	u32 status = vtd_read32(unit, VTD_FSTS);

	if (status != ~0U && status & (VTD_FSTS_PPF | VTD_FSTS_PFO))
		records_drain(unit, status, NULL);
}

/**
 * vtd_fault_enable() - report the faults of a unit
 * @unit: the unit
 *
 * A second call does nothing.
 *
 * Context: may sleep; PCI need not exist.
 * Return: 0; -ENOMEM; an error of vtd_event_request().
 */
int vtd_fault_enable(struct vtd_unit *unit)
{
	int ret;

	if (unit->events[VTD_EVENT_FAULT].irq)
		return 0;
	vtd_fault_clear(unit);
	unit->storm = vtd_storm_create(unit, vtd_fault_service);
	ret = -ENOMEM;
	if (unit->storm)
		ret = vtd_event_request(unit, VTD_EVENT_FAULT, fault_interrupt, NULL,
					unit);
	if (!ret)
		return 0;
	vtd_storm_destroy(unit->storm);
	unit->storm = NULL;
	vtd_warn(unit, "faults are not reported: no interrupt for them (%d)\n", ret);
	return ret;
}

/**
 * vtd_fault_disable() - undo vtd_fault_enable()
 * @unit: the unit
 *
 * Context: may sleep.
 */
void vtd_fault_disable(struct vtd_unit *unit)
{
	vtd_event_free(unit, VTD_EVENT_FAULT, unit);
	vtd_storm_destroy(unit->storm);
	unit->storm = NULL;
}
