// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt remapping of the machine: all units or none.
 *
 * The architecture calls prepare() before PCI exists, and enable() with
 * interrupts off and every I/O APIC pin masked; disable() and reenable()
 * surround suspend.
 *
 * Owns: intel_irq_remap_ops. Locks: vtd_units_lock around the list of units
 * where hot plug may change it.
 */
#include <linux/cleanup.h>
#include <linux/init.h>
#include <linux/msi.h>
#include <linux/pci.h>
#include <linux/printk.h>
#include <linux/smp.h>
#include <linux/topology.h>

#include <asm/apic.h>
#include <asm/cpufeature.h>
#include <asm/io_apic.h>
#include <asm/irq_remapping.h>

#include "../../irq_remapping.h"
#include "../acpi/table.h"
#include "../acpi/watch.h"
#include "../event/fault.h"
#include "../hw/dmar_layout.h"
#include "../hw/regs_layout.h"
#include "../queue/queue.h"
#include "../unit/cmd.h"
#include "../unit/event.h"
#include "../unit/list.h"
#include "../unit/unit.h"
#include "domain.h"
#include "ir.h"
#include "setup.h"
#include "table.h"

static bool x2apic_ids __ro_after_init;

static bool __init every_ioapic_has_a_unit(void)
{
	int i;
	u16 sid;

	for (i = 0; i < nr_ioapics; i++) {
		if (vtd_unit_of_ioapic(mpc_ioapic_id(i), &sid))
			continue;
		pr_warn(FW_BUG "DMAR: no unit lists I/O APIC %d: interrupt remapping stays off\n",
			mpc_ioapic_id(i));
		return false;
	}
	return true;
}

static bool __init x2apic_possible(const struct vtd_caps_common *common)
{
	if (!x2apic_supported())
		return false;
	if (!common->all_eim) {
		pr_info("DMAR: not every unit supports x2APIC destinations\n");
		return false;
	}
	if ((vtd_table_flags() & VTD_DMAR_F_X2APIC_OPT_OUT) &&
	    !no_x2apic_optout) {
		pr_info("DMAR: firmware asks not to use x2APIC; intremap=no_x2apic_optout overrules it\n");
		return false;
	}
	return true;
}

/* Why remapping cannot be used on this machine; NULL if it can. */
static const char * __init ir_obstacle(const struct vtd_caps_common *common)
{
	if (irq_remap_broken)
		return "the chipset has an erratum that loses interrupts; update the firmware";
	if (!(vtd_table_flags() & VTD_DMAR_F_INTR_REMAP))
		return "firmware says that the platform does not support it";
	if (!common->all_ir || !common->all_qi)
		return "not every unit can do it";
	if (common->any_eimer && !x2apic_ids)
		return "a unit needs x2APIC mode, which is not used";
	return NULL;
}

static void destroy_all(void)
{
	struct vtd_unit *unit;

	for_each_unit(unit)
		vtd_ir_destroy(unit);
}

static int __init create_all(void)
{
	struct vtd_unit *unit;
	int ret;

	for_each_unit(unit) {
		ret = unit->queue ? 0 : vtd_queue_create(unit);
		if (!ret)
			ret = vtd_ir_create(unit);
		if (!ret)
			ret = vtd_ir_inherit(unit, x2apic_ids);
		if (ret) {
			vtd_err(unit, "interrupt remapping cannot be set up: %d\n",
				ret);
			destroy_all();
			return ret;
		}
	}
	return 0;
}

/*
 * Interrupts that are not remapped would be blocked by units on which an
 * earlier kernel left remapping on.
 */
static void __init drop_inherited(void)
{
	struct vtd_unit *unit;

	for_each_unit(unit) {
		if (!unit->inherited_ir)
			continue;
		vtd_warn(unit, "interrupt remapping was left on by an earlier kernel; it is turned off\n");
		vtd_unit_disable_remapping(unit);
		unit->inherited_ir = false;
	}
}

static int __init check_machine(void)
{
	struct vtd_caps_common common;
	const char *why;

	vtd_units_common(&common);
	x2apic_ids = x2apic_possible(&common);
	why = ir_obstacle(&common);
	if (why) {
		pr_info("DMAR: interrupts are not remapped: %s\n", why);
		return -ENODEV;
	}
	return every_ioapic_has_a_unit() ? 0 : -ENODEV;
}

static int __init ir_prepare(void)
{
	int ret;

	if (vtd_table_read() || vtd_units_create())
		return -ENODEV;
	ret = check_machine();
	if (!ret) {
		vtd_ir_set_x2apic(x2apic_ids);
		ret = create_all();
	}
	if (ret)
		drop_inherited();
	return ret;
}

static void stop_all(void)
{
	struct vtd_unit *unit;

	for_each_unit(unit)
		vtd_ir_stop(unit);
}

static int start_all(void)
{
	struct vtd_unit *unit;
	int ret;

	/* Some early chipsets want every queue on before a table is set. */
	for_each_unit(unit) {
		ret = vtd_queue_start(unit);
		if (ret)
			return ret;
	}
	for_each_unit(unit) {
		ret = vtd_ir_start(unit, x2apic_ids);
		if (ret) {
			vtd_err(unit, "interrupt remapping does not start: %d\n",
				ret);
			return ret;
		}
	}
	return 0;
}

