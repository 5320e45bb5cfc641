// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PCI segment behind a simulated unit: one bus, a function in each slot, so
 * that each has an IOMMU group of its own.
 *
 * Owns: struct vtd_sim_bus.
 * Locks: the control device runs one operation at a time; the lock of the unit
 *	guards which functions there are, for config space.
 * Calls: function.c, config.c, config_write.c, msi.c, poll.c
 */
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "bus.h"
#include "config.h"
#include "config_write.h"
#include "function.h"
#include "msi.h"
#include "poll.h"
#include "sim_unit.h"
#include "sriov.h"
#include "window.h"

/* A segment of firmware's has 16 bits, and real ones begin with 0. */
#define SEGMENT_FIRST	0xe000
#define SEGMENT_LAST	0xefff

/**
 * struct vtd_sim_bus - the PCI segment of a unit
 * @sysdata: what x86 knows about it; first, for that is how it is found
 * @unit: the unit
 * @root: the root bus
 * @numbers: its bus numbers
 * @msi: where its functions send interrupts
 */
struct vtd_sim_bus {
	struct pci_sysdata sysdata;
	struct vtd_sim_unit *unit;
	struct pci_bus *root;
	struct resource numbers;
	struct irq_domain *msi;
};

static struct vtd_sim_unit *unit_of(struct pci_bus *root)
{
	return container_of(to_pci_sysdata(root), struct vtd_sim_bus, sysdata)->unit;
}

static struct vtd_sim_function *function_at(struct pci_bus *root, unsigned int devfn)
{
	return root->number ? NULL : vtd_sim_sriov_find(unit_of(root), devfn);
}

static int config_read(struct pci_bus *root, unsigned int devfn, int at, int size,
		       u32 *value)
{
	struct vtd_sim_function *fn;

	guard(raw_spinlock_irqsave)(&unit_of(root)->lock);
	fn = function_at(root, devfn);
	*value = ~0;
	if (!fn || at < 0)
		return PCIBIOS_DEVICE_NOT_FOUND;
	*value = vtd_sim_config_read(fn, at, size);
	return PCIBIOS_SUCCESSFUL;
}

