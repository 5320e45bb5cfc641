// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of the machine, as DMA of a simulated function reaches it: pages
 * that the kernel hands out, and the BARs of other simulated functions. What
 * belongs to the kernel's image or to firmware is no memory for them, but for the page of
 * zeroes, which they can read.
 *
 * A page that the kernel has taken out of its own map, as secrets are, reads as
 * no memory. No access here can fault.
 *
 * Context of all: any; interrupts may be off.
 */
#include <linux/atomic.h>
#include <linux/io.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "ram.h"
#include "window.h"

/* How often a 16-byte read is tried again while somebody writes there. */
#define TORN_TRIES	1000

/* Where the kernel sees @pa; NULL if that is no memory. Stays inside a page. */
static void *ram_at(u64 pa, u32 nbytes)
{
	struct page *page = pfn_to_online_page(PHYS_PFN(pa));

	if (!nbytes || offset_in_page(pa) + nbytes > PAGE_SIZE || !page ||
	    PageReserved(page))
		return NULL;
	return __va(pa);
}

/* Nobody writes to the page of zeroes, but processes have it. */
static const void *ram_to_read(u64 pa, u32 nbytes)
{
	if (is_zero_pfn(PHYS_PFN(pa)) && nbytes && offset_in_page(pa) + nbytes <= PAGE_SIZE)
		return __va(pa);
	return ram_at(pa, nbytes);
}

static int read_words(const u64 *from, u64 *to)
{
	return copy_from_kernel_nofault(to, from, sizeof(*to)) ? -1 : 0;
}

/* Both words as they were at one time. */
static int read_pair(const u64 *from, u64 *to)
{
	unsigned int i;
	u64 again;

	for (i = 0; i < TORN_TRIES; i++) {
		if (read_words(from, &to[0]) || read_words(from + 1, &to[1]) ||
		    read_words(from, &again))
			return -1;
		if (again == to[0])
			return 0;
	}
	return 0;
}

int vtd_sim_ram_read(void *owner, u64 pa, void *data, unsigned int size)
{
	void *from = ram_at(pa, size);

	if (!from)
		return -1;
	if (size == 2 * sizeof(u64))
		return read_pair(from, data);
	return copy_from_kernel_nofault(data, from, size) ? -1 : 0;
}

int vtd_sim_ram_write(void *owner, u64 pa, const void *data, unsigned int size)
{
	void *to = ram_at(pa, size);

	if (!to)
		return -1;
	return copy_to_kernel_nofault(to, data, size) ? -1 : 0;
}

int vtd_sim_ram_cmpxchg(void *owner, u64 pa, u64 old, u64 new, u64 *seen)
{
	u64 *word = ram_at(pa, sizeof(*word));
	bool done;

	if (!word)
		return -1;
	*seen = old;
	/* The one form that survives a page which is gone, or is not to be written. */
	pagefault_disable();
	done = unsafe_try_cmpxchg_user((u64 __force __user *)word, seen, new, fault);
	pagefault_enable();
	return done ? 0 : 1;

fault:
	pagefault_enable();
	return -1;
}

/**
 * vtd_sim_ram_to_dev() - from memory into a function
 * @to: memory of the function
 * @pa: physical address
 * @nbytes: inside one page
 *
 * Return: 0; -ENXIO if there is no memory.
 */
int vtd_sim_ram_to_dev(void __iomem *to, u64 pa, u32 nbytes)
{
	const void __iomem *peer = vtd_sim_window_at(pa);
	const u8 *from = ram_to_read(pa, nbytes);
	u8 piece[64];
	u32 at, n;

	for (at = 0; at < nbytes; at += n) {
		n = min_t(u32, nbytes - at, sizeof(piece));
		if (peer)
			memcpy_fromio(piece, peer + at, n);
		else if (!from || copy_from_kernel_nofault(piece, from + at, n))
			return -ENXIO;
		memcpy_toio(to + at, piece, n);
	}
	return 0;
}

/**
 * vtd_sim_ram_from_dev() - from a function to memory
 * @pa: physical address
 * @from: memory of the function
 * @nbytes: inside one page
 *
 * Return: 0; -ENXIO if there is no memory.
 */
int vtd_sim_ram_from_dev(u64 pa, const void __iomem *from, u32 nbytes)
{
	void __iomem *peer = vtd_sim_window_at(pa);
	u8 *to = ram_at(pa, nbytes);
	u8 piece[64];
	u32 at, n;

	for (at = 0; at < nbytes; at += n) {
		n = min_t(u32, nbytes - at, sizeof(piece));
		memcpy_fromio(piece, from + at, n);
		if (peer)
			memcpy_toio(peer + at, piece, n);
		else if (!to || copy_to_kernel_nofault(to + at, piece, n))
			return -ENXIO;
	}
	return 0;
}
