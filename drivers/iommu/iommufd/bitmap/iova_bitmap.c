// SPDX-License-Identifier: GPL-2.0-only
/*
 * A user's bitmap of dirty pages, written by drivers while they walk.
 *
 * Bit n, counted from bit 0 of the first byte, stands for page n of an IOVA
 * range. The bitmap may start at any byte of any page, and only bytes in which
 * a bit is set are written. At most one window of it is pinned at a time:
 *
 *	user pages  | 0 ........ 511 | 512 ..... 1023 | 1024 .. |
 *	                               \___ pinned __/
 *
 * A page of it that the user does not let us write matters only when a bit falls
 * into it. Such a bit fails the whole walk: a page that moved after it was
 * declared clean is lost data for the user.
 *
 * Pinning waits for the user, who may be slow on purpose (userfaultfd, FUSE).
 * iova_bitmap_for_each() leaves it to the first bit that needs a window; who
 * walks under locks has the windows pinned ahead: iova_bitmap_each_window().
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/highmem.h>
#include <linux/iova_bitmap.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "iova_bitmap.h"

/*
 * As many as the array of pointers to them fits a page: 2 MiB of bitmap. Nobody
 * is charged for these pins, so there are no more at a time.
 */
#define WINDOW_PAGES (PAGE_SIZE / sizeof(struct page *))

/**
 * struct iova_bitmap - a user's bitmap and the part of it that is pinned
 * @first: first IOVA; constant
 * @last: last IOVA; constant
 * @shift: log2 of the IOVA bytes a bit stands for; constant
 * @addr: user address of the byte that holds bit 0; constant
 * @npages: user pages the bitmap touches; constant
 * @window: most user pages that are pinned at a time; constant
 * @pages: those of the window, NULL where the user does not let us write
 * @base: index of @pages[0] among the user pages
 * @nwindow: valid entries of @pages
 * @written: a bit of the pinned pages was set
 * @error: why a bit was lost, or 0
 *
 * There is no lock: the callback of iova_bitmap_for_each() sets bits one by
 * one.
 */
struct iova_bitmap {
	unsigned long first;
	unsigned long last;
	unsigned int shift;
	unsigned long addr;
	unsigned long npages;
	unsigned long window;

	struct page **pages;
	unsigned long base;
	unsigned long nwindow;
	bool written;
	int error;
};

/**
 * iova_bitmap_alloc() - describe a user's bitmap
 * @iova: IOVA that bit 0 stands for
 * @length: bytes of IOVA the bitmap covers
 * @page_size: bytes of IOVA a bit stands for; its lowest set bit counts
 * @data: first byte of the bitmap, of any alignment
 *
 * Context: may sleep; current's memory is what @data means.
 * Return: the bitmap, or ERR_PTR: EINVAL: nothing to cover; EOVERFLOW: the
 * range wraps; EFAULT: the bitmap is not in user memory; ENOMEM.
 */
struct iova_bitmap *iova_bitmap_alloc(unsigned long iova, size_t length,
				      unsigned long page_size,
				      u64 __user *data)
{
	struct iova_bitmap *bitmap;
	unsigned long last, nbytes;

	if (!length || !page_size)
		return ERR_PTR(-EINVAL);
	if (check_add_overflow(iova, length - 1, &last))
		return ERR_PTR(-EOVERFLOW);

	nbytes = ((length - 1) >> __ffs(page_size)) / BITS_PER_BYTE + 1;
	if (!access_ok(data, nbytes))
		return ERR_PTR(-EFAULT);

	bitmap = kzalloc_obj(*bitmap, GFP_KERNEL_ACCOUNT);
	if (!bitmap)
		return ERR_PTR(-ENOMEM);

	bitmap->first = iova;
	bitmap->last = last;
	bitmap->shift = __ffs(page_size);
	bitmap->addr = (unsigned long)untagged_addr(data);
	bitmap->npages = PFN_UP(offset_in_page(bitmap->addr) + nbytes);
	bitmap->window = min(bitmap->npages, WINDOW_PAGES);
	bitmap->pages = kmalloc_array(bitmap->window, sizeof(*bitmap->pages),
				      GFP_KERNEL_ACCOUNT);
	if (!bitmap->pages) {
		kfree(bitmap);
		return ERR_PTR(-ENOMEM);
	}
	return bitmap;
}
EXPORT_SYMBOL_NS_GPL(iova_bitmap_alloc, "IOMMUFD");

static void window_unpin(struct iova_bitmap *bitmap)
{
	unsigned long i;

	for (i = 0; i < bitmap->nwindow; i++) {
		if (bitmap->pages[i])
			unpin_user_pages_dirty_lock(&bitmap->pages[i], 1,
						    bitmap->written);
	}
	bitmap->nwindow = 0;
	bitmap->written = false;
}

