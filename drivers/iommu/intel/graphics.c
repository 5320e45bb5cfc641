// SPDX-License-Identifier: GPL-2.0-only
/*
 * Units of integrated graphics.
 *
 * A unit that serves integrated graphics alone may hang when translation goes off
 * under a running GPU, if it drains. vtd_unit.te_stays says so, and
 * unit/cmd.c keeps to it, whoever asks: at suspend, before another kernel runs,
 * and where an earlier kernel left translation on. Whoever asks gets -EBUSY, and
 * has to see to it that the tables in use are good ones.
 *
 * Owns: vtd_unit.te_stays. Locks: none; boot.
 */
#include <linux/init.h>

#include "acpi/lookup.h"
#include "graphics.h"
#include "quirks.h"
#include "unit/list.h"
#include "unit/unit.h"

bool vtd_unit_serves_graphics(const struct vtd_unit *unit)
{
	struct vtd_drhd_census census;

	vtd_drhd_take_census(unit->drhd, &census);
	return census.only_explicit && census.devices &&
	       census.devices == census.displays;
}

void __init vtd_graphics_init(void)
{
	struct vtd_unit *unit;

	if (!vtd_quirk_keep_igfx_on())
		return;
	for_each_unit(unit)
		unit->te_stays = unit->caps.iotlb_drain &&
				 vtd_unit_serves_graphics(unit);
}
