// SPDX-License-Identifier: GPL-2.0-only
/*
 * The decision whether DMA is remapped.
 *
 * Owns: the order in which the parties are heard; whether it is remapped now.
 * Locks: none; boot.
 * Calls: acpi/ for what firmware says.
 */
#include <linux/export.h>
#include <linux/pci.h>
#include <linux/tboot.h>

#include <asm/iommu.h>

#include "acpi/table.h"
#include "cmdline.h"
#include "hw/dmar_layout.h"
#include "wanted.h"

int intel_iommu_enabled;
EXPORT_SYMBOL_GPL(intel_iommu_enabled);

/**
 * vtd_decide() - hear all parties
 * @wish: what they say
 *
 * Trust comes first, then what the user says in so many words, then firmware.
 *
 * Return: the verdict.
 */
enum vtd_verdict vtd_decide(const struct vtd_wish *wish)
{
	if (wish->measured && !wish->tboot_noforce)
		return VTD_ON_BY_TBOOT;
	if (wish->no_iommu || wish->wanted == VTD_WANTED_OFF_BY_USER)
		return VTD_OFF_BY_USER;
	if (wish->opt_out)
		return VTD_OFF_BY_PLATFORM;
	if (wish->wanted == VTD_WANTED_ON)
		return VTD_ON;
	if (wish->opt_in && wish->external_port)
		return VTD_ON_BY_PLATFORM;
	return VTD_OFF_BY_CONFIG;
}

/**
 * vtd_may_be_on() - could the verdict be "on", once PCI is known?
 * @wish: what the parties say; external_port is not known yet
 *
 * What has to be asked for before PCI is scanned, access control services
 * above all, is asked for whenever this holds. No party is heard on its own:
 * a measured launch overrules all others.
 *
 * Return: true if it could.
 */
bool vtd_may_be_on(const struct vtd_wish *wish)
{
	struct vtd_wish with_port = *wish;

	with_port.external_port = true;
	return vtd_verdict_is_on(vtd_decide(&with_port));
}

/**
 * vtd_verdict_text() - a verdict in words, for the log
 * @verdict: the verdict
 *
 * Return: the words.
 */
const char *vtd_verdict_text(enum vtd_verdict verdict)
{
	switch (verdict) {
	case VTD_ON:
		return "on";
	case VTD_ON_BY_PLATFORM:
		return "on: firmware opted in, a port leads outside (intel_iommu=off turns it off)";
	case VTD_ON_BY_TBOOT:
		return "on: measured launch (intel_iommu=tboot_noforce prevents it)";
	case VTD_OFF_BY_CONFIG:
		return "off by configuration (intel_iommu=on turns it on)";
	case VTD_OFF_BY_USER:
		return "off by command line";
	case VTD_OFF_BY_PLATFORM:
		return "off: firmware opted out";
	}
	return "unknown";
}

static int is_external_port(struct device *dev, void *data)
{
	return to_pci_dev(dev)->external_facing;
}

static bool has_external_port(void)
{
	return bus_for_each_dev(&pci_bus_type, NULL, NULL, is_external_port);
}

static void wish_ask(struct vtd_wish *wish)
{
	u8 flags = vtd_table_flags();

	*wish = (struct vtd_wish){
		.wanted = vtd_cmdline()->wanted,
		.no_iommu = no_iommu,
		.opt_in = flags & VTD_DMAR_F_PLATFORM_OPT_IN,
		.opt_out = flags & VTD_DMAR_F_REMAP_OPT_OUT,
		.measured = tboot_enabled(),
		.tboot_noforce = vtd_cmdline()->tboot_noforce,
	};
}

/**
 * vtd_dma_may_start() - could the verdict be "on"?
 *
 * Context: before PCI is scanned, so external ports are not known yet.
 * Return: true if it could.
 */
bool vtd_dma_may_start(void)
{
	struct vtd_wish wish;

	wish_ask(&wish);
	return vtd_may_be_on(&wish);
}

/**
 * vtd_dma_verdict() - is DMA remapped on this machine?
 *
 * Context: PCI is enumerated.
 * Return: the verdict.
 */
enum vtd_verdict vtd_dma_verdict(void)
{
	struct vtd_wish wish;

	wish_ask(&wish);
	wish.external_port = has_external_port();
	return vtd_decide(&wish);
}

/**
 * vtd_dma_is_forced() - must the machine not run without DMA remapping?
 *
 * Context: any; the same answer from early boot on.
 * Return: true in a measured launch that may not do without.
 */
bool vtd_dma_is_forced(void)
{
	struct vtd_wish wish;

	wish_ask(&wish);
	return vtd_decide(&wish) == VTD_ON_BY_TBOOT;
}
