/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files below /sys/kernel/debug/iommu/intel.
 */
#ifndef _VTD_DEBUG_DEBUGFS_H
#define _VTD_DEBUG_DEBUGFS_H

struct dentry;

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
