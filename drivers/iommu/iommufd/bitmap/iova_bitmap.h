/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dirty bitmaps of walks under locks.
 */
#ifndef __IOMMUFD_BITMAP_IOVA_BITMAP_H
#define __IOMMUFD_BITMAP_IOVA_BITMAP_H

#include <linux/iova_bitmap.h>
#include <linux/sizes.h>

/* no page table entry crosses a multiple of it */
#define IOVA_BITMAP_STEP SZ_1G

#if IS_ENABLED(CONFIG_IOMMUFD_DRIVER)
bool iova_bitmap_pins_late(const struct iova_bitmap *bitmap);
int iova_bitmap_each_window(struct iova_bitmap *bitmap, void *opaque,
			    iova_bitmap_fn_t fn);
#else
static inline bool iova_bitmap_pins_late(const struct iova_bitmap *bitmap)
{
	return false;
}

static inline int iova_bitmap_each_window(struct iova_bitmap *bitmap,
					  void *opaque, iova_bitmap_fn_t fn)
{
	return -EOPNOTSUPP;
}
#endif

#endif
