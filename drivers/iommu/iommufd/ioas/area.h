/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An area: one contiguous piece of an IOAS that means one piece of memory.
 *
 *	 FILLING --> LIVE --> DRAINING --> gone
 *	    |                             ^
 *	    +--- map failed --------------+
 *
 * FILLING: the IOVA is taken, memory is being pinned, translations are being
 *	installed, only the mapping thread may look inside. DRAINING:
 *	translations are being taken out and memory unpinned, the IOVA is not
 *	reusable before that. Both are left by the thread that entered them. It
 *	holds &iommufd_ioas.tables_lock shared from the first table that it
 *	changes to the last: for a holder in write mode all tables map the same,
 *	which is all LIVE areas, and no other.
 */
#ifndef __IOMMUFD_IOAS_AREA_H
#define __IOMMUFD_IOAS_AREA_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/sizes.h>
#include <linux/types.h>

#include "../object/why.h"
#include "../pages/access.h"
#include "../pages/leave.h"
#include "../pages/pages.h"

struct iommu_domain;
struct iommufd_ioas;
struct ioas_removal;

/*
 * One call into the driver installs at most this much, so that maps yield, and
 * nothing across a multiple of it: no page table entry is larger.
 */
#define IOAS_AREA_STEP SZ_1G

enum ioas_area_state {
	IOAS_AREA_FILLING,
	IOAS_AREA_LIVE,
	IOAS_AREA_DRAINING,
};

/**
 * struct ioas_area - a piece of an IOAS
 * @ioas: the address space; constant
 * @first: first IOVA; constant
 * @last: last IOVA; ioas_cut() lowers it, under tables_lock and iova_lock both
 *	held in write mode, when the area is LIVE and no access pins it
 * @start: byte of @pages that @first means, counted from the start of the
 *	first page of @pages; constant
 * @prot: IOMMU_READ, IOMMU_WRITE, and what the memory demands; constant
 * @pages: the memory; constant, one reference
 * @map_nr: number of the map or copy that made it; constant once in the tree
 * @state: guarded by &iommufd_ioas.iova_lock
 * @accesses: in-kernel pins that reach through this area; raised with the lock
 *	held shared, lowered without. At 0, with the lock held in write mode, none
 *	is
 * @access: those pins
 * @locks: HW queues that need the area to stay; same lock
 * @closing: an unmap waits for @accesses, no new ones; guarded by the lock
 * @copies: copies by the CPU that are under way; raised with the lock held
 *	shared, lowered without. At 0, with the lock held in write mode, none is
 * @ending: an unmap waits for @copies, new ones wait for it; same lock
 * @user: keeps the pages pinned for the page tables
 * @pinned: @user is in use; of the one thread in FILLING or DRAINING. When LIVE
 *	it becomes true under &iommufd_ioas.pin_lock with @copies raised, and
 *	false under tables_lock and iova_lock in write mode
 * @filled: every table of the IOAS maps the area; guarded by tables_lock held
 *	shared by the one thread in FILLING or DRAINING, or by tables_lock and
 *	iova_lock held in write mode
 * @item: on the list of the map, copy or unmap that works on the area
 * @left: in place of @item, once the area is freed although @pinned
 */
struct ioas_area {
	struct iommufd_ioas *ioas;
	unsigned long first;
	unsigned long last;
	unsigned long start;
	struct iommufd_pages *pages;
	u64 map_nr;

	int prot;
	enum ioas_area_state state;
	atomic_t accesses;
	unsigned int locks;
	atomic_t copies;
	bool closing;
	bool ending;
	bool pinned;
	bool filled;

	struct pages_access access;
	struct pages_user user;
	union {
		struct list_head item;
		struct pages_leaver left;
	};
};

static inline unsigned long ioas_area_length(const struct ioas_area *area)
{
	return area->last - area->first + 1;
}

/* index in area->pages of the page that @iova lies in */
static inline unsigned long ioas_area_index(const struct ioas_area *area,
					    unsigned long iova)
{
	return (iova - area->first + area->start) >> PAGE_SHIFT;
}

struct ioas_area *ioas_area_first(struct iommufd_ioas *ioas,
				  struct iommufd_pages *pages, int prot);
struct ioas_area *ioas_area_alloc(struct iommufd_ioas *ioas,
				  struct iommufd_pages *pages,
				  unsigned long start, int prot);
void ioas_area_free(struct ioas_area *area);

int ioas_area_pin(struct ioas_area *area, struct iommufd_why *why);
void ioas_area_unpin(struct ioas_area *area);
void ioas_areas_unpin(struct list_head *areas);
int ioas_area_fill(struct ioas_area *area, struct iommufd_why *why);
int ioas_area_map(struct ioas_area *area, struct iommu_domain *domain,
		  struct iommufd_why *why);
void ioas_area_remove(struct ioas_area *area, struct ioas_removal *removal);
void ioas_areas_drain(struct iommufd_ioas *ioas, struct list_head *areas);

#endif
