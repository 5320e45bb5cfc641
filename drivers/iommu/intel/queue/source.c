// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page requests of a device become groups.
 *
 * The core keeps incomplete groups too, but it tells them apart by their index
 * alone, and it allocates for each request. So it gets a group when it is complete.
 *
 * Owns: struct vtd_prq_source.
 * Locks: vtd_prq.lock; vtd_prq_source.lock for the groups that wait for an answer.
 * Calls: nothing.
 */
#include <linux/cleanup.h>

#include "../mutant.h"
#include "source.h"

/**
 * vtd_source_init() - a device that may not send anything yet
 * @source: zeroed
 * @dev: the device
 */
void vtd_source_init(struct vtd_prq_source *source, struct device *dev)
{
	source->dev = dev;
	spin_lock_init(&source->lock);
	xa_init(&source->domains);
}

/**
 * vtd_source_exit() - undo vtd_source_init()
 * @source: the device; not registered
 */
void vtd_source_exit(struct vtd_prq_source *source)
{
	xa_destroy(&source->domains);
}

/**
 * vtd_source_reserve() - make sure that vtd_source_set_domain() needs no memory
 * @source: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * The place goes when nobody hears any more.
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM.
 */
int vtd_source_reserve(struct vtd_prq_source *source, u32 pasid)
{
	return xa_reserve(&source->domains, pasid, GFP_KERNEL);
}

/**
 * vtd_source_set_domain() - somebody else hears of requests from now on
 * @source: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 * @domain: who, and the place is reserved; NULL for nobody
 *
 * Groups that are not complete are dropped.
 *
 * Context: under vtd_prq.lock.
 */
void vtd_source_set_domain(struct vtd_prq_source *source, u32 pasid,
			   const struct iommu_domain *domain)
{
	if (domain)
		xa_store(&source->domains, pasid, (void *)domain, GFP_KERNEL);
	else
		xa_erase(&source->domains, pasid);
	vtd_source_forget_pasid(source, pasid);
}

/**
 * vtd_source_domain() - who hears of requests?
 * @source: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * Context: under vtd_prq.lock, or the group's lock (core).
 * Return: the domain; NULL for nobody.
 */
const struct iommu_domain *vtd_source_domain(const struct vtd_prq_source *source,
					     u32 pasid)
{
	return xa_load((struct xarray *)&source->domains, pasid);
}

/**
 * vtd_source_is_heard() - does anybody hear of any of its requests?
 * @source: the device
 *
 * Context: as vtd_source_domain().
 * Return: true if so.
 */
bool vtd_source_is_heard(struct vtd_prq_source *source)
{
	unsigned long pasid = 0;

	return xa_find(&source->domains, &pasid, ULONG_MAX, XA_PRESENT);
}

/**
 * vtd_source_reset() - a device starts to send requests
 * @source: the device; none of its groups waits for an answer
 * @sid: its source id
 * @room: how many requests it may have outstanding, at most VTD_SOURCE_ROOM
 *
 * Answers that come late, from before, still find nothing.
 *
 * Context: under vtd_prq.lock.
 */
void vtd_source_reset(struct vtd_prq_source *source, u16 sid, unsigned int room)
{
	vtd_source_forget(source);
	source->excess = 0;
	source->sid = sid;
	source->room = min(room, VTD_SOURCE_ROOM);
}

static bool same_group(const struct vtd_request *a, const struct vtd_request *b)
{
	return a->group == b->group && a->has_pasid == b->has_pasid &&
	       a->pasid == b->pasid;
}

/* Takes those of the group of @last out; to @set unless that is NULL. */
static void group_gather(struct vtd_prq_source *source, const struct vtd_request *last,
			 struct vtd_prq_set *set)
{
	unsigned int i, left = 0;

	for (i = 0; i < source->npartial; i++) {
		if (!same_group(&source->partial[i], last))
			source->partial[left++] = source->partial[i];
		else if (set)
			set->request[set->n++] = source->partial[i];
	}
	source->npartial = left;
}

/**
 * vtd_source_spoil() - a request that cannot be handled
 * @source: the device
 * @request: the request
 *
 * Its group cannot be handled either. Of two groups with one index both are
 * refused: there is one bit for an index, and a device that is refused asks again.
 *
 * Context: under vtd_prq.lock.
 * Return: VTD_TAKE_KEPT or VTD_TAKE_REFUSED.
 */
enum vtd_take vtd_source_spoil(struct vtd_prq_source *source,
			       const struct vtd_request *request)
{
	group_gather(source, request, NULL);
	if (!request->last) {
		__set_bit(request->group, source->spoiled);
		return VTD_TAKE_KEPT;
	}
	__clear_bit(request->group, source->spoiled);
	return VTD_TAKE_REFUSED;
}

