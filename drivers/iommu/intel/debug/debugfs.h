/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files below /sys/kernel/debug/iommu/intel.
 */
#ifndef _VTD_DEBUG_DEBUGFS_H
#define _VTD_DEBUG_DEBUGFS_H

#include <linux/types.h>

struct dentry;
struct file;
struct vtd_unit;

/**
 * struct vtd_debugfs_place - whose page table a file shows
 * @unit: the unit that reads it; NULL without one
 * @sid: whose requests
 * @pasid: with which PASID; 0 for those without
 * @name: of the device
 */
struct vtd_debugfs_place {
	const struct vtd_unit *unit;
	u16 sid;
	u32 pasid;
	char name[32];
};

#ifdef CONFIG_INTEL_IOMMU_DEBUGFS

/**
 * vtd_debugfs_init - create the files
 *
 * Context: the IOMMU core has made its folder, units exist.
 */
void vtd_debugfs_init(void);

/* The parts that have a file of their own here. */
void vtd_debugfs_add_tables(struct dentry *dir);
void vtd_debugfs_add_devices(struct dentry *dir);
int vtd_debugfs_nested_open(struct file *file, const struct vtd_debugfs_place *place);

#ifdef CONFIG_IRQ_REMAP
void vtd_debugfs_add_ir(struct dentry *dir);
#else
static inline void vtd_debugfs_add_ir(struct dentry *dir)
{
}
#endif

#else

static inline void vtd_debugfs_init(void)
{
}

#endif

#endif
