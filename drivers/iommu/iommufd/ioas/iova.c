// SPDX-License-Identifier: GPL-2.0-only
/*
 * Choosing and checking IOVA.
 *
 * An automatic IOVA is a gap search in the area tree, O(log n), inside each
 * stretch that devices leave free.
 *
 * Locks: &iommufd_ioas.iova_lock, held in write mode by the callers.
 */
#include <linux/mm.h>
#include <linux/log2.h>
#include <linux/overflow.h>

#include "ioas.h"
#include "iova.h"

/*
 * Holes smaller than length + alignment may or may not fit. That many are
 * tried for the lowest fit before a hole is wanted that fits for certain.
 */
#define IOVA_EXACT_TRIES 64

/**
 * ioas_iova_wish() - how an automatic IOVA is to be aligned
 * @wish: filled in
 * @addr: source address of the first byte; 0 has every alignment
 * @length: bytes
 *
 * Source and IOVA agree in as many low bits as a huge page could use, but
 * never in more than the length is worth.
 *
 * Context: any.
 */
void ioas_iova_wish(struct ioas_iova_wish *wish, unsigned long addr,
		    unsigned long length)
{
	unsigned long max_align = PAGE_SIZE;
	unsigned long align = roundup_pow_of_two(length);

	if (IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE))
		max_align = HPAGE_SIZE;
	if (addr)
		align = min(align, 1UL << __ffs(addr));

	wish->length = length;
	wish->align = min(align, max_align);
	wish->modulus = max(wish->align, PAGE_SIZE);
	wish->offset = offset_in_page(addr);
}

/* lowest address >= @from that has the wished offset; false if it wraps */
static bool iova_align_up(const struct ioas_iova_wish *wish,
			  unsigned long from, unsigned long *iova)
{
	unsigned long base;

	if (from > wish->offset)
		base = from - wish->offset;
	else
		base = 0;
	if (check_add_overflow(base, wish->modulus - 1, &base))
		return false;
	base &= ~(wish->modulus - 1);
	return !check_add_overflow(base, wish->offset, iova);
}

/* @behind: what comes after the first area that is in the way */
static bool iova_is_free(struct maple_tree *areas, unsigned long start,
			 unsigned long length, unsigned long *behind)
{
	MA_STATE(mas, areas, start, start);

	if (!mas_find(&mas, start + length - 1))
		return true;
	*behind = mas.last + 1;
	return false;
}

/* The lowest place from @first on that is aligned as wished; false without. */
static bool iova_place(const struct ioas_iova_wish *wish, unsigned long first,
		       unsigned long last, unsigned long *start)
{
	return iova_align_up(wish, first, start) && *start <= last &&
	       last - *start >= wish->length - 1;
}

/**
 * ioas_iova_find() - lowest fit between two addresses
 * @areas: tree of what is taken
 * @wish: length and alignment
 * @first: lowest address that may be used
 * @last: highest address that may be used
 * @iova: filled in
 *
 * Context: may sleep; the caller serialises changes of @areas.
 * Return: true if there is room.
 */
bool ioas_iova_find(struct maple_tree *areas, const struct ioas_iova_wish *wish,
		    unsigned long first, unsigned long last,
		    unsigned long *iova)
{
	unsigned long slack = wish->modulus - 1;
	unsigned long start, behind;
	unsigned int tries;

	/* Most often the first place will do: cheaper than to look for a hole. */
	if (!iova_place(wish, first, last, &start))
		return false;
	if (iova_is_free(areas, start, wish->length, &behind))
		goto found;

	for (tries = 1; first <= last && last - first >= wish->length - 1; tries++) {
		bool sure = tries == IOVA_EXACT_TRIES;
		unsigned long size = wish->length + (sure ? slack : 0);
		struct ma_state mas;

		mas_init(&mas, areas, 0);
		if (mas_empty_area(&mas, first, last, size)) {
			if (!sure)
				return false;
			continue;
		}
		if (!iova_place(wish, mas.index, last, &start))
			return false;
		if (iova_is_free(areas, start, wish->length, &behind))
			goto found;
		if (!behind)
			return false;
		first = behind;
		cond_resched();
	}
	return false;

found:
	*iova = start;
	return true;
}

/*
 * Where a search begins: where nothing that is wished for now fits below, as not
 * even what was easier to find did.
 */
static unsigned long iova_search_from(const struct iommufd_ioas *ioas,
				      const struct ioas_iova_wish *wish)
{
	const struct ioas_iova_full *full = &ioas->full;

	/* never 0, which programs take for an error */
	if (full->below && wish->length >= full->wish.length &&
	    wish->modulus >= full->wish.modulus &&
	    wish->offset == full->wish.offset)
		return full->below;
	return PAGE_SIZE;
}

