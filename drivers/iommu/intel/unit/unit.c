// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bringing a unit into being: registers mapped, capabilities known, nothing
 * commanded.
 *
 * Owns: struct vtd_unit, unit numbers.
 * Calls: acpi/, hw/
 */
#include <linux/cleanup.h>
#include <linux/ioport.h>
#include <linux/slab.h>

#include "../acpi/dmar.h"
#include "../acpi/table.h"
#include "../hw/cap.h"
#include "../hw/perf.h"
#include "list.h"
#include "regs.h"
#include "unit.h"

static DEFINE_IDA(unit_ids);

/* Behind the last register that PERFCAP and the offset registers promise. */
static size_t perf_reg_size(const struct vtd_unit *unit)
{
	u64 cap = vtd_read64(unit, VTD_PERFCAP);
	unsigned int n = FIELD_GET(VTD_PERFCAP_COUNTERS, cap);
	size_t stride = VTD_PERF_STRIDE(FIELD_GET(VTD_PERFCAP_STRIDE, cap));
	size_t size;

	size = vtd_read32(unit, VTD_PERFCFGOFF) + (size_t)n * VTD_PERF_CFG_SIZE;
	size = max(size, vtd_read32(unit, VTD_PERFCNTROFF) + n * stride);
	size = max(size, (size_t)vtd_read32(unit, VTD_PERFOVFOFF) + 8);
	return max(size, (size_t)vtd_read32(unit, VTD_PERFFRZOFF) + 8);
}

static size_t unit_reg_size(const struct vtd_unit *unit)
{
	size_t size = vtd_caps_reg_size(&unit->caps);

	size = max(size, (size_t)VTD_REGS_MIN_SIZE << unit->drhd->order);
	if (unit->caps.pms)
		size = max(size, perf_reg_size(unit));
	return round_up(size, VTD_REGS_MIN_SIZE);
}

/* The first page says how much there is; then all of it is mapped. */
static int unit_map(struct vtd_unit *unit)
{
	bool hooked = vtd_unit_take_hook(unit);
	u64 cap, ecap;

	if (!hooked)
		unit->regs = ioremap(unit->reg_phys, VTD_REGS_MIN_SIZE);
	if (!hooked && !unit->regs)
		return -ENOMEM;
	unit->reg_size = VTD_REGS_MIN_SIZE;
	cap = vtd_read64(unit, VTD_CAP);
	ecap = vtd_read64(unit, VTD_ECAP);
	/* What reads as all ones or all zeroes is no unit. */
	if ((cap == ~0ULL && ecap == ~0ULL) || (!cap && !ecap)) {
		vtd_warn(unit, FW_BUG "there is no unit at %#llx\n",
			 unit->reg_phys);
		return -ENODEV;
	}
	vtd_caps_decode(cap, ecap, vtd_read32(unit, VTD_VER), &unit->caps);

	unit->reg_size = unit_reg_size(unit);
	if (unit->reg_size > VTD_REGS_MIN_SIZE && !hooked) {
		iounmap(unit->regs);
		unit->regs = ioremap(unit->reg_phys, unit->reg_size);
		if (!unit->regs)
			return -ENOMEM;
	}
	return 0;
}

static void unit_unmap(struct vtd_unit *unit)
{
	if (unit->regs)
		iounmap(unit->regs);
	unit->regs = NULL;
	vtd_unit_drop_hook(unit);
}

/**
 * vtd_unit_init() - what every unit has
 * @unit: zeroed
 */
void vtd_unit_init(struct vtd_unit *unit)
{
	raw_spin_lock_init(&unit->reg_lock);
	ida_init(&unit->dids);
	unit->cmd_timeout_us = VTD_CMD_TIMEOUT_US;
}

static void unit_announce(struct vtd_unit *unit)
{
	u32 status = vtd_read32(unit, VTD_GSTS);
	const char *flaw = vtd_caps_unusable(&unit->caps);
	char words[256];

	vtd_caps_describe(&unit->caps, words, sizeof(words));
	vtd_info(unit, "registers at %#llx, %s\n", unit->reg_phys, words);
	unit->inherited_te = status & VTD_GSTS_TES;
	unit->inherited_ir = status & VTD_GSTS_IRES;
	if (!flaw)
		return;
	vtd_warn(unit, "not used for DMA: %s\n", flaw);
	unit->ignored = true;
}

/* For /proc/iomem; a conflict is firmware's affair. */
static void unit_claim(struct vtd_unit *unit)
{
	if (!request_mem_region(unit->reg_phys, unit->reg_size, unit->name))
		vtd_warn(unit, "registers %#llx + %#zx are also claimed by something else\n",
			 unit->reg_phys, unit->reg_size);
	else
		unit->claimed = true;
}

/**
 * vtd_unit_create() - a unit from its firmware record
 * @drhd: the record; it outlives the unit
 *
 * The unit is on the list afterwards.
 *
 * Context: may sleep; hardware is only read.
 * Return: the unit; ERR_PTR: -ENODEV if nothing answers there, -ENOSPC, -ENOMEM.
 */
struct vtd_unit *vtd_unit_create(struct vtd_drhd *drhd)
{
	struct vtd_unit *unit;
	int ret;

	unit = kzalloc_node(sizeof(*unit), GFP_KERNEL, drhd->numa_node);
	if (!unit)
		return ERR_PTR(-ENOMEM);
	ret = ida_alloc_max(&unit_ids, VTD_UNITS_MAX - 1, GFP_KERNEL);
	if (ret < 0)
		goto undo_alloc;
	vtd_unit_init(unit);
	unit->id = ret;
	unit->drhd = drhd;
	unit->segment = drhd->segment;
	unit->numa_node = drhd->numa_node;
	unit->reg_phys = drhd->base;
	snprintf(unit->name, sizeof(unit->name), "dmar%d", unit->id);
	ret = unit_map(unit);
	if (ret)
		goto undo_map;
	unit_claim(unit);
	unit_announce(unit);
	vtd_units_publish(unit);
	return unit;

undo_map:
	unit_unmap(unit);
	ida_free(&unit_ids, unit->id);
undo_alloc:
	kfree(unit);
	return ERR_PTR(ret);
}

/**
 * vtd_unit_destroy() - forget a unit
 * @unit: off, and on no list; all slots of upper layers are empty
 *
 * Context: may sleep.
 */
void vtd_unit_destroy(struct vtd_unit *unit)
{
	if (unit->claimed)
		release_mem_region(unit->reg_phys, unit->reg_size);
	unit_unmap(unit);
	ida_destroy(&unit->dids);
	ida_free(&unit_ids, unit->id);
	kfree(unit);
}

/**
 * vtd_units_create() - all units of the table
 *
 * A unit that does not answer is left out, and so are the devices behind it.
 * Calls after the first create what is missing, normally nothing.
 *
 * Context: may sleep; vtd_table_read() succeeded.
 * Return: 0 if there is a unit; -ENODEV.
 */
int vtd_units_create(void)
{
	struct vtd_dmar *dmar = vtd_table();
	struct vtd_drhd *drhd;
	struct vtd_unit *unit;

	if (!dmar)
		return -ENODEV;
	list_for_each_entry(drhd, &dmar->drhds, node) {
		if (drhd->refused || vtd_unit_of_drhd(drhd))
			continue;
		unit = vtd_unit_create(drhd);
		if (IS_ERR(unit)) {
			pr_err("DMAR: unit at %#llx cannot be used: %pe\n",
			       drhd->base, unit);
			drhd->refused = true;
		}
	}
	return list_empty(&vtd_units) ? -ENODEV : 0;
}
