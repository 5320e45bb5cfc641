/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page requests of one device, sorted into groups.
 *
 *   request ──> partial[]  until the last one of its group comes
 *   group   ──> groups[]   until it is answered
 *
 * Both have as many places as the device was allowed to have requests outstanding.
 * A device that sends more gets them refused: it costs nobody memory.
 */
#ifndef __VTD_QUEUE_SOURCE_H
#define __VTD_QUEUE_SOURCE_H

#include <linux/bitmap.h>
#include <linux/spinlock.h>

#include "../hw/prq.h"

struct device;
struct iommu_domain;

#define VTD_SOURCE_ROOM		32

/**
 * struct vtd_prq_group - a group that wants an answer
 * @id: unique for all time, so that an answer that comes late finds nothing
 * @pasid: the PASID of its requests
 * @index: its index, which the device uses again when it is answered
 * @has_pasid: its requests have a PASID
 */
struct vtd_prq_group {
	u64 id;
	u32 pasid;
	u16 index;
	bool has_pasid;
};

/**
 * struct vtd_prq_source - a device that may send page requests
 * @dev: the device; constant
 * @sid: its source id; constant while registered
 * @room: how many requests it may have outstanding; constant while registered
 * @domain: who hears of its requests without PASID; NULL: nobody
 * @partial: requests whose group is not complete, in the order they came
 * @npartial: how many
 * @spoiled: groups of which a request was refused
 * @excess: requests beyond @room, since it was registered
 * @round: look at the ring in which a request of it was found last
 * @in_round: how many were found in that look, but for stop markers
 * @markers: how many stop markers were
 * @lock: guards what follows; any context but interrupts
 * @groups: groups that are not answered
 * @ngroups: how many
 * @last_id: of the group that was opened last
 *
 * All that is neither constant nor guarded by @lock is guarded by vtd_prq.lock.
 */
struct vtd_prq_source {
	struct device *dev;
	u16 sid;
	unsigned int room;

	const struct iommu_domain *domain;
	struct vtd_request partial[VTD_SOURCE_ROOM];
	unsigned int npartial;
	DECLARE_BITMAP(spoiled, VTD_PRGI_COUNT);
	unsigned int excess;
	u64 round;
	unsigned int in_round;
	unsigned int markers;

	spinlock_t lock;	/* groups */
	struct vtd_prq_group groups[VTD_SOURCE_ROOM];
	unsigned int ngroups;
	u64 last_id;
};

/**
 * struct vtd_prq_set - the requests of a complete group
 * @n: how many
 * @request: in the order they came; the last one is the last of the group
 */
struct vtd_prq_set {
	unsigned int n;
	struct vtd_request request[VTD_SOURCE_ROOM + 1];
};

/**
 * enum vtd_take - what became of a request
 * @VTD_TAKE_KEPT: it waits for the rest of its group, or there is nothing to do
 * @VTD_TAKE_COMPLETE: it was the last one of a group
 * @VTD_TAKE_REFUSED: it was the last one of a group that cannot be handled: the
 *                    answer is "invalid request"
 */
enum vtd_take {
	VTD_TAKE_KEPT,
	VTD_TAKE_COMPLETE,
	VTD_TAKE_REFUSED,
};

void vtd_source_init(struct vtd_prq_source *source, struct device *dev);
void vtd_source_reset(struct vtd_prq_source *source, u16 sid, unsigned int room);
enum vtd_take vtd_source_take(struct vtd_prq_source *source,
			      const struct vtd_request *request,
			      struct vtd_prq_set *set);
enum vtd_take vtd_source_spoil(struct vtd_prq_source *source,
			       const struct vtd_request *request);
void vtd_source_forget(struct vtd_prq_source *source);
void vtd_source_forget_groups(struct vtd_prq_source *source);
void vtd_source_forget_pasid(struct vtd_prq_source *source, u32 pasid);

u64 vtd_source_open(struct vtd_prq_source *source, const struct vtd_request *last);
bool vtd_source_close(struct vtd_prq_source *source, u64 id,
		      struct vtd_prq_group *group);
bool vtd_source_close_any(struct vtd_prq_source *source, struct vtd_prq_group *group);

#endif
