/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many pages one step of a pin takes.
 */
#ifndef __IOMMUFD_PAGES_BATCH_H
#define __IOMMUFD_PAGES_BATCH_H

#include <linux/sizes.h>
#include <linux/types.h>

/* Memory for the frames of one step. */
#define PAGES_BATCH_NBYTES SZ_16K

#if IS_ENABLED(CONFIG_IOMMUFD_TEST)
unsigned long pages_batch_npages(void);
void pages_batch_limit(size_t nbytes);
#else
static inline unsigned long pages_batch_npages(void)
{
	return PAGES_BATCH_NBYTES / sizeof(unsigned long);
}
#endif

#endif
