// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt remapping tables in debugfs.
 */
#include <linux/bitfield.h>
#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/io.h>
#include <linux/pci.h>
#include <linux/seq_file.h>

#include "../acpi/table.h"
#include "../hw/irte_layout.h"
#include "../ir/table.h"
#include "../unit/list.h"
#include "../unit/unit.h"
#include "debugfs.h"

static void show_sid(struct seq_file *m, unsigned int index, u16 sid)
{
	seq_printf(m, " %-5u %02x:%02x.%01x ", index, PCI_BUS_NUM(sid),
		   PCI_SLOT(sid), PCI_FUNC(sid));
}

static void show_remapped(struct seq_file *m, const struct vtd_ir *ir)
{
	unsigned int i;

	seq_puts(m, " Entry SrcID   DstID    Vct IRTE_high\t\tIRTE_low\n");
	for (i = 0; i < VTD_IR_ENTRIES; i++) {
		struct vtd_irte e = ir->entries[i];

		if (!(e.lo & VTD_IRTE_P) || (e.lo & VTD_IRTE_IM))
			continue;
		show_sid(m, i, FIELD_GET(VTD_IRTE_HI_SID, e.hi));
		seq_printf(m, "%08llx %02llx  %016llx\t%016llx\n",
			   FIELD_GET(VTD_IRTE_DST_X2APIC, e.lo),
			   FIELD_GET(VTD_IRTE_VECTOR, e.lo), e.hi, e.lo);
	}
}

static void show_posted(struct seq_file *m, const struct vtd_ir *ir)
{
	unsigned int i;

	seq_puts(m, " Entry SrcID   PDA_high PDA_low  Vct IRTE_high\t\tIRTE_low\n");
	for (i = 0; i < VTD_IR_ENTRIES; i++) {
		struct vtd_irte e = ir->entries[i];

		if (!(e.lo & VTD_IRTE_P) || !(e.lo & VTD_IRTE_IM))
			continue;
		show_sid(m, i, FIELD_GET(VTD_IRTE_HI_SID, e.hi));
		seq_printf(m, "%08llx %08llx %02llx  %016llx\t%016llx\n",
			   FIELD_GET(VTD_IRTE_HI_PDA_HI, e.hi),
			   FIELD_GET(VTD_IRTE_PDA_LO, e.lo) << 6,
			   FIELD_GET(VTD_IRTE_VECTOR, e.lo), e.hi, e.lo);
	}
}

static int ir_translation_struct_show(struct seq_file *m, void *unused)
{
	struct vtd_unit *unit;

	guard(rwsem_read)(&vtd_table_lock);
	for_each_unit(unit) {
		if (!unit->ir)
			continue;
		seq_printf(m, "Remapped Interrupt supported on IOMMU: %s\n IR table address:%llx\n",
			   unit->name, (u64)virt_to_phys(unit->ir->entries));
		show_remapped(m, unit->ir);
		seq_putc(m, '\n');
	}
	seq_puts(m, "****\n\n");
	for_each_unit(unit) {
		if (!unit->ir || !unit->caps.posted)
			continue;
		seq_printf(m, "Posted Interrupt supported on IOMMU: %s\n IR table address:%llx\n",
			   unit->name, (u64)virt_to_phys(unit->ir->entries));
		show_posted(m, unit->ir);
		seq_putc(m, '\n');
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(ir_translation_struct);

void vtd_debugfs_add_ir(struct dentry *dir)
{
	debugfs_create_file("ir_translation_struct", 0444, dir, NULL,
			    &ir_translation_struct_fops);
}
