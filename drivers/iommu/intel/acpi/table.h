/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one DMAR table of this machine: found, read once, asked by everybody.
 */
#ifndef __VTD_ACPI_TABLE_H
#define __VTD_ACPI_TABLE_H

#include <linux/init.h>
#include <linux/rwsem.h>
#include <linux/types.h>

struct vtd_dmar;
struct vtd_dmar_summary;
struct vtd_dmar_log;

/*
 * Guards the lists of the table against hot plug. Outermost lock of the
 * driver, taken for reading by every look-up below.
 */
extern struct rw_semaphore vtd_table_lock;

/**
 * vtd_table_survey() - is there a table with at least one unit?
 * @summary: filled on success
 *
 * Context: before any memory allocator works; no allocation.
 * Return: 0; -ENODEV without a table (silently); -EINVAL if it is unusable.
 */
int __init vtd_table_survey(struct vtd_dmar_summary *summary);

/**
 * vtd_table_read() - read and validate the table; later calls return the first result
 *
 * Context: may sleep; slab is up, PCI need not be.
 * Return: 0; -ENODEV without a table or without a usable unit; -EINVAL if
 * the table is unusable; -ENOMEM.
 */
int __init vtd_table_read(void);

/*
 * A machine without a table gets an empty one, which units may join. Set before
 * vtd_table_read().
 */
#ifdef CONFIG_INTEL_IOMMU_SIM
extern bool vtd_table_may_be_empty;
#else
#define vtd_table_may_be_empty	false
#endif

/* The parsed table; NULL unless vtd_table_read() succeeded. */
struct vtd_dmar *vtd_table(void);

/* VTD_DMAR_F_* of the table; 0 without one. Works after vtd_table_survey(). */
u8 vtd_table_flags(void);

/* Prints remarks about firmware structures. */
void vtd_table_log_init(struct vtd_dmar_log *log);

/* Sets the node of units from what is known of proximity domains. */
void vtd_table_set_nodes(struct vtd_dmar *dmar, const struct vtd_dmar *rhsas);

#endif
