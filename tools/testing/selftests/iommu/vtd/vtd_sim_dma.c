// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's own DMA API on simulated units that keep all they may: the driver
 * vtd-sim-dma maps, has the function do DMA, unmaps, and looks whether something is
 * left. Strict, lazy, and without translation.
 *
 * Needs CONFIG_INTEL_IOMMU_SIM and vtd_sim=: Documentation/driver-api/vtd/sim.rst.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/proc.h"
#include "lib/sim.h"

#define DRIVER "vtd-sim-dma"
#define ROUNDS "50"
#define CASE_SECONDS 120

struct how {
	__u32 profile;
	const char *caps;
	/* Of the group. */
	const char *type;
};

static const struct how legacy_strict = { VTD_SIM_LEGACY, "", "DMA" };
static const struct how legacy_lazy = { VTD_SIM_LEGACY, "", "DMA-FQ" };
static const struct how legacy_cm = { VTD_SIM_LEGACY, "+cm", "DMA" };
static const struct how second_strict = { VTD_SIM_SECOND, "", "DMA" };
static const struct how second_lazy = { VTD_SIM_SECOND, "", "DMA-FQ" };
static const struct how second_identity = { VTD_SIM_SECOND, "", "identity" };
static const struct how first_strict = { VTD_SIM_FIRST, "", "DMA" };
static const struct how first_lazy = { VTD_SIM_FIRST, "", "DMA-FQ" };
static const struct how full_strict = { VTD_SIM_FULL, "", "DMA" };
static const struct how full_identity = { VTD_SIM_FULL, "", "identity" };
static const struct how incoherent = { VTD_SIM_FULL_INCOHERENT, "", "DMA" };

static void knob(const struct sim_function *fn, const char *name, const char *text)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", fn->place.dir, name);
	CHECK_OK(proc_write(path, text));
}

static void dma_api(const void *arg)
{
	const struct how *how = arg;
	struct sim sim = sim_unit(how->profile, how->caps);
	struct sim_function fn = sim_function(&sim, VTD_SIM_ENGINE, 0);

	/* Its type changes while no driver has it. */
	knob(&fn, "driver/unbind", fn.bdf);
	knob(&fn, "iommu_group/type", how->type);
	pci_give_to(fn.bdf, DRIVER);
	knob(&fn, "rounds", ROUNDS);
	CHECK(sim_counters(&sim).requests);
	/* Lazy: until the queue of unmapped ranges is flushed stale hits are lawful. */
	if (strcmp(how->type, "DMA-FQ"))
		sim_check_clean(&sim);
	else
		sim_check_clean_but(&sim, SIM_STALE | SIM_STALE_DEVICE);
	sim_function_remove(&fn);
	sim_end(&sim);
}

#define ON(h) { .name = "dma_api " #h, .fn_arg = dma_api, .arg = &(h), .seconds = CASE_SECONDS }

static const struct test_case cases[] = {
	ON(legacy_strict), ON(legacy_lazy), ON(legacy_cm),
	ON(second_strict), ON(second_lazy), ON(second_identity),
	ON(first_strict), ON(first_lazy),
	ON(full_strict), ON(full_identity), ON(incoherent),
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
