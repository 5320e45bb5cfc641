// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many pages one step of a pin takes, in a kernel with the mock: a tiny
 * step makes every path run through its loops.
 *
 * Owns: the bound.
 * Locks: none.
 * Calls: nothing.
 */
#include <linux/compiler.h>
#include <linux/minmax.h>

#include "batch.h"

static unsigned long batch_npages = PAGES_BATCH_NBYTES / sizeof(unsigned long);

/**
 * pages_batch_npages() - how many pages to pin in one step
 *
 * Context: any.
 * Return: at least 1.
 */
unsigned long pages_batch_npages(void)
{
	return READ_ONCE(batch_npages);
}

/**
 * pages_batch_limit() - bound the memory a step may use
 * @nbytes: bytes for the frames, 0 for what all users have
 *
 * Context: any.
 */
void pages_batch_limit(size_t nbytes)
{
	if (!nbytes)
		nbytes = PAGES_BATCH_NBYTES;
	WRITE_ONCE(batch_npages, max(nbytes / sizeof(unsigned long), 1UL));
}
