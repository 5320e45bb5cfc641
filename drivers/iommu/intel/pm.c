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

#include "ir/ir.h"
#include "outage.h"
#include "pm.h"
#include "queue/prq.h"
#include "start.h"
#include "unit/cmd.h"
#include "unit/event.h"
#include "unit/list.h"
#include "unit/unit.h"

#ifdef CONFIG_PM_SLEEP

static int units_suspend(void *data)
{
	struct vtd_unit *unit;

	for_each_unit(unit) {
		vtd_events_save(unit);
		vtd_stop_for_sleep(unit);
	}
	return 0;
}

/* Firmware may have closed memory again, also for units that are not used. */
static bool is_to_start(struct vtd_unit *unit)
{
	return unit->root && !unit->lost &&
	       (!unit->ignored || vtd_unit_translates(unit));
}

static void units_resume(void *data)
{
	struct vtd_unit *unit;
	int ret;

	for_each_unit(unit) {
		ret = is_to_start(unit) ? vtd_start_again(unit) :
					  vtd_unit_disable_protected_memory(unit);
		if (ret && unit->root && !unit->lost)
			vtd_outage_at_resume(unit, ret);
		vtd_events_restore(unit);
	}
}

static const struct syscore_ops pm_ops = {
	.suspend = units_suspend,
	.resume = units_resume,
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
		vtd_unit_disable_translation(unit);
		vtd_prq_quiet(unit);
	}
	vtd_ir_shutdown();
}
