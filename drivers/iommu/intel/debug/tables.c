// SPDX-License-Identifier: GPL-2.0-only
/*
 * Translation tables in debugfs: all entries of all units, and the page tables
 * of each device and of each of its PASIDs.
 *
 * Owns: the folder of each device. Locks: vtd_table_lock around the list of
 * units; folders_lock. A device's folder is removed before the device is.
 */
#include <linux/bitfield.h>
#include <linux/cleanup.h>
#include <linux/dcache.h>
#include <linux/debugfs.h>
#include <linux/iommu.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "../acpi/table.h"
#include "../acpi/watch.h"
#include "../device/requester.h"
#include "../domain/attachment.h"
#include "../hw/root_layout.h"
#include "../table/root.h"
#include "../unit/list.h"
#include "../unit/unit.h"
#include "debugfs.h"
#include "walk.h"

static void show_requester(struct seq_file *m, const struct vtd_unit *unit,
			   u16 sid)
{
	struct vtd_walk_context c;
	u64 w[3] = { };
	long pasid = -1;

	if (!vtd_walk_context(unit, sid, &c))
		return;
	if (unit->scalable) {
		pasid = vtd_walk_next_pasid(&c, 0);
		if (pasid < 0)
			return;
	}
	do {
		if (pasid >= 0 && !vtd_walk_pasid(&c, pasid, w))
			continue;
		seq_printf(m, "%02x:%02x.%x\t0x%016llx:0x%016llx\t0x%016llx:0x%016llx\t%-6ld\t0x%016llx:0x%016llx:0x%016llx\n",
			   PCI_BUS_NUM(sid), PCI_SLOT(sid), PCI_FUNC(sid),
			   c.root[1], c.root[0], c.context[1], c.context[0],
			   pasid, w[2], w[1], w[0]);
	} while (pasid >= 0 &&
		 (pasid = vtd_walk_next_pasid(&c, pasid + 1)) >= 0);
}