/**
 * vtd_source_take() - one more request
 * @source: the device
 * @request: the request
 * @set: filled in if the request makes a group complete
 *
 * Context: under vtd_prq.lock.
 * Return: what became of it.
 */
enum vtd_take vtd_source_take(struct vtd_prq_source *source,
			      const struct vtd_request *request,
			      struct vtd_prq_set *set)
{
	if (test_bit(request->group, source->spoiled))
		return vtd_source_spoil(source, request);
	if (!request->last) {
		if (source->npartial == source->room) {
			source->excess++;
			return vtd_source_spoil(source, request);
		}
		source->partial[source->npartial++] = *request;
		return VTD_TAKE_KEPT;
	}
	set->n = 0;
	group_gather(source, request, set);
	set->request[set->n++] = *request;
	return VTD_TAKE_COMPLETE;
}

/**
 * vtd_source_forget() - drop all groups that are not complete
 * @source: the device
 *
 * After an overflow the rest of them may be lost. The unit has answered those
 * whose last request it dropped, so the device may use their indices anew.
 *
 * Context: under vtd_prq.lock.
 */
void vtd_source_forget(struct vtd_prq_source *source)
{
	source->npartial = 0;
	bitmap_zero(source->spoiled, VTD_PRGI_COUNT);
}

/**
 * vtd_source_forget_groups() - no group waits for an answer any more
 * @source: the device, which has lost its state
 *
 * Context: as vtd_source_open(); also with interrupts off where nobody else runs.
 */
void vtd_source_forget_groups(struct vtd_prq_source *source)
{
	guard(spinlock)(&source->lock);
	source->ngroups = 0;
}

/**
 * vtd_source_forget_pasid() - drop the groups of a PASID that are not complete
 * @source: the device, which has stopped using the PASID
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * Context: under vtd_prq.lock.
 */
void vtd_source_forget_pasid(struct vtd_prq_source *source, u32 pasid)
{
	unsigned int i, left = 0;

	for (i = 0; i < source->npartial; i++)
		if (vtd_request_pasid(&source->partial[i]) != pasid)
			source->partial[left++] = source->partial[i];
	source->npartial = left;
}

/**
 * vtd_source_open() - a group waits for its answer from now on
 * @source: the device
 * @last: the last request of the group
 *
 * Context: any but interrupts.
 * Return: its id; 0 if the device has more groups outstanding than it may.
 */
u64 vtd_source_open(struct vtd_prq_source *source, const struct vtd_request *last)
{
	guard(spinlock)(&source->lock);
	if (source->ngroups == source->room)
		return 0;
	source->groups[source->ngroups++] = (struct vtd_prq_group){
		.id = ++source->last_id,
		.pasid = last->pasid,
		.index = last->group,
		.has_pasid = last->has_pasid,
	};
	return source->last_id;
}

/**
 * vtd_source_close() - a group gets its answer
 * @source: the device
 * @id: of the group
 * @group: filled in
 *
 * Whoever gets true gives the answer: there is exactly one.
 *
 * Context: any but interrupts.
 * Return: whether it has waited for one.
 */
bool vtd_source_close(struct vtd_prq_source *source, u64 id,
		      struct vtd_prq_group *group)
{
	unsigned int i;

	guard(spinlock)(&source->lock);
	for (i = 0; i < source->ngroups; i++) {
		if (source->groups[i].id != id)
			continue;
		*group = source->groups[i];
		source->groups[i] = source->groups[--source->ngroups];
		return true;
	}
	return false;
}

static bool is_of(const struct vtd_prq_group *group, u32 pasid)
{
	if (vtd_mutant(VTD_MUTANT_PRQ_ALL_PASIDS))
		return true;
	return pasid == IOMMU_NO_PASID ? !group->has_pasid :
					 group->has_pasid && group->pasid == pasid;
}

/**
 * vtd_source_close_pasid() - one of the groups of a PASID gets its answer
 * @source: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 * @group: filled in
 *
 * Context: as vtd_source_close().
 * Return: false if none waits for one.
 */
bool vtd_source_close_pasid(struct vtd_prq_source *source, u32 pasid,
			    struct vtd_prq_group *group)
{
	unsigned int i;

	guard(spinlock)(&source->lock);
	for (i = 0; i < source->ngroups; i++) {
		if (!is_of(&source->groups[i], pasid))
			continue;
		*group = source->groups[i];
		source->groups[i] = source->groups[--source->ngroups];
		return true;
	}
	return false;
}

/**
 * vtd_source_close_any() - one of the groups gets its answer
 * @source: the device
 * @group: filled in
 *
 * Context: as vtd_source_close().
 * Return: false if none waits for one.
 */
bool vtd_source_close_any(struct vtd_prq_source *source, struct vtd_prq_group *group)
{
	guard(spinlock)(&source->lock);
	if (!source->ngroups)
		return false;
	*group = source->groups[--source->ngroups];
	return true;
}
