// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finding the DMAR table, and keeping what it said.
 *
 * Owns: the one struct vtd_dmar of the machine.
 * Locks: vtd_table_lock guards its lists; written only at boot and by hot plug.
 */
#define pr_fmt(fmt) "DMAR: " fmt

#include <linux/acpi.h>
#include <linux/cleanup.h>
#include <linux/dmar.h>
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/tboot.h>

#include <asm/iommu.h>

#include "dmar.h"
#include "table.h"

DECLARE_RWSEM(vtd_table_lock);

static struct vtd_dmar vtd_the_table;
static bool vtd_table_usable __ro_after_init;
static bool vtd_table_damaged __ro_after_init;
static u8 vtd_flags __ro_after_init;

static void table_note(struct vtd_dmar_log *log, u32 offset, const char *what)
{
	pr_warn(FW_BUG "at offset %#x of the table: %s\n", offset, what);
}

void vtd_table_log_init(struct vtd_dmar_log *log)
{
	*log = (struct vtd_dmar_log){ .note = table_note };
}

int __init vtd_table_survey(struct vtd_dmar_summary *summary)
{
	struct acpi_table_header *table __free(acpi_put_table) =
		acpi_get_table_pointer(ACPI_SIG_DMAR, 0);
	struct vtd_dmar_log log;
	int ret;

	*summary = (struct vtd_dmar_summary){};
	if (IS_ERR(table))
		return -ENODEV;
	vtd_table_log_init(&log);
	ret = vtd_dmar_survey(table, table->length, summary, &log);
	if (ret) {
		pr_warn("no unit can be used: the table is damaged\n");
		vtd_table_damaged = true;
		return ret;
	}
	vtd_flags = summary->flags;
	return summary->units ? 0 : -ENODEV;
}

/*
 * Firmware that lists reserved memory which the memory map calls usable is
 * broken: the kernel may have put something there. The devices still expect
 * their mapping, so the remark is all.
 */
static void __init table_check_rmrrs(void)
{
	struct acpi_dmar_reserved_memory raw = {};
	struct vtd_rmrr *rmrr;

	list_for_each_entry(rmrr, &vtd_the_table.rmrrs, node) {
		raw.base_address = rmrr->first;
		raw.end_address = rmrr->last;
		arch_rmrr_sanity_check(&raw);
	}
}

void vtd_table_set_nodes(struct vtd_dmar *dmar, const struct vtd_dmar *rhsas)
{
	struct vtd_drhd *drhd;
	struct vtd_rhsa *rhsa;
	bool known;
	int node;

	list_for_each_entry(rhsa, &rhsas->rhsas, node) {
		node = pxm_to_node(rhsa->domain);
		if (node != NUMA_NO_NODE && !node_online(node))
			node = NUMA_NO_NODE;
		known = false;
		list_for_each_entry(drhd, &dmar->drhds, node) {
			if (drhd->base != rhsa->base)
				continue;
			drhd->numa_node = node;
			known = true;
		}
		if (!known)
			pr_warn(FW_BUG "affinity of a unit at %#llx that is not listed\n",
				rhsa->base);
	}
}

static bool __init table_has_unit(void)
{
	struct vtd_drhd *drhd;

	list_for_each_entry(drhd, &vtd_the_table.drhds, node) {
		if (!drhd->refused)
			return true;
	}
	return false;
}

#ifdef CONFIG_INTEL_IOMMU_SIM
bool vtd_table_may_be_empty __ro_after_init;
#endif

/* Units may come later although firmware lists none. */
static int __init table_start_empty(void)
{
	vtd_the_table.haw = boot_cpu_data.x86_phys_bits;
	vtd_table_usable = true;
	return 0;
}

static int __init table_read_once(void)
{
	struct acpi_table_header *found __free(acpi_put_table) =
		acpi_get_table_pointer(ACPI_SIG_DMAR, 0);
	struct acpi_table_header *table;
	struct vtd_dmar_log log;
	int ret;

	vtd_dmar_init(&vtd_the_table);
	if (IS_ERR(found))
		return vtd_table_may_be_empty ? table_start_empty() : -ENODEV;
	/* A measured launch has a copy that devices cannot have changed. */
	table = tboot_get_dmar_table(found);
	if (!table)
		return -ENODEV;
	/* It was said already. */
	if (vtd_table_damaged && table == found)
		return -EINVAL;

	vtd_table_log_init(&log);
	ret = vtd_dmar_parse(&vtd_the_table, table, table->length, &log);
	if (!ret && !table_has_unit())
		ret = -ENODEV;
	if (ret) {
		vtd_dmar_free(&vtd_the_table);
		pr_warn("no unit can be used: the table is %s\n",
			ret == -EINVAL ? "damaged" : "of no use");
		return ret;
	}
	vtd_flags = vtd_the_table.flags;
	vtd_table_set_nodes(&vtd_the_table, &vtd_the_table);
	table_check_rmrrs();
	vtd_table_usable = true;
	pr_info("host address width %u\n", vtd_the_table.haw);
	return 0;
}

int __init vtd_table_read(void)
{
	static bool done __initdata;
	static int result __initdata;

	guard(rwsem_write)(&vtd_table_lock);
	if (!done) {
		done = true;
		result = table_read_once();
	}
	return result;
}

struct vtd_dmar *vtd_table(void)
{
	return vtd_table_usable ? &vtd_the_table : NULL;
}

u8 vtd_table_flags(void)
{
	return vtd_flags;
}

/**
 * dmar_platform_optin() - did firmware keep DMA closed before the kernel ran?
 *
 * Return: true if the table says so; remapping has to stay on then.
 */
bool dmar_platform_optin(void)
{
	return vtd_flags & VTD_DMAR_F_PLATFORM_OPT_IN;
}
EXPORT_SYMBOL_GPL(dmar_platform_optin);
