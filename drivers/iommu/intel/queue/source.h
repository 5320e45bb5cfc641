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
#include <linux/iommu.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

#include "../hw/prq_layout.h"

struct device;

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
 * @domains: who hears of its requests, by PASID; %IOMMU_NO_PASID for those without.
 *	A place that is only reserved reads as NULL: nobody
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

	struct xarray domains;
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

/**
 * vtd_request_pasid() - by which translation was it sent?
 * @request: the request
 *
 * Return: its PASID, %IOMMU_NO_PASID for requests without; %IOMMU_PASID_INVALID for
 * a PASID that no device is ever given.
 */
static inline u32 vtd_request_pasid(const struct vtd_request *request)
{
	if (!request->has_pasid)
		return IOMMU_NO_PASID;
	return request->pasid == IOMMU_NO_PASID ? IOMMU_PASID_INVALID : request->pasid;
}

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
void vtd_source_exit(struct vtd_prq_source *source);

int vtd_source_reserve(struct vtd_prq_source *source, u32 pasid);
void vtd_source_set_domain(struct vtd_prq_source *source, u32 pasid,
			   const struct iommu_domain *domain);
const struct iommu_domain *vtd_source_domain(const struct vtd_prq_source *source,
					     u32 pasid);
bool vtd_source_is_heard(struct vtd_prq_source *source);

u64 vtd_source_open(struct vtd_prq_source *source, const struct vtd_request *last);
bool vtd_source_close(struct vtd_prq_source *source, u64 id,
		      struct vtd_prq_group *group);
bool vtd_source_close_pasid(struct vtd_prq_source *source, u32 pasid,
			    struct vtd_prq_group *group);
bool vtd_source_close_any(struct vtd_prq_source *source, struct vtd_prq_group *group);

#endif
