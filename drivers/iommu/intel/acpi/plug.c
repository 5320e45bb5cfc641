// SPDX-License-Identifier: GPL-2.0-only
/*
 * Units that join the table and leave it while the machine runs.
 *
 * Whoever brings units reads their structures; they are parsed like the table.
 * Only when all of them are good do they join it, and only then are the new
 * units brought up.
 *
 * Locks: plug_lock -> vtd_table_lock.
 */
#define pr_fmt(fmt) "DMAR: " fmt

#include <linux/cleanup.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>

#include "dmar.h"
#include "hotplug.h"
#include "plug.h"
#include "table.h"

static DEFINE_MUTEX(plug_lock);
static const struct vtd_hotplug_ops *hotplug_ops __guarded_by(&plug_lock);

/**
 * vtd_hotplug_register() - who brings units up and down
 * @ops: stays for ever
 */
void vtd_hotplug_register(const struct vtd_hotplug_ops *ops)
{
	guard(mutex)(&plug_lock);
	hotplug_ops = ops;
}

/**
 * vtd_plug_possible() - can units come and go by now?
 *
 * Context: may sleep.
 * Return: true once the driver has started; it stays so.
 */
bool vtd_plug_possible(void)
{
	guard(mutex)(&plug_lock);
	return vtd_table() && hotplug_ops;
}

static int plug_read(const struct vtd_plug *plug, struct vtd_dmar *dmar)
{
	struct vtd_dmar_log log;
	int ret;

	vtd_table_log_init(&log);
	dmar->haw = vtd_table()->haw;
	ret = plug->read(plug, dmar, &log);
	if (ret)
		return ret;
	return log.errors ? -EINVAL : 0;
}

static struct vtd_drhd *find_live(const struct vtd_drhd *wanted)
{
	struct vtd_drhd *drhd;

	list_for_each_entry(drhd, &vtd_table()->drhds, node) {
		if (drhd->base == wanted->base)
			return drhd;
	}
	return NULL;
}

/* All of @fresh joins the table. */
static void table_join(struct vtd_dmar *fresh)
{
	struct vtd_dmar *dmar = vtd_table();

	guard(rwsem_write)(&vtd_table_lock);
	list_splice_tail_init(&fresh->drhds, &dmar->drhds);
	list_splice_tail_init(&fresh->atsrs, &dmar->atsrs);
	list_splice_tail_init(&fresh->satcs, &dmar->satcs);
}

/* What @owner brought, and the units in @also, leave the table for @gone. */
static void table_part(void *owner, const struct vtd_dmar *also,
		       struct vtd_dmar *gone)
{
	struct vtd_dmar *dmar = vtd_table();
	struct vtd_atsr *atsr, *next_atsr;
	struct vtd_satc *satc, *next_satc;
	struct vtd_drhd *drhd, *live;

	guard(rwsem_write)(&vtd_table_lock);
	list_for_each_entry(drhd, &also->drhds, node) {
		live = find_live(drhd);
		if (live)
			list_move(&live->node, &gone->drhds);
	}
	list_for_each_entry_safe(atsr, next_atsr, &dmar->atsrs, node) {
		if (atsr->owner == owner)
			list_move(&atsr->node, &gone->atsrs);
	}
	list_for_each_entry_safe(satc, next_satc, &dmar->satcs, node) {
		if (satc->owner == owner)
			list_move(&satc->node, &gone->satcs);
	}
}

/* Returns how many were brought up before the one that failed. */
static unsigned int bring_up(const struct vtd_dmar *wanted, int *error)
	__must_hold(&plug_lock)
{
	struct vtd_drhd *drhd;
	unsigned int n = 0;

	*error = 0;
	list_for_each_entry(drhd, &wanted->drhds, node) {
		*error = hotplug_ops->add(find_live(drhd));
		if (*error)
			break;
		n++;
	}
	return n;
}

/* The first @n of @wanted. */
static void bring_down(const struct vtd_dmar *wanted, unsigned int n)
	__must_hold(&plug_lock)
{
	struct vtd_drhd *drhd, *live;

	list_for_each_entry(drhd, &wanted->drhds, node) {
		if (!n--)
			break;
		live = find_live(drhd);
		if (live)
			hotplug_ops->remove(live);
	}
}

/* All of @wanted or none: a bridge does not lose half of its units. */
static int claim_all(const struct vtd_dmar *wanted)
	__must_hold(&plug_lock)
{
	struct vtd_drhd *drhd, *live;
	int ret;

	list_for_each_entry(drhd, &wanted->drhds, node) {
		live = find_live(drhd);
		ret = live ? hotplug_ops->claim(live) : 0;
		if (ret)
			goto undo_claims;
	}
	return 0;

undo_claims:
	list_for_each_entry_continue_reverse(drhd, &wanted->drhds, node) {
		live = find_live(drhd);
		if (live)
			hotplug_ops->reopen(live);
	}
	return ret;
}

static int plug_add_locked(const struct vtd_plug *plug, struct vtd_dmar *fresh,
			   struct vtd_dmar *names)
	__must_hold(&plug_lock)
{
	struct vtd_dmar gone;
	struct vtd_drhd *drhd;
	unsigned int n;
	int ret;

	lockdep_assert_held(&plug_lock);
	/* Two readings: one becomes part of the table, one names the units. */
	ret = plug_read(plug, fresh);
	if (!ret)
		ret = plug_read(plug, names);
	if (ret)
		return ret;
	list_for_each_entry(drhd, &fresh->drhds, node) {
		if (find_live(drhd)) {
			pr_warn(FW_BUG "unit at %#llx exists already\n",
				drhd->base);
			return -EEXIST;
		}
	}
	vtd_table_set_nodes(fresh, fresh);
	table_join(fresh);
	n = bring_up(names, &ret);
	if (!ret)
		return 0;
	bring_down(names, n);
	vtd_dmar_init(&gone);
	table_part(plug->owner, names, &gone);
	vtd_dmar_free(&gone);
	return ret;
}

/**
 * vtd_plug_add() - units join the table and are brought up
 * @plug: who brings them
 *
 * Context: may sleep; vtd_plug_possible().
 * Return: 0, also if there is no unit; -EINVAL for damaged structures, -EEXIST,
 * -ENOMEM, errors of reading and of bringing up: then nothing has changed.
 */
int vtd_plug_add(const struct vtd_plug *plug)
{
	struct vtd_dmar fresh, names;
	int ret;

	guard(mutex)(&plug_lock);
	vtd_dmar_init(&fresh);
	vtd_dmar_init(&names);
	ret = plug_add_locked(plug, &fresh, &names);
	vtd_dmar_free(&names);
	vtd_dmar_free(&fresh);
	return ret;
}

/**
 * vtd_plug_remove() - units are taken down and leave the table
 * @plug: who brought them
 *
 * Context: may sleep; vtd_plug_possible(), and no device behind them is left.
 * Return: 0; -EBUSY if one is still in use, errors of reading: all of them stay.
 */
int vtd_plug_remove(const struct vtd_plug *plug)
{
	struct vtd_dmar names, gone;
	int ret;

	guard(mutex)(&plug_lock);
	vtd_dmar_init(&names);
	vtd_dmar_init(&gone);
	ret = plug_read(plug, &names);
	if (!ret)
		ret = claim_all(&names);
	if (!ret) {
		bring_down(&names, UINT_MAX);
		table_part(plug->owner, &names, &gone);
	}
	vtd_dmar_free(&gone);
	vtd_dmar_free(&names);
	return ret;
}