/* Pins what can be pinned of @npages; only a lack of memory or a kill ends it. */
static int window_pin(struct iova_bitmap *bitmap, unsigned long base,
		      unsigned long npages)
{
	unsigned long uva = (bitmap->addr & PAGE_MASK) + (base << PAGE_SHIFT);
	int rc;

	window_unpin(bitmap);
	bitmap->base = base;
	while (bitmap->nwindow < npages) {
		unsigned long at = bitmap->nwindow;

		rc = pin_user_pages_fast(uva + (at << PAGE_SHIFT), npages - at,
					 FOLL_WRITE, bitmap->pages + at);
		if (rc > 0) {
			bitmap->nwindow += rc;
			continue;
		}
		if (fatal_signal_pending(current))
			return -EINTR;
		if (rc == -ENOMEM)
			return rc;
		bitmap->pages[bitmap->nwindow++] = NULL;
		cond_resched();
	}
	return 0;
}

static bool window_has(const struct iova_bitmap *bitmap, unsigned long index)
{
	/* what lies before @base is a huge number */
	return index - bitmap->base < bitmap->nwindow;
}

/*
 * Windows of a walk that pins late start at multiples of their size: drivers
 * which report in no order do not repin a bitmap that fits one.
 */
static int window_move(struct iova_bitmap *bitmap, unsigned long index)
{
	unsigned long base = rounddown(index, bitmap->window);

	return window_pin(bitmap, base,
			  min(bitmap->window, bitmap->npages - base));
}

static unsigned long bit_of(const struct iova_bitmap *bitmap,
			    unsigned long iova)
{
	return (iova - bitmap->first) >> bitmap->shift;
}

/* counted from the start of the first user page */
static unsigned long byte_of(const struct iova_bitmap *bitmap,
			     unsigned long bit)
{
	return offset_in_page(bitmap->addr) + bit / BITS_PER_BYTE;
}

/* Has a window room for a step from any bit on? A bit may be a byte of IOVA. */
static bool step_fits_window(const struct iova_bitmap *bitmap)
{
	unsigned long nbytes = (IOVA_BITMAP_STEP >> bitmap->shift) /
			       BITS_PER_BYTE;

	return bitmap->npages <= bitmap->window ||
	       PFN_UP(nbytes) < bitmap->window;
}

/**
 * iova_bitmap_pins_late() - do bits of this bitmap wait for the user
 * @bitmap: the bitmap
 *
 * Context: any.
 * Return: true if iova_bitmap_set() may pin user memory also within
 * iova_bitmap_each_window().
 */
bool iova_bitmap_pins_late(const struct iova_bitmap *bitmap)
{
	return !step_fits_window(bitmap);
}
EXPORT_SYMBOL_NS_GPL(iova_bitmap_pins_late, "IOMMUFD_INTERNAL");

/* the last IOVA whose bit is in the window, cut to whole steps */
static unsigned long window_last(const struct iova_bitmap *bitmap)
{
	unsigned long end = (bitmap->base + bitmap->nwindow) << PAGE_SHIFT;
	unsigned long nbits = (end - offset_in_page(bitmap->addr)) *
			      BITS_PER_BYTE;

	if (nbits > bit_of(bitmap, bitmap->last))
		return bitmap->last;
	return round_down(bitmap->first + (nbits << bitmap->shift),
			  IOVA_BITMAP_STEP) - 1;
}

/**
 * iova_bitmap_free() - forget a user's bitmap
 * @bitmap: from iova_bitmap_alloc()
 *
 * Context: may sleep.
 */
void iova_bitmap_free(struct iova_bitmap *bitmap)
{
	window_unpin(bitmap);
	kfree(bitmap->pages);
	kfree(bitmap);
}
EXPORT_SYMBOL_NS_GPL(iova_bitmap_free, "IOMMUFD");

/**
 * iova_bitmap_for_each() - let a driver walk the range and set bits
 * @bitmap: the bitmap
 * @opaque: handed to @fn
 * @fn: called with the whole range; calls iova_bitmap_set()
 *
 * Context: may sleep; current's memory holds the bitmap.
 * Return: what @fn returned, or if that is 0: EFAULT: a bit was lost as the
 * user's bitmap cannot be written; EINTR, ENOMEM: it was lost as the bitmap could
 * not be pinned.
 */
int iova_bitmap_for_each(struct iova_bitmap *bitmap, void *opaque,
			 iova_bitmap_fn_t fn)
{
	int rc;

	bitmap->error = 0;
	rc = fn(bitmap, bitmap->first, bitmap->last - bitmap->first + 1,
		opaque);
	window_unpin(bitmap);
	return rc ?: bitmap->error;
}
EXPORT_SYMBOL_NS_GPL(iova_bitmap_for_each, "IOMMUFD");

