/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IOAS: which IOVA means what memory, for every page table and every in-kernel
 * access that is attached to it.
 *
 *	              +------------------ struct iommufd_ioas ---------------+
 *	reserved ---> | what devices, apertures forbid                       |
 *	allowed ----> | where automatic IOVA may go                          |
 *	areas ------> | maple tree by IOVA: struct ioas_area ---> pages      |
 *	tables -----> | struct iommu_domain of each hwpt, all equal          |
 *	listeners --> | in-kernel accesses, told before an unmap             |
 *	              +------------------------------------------------------+
 *
 * Locks, outermost first:
 *	device group lock -> tables_lock -> iova_lock -> pages lock
 *	pin_lock -> tables_lock
 * For memory that can be revoked pages/revoke.h says more.
 * hwpt_lock is taken alone: none of the above is held, and none is taken in it.
 */
#ifndef __IOMMUFD_IOAS_IOAS_H
#define __IOMMUFD_IOAS_IOAS_H

#include <linux/atomic.h>
#include <linux/iommufd.h>
#include <linux/list.h>
#include <linux/maple_tree.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/xarray.h>

#include "../object/object.h"
#include "../object/ucmd.h"
#include "../object/why.h"
#include "area.h"
#include "iova.h"
#include "ranges.h"

struct iommu_domain;
struct ioas_listener;

/**
 * struct ioas_listener_ops - an in-kernel user of an IOAS, seen from below
 * @unmap: stop using the range and drop every pin in it; called without locks
 *	of the IOAS. May sleep. Never called once ioas_remove_listener() has
 *	returned.
 */
struct ioas_listener_ops {
	void (*unmap)(struct ioas_listener *listener, unsigned long iova,
		      unsigned long length);
};

/**
 * struct ioas_listener - an in-kernel user of an IOAS
 * @ops: constant
 * @needs_pages: it pins pages, so the IOAS cannot map less than a page
 * @index: key in &iommufd_ioas.listeners
 * @ncalls: threads inside @ops; raised only under iova_lock while the listener
 *	is in the xarray
 */
struct ioas_listener {
	const struct ioas_listener_ops *ops;
	bool needs_pages;
	u32 index;
	atomic_t ncalls;
};

/**
 * struct ioas_iova_full - where an automatic IOVA need not be looked for
 * @below: nothing that satisfies @wish fits below it; 0: nothing is known
 * @wish: the last one that was satisfied
 */
struct ioas_iova_full {
	unsigned long below;
	struct ioas_iova_wish wish;
};

/**
 * struct ioas_table - a page table that maps an IOAS
 * @item: in &iommufd_ioas.tables
 * @domain: the table; constant
 */
struct ioas_table {
	struct list_head item;
	struct iommu_domain *domain;
};

/**
 * struct iommufd_ioas - an I/O address space
 * @obj: id; a hwpt, attached access or the container holds a dependency
 * @ictx: the context; constant
 * @tables_lock: shared by whoever maps or unmaps, exclusive for changing the
 *	set of tables
 * @tables: list of struct ioas_table, all mapping the same; tables_lock
 * @ntables: number of @tables; tables_lock
 * @npinners: the same and those that are about to come. LIVE areas are pinned
 *	while there are any, but for those that the newcomer has not come to;
 *	tables_lock
 * @pin_lock: held by who pins the areas for a table that is about to come
 * @iova_lock: guards what follows, up to @hwpts
 * @areas: maple tree, IOVA range -> struct ioas_area
 * @reserved: IOVA that may not be mapped, by owner
 * @allowed: where automatic IOVA goes; empty means anywhere
 * @full: what of it a search leaves out
 * @alignment: IOVA and lengths are multiples of this, a power of two
 * @large_pages: IOMMU page table entries may be larger than PAGE_SIZE
 * @listeners: xarray of struct ioas_listener
 * @nmaps: number of the last map or copy; the first one has 1
 * @nflushes: how often a page table was flushed for an unmap
 * @hwpt_lock: guards @hwpts
 * @hwpts: (hwpt/) the paging hwpts of this IOAS in order of creation
 */
struct iommufd_ioas {
	struct iommufd_object obj;
	struct iommufd_ctx *ictx;

	struct rw_semaphore tables_lock;
	struct list_head tables;
	unsigned int ntables;
	unsigned int npinners;
	struct mutex pin_lock; /* one newcomer at a time */

	struct rw_semaphore iova_lock;
	struct maple_tree areas;
	struct ioas_ranges reserved;
	struct ioas_ranges allowed;
	struct ioas_iova_full full;
	unsigned long alignment;
	bool large_pages;
	struct xarray listeners;
	u64 nmaps;