/* lowest fit in what neither devices nor areas take, or in the allowed list */
static bool iova_search(struct iommufd_ioas *ioas,
			const struct ioas_iova_wish *wish, unsigned long *iova)
{
	bool anywhere = RB_EMPTY_ROOT(&ioas->allowed.root.rb_root);
	unsigned long from = iova_search_from(ioas, wish);
	struct iorange room;

	while (anywhere ? ioas_ranges_gap(&ioas->reserved, from, &room) :
			  ioas_ranges_first(&ioas->allowed, from, &room)) {
		unsigned long last = room.last;

		if (anywhere)
			last = min(last, ULONG_MAX - PAGE_SIZE);
		if (ioas_iova_find(&ioas->areas, wish, room.first, last, iova))
			return true;
		if (room.last == ULONG_MAX)
			return false;
		from = room.last + 1;
	}
	return false;
}

/**
 * ioas_iova_forget_full_locked() - a search begins at the lowest IOVA again
 * @ioas: the address space: something below may be free now
 *
 * Context: any; iova_lock held in write mode.
 */
void ioas_iova_forget_full_locked(struct iommufd_ioas *ioas)
{
	lockdep_assert_held_write(&ioas->iova_lock);
	ioas->full.below = 0;
}

/*
 * Holes that fit exactly are left out when there are many that do not fit, see
 * IOVA_EXACT_TRIES: they are below what is known to be full, and the last resort.
 */
static bool iova_search_twice(struct iommufd_ioas *ioas,
			      const struct ioas_iova_wish *wish,
			      unsigned long *iova)
{
	if (iova_search(ioas, wish, iova))
		return true;
	if (iova_search_from(ioas, wish) == PAGE_SIZE)
		return false;
	ioas_iova_forget_full_locked(ioas);
	return iova_search(ioas, wish, iova);
}

/**
 * ioas_iova_alloc_locked() - choose an IOVA
 * @ioas: the address space
 * @addr: source address of the first byte
 * @length: bytes, not 0
 * @iova: filled in
 * @why: where the reason of a failure goes
 *
 * The caller maps it, or calls ioas_iova_forget_full_locked().
 *
 * Context: may sleep; iova_lock held in write mode.
 * Return: 0, or EOVERFLOW: the length is half the address space or more;
 * EINVAL: the source address is aligned less than the IOAS demands;
 * ENOSPC: no hole is large enough.
 */
int ioas_iova_alloc_locked(struct iommufd_ioas *ioas, unsigned long addr,
			   unsigned long length, unsigned long *iova,
			   struct iommufd_why *why)
{
	struct ioas_iova_wish wish;

	lockdep_assert_held_write(&ioas->iova_lock);

	if (length >= ULONG_MAX / 2)
		return iommufd_refuse(why, "length",
				      "half of the address space or more",
				      length, -EOVERFLOW);

	ioas_iova_wish(&wish, addr, length);
	if (wish.align < ioas->alignment || length & (ioas->alignment - 1))
		return iommufd_refuse(why, "user_va",
				      "address or length is aligned less than out_iova_alignment",
				      addr, -EINVAL);
	if (!iova_search_twice(ioas, &wish, iova))
		return iommufd_refuse(why, "length",
				      "no free IOVA range is large enough",
				      length, -ENOSPC);
	ioas->full.wish = wish;
	ioas->full.below = *iova + length;
	return 0;
}

/**
 * ioas_iova_check_locked() - may an IOVA the user demands be mapped
 * @ioas: the address space
 * @iova: first IOVA
 * @length: bytes, not 0
 * @why: where the reason of a failure goes
 *
 * Context: iova_lock held in write mode.
 * Return: 0, or EINVAL: misaligned or reserved; EOVERFLOW: the range wraps;
 * EEXIST: it meets an area.
 */
int ioas_iova_check_locked(struct iommufd_ioas *ioas, unsigned long iova,
			   unsigned long length, struct iommufd_why *why)
{
	struct iorange hit;
	unsigned long last;

	lockdep_assert_held_write(&ioas->iova_lock);

	if ((iova | length) & (ioas->alignment - 1))
		return iommufd_refuse(why, "iova",
				      "iova or length is not a multiple of out_iova_alignment",
				      iova, -EINVAL);
	if (check_add_overflow(iova, length - 1, &last))
		return iommufd_refuse(why, "iova", "iova + length wraps", iova,
				      -EOVERFLOW);
	if (ioas_ranges_overlap(&ioas->reserved, iova, last, &hit))
		return iommufd_refuse(why, "iova",
				      "meets a range reserved by a device or outside its aperture (value: its start)",
				      hit.first, -EINVAL);

	MA_STATE(mas, &ioas->areas, iova, iova);

	if (mas_find(&mas, last))
		return iommufd_refuse(why, "iova",
				      "meets something mapped already (value: its start)",
				      mas.index, -EEXIST);
	return 0;
}

