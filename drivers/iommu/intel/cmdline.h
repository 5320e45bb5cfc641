/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel command line says about VT-d.
 *
 * intremap= and nointremap are read by drivers/iommu/irq_remapping.c, iommu=
 * by the architecture, iommu.strict and iommu.passthrough by the core.
 */
#ifndef _VTD_CMDLINE_H
#define _VTD_CMDLINE_H

#include <linux/types.h>

/**
 * enum vtd_wanted - is DMA remapping wanted, and who says so
 * @VTD_WANTED_ON: by the default of the configuration or intel_iommu=on
 * @VTD_WANTED_OFF_BY_CONFIG: nobody asked for it; a platform that opts in
 *	turns it on
 * @VTD_WANTED_OFF_BY_USER: intel_iommu=off; only trusted boot overrules it
 */
enum vtd_wanted {
	VTD_WANTED_ON,
	VTD_WANTED_OFF_BY_CONFIG,
	VTD_WANTED_OFF_BY_USER,
};

/**
 * struct vtd_cmdline - intel_iommu=, over the defaults of the configuration
 * @wanted: whether DMA remapping is wanted
 * @scalable: scalable mode may be used
 * @igfx_off: units that serve only graphics do not translate (igfx_off and
 *	intgpu_off: such units serve integrated graphics)
 * @superpages_off: paging domains use 4 KiB pages only
 * @strict: no deferred invalidation of unmapped ranges
 * @forcedac: devices get IOVAs above 4 GiB without trying below first
 * @tboot_noforce: trusted boot does not turn remapping on
 */
struct vtd_cmdline {
	enum vtd_wanted wanted;
	bool scalable;
	bool igfx_off;
	bool superpages_off;
	bool strict;
	bool forcedac;
	bool tboot_noforce;
};

/**
 * vtd_cmdline - what the command line of this boot said
 *
 * Context: complete before detect_intel_iommu() runs.
 * Return: constant after that.
 */
const struct vtd_cmdline *vtd_cmdline(void);

/**
 * vtd_cmdline_defaults - what holds when the command line says nothing
 * @cmdline: filled
 */
void vtd_cmdline_defaults(struct vtd_cmdline *cmdline);

/**
 * vtd_cmdline_parse - read the value of one intel_iommu=
 * @cmdline: changed by each word that is known
 * @text: words with commas between them
 *
 * Return: the first word that is unknown (it goes on with the next one), or
 * NULL when all are known.
 */
const char *vtd_cmdline_parse(struct vtd_cmdline *cmdline, const char *text);

#endif