	atomic_long_t nflushes;

	struct mutex hwpt_lock;
	struct list_head hwpts;
};

static inline struct iommufd_ioas *to_ioas(struct iommufd_object *obj)
{
	return container_of(obj, struct iommufd_ioas, obj);
}

static inline void ioas_lock_all(struct iommufd_ioas *ioas)
	__acquires(&ioas->tables_lock) __acquires(&ioas->iova_lock)
{
	down_write(&ioas->tables_lock);
	down_write(&ioas->iova_lock);
}

static inline int ioas_lock_all_kill(struct iommufd_ioas *ioas)
	__cond_acquires(0, &ioas->tables_lock) __cond_acquires(0, &ioas->iova_lock)
{
	int rc = down_write_killable(&ioas->tables_lock);

	if (!rc)
		down_write(&ioas->iova_lock);
	return rc;
}

static inline void ioas_unlock_all(struct iommufd_ioas *ioas)
	__releases(&ioas->tables_lock) __releases(&ioas->iova_lock)
{
	up_write(&ioas->iova_lock);
	up_write(&ioas->tables_lock);
}

/*
 * guard(ioas_all): tables and tree hold still.
 * ACQUIRE(ioas_all_kill): the same, and ACQUIRE_ERR() says EINTR when killed.
 */
DEFINE_LOCK_GUARD_1(ioas_all, struct iommufd_ioas, ioas_lock_all(_T->lock),
		    ioas_unlock_all(_T->lock))
DEFINE_LOCK_GUARD_1_COND(ioas_all, _kill, ioas_lock_all_kill(_T->lock),
			 _RET == 0)

/* ioas.c: life */
extern const struct iommufd_object_ops iommufd_ioas_object_ops;
struct iommufd_ioas *iommufd_ioas_new(struct iommufd_ctx *ictx);
struct iommufd_ioas *iommufd_ioas_get(struct iommufd_ucmd *ucmd,
				      const char *field, u32 id);
void iommufd_ioas_put(struct iommufd_ioas *ioas);
DEFINE_FREE(ioas_put, struct iommufd_ioas *, iommufd_ioas_put(_T))

/* iova.c: automatic allocation and the rules of a fixed one */
int ioas_iova_check_locked(struct iommufd_ioas *ioas, unsigned long iova,
			   unsigned long length, struct iommufd_why *why);
int ioas_iova_alloc_locked(struct iommufd_ioas *ioas, unsigned long addr,
			   unsigned long length, unsigned long *iova,
			   struct iommufd_why *why);
void ioas_iova_forget_full_locked(struct iommufd_ioas *ioas);
void ioas_iova_free_locked(struct iommufd_ioas *ioas, unsigned long first,
			   unsigned long last);
void ioas_iova_free_areas_locked(struct iommufd_ioas *ioas,
				 struct list_head *areas);
int ioas_reserve(struct iommufd_ioas *ioas, unsigned long first,
		 unsigned long last, const void *owner,
		 struct iommufd_why *why);
void ioas_unreserve(struct iommufd_ioas *ioas, const void *owner);

/* tables.c: page tables and alignment */
int ioas_add_table(struct iommufd_ioas *ioas, struct iommu_domain *domain,
		   struct iommufd_why *why);
void ioas_remove_table(struct iommufd_ioas *ioas, struct iommu_domain *domain);
int ioas_add_listener(struct iommufd_ioas *ioas,
		      struct ioas_listener *listener, struct iommufd_why *why);
void ioas_remove_listener(struct iommufd_ioas *ioas,
			  struct ioas_listener *listener);
void ioas_tell_listeners(struct iommufd_ioas *ioas,
			 const struct iorange *range);
int ioas_set_large_pages(struct iommufd_ioas *ioas, bool on,
			 struct iommufd_why *why);
bool ioas_get_large_pages(struct iommufd_ioas *ioas);

/**
 * struct ioas_map_args - a map request below the ioctl
 * @iova: in: IOVA if @fixed; out: IOVA chosen
 * @map_nr: out: what ioas_unmap_map() knows it by
 * @length: bytes
 * @prot: IOMMU_READ and IOMMU_WRITE, at least one
 * @fixed: @iova is demanded
 */
struct ioas_map_args {
	unsigned long iova;
	u64 map_nr;
	unsigned long length;
	int prot;
	bool fixed;
};