static int __init enable_remapping(void)
{
	struct vtd_caps_common common;

	if (start_all()) {
		stop_all();
		return -ENODEV;
	}
	irq_remapping_enabled = 1;

	/* A posted entry changes in both halves at once. */
	vtd_units_common(&common);
	if (!disable_irq_post && common.all_posted && system_has_cmpxchg128())
		intel_irq_remap_ops.capability |= BIT(IRQ_POSTING_CAP);

	pr_info("DMAR: interrupts are remapped, %s destinations, %s%s\n",
		x2apic_ids ? "x2APIC" : "xAPIC",
		disable_sourceid_checking ? "senders not checked" :
					    "senders checked",
		irq_remapping_cap(IRQ_POSTING_CAP) ? ", posting" : "");
	return x2apic_ids ? IRQ_REMAP_X2APIC_MODE : IRQ_REMAP_XAPIC_MODE;
}

void vtd_ir_stop_for_sleep(struct vtd_unit *unit)
{
	vtd_ir_stop(unit);
	vtd_queue_stop(unit);
}

static void disable_remapping(void)
{
	struct vtd_unit *unit;

	for_each_unit(unit)
		vtd_ir_stop_for_sleep(unit);
}

static int ir_reenable(int mode)
{
	int ret = start_all();

	/* Without it no device interrupt arrives: say so, and go on. */
	if (ret)
		pr_err("DMAR: interrupt remapping does not work after sleep: %d\n", ret);
	return ret;
}

/*
 * Runs on each CPU that comes up: the first one makes all units report, the
 * others take over those of their node.
 */
static int enable_faulting(unsigned int cpu)
{
	struct vtd_unit *unit;
	int ret;

	guard(mutex)(&vtd_units_lock);
	for_each_unit(unit) {
		ret = vtd_fault_enable(unit);
		if (ret) {
			vtd_err(unit, "faults are not reported: %d\n", ret);
			continue;
		}
		if (unit->numa_node != NUMA_NO_NODE &&
		    unit->numa_node == cpu_to_node(cpu))
			vtd_event_set_node(unit, VTD_EVENT_FAULT,
					   unit->numa_node);
	}
	return 0;
}

struct irq_remap_ops intel_irq_remap_ops = {
	.prepare = ir_prepare,
	.enable = enable_remapping,
	.disable = disable_remapping,
	.reenable = ir_reenable,
	.enable_faulting = enable_faulting,
};

static void pci_added(struct pci_dev *pdev)
{
	struct vtd_unit *unit;
	u16 sid;

	/* Others have a domain of their own, as below a VMD. */
	if (!pci_dev_has_default_msi_parent_domain(pdev))
		return;
	unit = vtd_unit_of_device(&pdev->dev, &sid);
	if (unit && unit->ir)
		dev_set_msi_domain(&pdev->dev, unit->ir->domain);
	else
		pci_warn(pdev, FW_BUG "no unit lists the device: its interrupts are blocked\n");
}

static struct vtd_watch pci_watch = {
	.added = pci_added,
};

void __init vtd_ir_pci_init(void)
{
	int ret;

	if (!irq_remapping_enabled) {
		drop_inherited();
		return;
	}
	ret = vtd_watch_add(&pci_watch);
	if (ret)
		pr_err("DMAR: MSIs of PCI devices are not remapped: %d\n", ret);
}

int vtd_ir_unit_add(struct vtd_unit *unit)
{
	int ret;

	if (!irq_remapping_enabled)
		return 0;
	if (!unit->caps.ir || !unit->caps.qi ||
	    (x2apic_ids && !unit->caps.eim) ||
	    (!x2apic_ids && unit->caps.eimer)) {
		vtd_warn(unit, "refused: it cannot remap interrupts as the other units do\n");
		return -ENODEV;
	}
	ret = vtd_ir_create(unit);
	if (ret)
		return ret;
	ret = vtd_ir_inherit(unit, x2apic_ids);
	if (!ret)
		ret = vtd_ir_start(unit, x2apic_ids);
	if (ret) {
		vtd_ir_stop(unit);
		vtd_ir_destroy(unit);
		return ret;
	}
	/* Not being told of faults is no reason to do without the unit. */
	if (vtd_fault_enable(unit))
		vtd_err(unit, "faults are not reported\n");
	return 0;
}

int vtd_ir_unit_close(struct vtd_unit *unit)
{
	return unit->ir ? vtd_ir_close(unit->ir) : 0;
}

void vtd_ir_unit_reopen(struct vtd_unit *unit)
{
	if (unit->ir)
		vtd_ir_reopen(unit->ir);
}

void vtd_ir_unit_remove(struct vtd_unit *unit)
{
	if (!unit->ir)
		return;
	vtd_ir_stop(unit);
	vtd_ir_destroy(unit);
}

bool vtd_ir_is_on(void)
{
	return irq_remapping_enabled;
}

bool vtd_ir_is_lost(struct vtd_unit *unit)
{
	return irq_remapping_enabled && unit->ir &&
	       !(vtd_unit_status(unit) & VTD_GSTS_IRES);
}

void vtd_ir_shutdown(void)
{
	if (irq_remapping_enabled)
		stop_all();
}