/**
 * iova_bitmap_each_window() - let a driver walk the range, part by part
 * @bitmap: the bitmap
 * @opaque: handed to @fn
 * @fn: called with one part after the other; calls iova_bitmap_set()
 *
 * Before each call the user's memory for the bits of the part is pinned, so
 * that @fn may take locks which should not wait for the user. Parts end at
 * multiples of IOVA_BITMAP_STEP: what @fn reports must not cross them. Bits for
 * less than 128 bytes of IOVA, which are no dirty pages, are pinned late.
 *
 * Context: may sleep; current's memory holds the bitmap.
 * Return: what @fn returned, or if that is 0: EFAULT: a bit was lost as the
 * user's bitmap cannot be written; EINTR, ENOMEM: a part could not be pinned,
 * @fn was not called for it.
 */
int iova_bitmap_each_window(struct iova_bitmap *bitmap, void *opaque,
			    iova_bitmap_fn_t fn)
{
	unsigned long iova = bitmap->first;
	unsigned long last;
	int rc;

	if (iova_bitmap_pins_late(bitmap))
		return iova_bitmap_for_each(bitmap, opaque, fn);
	bitmap->error = 0;
	for (;;) {
		unsigned long base =
			byte_of(bitmap, bit_of(bitmap, iova)) >> PAGE_SHIFT;

		rc = window_pin(bitmap, base,
				min(bitmap->window, bitmap->npages - base));
		if (rc)
			break;
		last = window_last(bitmap);
		rc = fn(bitmap, iova, last - iova + 1, opaque) ?: bitmap->error;
		if (rc || last == bitmap->last)
			break;
		iova = last + 1;
	}
	window_unpin(bitmap);
	return rc;
}
EXPORT_SYMBOL_NS_GPL(iova_bitmap_each_window, "IOMMUFD_INTERNAL");

/* Bytes, not words: other bytes are the user's, and so is the endianness. */
static void bits_fill(u8 *map, unsigned int first, unsigned int last)
{
	unsigned int head = first / BITS_PER_BYTE;
	unsigned int tail = last / BITS_PER_BYTE;
	u8 head_bits = 0xff << (first % BITS_PER_BYTE);
	u8 tail_bits = 0xff >> (BITS_PER_BYTE - 1 - last % BITS_PER_BYTE);

	if (head == tail) {
		map[head] |= head_bits & tail_bits;
		return;
	}
	map[head] |= head_bits;
	memset(map + head + 1, 0xff, tail - head - 1);
	map[tail] |= tail_bits;
}

static int window_fill(struct iova_bitmap *bitmap, unsigned long index,
		       unsigned int first, unsigned int last)
{
	struct page *page;
	u8 *map;
	int rc;

	if (unlikely(!window_has(bitmap, index))) {
		rc = window_move(bitmap, index);
		if (rc)
			return rc;
	}
	page = bitmap->pages[index - bitmap->base];
	if (unlikely(!page))
		return -EFAULT;
	map = kmap_local_page(page);
	bits_fill(map, first, last);
	kunmap_local(map);
	bitmap->written = true;
	return 0;
}

/**
 * iova_bitmap_set() - mark a range of IOVA dirty
 * @bitmap: bitmap of a running iova_bitmap_for_each()
 * @iova: first IOVA
 * @length: bytes; every page that is touched is marked
 *
 * IOVA outside the bitmap is passed over: what drivers track may be larger
 * than what the user asked about.
 *
 * Context: may sleep when the range lies in another window than the last one
 * did. One caller at a time.
 */
void iova_bitmap_set(struct iova_bitmap *bitmap, unsigned long iova,
		     size_t length)
{
	unsigned long bit, last_bit, last;

	if (!length || bitmap->error)
		return;
	if (check_add_overflow(iova, length - 1, &last))
		last = ULONG_MAX;
	if (last < bitmap->first || iova > bitmap->last)
		return;

	bit = bit_of(bitmap, max(iova, bitmap->first));
	last_bit = bit_of(bitmap, min(last, bitmap->last));
	for (;;) {
		unsigned long pos = byte_of(bitmap, bit);
		unsigned int first = offset_in_page(pos) * BITS_PER_BYTE +
				     bit % BITS_PER_BYTE;
		unsigned long more = min(last_bit - bit,
					 PAGE_SIZE * BITS_PER_BYTE - 1 - first);
		int rc = window_fill(bitmap, pos >> PAGE_SHIFT, first,
				     first + more);

		if (unlikely(rc))
			bitmap->error = rc;
		if (rc || more == last_bit - bit)
			return;
		bit += more + 1;
	}
}
EXPORT_SYMBOL_NS_GPL(iova_bitmap_set, "IOMMUFD");

MODULE_DESCRIPTION("Dirty page bitmaps in user memory");
MODULE_LICENSE("GPL");
