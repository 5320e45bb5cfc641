// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that stands for the BARs of simulated functions.
 *
 * Owns: the kernel parameter vtd_sim= and the memory that it names.
 * Locks: window_lock guards the map of pages that are taken.
 * Calls: acpi/ to say that units may come.
 */
#define pr_fmt(fmt) "vtd-sim: " fmt

#include <linux/bitmap.h>
#include <linux/cleanup.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/log2.h>
#include <linux/memblock.h>
#include <linux/mutex.h>
#include <linux/sizes.h>

#include <asm/e820/api.h>

#include "../acpi/table.h"
#include "window.h"

#define WINDOW_MIN	SZ_1M
#define WINDOW_MAX	SZ_64M
/* BARs are 32 bits wide. */
#define WINDOW_BELOW	SZ_4G

static struct resource window = {
	.name = "VT-d sim",
	.flags = IORESOURCE_MEM,
};

static void __iomem *window_map __ro_after_init;
static DEFINE_MUTEX(window_lock);
static DECLARE_BITMAP(window_taken, WINDOW_MAX / SZ_4K) __guarded_by(&window_lock);

/* The highest place in an entry of RAM where nothing is yet; 0 for none. */
static u64 __init find_in(u64 first, u64 nbytes, u64 size)
{
	u64 limit = min_t(u64, first + nbytes, WINDOW_BELOW);
	u64 at;

	for (at = ALIGN_DOWN(limit, size); at >= first + size; at -= size) {
		if (!memblock_is_region_reserved(at - size, size))
			return at - size;
	}
	return 0;
}

static u64 __init find_ram(u64 size)
{
	const struct e820_entry *entry = e820_table->entries;
	u64 first, end, best = 0;
	unsigned int i;

	for (i = 0; i < e820_table->nr_entries; i++, entry++) {
		first = max_t(u64, entry->addr, SZ_16M);
		end = entry->addr + entry->size;
		if (entry->type == E820_TYPE_RAM && end > first)
			best = max(best, find_in(first, end - first, size));
	}
	return best;
}

static int __init parse_window(char *value)
{
	u64 size = value ? memparse(value, NULL) : 0;
	u64 at;

	if (size < WINDOW_MIN || size > WINDOW_MAX || !is_power_of_2(size)) {
		pr_warn("vtd_sim= takes a power of two from 1M to 64M: ignored\n");
		return 0;
	}
	if (window.end)
		return 0;
	at = find_ram(size);
	if (!at) {
		pr_warn("no memory below 4 GiB can be kept away: vtd_sim= is ignored\n");
		return 0;
	}
	e820__range_update(at, size, E820_TYPE_RAM, E820_TYPE_RESERVED);
	e820__update_table(e820_table);
	window.start = at;
	window.end = at + size - 1;
	vtd_table_may_be_empty = true;
	return 0;
}
early_param("vtd_sim", parse_window);

/* Inside what the memory map calls reserved, as BARs are inside a window. */
static int __init claim_window(void)
{
	struct resource *reserved = request_resource_conflict(&iomem_resource, &window);

	return reserved ? request_resource(reserved, &window) : 0;
}

static int __init window_init(void)
{
	if (!window.end)
		return 0;
	if (claim_window()) {
		pr_err("the memory of vtd_sim= is used by something else\n");
		return -EBUSY;
	}
	/* As drivers and user space map BARs, lest types of memory conflict. */
	window_map = ioremap(window.start, resource_size(&window));
	return window_map ? 0 : -ENOMEM;
}

/* After PCI has said what is where, before the control device. */
fs_initcall_sync(window_init);

/**
 * vtd_sim_window_exists() - was memory kept away for simulated functions?
 *
 * Return: true if so: nothing can be simulated otherwise.
 */
bool vtd_sim_window_exists(void)
{
	return window_map;
}

/**
 * vtd_sim_window_resource() - the window as PCI wants it
 *
 * Return: the resource.
 */
struct resource *vtd_sim_window_resource(void)
{
	return &window;
}

/**
 * vtd_sim_window_alloc() - take a piece, as a BAR needs it
 * @nbytes: a power of two, at least 4 KiB; so is the alignment
 *
 * Context: may sleep.
 * Return: its physical address; 0 if there is none left. It reads as zeroes.
 */
u64 vtd_sim_window_alloc(u32 nbytes)
{
	unsigned long npages = nbytes / SZ_4K;
	unsigned long total = resource_size(&window) / SZ_4K;
	unsigned long at;
	u64 pa;

	guard(mutex)(&window_lock);
	at = bitmap_find_next_zero_area(window_taken, total, 0, npages, npages - 1);
	if (at >= total)
		return 0;
	bitmap_set(window_taken, at, npages);
	pa = window.start + at * SZ_4K;
	memset_io(vtd_sim_window_at(pa), 0, nbytes);
	return pa;
}

/**
 * vtd_sim_window_free() - give a piece back
 * @pa: from vtd_sim_window_alloc(), or 0
 * @nbytes: its size
 */
void vtd_sim_window_free(u64 pa, u32 nbytes)
{
	guard(mutex)(&window_lock);
	if (pa)
		bitmap_clear(window_taken, (pa - window.start) / SZ_4K, nbytes / SZ_4K);
}

/**
 * vtd_sim_window_at() - the memory behind an address
 * @pa: physical address
 *
 * Context: any.
 * Return: it; NULL if it is not in the window.
 */
void __iomem *vtd_sim_window_at(u64 pa)
{
	if (!window_map || pa < window.start || pa > window.end)
		return NULL;
	return window_map + (pa - window.start);
}
