// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suspend, resume and the end: units lose their registers over suspend, and
 * must not translate by our tables when another kernel runs.
 *
 * Interrupt remapping has its own part in ir/: the architecture stops it
 * after and starts it before what is here.
 *
 * Owns: nothing. Locks: none; syscore and shutdown run alone.
 * Spec: see the sequences in unit/cmd.c.
 */
#include <linux/dmar.h>
#include <linux/init.h>
#include <linux/syscore_ops.h>

#include "acpi/lookup.h"
#include "inval/inval.h"
#include "ir/ir.h"
#include "pm.h"
#include "queue/queue.h"
#include "quirks.h"
#include "table/root.h"
#include "unit/cmd.h"
#include "unit/event.h"
#include "unit/list.h"
#include "unit/unit.h"

/*
 * A unit that serves integrated graphics alone may hang when translation goes
 * off under a running GPU, if it drains. There is one such GPU at most.
 */
static const struct vtd_unit *stays_on __ro_after_init;

static bool __init is_graphics_unit(const struct vtd_unit *unit)
{
	struct vtd_drhd_census census;

	vtd_drhd_take_census(unit->drhd, &census);
	return census.only_explicit && census.devices &&
	       census.devices == census.displays;
}

static void __init find_graphics_unit(void)
{
	struct vtd_unit *unit;

	if (!vtd_quirk_keep_igfx_on())
		return;
	for_each_unit(unit)
		if (unit->caps.iotlb_drain && is_graphics_unit(unit))
			stays_on = unit;
}

#ifdef CONFIG_PM_SLEEP

static int suspend(void *data)
{
	struct vtd_unit *unit;

	for_each_unit(unit) {
		vtd_events_save(unit);
		if (!unit->root || unit->ignored)
			continue;
		vtd_inval_everything(unit);
		if (unit != stays_on)
			vtd_unit_disable_translation(unit);
	}
	return 0;
}

static int resume_one(struct vtd_unit *unit)
{
	int ret;

	if (!unit->root || unit->ignored)
		return 0;
	/* Harmless where interrupt remapping has started it already. */
	ret = vtd_queue_start(unit);
	if (ret)
		return ret;
	ret = vtd_root_install(unit);
	if (!ret)
		ret = vtd_unit_enable_translation(unit);
	if (!ret)
		ret = vtd_unit_disable_protected_memory(unit);
	return ret;
}

static void resume(void *data)
{
	struct vtd_unit *unit;
	int ret;

	for_each_unit(unit) {
		ret = resume_one(unit);
		if (ret)
			vtd_err(unit, "did not come back after suspend: %d; its devices cannot do DMA\n",
				ret);
		vtd_events_restore(unit);
	}
}

static const struct syscore_ops pm_ops = {
	.suspend = suspend,
	.resume = resume,
};

static struct syscore pm_syscore = {
	.ops = &pm_ops,
};

static void __init watch_suspend(void)
{
	register_syscore(&pm_syscore);
}

#else

static void __init watch_suspend(void)
{
}

#endif

void __init vtd_pm_init(void)
{
	find_graphics_unit();
	watch_suspend();
}

/*
 * x86_platform.iommu_shutdown: before a reboot or a new kernel. Devices have
 * been shut down; what still runs would hit memory of the next kernel either
 * way, and that kernel expects no translation.
 */
void intel_iommu_shutdown(void)
{
	struct vtd_unit *unit;

	for_each_unit(unit) {
		if (!unit->root)
			continue;
		vtd_unit_disable_protected_memory(unit);
		if (unit != stays_on)
			vtd_unit_disable_translation(unit);
	}
	vtd_ir_shutdown();
}