static int config_write(struct pci_bus *root, unsigned int devfn, int at, int size,
			u32 value)
{
	struct vtd_sim_function *fn;

	guard(raw_spinlock_irqsave)(&unit_of(root)->lock);
	fn = function_at(root, devfn);
	if (!fn || at < 0)
		return PCIBIOS_DEVICE_NOT_FOUND;
	vtd_sim_config_write(fn, at, size, value);
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops bus_ops = {
	.read = config_read,
	.write = config_write,
};

/**
 * vtd_sim_segment_find() - a PCI segment in which there is nothing
 *
 * Return: its number; -ENOSPC.
 */
int vtd_sim_segment_find(void)
{
	int segment;

	for (segment = SEGMENT_FIRST; segment <= SEGMENT_LAST; segment++) {
		if (!pci_find_bus(segment, 0))
			return segment;
	}
	return -ENOSPC;
}

/**
 * vtd_sim_bus_create() - a PCI segment appears, without functions
 * @unit: the unit; the driver has taken it
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM.
 */
int vtd_sim_bus_create(struct vtd_sim_unit *unit)
{
	struct vtd_sim_bus *bus = kzalloc_obj(*bus);
	LIST_HEAD(resources);

	if (!bus)
		return -ENOMEM;
	bus->unit = unit;
	bus->sysdata.domain = unit->segment;
	bus->sysdata.node = NUMA_NO_NODE;
	bus->numbers = (struct resource){ .name = "VT-d sim", .flags = IORESOURCE_BUS };
	bus->msi = vtd_sim_msi_domain_create(unit->segment);
	if (!bus->msi)
		goto undo_alloc;
	pci_add_resource(&resources, &bus->numbers);
	pci_add_resource(&resources, vtd_sim_window_resource());
	pci_lock_rescan_remove();
	bus->root = pci_create_root_bus(NULL, 0, &bus_ops, &bus->sysdata, &resources);
	if (bus->root) {
		dev_set_msi_domain(&bus->root->dev, bus->msi);
		pci_bus_add_devices(bus->root);
	}
	pci_unlock_rescan_remove();
	if (!bus->root)
		goto undo_msi;
	unit->bus = bus;
	return 0;

undo_msi:
	pci_free_resource_list(&resources);
	vtd_sim_msi_domain_destroy(bus->msi);
undo_alloc:
	kfree(bus);
	return -ENOMEM;
}

/**
 * vtd_sim_bus_destroy() - a PCI segment disappears
 * @unit: the unit; no function is left
 *
 * Context: may sleep.
 */
void vtd_sim_bus_destroy(struct vtd_sim_unit *unit)
{
	struct vtd_sim_bus *bus = unit->bus;
	struct pci_host_bridge *bridge = to_pci_host_bridge(bus->root->bridge);

	pci_lock_rescan_remove();
	pci_stop_root_bus(bus->root);
	pci_remove_root_bus(bus->root);
	pci_free_host_bridge(bridge);
	pci_unlock_rescan_remove();
	vtd_sim_msi_domain_destroy(bus->msi);
	unit->bus = NULL;
	kfree(bus);
}

/*
 * Under pci_lock_rescan_remove(): no rescan finds a function before it is announced,
 * or again after it was withdrawn.
 */
static void set_function(struct vtd_sim_unit *unit, unsigned int slot,
			 struct vtd_sim_function *fn)
{
	guard(raw_spinlock_irqsave)(&unit->lock);
	unit->functions[slot] = fn;
}

static int find_slot(const struct vtd_sim_unit *unit)
{
	unsigned int slot;

	/* A function in slot 0 would look like a host bridge. */
	for (slot = 1; slot < VTD_SIM_SLOTS; slot++) {
		if (!unit->functions[slot])
			return slot;
	}
	return -ENOSPC;
}

/*
 * What firmware has given a function is claimed, not given anew: the memory behind a
 * BAR does not move.
 */
static void claim_bars(struct pci_dev *pdev, int first, int n)
{
	int i;

	for (i = first; i < first + n; i++) {
		if (!pci_resource_len(pdev, i))
			continue;
		pci_resource_n(pdev, i)->flags |= IORESOURCE_PCI_FIXED;
		if (pci_claim_resource(pdev, i))
			pci_warn(pdev, "BAR %d cannot be used\n", i);
	}
}

/* The machine may have an IOMMU of another kind, whose driver takes what names none. */
static void function_name_unit(struct pci_dev *pdev)
{
	if (pdev->bus->ops != &bus_ops)
		return;
	guard(mutex)(&iommu_probe_device_lock);
	if (iommu_fwspec_init(&pdev->dev, unit_of(pdev->bus)->fwnode))
		pci_warn(pdev, "its unit does not translate\n");
}

/* Whoever finds a function comes by here, a rescan of the bus too. */
static void function_found(struct pci_dev *pdev)
{
	if (pdev->bus->ops == &bus_ops)
		claim_bars(pdev, 0, PCI_STD_NUM_BARS);
}

/* Those of virtual functions are known only later. */
static void function_complete(struct pci_dev *pdev)
{
	if (pdev->bus->ops == &bus_ops && pdev->is_physfn)
		claim_bars(pdev, PCI_IOV_RESOURCES, PCI_SRIOV_NUM_BARS);
}

DECLARE_PCI_FIXUP_HEADER(VTD_SIM_PCI_VENDOR, VTD_SIM_PCI_ENGINE, function_found);
DECLARE_PCI_FIXUP_HEADER(VTD_SIM_PCI_VENDOR, VTD_SIM_PCI_ITEST, function_found);
DECLARE_PCI_FIXUP_HEADER(VTD_SIM_PCI_VENDOR, VTD_SIM_PCI_ENGINE, function_name_unit);
DECLARE_PCI_FIXUP_HEADER(VTD_SIM_PCI_VENDOR, VTD_SIM_PCI_ITEST, function_name_unit);
DECLARE_PCI_FIXUP_HEADER(VTD_SIM_PCI_VENDOR, VTD_SIM_PCI_VF, function_name_unit);
DECLARE_PCI_FIXUP_FINAL(VTD_SIM_PCI_VENDOR, VTD_SIM_PCI_ENGINE, function_complete);
DECLARE_PCI_FIXUP_FINAL(VTD_SIM_PCI_VENDOR, VTD_SIM_PCI_ITEST, function_complete);

/* Linux finds the function, and drivers may bind to it. */
static int function_announce(struct vtd_sim_function *fn, struct vtd_sim_bus *bus)
{
	struct pci_dev *pdev;

	pci_lock_rescan_remove();
	set_function(bus->unit, fn->slot, fn);
	pdev = pci_scan_single_device(bus->root, PCI_DEVFN(fn->slot, 0));
	if (pdev)
		pci_bus_add_device(pdev);
	else
		set_function(bus->unit, fn->slot, NULL);
	pci_unlock_rescan_remove();
	return pdev ? 0 : -ENOMEM;
}

static void set_msi(struct vtd_sim_function *fn, struct irq_domain *msi)
{
	unsigned int i;

	fn->msi = msi;
	for (i = 0; i < VTD_SIM_VFS; i++) {
		if (fn->vfs[i])
			fn->vfs[i]->msi = msi;
	}
}

/**
 * vtd_sim_bus_plug() - a function appears
 * @unit: the unit in front of it
 * @how: what it is like
 *
 * Context: may sleep.
 * Return: its slot; -ENOSPC, -ENOMEM.
 */
int vtd_sim_bus_plug(struct vtd_sim_unit *unit, const struct vtd_sim_function_add *how)
{
	struct vtd_sim_function *fn;
	int slot, ret;

	slot = find_slot(unit);
	if (slot < 0)
		return slot;
	fn = vtd_sim_function_create(unit, slot, how);
	if (IS_ERR(fn))
		return PTR_ERR(fn);
	set_msi(fn, unit->bus->msi);
	ret = vtd_sim_poll_start(fn);
	if (ret)
		goto undo_create;
	ret = function_announce(fn, unit->bus);
	if (!ret)
		return slot;
	vtd_sim_poll_stop(fn);
undo_create:
	vtd_sim_function_destroy(fn);
	return ret;
}

/* Drivers of physical functions may go and leave virtual ones behind, in use. */
static bool has_virtual(struct vtd_sim_bus *bus, unsigned int slot)
{
	struct pci_dev *pdev = NULL;
	unsigned int i;

	for (i = 1; i <= VTD_SIM_VFS && !pdev; i++)
		pdev = pci_get_slot(bus->root, PCI_DEVFN(slot, i));
	pci_dev_put(pdev);
	return pdev;
}

/*
 * Drivers wait for user space when their device goes, perhaps for ever: they are
 * not asked to.
 */
static int function_withdraw(struct vtd_sim_bus *bus, unsigned int slot)
{
	struct pci_dev *pdev;
	int ret = 0;

	pci_lock_rescan_remove();
	pdev = pci_get_slot(bus->root, PCI_DEVFN(slot, 0));
	if ((pdev && READ_ONCE(pdev->dev.driver)) || has_virtual(bus, slot))
		ret = -EBUSY;
	else if (pdev)
		pci_stop_and_remove_bus_device(pdev);
	if (!ret)
		set_function(bus->unit, slot, NULL);
	pci_dev_put(pdev);
	pci_unlock_rescan_remove();
	return ret;
}

/**
 * vtd_sim_bus_unplug() - a function disappears
 * @unit: the unit in front of it
 * @slot: its slot
 *
 * Context: may sleep.
 * Return: 0; -ENOENT; -EBUSY if a driver is bound to it, or it has virtual functions.
 */
int vtd_sim_bus_unplug(struct vtd_sim_unit *unit, unsigned int slot)
{
	struct vtd_sim_function *fn;
	int ret;

	fn = slot < VTD_SIM_SLOTS ? unit->functions[slot] : NULL;
	if (!fn)
		return -ENOENT;
	ret = function_withdraw(unit->bus, slot);
	if (ret)
		return ret;
	vtd_sim_poll_stop(fn);
	vtd_sim_function_destroy(fn);
	return 0;
}
