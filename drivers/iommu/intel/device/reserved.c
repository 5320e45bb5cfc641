// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses that a device must keep or must not use, and its default domain.
 *
 * Owns: nothing.
 * Locks: none of its own.
 * Calls: acpi/ for the reserved regions that firmware names.
 */
#include <linux/pci.h>

#include "../acpi/dmar.h"
#include "../acpi/lookup.h"
#include "../quirks.h"
#include "../unit/unit.h"
#include "device.h"

/* Writes to it are interrupts, whatever the tables say. */
#define MSI_WINDOW_FIRST	0xfee00000ULL
#define MSI_WINDOW_SIZE		0x00100000ULL

#define RW			(IOMMU_READ | IOMMU_WRITE)

static void add_region(struct list_head *head, u64 first, u64 size, int prot,
		       enum iommu_resv_type type)
{
	struct iommu_resv_region *region =
		iommu_alloc_resv_region(first, size, prot, type, GFP_KERNEL);

	if (region)
		list_add_tail(&region->list, head);
}

/*
 * Firmware works keyboards and frame buffers through these regions until a
 * driver takes the device over. A device that a user drives needs them no more.
 */
static bool is_relaxable(struct device *dev)
{
	struct pci_dev *pdev;

	if (!dev_is_pci(dev))
		return false;
	pdev = to_pci_dev(dev);
	return pdev->class >> 8 == PCI_CLASS_SERIAL_USB ||
	       pdev->class >> 16 == PCI_BASE_CLASS_DISPLAY;
}

struct rmrr_list {
	struct list_head *head;
	enum iommu_resv_type type;
};

static int add_rmrr(const struct vtd_rmrr *rmrr, void *ctx)
{
	struct rmrr_list *list = ctx;

	add_region(list->head, rmrr->first, rmrr->last - rmrr->first + 1, RW,
		   list->type);
	return 0;
}

/* Floppy drivers program the DMA controller with physical addresses. */
static bool is_isa_bridge(struct device *dev)
{
	return IS_ENABLED(CONFIG_INTEL_IOMMU_FLOPPY_WA) && dev_is_pci(dev) &&
	       to_pci_dev(dev)->class >> 8 == PCI_CLASS_BRIDGE_ISA;
}

/**
 * vtd_device_reserved_regions() - list the regions of a device
 * @dev: the device
 * @head: regions are added here
 *
 * Context: iommu_ops.get_resv_regions; may sleep.
 */
void vtd_device_reserved_regions(struct device *dev, struct list_head *head)
{
	struct rmrr_list list = {
		.head = head,
		.type = is_relaxable(dev) ? IOMMU_RESV_DIRECT_RELAXABLE :
					    IOMMU_RESV_DIRECT,
	};

	vtd_visit_rmrrs(dev, add_rmrr, &list);
	if (is_isa_bridge(dev))
		add_region(head, 0, SZ_16M, RW, IOMMU_RESV_DIRECT_RELAXABLE);
	add_region(head, MSI_WINDOW_FIRST, MSI_WINDOW_SIZE, 0, IOMMU_RESV_MSI);
}

/**
 * vtd_device_default_type() - must the device start with a certain domain?
 * @dev: the device
 *
 * Context: iommu_ops.def_domain_type.
 * Return: IOMMU_DOMAIN_DMA, IOMMU_DOMAIN_IDENTITY, or 0 if it may choose.
 */
int vtd_device_default_type(struct device *dev)
{
	struct vtd_device *vd = to_vtd_device(dev);

	if (!vd->unit->caps.pt)
		return IOMMU_DOMAIN_DMA;
	if (dev_is_pci(dev) && vtd_quirk_identity(to_pci_dev(dev)))
		return IOMMU_DOMAIN_IDENTITY;
	return 0;
}
