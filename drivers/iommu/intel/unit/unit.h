/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One remapping unit: its registers, what it can do, and what hangs on it.
 *
 *   vtd_drhd (acpi/)  <── vtd_unit ──>  vtd_queue (queue/)
 *                            │ └─────>  root table, devices, ir, … (slots)
 *                            └── regs
 */
#ifndef __VTD_UNIT_UNIT_H
#define __VTD_UNIT_UNIT_H

#include <linux/idr.h>
#include <linux/iommu.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "caps.h"

struct vtd_drhd;
struct vtd_queue;
struct vtd_reg_hook;
struct vtd_root;
struct vtd_ir;
struct vtd_devmap;
struct vtd_prq;
struct vtd_storm;
struct vtd_perfmon;
struct vtd_debug;

#define VTD_UNITS_MAX		1024
#define VTD_CMD_TIMEOUT_US	(5 * USEC_PER_SEC)

/* The three events a unit raises an interrupt for. */
enum vtd_event {
	VTD_EVENT_FAULT,
	VTD_EVENT_PRQ,
	VTD_EVENT_PERF,
	VTD_EVENT_NUM,
};

/**
 * struct vtd_event_irq - one event interrupt
 * @irq: Linux interrupt number; 0 if none
 * @ctl: offset of the group of four registers
 * @unit: back pointer
 * @saved: the four registers over suspend
 */
struct vtd_event_irq {
	int irq;
	u32 ctl;
	struct vtd_unit *unit;
	u32 saved[4];
};

/**
 * struct vtd_unit - one remapping unit
 * @node: in the list of units, under RCU
 * @drhd: the firmware record
 * @id: number in @name; stays the same as long as the unit exists
 * @name: "dmar%d"
 * @segment: PCI segment
 * @numa_node: where its tables should live
 * @reg_phys: register base
 * @reg_size: mapped bytes
 * @regs: mapped registers
 * @hook: replaces register accesses (unit/hook.h); NULL for hardware
 * @claimed: the registers are in the resource tree
 * @caps: capabilities
 * @reg_lock: one command at a time over GCMD, CCMD, IOTLB, PMEN, ECMD;
 *	innermost lock of the driver
 * @cmd_timeout_us: how long a command may take; tests shorten it
 * @dead: a command was not acknowledged, or the registers read as all ones
 * @scalable: the root table is in scalable mode; set by table/ before SRTP
 * @translating: DMA remapping is on; owned by enable/disable_translation
 * @inherited_te: translation was on when the unit was mapped (kexec, kdump)
 * @inherited_ir: interrupt remapping was on when the unit was mapped
 * @te_stays: translation must not be switched off: it would hang a device
 *	behind the unit. Set at boot, before the unit is used
 * @ignored: not to be used for DMA (quirk, option, or lost); set by upper layers
 * @lost: it does not translate although it should, for good; no device gets a
 *	domain. Set by upper layers, at boot or with all other processors off
 * @registered: the IOMMU core has @iommu; upper layers
 * @dids: domain ids in use
 * @events: event interrupts
 * @iommu: the handle of the IOMMU core
 * @queue: the invalidation queue; queue/
 * @root: root and context tables; table/
 * @devices: devices by source id; device/
 * @ir: interrupt remapping table; ir/
 * @prq: page request queue; event/
 * @storm: how fast faults come; event/
 * @perfmon: performance counters; debug/
 * @debug: statistics; debug/
 */
struct vtd_unit {
	struct list_head node;

	/* Constant after init */
	const struct vtd_drhd *drhd;
	int id;
	char name[16];
	u16 segment;
	int numa_node;
	u64 reg_phys;
	size_t reg_size;
	void __iomem *regs;
#ifdef CONFIG_INTEL_IOMMU_REG_HOOK
	const struct vtd_reg_hook *hook;
#endif
	bool claimed;
	struct vtd_caps caps;

	raw_spinlock_t reg_lock;
	u32 cmd_timeout_us;
	bool dead;
	bool scalable;
	bool translating;
	bool inherited_te;
	bool inherited_ir;
	bool te_stays;
	bool ignored;
	bool lost;
	bool registered;
	struct ida dids;
	struct vtd_event_irq events[VTD_EVENT_NUM];
	struct iommu_device iommu;

	/* Slots of upper layers */
	struct vtd_queue *queue;
	struct vtd_root *root;
	struct vtd_devmap *devices;
	struct vtd_ir *ir;
	struct vtd_prq *prq;
	struct vtd_storm *storm;
	struct vtd_perfmon *perfmon;
	struct vtd_debug *debug;
};

static inline struct vtd_unit *to_vtd_unit(struct iommu_device *iommu)
{
	return container_of(iommu, struct vtd_unit, iommu);
}

#define vtd_err(unit, fmt, ...) \
	pr_err("DMAR: %s: " fmt, (unit)->name, ##__VA_ARGS__)
#define vtd_warn(unit, fmt, ...) \
	pr_warn("DMAR: %s: " fmt, (unit)->name, ##__VA_ARGS__)
#define vtd_info(unit, fmt, ...) \
	pr_info("DMAR: %s: " fmt, (unit)->name, ##__VA_ARGS__)

void vtd_unit_init(struct vtd_unit *unit);
struct vtd_unit *vtd_unit_create(struct vtd_drhd *drhd);
void vtd_unit_destroy(struct vtd_unit *unit);
int vtd_units_create(void);

/* Registers of @unit live in @hook instead of hardware; for tests. */
int vtd_unit_init_hooked(struct vtd_unit *unit, const struct vtd_reg_hook *hook);
void vtd_unit_exit_hooked(struct vtd_unit *unit);

#endif
