// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of guests in debugfs, with what their parents make of them.
 *
 * For root alone, and not where the kernel is locked down: it is a guest's memory. So the
 * files may be written as far as their mode goes: debugfs lets a locked-down kernel read
 * those that nobody can write.
 *
 * Owns: nothing. Locks: none, see walk.h.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "../unit/unit.h"
#include "debugfs.h"
#include "walk_guest.h"

/* How many entries of a guest are read for one who opens the file. */
#define PATIENCE	65536U

/**
 * struct dump - one open file: a guest's table and the place in it
 * @place: whose table
 * @guest: the table
 * @leaf: the place
 * @left: how many entries may still be read
 * @is_over: it was said that there may be more
 */
struct dump {
	struct vtd_debugfs_place place;
	struct vtd_walk_guest guest;
	struct vtd_walk_guest_leaf leaf;
	unsigned int left;
	bool is_over;
};

static void dump_title(struct seq_file *m, const struct dump *dump)
{
	seq_printf(m, "Device %s", dump->place.name);
	if (dump->place.pasid)
		seq_printf(m, " with pasid %x", dump->place.pasid);
	seq_printf(m, " @0x%llx of a guest, by @0x%llx\n", dump->guest.root,
		   dump->guest.second.root);
	seq_printf(m, "%-17s\t%-18s\t%-18s\t%-18s\t%-18s\t%-18s\t%s\n", "IOVA_PFN", "PML5E",
		   "PML4E", "PDPE", "PDE", "PTE", "second stage");
}

static void *dump_find(struct dump *dump, u64 iova_pfn)
{
	if (dump->is_over)
		return NULL;
	if (vtd_walk_guest_next(&dump->guest, iova_pfn, &dump->leaf, &dump->left))
		return &dump->leaf;
	return dump->left ? NULL : dump;
}

static void *dump_start(struct seq_file *m, loff_t *pos)
{
	struct dump *dump = m->private;

	if (!dump->place.unit)
		return NULL;
	dump->guest = vtd_walk_guest_of(dump->place.unit, dump->place.sid,
					dump->place.pasid);
	if (!dump->guest.levels)
		return NULL;
	if (!*pos)
		dump_title(m, dump);
	return dump_find(dump, *pos);
}

static void *dump_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct dump *dump = m->private;

	if (v == dump) {
		++*pos;
		return NULL;
	}
	*pos = dump->leaf.first.iova_pfn + dump->leaf.first.npages;
	return dump_find(dump, *pos);
}

static void dump_stop(struct seq_file *m, void *v)
{
}

/* Both halves of a guest's addresses, in pages */
static u64 canonical(const struct dump *dump, u64 iova_pfn)
{
	unsigned int width = 9 * dump->guest.levels;

	return (u64)sign_extend64(iova_pfn, width - 1) & GENMASK_ULL(51, 0);
}

static void dump_leaf(struct seq_file *m, const struct dump *dump)
{
	const struct vtd_walk_leaf *first = &dump->leaf.first;
	const struct vtd_walk_leaf *second = &dump->leaf.second;
	unsigned int i;

	seq_printf(m, "0x%013llx |", canonical(dump, first->iova_pfn));
	for (i = VTD_WALK_LEVELS; i--; )
		seq_printf(m, "\t0x%016llx", first->entry[i]);
	if (second->npages)
		seq_printf(m, "\t0x%016llx\n", second->entry[ilog2(second->npages) / 9]);
	else
		seq_puts(m, "\t-\n");
}

static int dump_show(struct seq_file *m, void *v)
{
	struct dump *dump = m->private;

	if (v != dump) {
		dump_leaf(m, dump);
		return 0;
	}
	seq_printf(m, "No more than %u entries are read.\n", PATIENCE);
	dump->is_over = !seq_has_overflowed(m);
	return 0;
}

static const struct seq_operations dump_ops = {
	.start = dump_start,
	.next = dump_next,
	.stop = dump_stop,
	.show = dump_show,
};

/**
 * vtd_debugfs_nested_open() - show the table of a guest
 * @file: the file, just opened; seq_release_private() ends it
 * @place: whose table
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM.
 */
int vtd_debugfs_nested_open(struct file *file, const struct vtd_debugfs_place *place)
{
	struct dump *dump = __seq_open_private(file, &dump_ops, sizeof(*dump));

	if (!dump)
		return -ENOMEM;
	dump->place = *place;
	dump->left = PATIENCE;
	return 0;
}