static int dmar_translation_struct_show(struct seq_file *m, void *unused)
{
	struct vtd_unit *unit;
	unsigned int bus, devfn;

	guard(rwsem_read)(&vtd_table_lock);
	for_each_unit(unit) {
		if (!unit->root)
			continue;
		seq_printf(m, "IOMMU %s: Root Table Address: 0x%llx\n",
			   unit->name,
			   (u64)virt_to_phys(unit->root->entries));
		seq_puts(m, "B.D.F\tRoot_entry\t\t\t\tContext_entry\t\t\t\tPASID\tPASID_table_entry\n");
		for (bus = 0; bus < VTD_ROOT_ENTRIES; bus++)
			for (devfn = 0; devfn < 256; devfn++)
				show_requester(m, unit, bus << 8 | devfn);
		seq_putc(m, '\n');
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(dmar_translation_struct);

void vtd_debugfs_add_tables(struct dentry *dir)
{
	debugfs_create_file("dmar_translation_struct", 0444, dir, NULL,
			    &dmar_translation_struct_fops);
}

/**
 * struct dump - one open file: a page table and the place in it
 * @place: whose table
 * @table: the table
 * @leaf: the place
 */
struct dump {
	struct vtd_debugfs_place place;
	struct vtd_walk_table table;
	struct vtd_walk_leaf leaf;
};

static void dump_title(struct seq_file *m, const struct dump *dump)
{
	seq_printf(m, "Device %s", dump->place.name);
	if (dump->place.pasid)
		seq_printf(m, " with pasid %x", dump->place.pasid);
	seq_printf(m, " @0x%llx\n%-17s\t%-18s\t%-18s\t%-18s\t%-18s\t%s\n",
		   dump->table.root, "IOVA_PFN", "PML5E", "PML4E", "PDPE", "PDE",
		   "PTE");
}

static void *dump_start(struct seq_file *m, loff_t *pos)
{
	struct dump *dump = m->private;

	if (!dump->place.unit)
		return NULL;
	dump->table = vtd_walk_table_of(dump->place.unit, dump->place.sid,
					dump->place.pasid);
	if (!*pos)
		dump_title(m, dump);
	return vtd_walk_next_leaf(&dump->table, *pos, &dump->leaf) ?
	       &dump->leaf : NULL;
}

static void *dump_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct dump *dump = m->private;

	*pos = dump->leaf.iova_pfn + dump->leaf.npages;
	return vtd_walk_next_leaf(&dump->table, *pos, &dump->leaf) ?
	       &dump->leaf : NULL;
}

static void dump_stop(struct seq_file *m, void *v)
{
}

static int dump_show(struct seq_file *m, void *v)
{
	const struct vtd_walk_leaf *leaf = v;
	unsigned int i;

	seq_printf(m, "0x%013llx |", leaf->iova_pfn);
	for (i = VTD_WALK_LEVELS; i--; )
		seq_printf(m, "\t0x%016llx", leaf->entry[i]);
	seq_putc(m, '\n');
	return 0;
}

static const struct seq_operations dump_ops = {
	.start = dump_start,
	.next = dump_next,
	.stop = dump_stop,
	.show = dump_show,
};

static int dump_open(struct file *file, const struct vtd_debugfs_place *place)
{
	struct dump *dump = __seq_open_private(file, &dump_ops, sizeof(*dump));

	if (!dump)
		return -ENOMEM;
	dump->place = *place;
	return 0;
}

static struct vtd_debugfs_place place_of_device(const struct inode *inode)
{
	struct pci_dev *pdev = inode->i_private;
	struct vtd_debugfs_place place = { };

	place.unit = vtd_unit_of_device(&pdev->dev, &place.sid);
	strscpy(place.name, pci_name(pdev));
	return place;
}

static int device_open(struct inode *inode, struct file *file)
{
	const struct vtd_debugfs_place place = place_of_device(inode);

	return dump_open(file, &place);
}

static int device_nested_open(struct inode *inode, struct file *file)
{
	const struct vtd_debugfs_place place = place_of_device(inode);

	return vtd_debugfs_nested_open(file, &place);
}

static const struct file_operations device_fops = {
	.open = device_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = seq_release_private,
};

static const struct file_operations device_nested_fops = {
	.open = device_nested_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = seq_release_private,
};

/**
 * struct folder - of a PASID that has a page table
 * @node: in folders
 * @vd: the device, which exists as long as this
 * @pasid: the PASID
 */
struct folder {
	struct list_head node;
	const struct vtd_device *vd;
	u32 pasid;
};

static LIST_HEAD(folders);
static DEFINE_MUTEX(folders_lock);	/* folders */
static struct dentry *devices_dir;

static struct vtd_debugfs_place place_of_pasid(const struct inode *inode)
{
	const struct folder *folder = inode->i_private;
	struct vtd_debugfs_place place = {
		.unit = folder->vd->unit,
		.sid = folder->vd->own->sid,
		.pasid = folder->pasid,
	};

	strscpy(place.name, dev_name(folder->vd->dev));
	return place;
}

static int pasid_open(struct inode *inode, struct file *file)
{
	const struct vtd_debugfs_place place = place_of_pasid(inode);

	return dump_open(file, &place);
}

static int pasid_nested_open(struct inode *inode, struct file *file)
{
	const struct vtd_debugfs_place place = place_of_pasid(inode);

	return vtd_debugfs_nested_open(file, &place);
}

static const struct file_operations pasid_fops = {
	.open = pasid_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = seq_release_private,
};

static const struct file_operations pasid_nested_fops = {
	.open = pasid_nested_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = seq_release_private,
};

static void pasid_attached(const struct vtd_device *vd, u32 pasid)
{
	struct dentry *parent = debugfs_lookup(dev_name(vd->dev), devices_dir);
	struct folder *folder = parent ? kzalloc_obj(*folder) : NULL;
	struct dentry *dir;
	char name[16];

	if (folder) {
		folder->vd = vd;
		folder->pasid = pasid;
		scoped_guard(mutex, &folders_lock)
			list_add(&folder->node, &folders);
		snprintf(name, sizeof(name), "%x", pasid);
		dir = debugfs_create_dir(name, parent);
		debugfs_create_file("domain_translation_struct", 0444, dir, folder,
				    &pasid_fops);
		debugfs_create_file("nested_translation_struct", 0600, dir, folder,
				    &pasid_nested_fops);
	}
	dput(parent);
}

static struct folder *folder_forget(const struct vtd_device *vd, u32 pasid)
{
	struct folder *folder;

	guard(mutex)(&folders_lock);
	list_for_each_entry(folder, &folders, node) {
		if (folder->vd != vd || folder->pasid != pasid)
			continue;
		list_del(&folder->node);
		return folder;
	}
	return NULL;
}

/* The device's own folder may be gone already, and this one with it. */
static void pasid_detached(const struct vtd_device *vd, u32 pasid)
{
	struct folder *folder = folder_forget(vd, pasid);
	struct dentry *parent;
	char name[16];

	if (!folder)
		return;
	parent = debugfs_lookup(dev_name(vd->dev), devices_dir);
	if (parent) {
		snprintf(name, sizeof(name), "%x", pasid);
		debugfs_lookup_and_remove(name, parent);
		dput(parent);
	}
	kfree(folder);
}

static const struct vtd_pasid_watch pasid_folders = {
	.attached = pasid_attached,
	.detached = pasid_detached,
};

static void device_added(struct pci_dev *pdev)
{
	struct dentry *dir;
	u16 sid;

	if (!vtd_unit_of_device(&pdev->dev, &sid))
		return;
	dir = debugfs_create_dir(pci_name(pdev), devices_dir);
	debugfs_create_file("domain_translation_struct", 0444, dir, pdev,
			    &device_fops);
	debugfs_create_file("nested_translation_struct", 0600, dir, pdev,
			    &device_nested_fops);
}

static void device_removed(struct pci_dev *pdev)
{
	debugfs_lookup_and_remove(pci_name(pdev), devices_dir);
}

static struct vtd_watch device_watch = {
	.added = device_added,
	.removed = device_removed,
};

void vtd_debugfs_add_devices(struct dentry *dir)
{
	devices_dir = dir;
	if (vtd_watch_add(&device_watch))
		pr_err("DMAR: debugfs gets no directories of devices\n");
	vtd_pasid_watch(&pasid_folders);
}
