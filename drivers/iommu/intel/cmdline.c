// SPDX-License-Identifier: GPL-2.0-only
/*
 * intel_iommu= of the kernel command line, as the admin guide documents it.
 *
 * Owns: the one struct vtd_cmdline of this boot.
 * Locks: none; written before other processors run.
 */
#define pr_fmt(fmt) "DMAR: " fmt

#include <linux/cache.h>
#include <linux/init.h>
#include <linux/iommu.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "../dma-iommu.h"
#include "cmdline.h"

#define VTD_CMDLINE_DEFAULTS {						\
	.wanted = IS_ENABLED(CONFIG_INTEL_IOMMU_DEFAULT_OFF) ?		\
		  VTD_WANTED_OFF_BY_CONFIG : VTD_WANTED_ON,		\
	.scalable = IS_ENABLED(CONFIG_INTEL_IOMMU_SCALABLE_MODE_DEFAULT_ON), \
	.igfx_off = IS_ENABLED(CONFIG_INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF), \
}

static struct vtd_cmdline boot_cmdline __ro_after_init = VTD_CMDLINE_DEFAULTS;

struct flag {
	const char *name;
	size_t offset;
	bool value;
};

static const struct flag flags[] = {
	{ "igfx_off", offsetof(struct vtd_cmdline, igfx_off), true },
	{ "intgpu_off", offsetof(struct vtd_cmdline, igfx_off), true },
	{ "forcedac", offsetof(struct vtd_cmdline, forcedac), true },
	{ "strict", offsetof(struct vtd_cmdline, strict), true },
	{ "sp_off", offsetof(struct vtd_cmdline, superpages_off), true },
	{ "sm_on", offsetof(struct vtd_cmdline, scalable), true },
	{ "sm_off", offsetof(struct vtd_cmdline, scalable), false },
	{ "tboot_noforce", offsetof(struct vtd_cmdline, tboot_noforce), true },
};

const struct vtd_cmdline *vtd_cmdline(void)
{
	return &boot_cmdline;
}

void vtd_cmdline_defaults(struct vtd_cmdline *cmdline)
{
	*cmdline = (struct vtd_cmdline)VTD_CMDLINE_DEFAULTS;
}

static bool is_word(const char *name, const char *word, size_t len)
{
	return strlen(name) == len && !strncmp(name, word, len);
}

static bool cmdline_apply(struct vtd_cmdline *cmdline, const char *word, size_t len)
{
	size_t i;

	if (is_word("on", word, len)) {
		cmdline->wanted = VTD_WANTED_ON;
		return true;
	}
	if (is_word("off", word, len)) {
		cmdline->wanted = VTD_WANTED_OFF_BY_USER;
		return true;
	}
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		if (is_word(flags[i].name, word, len)) {
			*(bool *)((void *)cmdline + flags[i].offset) =
				flags[i].value;
			return true;
		}
	}
	return false;
}

const char *vtd_cmdline_parse(struct vtd_cmdline *cmdline, const char *text)
{
	const char *unknown = NULL;

	while (*text) {
		size_t len = strcspn(text, ",");

		if (len && !cmdline_apply(cmdline, text, len) && !unknown)
			unknown = text;
		text += len;
		text += strspn(text, ",");
	}
	return unknown;
}

static int __init setup_intel_iommu(char *text)
{
	const char *unknown;

	if (!text)
		return 0;
	unknown = vtd_cmdline_parse(&boot_cmdline, text);
	if (unknown)
		pr_warn("intel_iommu=: unknown word \"%.*s\" is ignored\n",
			(int)strcspn(unknown, ","), unknown);
	if (boot_cmdline.forcedac) {
		pr_warn("intel_iommu=forcedac is deprecated; use iommu.forcedac instead\n");
		iommu_dma_forcedac = true;
	}
	if (boot_cmdline.strict) {
		pr_warn("intel_iommu=strict is deprecated; use iommu.strict=1 instead\n");
		iommu_set_dma_strict();
	}
	return 1;
}
__setup("intel_iommu=", setup_intel_iommu);
