/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether DMA remapping is to be switched on, and who decided it.
 */
#ifndef VTD_WANTED_H
#define VTD_WANTED_H

#include <linux/types.h>

/**
 * enum vtd_verdict - the decision and its reason
 * @VTD_ON: wanted by the configuration or the command line
 * @VTD_ON_BY_PLATFORM: firmware asks for it, there is a port to the outside
 * @VTD_ON_BY_TBOOT: a measured launch asks for it
 * @VTD_OFF_BY_CONFIG: nobody asked for it
 * @VTD_OFF_BY_USER: the command line refuses it
 * @VTD_OFF_BY_PLATFORM: firmware refuses it
 */
enum vtd_verdict {
	VTD_ON,
	VTD_ON_BY_PLATFORM,
	VTD_ON_BY_TBOOT,
	VTD_OFF_BY_CONFIG,
	VTD_OFF_BY_USER,
	VTD_OFF_BY_PLATFORM,
};

/**
 * struct vtd_wish - what the decision depends on
 * @wanted: enum vtd_wanted of the command line
 * @no_iommu: iommu=off
 * @opt_in: firmware says that it kept DMA closed until now
 * @opt_out: firmware says that remapping must stay off
 * @external_port: a port leads out of the machine
 * @measured: the kernel was launched by tboot
 * @tboot_noforce: the command line lets a measured launch do without
 */
struct vtd_wish {
	unsigned int wanted;
	bool no_iommu;
	bool opt_in;
	bool opt_out;
	bool external_port;
	bool measured;
	bool tboot_noforce;
};

static inline bool vtd_verdict_is_on(enum vtd_verdict verdict)
{
	return verdict <= VTD_ON_BY_TBOOT;
}

enum vtd_verdict vtd_decide(const struct vtd_wish *wish);
bool vtd_may_be_on(const struct vtd_wish *wish);
const char *vtd_verdict_text(enum vtd_verdict verdict);

#ifdef CONFIG_INTEL_IOMMU
/* exported: modules from elsewhere read it */
extern int intel_iommu_enabled;

bool vtd_dma_may_start(void);
enum vtd_verdict vtd_dma_verdict(void);
bool vtd_dma_is_forced(void);
#else
static inline bool vtd_dma_may_start(void)
{
	return false;
}

static inline bool vtd_dma_is_forced(void)
{
	return false;
}
#endif

#endif
