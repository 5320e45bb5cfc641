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
 * Windows start at multiples of their size, so that drivers which report in no
 * order do not repin a bitmap that fits one window. A bit that cannot be
 * stored fails the whole walk: a page that moved after it was declared clean
 * is lost data for the user.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/highmem.h>
#include <linux/iova_bitmap.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

/* as many as the array of pointers to them fits a page: 2 MiB of bitmap */
#define WINDOW_PAGES (PAGE_SIZE / sizeof(struct page *))

/**
 * struct iova_bitmap - a user's bitmap and the part of it that is pinned
 * @first: first IOVA; constant
 * @last: last IOVA; constant
 * @shift: log2 of the IOVA bytes a bit stands for; constant
 * @addr: user address of the byte that holds bit 0; constant
 * @npages: user pages the bitmap touches; constant
 * @pages: the pinned pages
 * @base: index of @pages[0] among the user pages
 * @npinned: valid entries of @pages
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

	struct page **pages;
	unsigned long base;
	unsigned long npinned;
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
	bitmap->pages = kmalloc_array(min(bitmap->npages, WINDOW_PAGES),
				      sizeof(*bitmap->pages),
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
	if (bitmap->npinned)
		unpin_user_pages_dirty_lock(bitmap->pages, bitmap->npinned,
					    bitmap->written);
	bitmap->npinned = 0;
	bitmap->written = false;
}

static int window_pin(struct iova_bitmap *bitmap, unsigned long base)
{
	unsigned long npages = min(bitmap->npages - base, WINDOW_PAGES);
	unsigned long uva = (bitmap->addr & PAGE_MASK) + (base << PAGE_SHIFT);
	int rc;

	rc = pin_user_pages_fast(uva, npages, FOLL_WRITE, bitmap->pages);
	if (rc <= 0)
		return rc ?: -EFAULT;
	bitmap->base = base;
	bitmap->npinned = rc;
	return 0;
}

static bool window_has(const struct iova_bitmap *bitmap, unsigned long index)
{
	return index >= bitmap->base && index - bitmap->base < bitmap->npinned;
}

/*
 * The window that @index belongs to may have pages the user does not let us
 * write, which matters only when a bit falls into them: the second try starts
 * at the page that is needed.
 */
static int window_move(struct iova_bitmap *bitmap, unsigned long index)
{
	int rc;

	window_unpin(bitmap);
	rc = window_pin(bitmap, round_down(index, WINDOW_PAGES));
	if (!rc && window_has(bitmap, index))
		return 0;

	window_unpin(bitmap);
	return window_pin(bitmap, index);
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
 * user's bitmap cannot be written; EINTR, EAGAIN, ENOMEM: it was lost as the
 * bitmap could not be pinned.
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

static void window_fill(struct iova_bitmap *bitmap, unsigned long index,
			unsigned int first, unsigned int last)
{
	u8 *map = kmap_local_page(bitmap->pages[index - bitmap->base]);

	bits_fill(map, first, last);
	kunmap_local(map);
	bitmap->written = true;
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

	bit = (max(iova, bitmap->first) - bitmap->first) >> bitmap->shift;
	last_bit = (min(last, bitmap->last) - bitmap->first) >> bitmap->shift;
	for (;;) {
		unsigned long pos = offset_in_page(bitmap->addr) +
				    bit / BITS_PER_BYTE;
		unsigned int first = offset_in_page(pos) * BITS_PER_BYTE +
				     bit % BITS_PER_BYTE;
		unsigned long more = min(last_bit - bit,
					 PAGE_SIZE * BITS_PER_BYTE - 1 - first);
		unsigned long index = pos >> PAGE_SHIFT;

		if (!window_has(bitmap, index)) {
			bitmap->error = window_move(bitmap, index);
			if (bitmap->error)
				return;
		}
		window_fill(bitmap, index, first, first + more);
		if (more == last_bit - bit)
			return;
		bit += more + 1;
	}
}
EXPORT_SYMBOL_NS_GPL(iova_bitmap_set, "IOMMUFD");

MODULE_DESCRIPTION("Dirty page bitmaps in user memory");
MODULE_LICENSE("GPL");
