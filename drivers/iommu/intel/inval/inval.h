/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Invalidations: what has to leave which cache when something changes. And what
 * else a unit is told by descriptors: answers to page requests.
 *
 * Nobody else submits descriptors. Every function waits until the caches are
 * clean, which a device may hold up for minutes. Those about ranges of a table and
 * about interrupts may be called with interrupts off, and spin; what is about
 * entries, domain ids and whole devices sleeps. Those that return an int give the
 * first error of vtd_queue_submit(); everything that could be invalidated has been
 * invalidated then.
 */
#ifndef VTD_INVAL_INVAL_H
#define VTD_INVAL_INVAL_H

#include <linux/types.h>

#include "tag.h"

struct vtd_unit;

/* Only leaf entries changed: caches of upper levels may stay. */
#define VTD_INVAL_LEAF		BIT(0)
/* The caller may sleep: long waits do. */
#define VTD_INVAL_SLEEP		BIT(1)

void vtd_inval_range(struct vtd_tags *tags, u64 first, u64 last,
		     unsigned int flags);
void vtd_inval_all(struct vtd_tags *tags);
void vtd_inval_mapped(struct vtd_tags *tags, u64 first, u64 last);

/**
 * struct vtd_inval_entry - the table entry that changes
 * @unit: the unit whose tables it is in
 * @devtlb: cache of the device that owns the source id; NULL without
 * @sid: source id
 * @pasid: PASID; %IOMMU_NO_PASID for requests without
 */
struct vtd_inval_entry {
	struct vtd_unit *unit;
	struct vtd_devtlb *devtlb;
	u16 sid;
	u32 pasid;
};

int vtd_inval_pasid_dropped(const struct vtd_inval_entry *entry, u16 old_did,
			    unsigned int old_pgtt);
int vtd_inval_pasid_added(const struct vtd_inval_entry *entry, u16 did,
			  unsigned int pgtt);
int vtd_inval_pasid_dir_added(struct vtd_unit *unit);
int vtd_inval_context_dropped(const struct vtd_inval_entry *entry, u16 old_did);
int vtd_inval_context_added(const struct vtd_inval_entry *entry, u16 did);
int vtd_inval_sm_context_dropped(const struct vtd_inval_entry *entry);
int vtd_inval_sm_context_added(const struct vtd_inval_entry *entry);
int vtd_inval_root_added(struct vtd_unit *unit);
int vtd_inval_everything(struct vtd_unit *unit, unsigned int flags);
int vtd_inval_did_freed(struct vtd_unit *unit, u16 did);
int vtd_inval_devtlb_all(struct vtd_unit *unit, struct vtd_devtlb *devtlb);
int vtd_inval_devtlb_cut(struct vtd_unit *unit, struct vtd_devtlb *devtlb);

/**
 * struct vtd_inval_answer - the answer to a group of page requests
 * @sid: source id of the device
 * @has_pasid: the requests had a PASID
 * @group: index of the group
 * @code: VTD_PRR_*
 * @pasid: the PASID
 */
struct vtd_inval_answer {
	u16 sid;
	bool has_pasid;
	u16 group;
	u8 code;
	u32 pasid;
};

int vtd_inval_answer(struct vtd_unit *unit, const struct vtd_inval_answer *answer);
int vtd_inval_drain_requests(const struct vtd_inval_entry *entry, u16 did);

int vtd_inval_iec(struct vtd_unit *unit, u16 index, unsigned int order);
int vtd_inval_iec_all(struct vtd_unit *unit);

#endif
