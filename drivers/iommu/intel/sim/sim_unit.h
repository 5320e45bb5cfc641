/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated unit: the golden model behind registers that the driver reads and
 * writes, and the functions that stand behind it.
 *
 *   vtd_unit (../unit/) -- hook --> vtd_sim_unit -- model
 *                                     |    `------- functions -- device TLBs
 *                                     `-- record: what firmware would say
 */
#ifndef __VTD_SIM_SIM_UNIT_H
#define __VTD_SIM_SIM_UNIT_H

#include <linux/bitmap.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <uapi/linux/vtd_sim.h>

#include "../acpi/plug.h"
#include "../unit/hook.h"
#include "firmware.h"
#include "model/model.h"
#include "sriov.h"
#include "torn.h"

struct dentry;
struct vtd_sim_bus;
struct vtd_sim_function;

#define VTD_SIM_EVENTS	16

/**
 * struct vtd_sim_unit_msi - an interrupt message of a unit
 * @addr: address
 * @data: data
 */
struct vtd_sim_unit_msi {
	u64 addr;
	u32 data;
};

/**
 * struct vtd_sim_unit - a simulated unit
 * @node: in the list of the control device
 * @id: names it for user space
 * @segment: its PCI segment
 * @base: register base: a page that nobody reads
 * @record: what firmware would say
 * @plug: hands @record to the hot plug path
 * @fwnode: what its functions name as their IOMMU
 * @hook: the registers
 * @place: makes the driver find @hook at @base
 * @bus: its PCI bus
 * @debugfs: its folder there
 * @lock: guards all below; taken inside the locks of PCI config space and of
 *	the driver's registers, with interrupts off
 * @model: the unit itself
 * @slots: memory of its caches
 * @functions: physical functions by slot
 * @twice: functions that complete their last request once more; by source id
 * @twice_tag: its tag
 * @nstreams: streams that are running
 * @streaming: one of them is doing an operation right now
 * @torn: the entry that the driver changes right now
 * @counters: what it did
 * @traces: the last requests, a ring
 * @ntraces: how many there were
 * @stales: the last stale hits, a ring
 * @nstales: how many there were
 * @events: interrupt messages that are on their way
 * @nevents: how many
 * @events_lost: messages for which there was no room
 * @event_work: sends them
 */
struct vtd_sim_unit {
	struct list_head node;
	u32 id;
	u16 segment;
	u64 base;
	struct vtd_sim_firmware record;
	struct vtd_plug plug;
	struct fwnode_handle *fwnode;
	struct vtd_reg_hook hook;
	struct vtd_reg_place place;
	struct vtd_sim_bus *bus;
	struct dentry *debugfs;

	raw_spinlock_t lock;
	struct vtd_model *model;
	struct vtdm_cached *slots;
	struct vtd_sim_function *functions[VTD_SIM_SLOTS];
	DECLARE_BITMAP(twice, VTD_SIM_SIDS);
	u16 twice_tag[VTD_SIM_SIDS];
	unsigned int nstreams;
	bool streaming;
	struct vtd_sim_torn torn;
	struct vtd_sim_counters counters;
	struct vtd_sim_trace traces[VTD_SIM_LOG_MAX];
	u64 ntraces;
	struct vtd_sim_stale stales[VTD_SIM_LOG_MAX];
	u64 nstales;
	struct vtd_sim_unit_msi events[VTD_SIM_EVENTS];
	unsigned int nevents;
	u64 events_lost;
	struct irq_work event_work;
};

struct vtd_sim_unit *vtd_sim_unit_create(const struct vtd_sim_unit_add *how, u16 segment);
int vtd_sim_unit_destroy(struct vtd_sim_unit *unit);

#endif
