// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that in-kernel accesses pin.
 *
 * Owns: struct access_pin, in the tree of a struct pages_access.
 * Locks: pages->lock.
 * Calls: pages.c, chunk.c.
 */
#include <linux/cleanup.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "access.h"
#include "leave.h"
#include "pages.h"

#define ACCESS_NRUNS 16

/**
 * struct access_pin - a span that is pinned
 * @rb: in &pages_access.pins
 * @user: keeps it pinned
 * @count: how often exactly this span was pinned; not 0
 */
struct access_pin {
	struct rb_node rb;
	struct pages_user user;
	unsigned int count;
};

static struct access_pin *to_pin(struct rb_node *rb)
{
	return rb_entry_safe(rb, struct access_pin, rb);
}

static unsigned long pin_first(const struct access_pin *pin)
{
	return cover_span_first(&pin->user.span);
}

static unsigned long pin_last(const struct access_pin *pin)
{
	return cover_span_last(&pin->user.span);
}

/* Does the pin stand behind a span in the tree? */
static bool pin_is_behind(const struct access_pin *pin, unsigned long first,
			  unsigned long last)
{
	if (pin_first(pin) != first)
		return pin_first(pin) > first;
	return pin_last(pin) > last;
}

/* The longest pin from @first on that does not reach beyond @last, or NULL. */
static struct access_pin *pin_find_locked(struct iommufd_pages *pages,
					  const struct pages_access *access,
					  unsigned long first,
					  unsigned long last)
{
	struct access_pin *pin = to_pin(access->pins.rb_node);
	struct access_pin *longest = NULL;

	lockdep_assert_held(&pages->lock);

	while (pin) {
		if (pin_is_behind(pin, first, last)) {
			pin = to_pin(pin->rb.rb_left);
		} else {
			longest = pin;
			pin = to_pin(pin->rb.rb_right);
		}
	}
	return longest && pin_first(longest) == first ? longest : NULL;
}

static void pin_insert_locked(struct iommufd_pages *pages,
			      struct pages_access *access,
			      struct access_pin *new)
{
	struct rb_node **link = &access->pins.rb_node;
	struct rb_node *parent = NULL;

	lockdep_assert_held(&pages->lock);

	while (*link) {
		parent = *link;
		link = pin_is_behind(to_pin(parent), pin_first(new),
				     pin_last(new)) ?
		       &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&new->rb, parent, link);
	rb_insert_color(&new->rb, &access->pins);
}

/* One pin less of exactly this span. */
static void pin_put_locked(struct iommufd_pages *pages,
			   struct pages_access *access, struct access_pin *pin)
{
	lockdep_assert_held(&pages->lock);
	if (--pin->count)
		return;
	rb_erase(&pin->rb, &access->pins);
	pages_remove_user_locked(pages, &pin->user);
	kfree(pin);
}

/* Return: the pin, to be put, or ERR_PTR. */
static struct access_pin *pin_get_locked(struct iommufd_pages *pages,
					 struct pages_access *access,
					 unsigned long first,
					 unsigned long last,
					 struct iommufd_why *why)
{
	struct access_pin *found = pin_find_locked(pages, access, first, last);
	int rc;

	lockdep_assert_held(&pages->lock);
	if (found && pin_last(found) == last) {
		if (found->count == UINT_MAX) {
			rc = iommufd_refuse(why, "iova",
					    "pinned too many times", first,
					    -ENOMEM);
			return ERR_PTR(rc);
		}
		found->count++;
		return found;
	}

	struct access_pin *pin __free(kfree) =
		kzalloc_obj(*pin, GFP_KERNEL_ACCOUNT);
	if (!pin)
		return ERR_PTR(iommufd_refuse(why, "iova", "no memory", first,
					      -ENOMEM));
	pin->count = 1;
	rc = pages_add_user_locked(pages, &pin->user, first, last, why);
	if (rc)
		return ERR_PTR(rc);
	pin_insert_locked(pages, access, pin);
	return no_free_ptr(pin);
}

static int fill_pages_locked(struct iommufd_pages *pages, unsigned long first,
			     unsigned long last, struct page **out)
{
	struct pages_run runs[ACCESS_NRUNS];
	unsigned long covered, j;
	unsigned int n, i;

	lockdep_assert_held(&pages->lock);

	for (; first <= last; first += covered) {
		n = pages_chunks_load(&pages->chunks, first, last, runs,
				      ACCESS_NRUNS, &covered);
		/* the caller would use, and unpin, pages of somebody else */
		if (WARN_ON_ONCE(!n))
			return -EFAULT;
		for (i = 0; i < n; i++)
			for (j = 0; j < runs[i].npages; j++)
				*out++ = pfn_to_page(runs[i].pfn + j);
	}
	return 0;
}

int pages_access_pin(struct iommufd_pages *pages, struct pages_access *access,
		     unsigned long first, unsigned long last, struct page **out,
		     struct iommufd_why *why)
{
	struct access_pin *pin;
	int rc = 0;

	if (pages->source->mmio)
		return iommufd_refuse(why, "iova",
				      "device memory cannot be accessed by the CPU", first,
				      -EINVAL);

	if (WARN_ON_ONCE(first > last || last >= pages_npages(pages)))
		return -EINVAL;

	ACQUIRE(pages_kill, lock)(pages);
	if (ACQUIRE_ERR(pages_kill, &lock))
		return -EINTR;
	pin = pin_get_locked(pages, access, first, last, why);
	if (IS_ERR(pin))
		return PTR_ERR(pin);
	if (out)
		rc = fill_pages_locked(pages, first, last, out);
	if (rc)
		pin_put_locked(pages, access, pin);
	return rc;
}

/* Do pins make up this span, end to end? */
static bool pins_cover_locked(struct iommufd_pages *pages,
			      const struct pages_access *access,
			      unsigned long first, unsigned long last)
{
	struct access_pin *pin;

	lockdep_assert_held(&pages->lock);
	for (;; first = pin_last(pin) + 1) {
		pin = pin_find_locked(pages, access, first, last);
		if (!pin)
			return false;
		if (pin_last(pin) == last)
			return true;
	}
}

unsigned int pages_access_unpin(struct iommufd_pages *pages,
				struct pages_access *access,
				unsigned long first, unsigned long last)
{
	struct access_pin *pin;
	unsigned int n = 0;
	unsigned long stop;

	guard(pages)(pages);
	if (WARN_ON_ONCE(!pins_cover_locked(pages, access, first, last)))
		return 0;
	do {
		pin = pin_find_locked(pages, access, first, last);
		stop = pin_last(pin);
		pin_put_locked(pages, access, pin);
		first = stop + 1;
		n++;
	} while (stop != last);
	return n;
}