/**
 * ioas_iova_free_locked() - IOVA may be used again
 * @ioas: the address space
 * @first: first IOVA of an area
 * @last: last IOVA of it, or of a later area: all in between is freed as well
 *
 * Context: may sleep; iova_lock held in write mode. Does not fail.
 */
void ioas_iova_free_locked(struct iommufd_ioas *ioas, unsigned long first,
			   unsigned long last)
{
	MA_STATE(mas, &ioas->areas, first, last);

	lockdep_assert_held_write(&ioas->iova_lock);
	if (first < ioas->full.below)
		ioas->full.below = 0;
	if (!mas_store_gfp(&mas, NULL, GFP_KERNEL))
		return;
	/*
	 * There is no memory to change several nodes of the tree at once. The
	 * areas are about to be freed, so they must leave it: mas_erase() of
	 * one at a time cannot fail.
	 */
	for (mas_set(&mas, first); mas_find(&mas, last); mas_set(&mas, first)) {
		mas_erase(&mas);
		cond_resched();
	}
}

/*
 * Is there nothing between an area and the next one on the list? Other threads
 * may have mapped there since the list was made.
 */
static bool iova_goes_on_locked(struct iommufd_ioas *ioas,
				const struct list_head *areas,
				const struct ioas_area *area)
{
	MA_STATE(mas, &ioas->areas, area->last + 1, area->last + 1);
	unsigned long next;

	lockdep_assert_held(&ioas->iova_lock);
	if (list_is_last(&area->item, areas))
		return false;
	next = list_next_entry(area, item)->first;
	return area->last + 1 == next || !mas_find(&mas, next - 1);
}

/**
 * ioas_iova_free_areas_locked() - the IOVA of many areas may be used again
 * @ioas: the address space
 * @areas: list of struct ioas_area by item, in the order of their IOVA
 *
 * Those with nothing between them leave the tree by one change of it.
 *
 * Context: may sleep; iova_lock held in write mode. Does not fail.
 */
void ioas_iova_free_areas_locked(struct iommufd_ioas *ioas,
				 struct list_head *areas)
{
	struct ioas_area *area, *first = NULL;

	lockdep_assert_held_write(&ioas->iova_lock);
	list_for_each_entry(area, areas, item) {
		if (!first)
			first = area;
		cond_resched();
		if (iova_goes_on_locked(ioas, areas, area))
			continue;
		ioas_iova_free_locked(ioas, first->first, area->last);
		first = NULL;
	}
}

/**
 * ioas_reserve() - keep a range from being mapped
 * @ioas: the address space
 * @first: first IOVA
 * @last: last IOVA
 * @owner: key for ioas_unreserve()
 * @why: where the reason of a failure goes
 *
 * Context: may sleep; takes iova_lock.
 * Return: 0, or EADDRINUSE: it is mapped or on the allowed list; ENOMEM.
 */
int ioas_reserve(struct iommufd_ioas *ioas, unsigned long first,
		 unsigned long last, const void *owner,
		 struct iommufd_why *why)
{
	struct iorange hit;

	guard(rwsem_write)(&ioas->iova_lock);

	MA_STATE(mas, &ioas->areas, first, first);

	if (mas_find(&mas, last))
		return iommufd_refuse(why, "reserved range",
				      "the device needs IOVA that is mapped (value: start of the area)",
				      mas.index, -EADDRINUSE);
	if (ioas_ranges_overlap(&ioas->allowed, first, last, &hit))
		return iommufd_refuse(why, "reserved range",
				      "the device needs IOVA that is on the allowed list (value: start of the entry)",
				      hit.first, -EADDRINUSE);
	return ioas_ranges_add(&ioas->reserved, first, last, owner);
}

/**
 * ioas_unreserve() - give all ranges of an owner free
 * @ioas: the address space
 * @owner: key of ioas_reserve()
 *
 * Context: may sleep; takes iova_lock.
 */
void ioas_unreserve(struct iommufd_ioas *ioas, const void *owner)
{
	guard(rwsem_write)(&ioas->iova_lock);
	ioas_ranges_remove_owner(&ioas->reserved, owner);
	ioas_iova_forget_full_locked(ioas);
}
