// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state of units in debugfs: registers, queue, latencies. Layouts as in
 * Documentation/ABI/testing/debugfs-intel-iommu.
 *
 * Owns: the folder. Locks: vtd_table_lock around the list of units.
 */
#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/iommu.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

#include "../acpi/table.h"
#include "../hw/qi.h"
#include "../queue/queue.h"
#include "../unit/list.h"
#include "../unit/regs.h"
#include "../unit/unit.h"
#include "debugfs.h"
#include "latency.h"

struct shown_register {
	const char *name;
	u32 at;
	bool wide;
};

static const struct shown_register shown_registers[] = {
	{ "VER", VTD_VER, false },
	{ "CAP", VTD_CAP, true },
	{ "ECAP", VTD_ECAP, true },
	{ "GCMD", VTD_GCMD, false },
	{ "GSTS", VTD_GSTS, false },
	{ "RTADDR", VTD_RTADDR, true },
	{ "CCMD", VTD_CCMD, true },
	{ "FSTS", VTD_FSTS, false },
	{ "FECTL", VTD_FECTL, false },
	{ "FEDATA", VTD_FEDATA, false },
	{ "FEADDR", VTD_FEADDR, false },
	{ "FEUADDR", VTD_FEUADDR, false },
	{ "PMEN", VTD_PMEN, false },
	{ "PLMBASE", VTD_PLMBASE, false },
	{ "PLMLIMIT", VTD_PLMLIMIT, false },
	{ "PHMBASE", VTD_PHMBASE, true },
	{ "PHMLIMIT", VTD_PHMLIMIT, true },
	{ "IQH", VTD_IQH, true },
	{ "IQT", VTD_IQT, true },
	{ "IQA", VTD_IQA, true },
	{ "ICS", VTD_ICS, false },
	{ "IECTL", VTD_IECTL, false },
	{ "IEDATA", VTD_IEDATA, false },
	{ "IEADDR", VTD_IEADDR, false },
	{ "IEUADDR", VTD_IEUADDR, false },
	{ "IQERCD", VTD_IQERCD, true },
	{ "IRTA", VTD_IRTA, true },
	{ "PQH", VTD_PQH, true },
	{ "PQT", VTD_PQT, true },
	{ "PQA", VTD_PQA, true },
	{ "PRS", VTD_PRS, false },
	{ "PECTL", VTD_PECTL, false },
	{ "PEDATA", VTD_PEDATA, false },
	{ "PEADDR", VTD_PEADDR, false },
	{ "PEUADDR", VTD_PEUADDR, false },
	{ "MTRRCAP", VTD_MTRRCAP, true },
	{ "MTRRDEF", VTD_MTRRDEF, true },
	{ "VCMD", VTD_VCMD, true },
};

static int iommu_regset_show(struct seq_file *m, void *unused)
{
	const struct shown_register *r;
	struct vtd_unit *unit;
	unsigned int i;

	guard(rwsem_read)(&vtd_table_lock);
	for_each_unit(unit) {
		seq_printf(m, "IOMMU: %s Register Base Address: %llx\n\n",
			   unit->name, unit->reg_phys);
		seq_puts(m, "Name\t\t\tOffset\t\tContents\n");
		for (i = 0; i < ARRAY_SIZE(shown_registers); i++) {
			r = &shown_registers[i];
			if (r->at + (r->wide ? 8 : 4) > unit->reg_size)
				continue;
			seq_printf(m, "%-16s\t0x%02x\t\t0x%016llx\n", r->name,
				   r->at, r->wide ? vtd_read64(unit, r->at) :
						    vtd_read32(unit, r->at));
		}
		seq_putc(m, '\n');
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(iommu_regset);

static void show_queue(struct seq_file *m, struct vtd_unit *unit)
{
	struct vtd_queue_view view;
	const u64 *qw;
	unsigned int i;

	vtd_queue_view(unit, &view);
	if (!view.base)
		return;
	seq_printf(m, "Invalidation queue on IOMMU: %s\n", unit->name);
	seq_printf(m, " Base: %#llx\tHead: %u\tTail: %u\tSubmitted: %llu\tTimeouts: %llu\tRefused: %llu\n",
		   view.phys, view.head, view.tail, view.submitted,
		   view.timeouts, view.refused);
	seq_puts(m, view.shift == 5 ?
		 "Index\t\tqw0\t\t\tqw1\t\t\tqw2\t\t\tqw3\n" :
		 "Index\t\tqw0\t\t\tqw1\n");
	for (i = 0; i < view.entries; i++) {
		qw = view.base + ((size_t)i << view.shift);
		seq_printf(m, "%5u\t%016llx\t%016llx", i, qw[0], qw[1]);
		if (view.shift == 5)
			seq_printf(m, "\t%016llx\t%016llx", qw[2], qw[3]);
		seq_putc(m, '\n');
	}
	seq_putc(m, '\n');
}

static int invalidation_queue_show(struct seq_file *m, void *unused)
{
	struct vtd_unit *unit;

	guard(rwsem_read)(&vtd_table_lock);
	for_each_unit(unit)
		if (unit->queue)
			show_queue(m, unit);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(invalidation_queue);

static int dmar_perf_latency_show(struct seq_file *m, void *unused)
{
	vtd_latency_show(m);
	return 0;
}

static int dmar_perf_latency_open(struct inode *inode, struct file *file)
{
	return single_open(file, dmar_perf_latency_show, inode->i_private);
}

static ssize_t dmar_perf_latency_write(struct file *file,
				       const char __user *buf, size_t count,
				       loff_t *pos)
{
	unsigned int value;
	int ret;

	ret = kstrtouint_from_user(buf, count, 0, &value);
	if (ret)
		return ret;
	if (value > VTD_LATENCY_KINDS)
		return -EINVAL;
	if (value)
		ret = vtd_latency_enable(value - 1);
	else
		vtd_latency_disable();
	if (ret)
		return ret;
	*pos += count;
	return count;
}

static const struct file_operations dmar_perf_latency_fops = {
	.open = dmar_perf_latency_open,
	.read = seq_read,
	.write = dmar_perf_latency_write,
	.llseek = seq_lseek,
	.release = single_release,
};

void __init vtd_debugfs_init(void)
{
	struct dentry *dir = debugfs_create_dir("intel", iommu_debugfs_dir);

	debugfs_create_file("iommu_regset", 0444, dir, NULL,
			    &iommu_regset_fops);
	debugfs_create_file("invalidation_queue", 0444, dir, NULL,
			    &invalidation_queue_fops);
	debugfs_create_file("dmar_perf_latency", 0644, dir, NULL,
			    &dmar_perf_latency_fops);
	vtd_debugfs_add_tables(dir);
	vtd_debugfs_add_ir(dir);
	vtd_debugfs_add_devices(dir);
}