/* map.c, copy.c, unmap.c */
int ioas_map_user(struct iommufd_ioas *ioas, void __user *uptr,
		  struct ioas_map_args *args, struct iommufd_why *why);
int ioas_map_file(struct iommufd_ioas *ioas, int fd, unsigned long start,
		  struct ioas_map_args *args, struct iommufd_why *why);
int ioas_copy_check(unsigned long src_iova, unsigned long length,
		    struct iommufd_why *why);
int ioas_copy(struct iommufd_ioas *dst, struct iommufd_ioas *src,
	      unsigned long src_iova, struct ioas_map_args *args,
	      struct iommufd_why *why);
int ioas_unmap(struct iommufd_ioas *ioas, unsigned long iova,
	       unsigned long length, unsigned long *unmapped,
	       struct iommufd_why *why);
int ioas_unmap_any(struct iommufd_ioas *ioas, unsigned long iova,
		   unsigned long length, unsigned long *unmapped,
		   struct iommufd_why *why);
void ioas_unmap_map(struct iommufd_ioas *ioas,
		    const struct ioas_map_args *args);
int ioas_unmap_all(struct iommufd_ioas *ioas, unsigned long *unmapped,
		   struct iommufd_why *why);

/* cut.c: areas cut in two; gaps.c: what may be mapped */
int ioas_cut(struct iommufd_ioas *ioas, unsigned long iova,
	     struct iommufd_why *why);
unsigned long ioas_get_gaps(struct iommufd_ioas *ioas, struct iorange *gaps,
			    unsigned long room);

/**
 * struct ioas_gap_walk - the ranges that may be mapped, a few at a time
 * @gaps: ranges, in order
 * @ngaps: number of @gaps
 * @alignment: what the IOAS asked for when @gaps were taken
 * @from: (private) first IOVA not looked at
 * @nchanges: (private) state of the reserved ranges that the walk is about
 * @begun: (private) @nchanges is set
 * @finished: (private) nothing comes behind @gaps
 */
struct ioas_gap_walk {
	struct iorange gaps[16];
	unsigned int ngaps;
	unsigned long alignment;

	unsigned long from;
	unsigned long nchanges;
	bool begun;
	bool finished;
};

int ioas_gaps_walk(struct iommufd_ioas *ioas, struct ioas_gap_walk *walk);

/**
 * struct ioas_phys - physically contiguous memory
 * @addr: where it begins
 * @length: bytes
 */
struct ioas_phys {
	phys_addr_t addr;
	unsigned long length;
};

/* phys.c: where memory is */
int ioas_check_memory(struct iommufd_ioas *ioas, unsigned long iova,
		      struct iommufd_why *why);
int ioas_get_phys(struct iommufd_ioas *ioas, unsigned long iova,
		  unsigned long length, struct ioas_phys *phys,
		  struct iommufd_why *why);

/* access.c: in-kernel reach into the memory */
int ioas_access_pin(struct iommufd_ioas *ioas, unsigned long iova,
		    unsigned long length, struct page **out_pages,
		    bool write, struct iommufd_why *why);
void ioas_access_unpin(struct iommufd_ioas *ioas, unsigned long iova,
		       unsigned long length);
int ioas_access_rw(struct iommufd_ioas *ioas, unsigned long iova, void *data,
		   unsigned long length, unsigned int flags,
		   struct iommufd_why *why);

/* lock.c: areas that have to stay */
int ioas_lock_areas(struct iommufd_ioas *ioas, unsigned long first,
		    unsigned long last, struct iommufd_why *why);
void ioas_unlock_areas(struct iommufd_ioas *ioas, unsigned long first,
		       unsigned long last);

/* ioctl_ranges.c, ioctl.c: handlers */
int iommufd_ioas_iova_ranges_ioctl(struct iommufd_ucmd *ucmd);
int iommufd_ioas_allow_iovas_ioctl(struct iommufd_ucmd *ucmd);
int iommufd_ioas_alloc_ioctl(struct iommufd_ucmd *ucmd);
int iommufd_ioas_map_ioctl(struct iommufd_ucmd *ucmd);
int iommufd_ioas_map_file_ioctl(struct iommufd_ucmd *ucmd);
int iommufd_ioas_copy_ioctl(struct iommufd_ucmd *ucmd);
int iommufd_ioas_unmap_ioctl(struct iommufd_ucmd *ucmd);
int iommufd_option_ioctl(struct iommufd_ucmd *ucmd);

/* change_process.c */
int iommufd_ioas_change_process_ioctl(struct iommufd_ucmd *ucmd);

#endif
