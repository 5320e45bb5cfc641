/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A source id with which requests reach a unit.
 *
 *   vtd_device ──> own requester    (its source id)
 *              ──> alias requesters (a bridge that speaks for it)
 *   vtd_requester ── context entry ── PASID table (scalable mode)
 *
 * Devices behind a PCIe-to-PCI bridge share the bridge's requester, and by quirk a
 * function uses the source id of another one, its owner. They are in one group and
 * move between domains one after the other: the requester follows its owner, or
 * while that is blocked the device that moved last, and blocks when none of
 * them wants translations. Its entry has the features of its owner, whoever moves.
 */
#ifndef VTD_DEVICE_REQUESTER_H
#define VTD_DEVICE_REQUESTER_H

#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "../table/transition.h"

struct vtd_device;
struct vtd_pasid_table;
struct vtd_unit;

/**
 * struct vtd_requester - one source id of a unit
 * @unit: the unit
 * @sid: the source id
 * @device: the device whose own source id it is; NULL if there is only an
 *          alias. Read under RCU
 * @context: its context entry
 * @pasids: its PASID table; NULL in legacy mode
 * @users: devices that use it; guarded by vtd_devmap.lock
 * @seal: of @context; closed when the device is cut off, see cut.c
 * @unconfirmed: @context was taken away, and the unit has not said that it has
 *               forgotten it; guarded as a flag
 * @lock: guards the entries and @uses
 * @uses: struct vtd_use of those that have a domain other than the blocking one;
 *        the owner's comes first, then that of the device that moved last
 * @rcu: whoever decodes a fault may be looking at it
 */
struct vtd_requester {
	/* Constant after init */
	struct vtd_unit *unit;
	u16 sid;
	u64 *context;
	struct vtd_pasid_table *pasids;

	struct vtd_device __rcu *device;
	unsigned int users;
	struct vtd_seal seal;
	bool unconfirmed;
	struct mutex lock;	/* uses and the entries */
	struct list_head uses;
	struct rcu_head rcu;
};

/**
 * struct vtd_devmap - all requesters of a unit
 * @by_sid: struct vtd_requester by source id; readers under RCU
 * @lock: guards changes of @by_sid, the use counts, @closed and @kept
 * @closed: the unit is about to go: no requester comes any more
 * @kept: PASID tables that stay in memory for ever, as the unit may read them
 */
struct vtd_devmap {
	struct xarray by_sid;
	struct mutex lock;	/* changes */
	bool closed;
	unsigned int kept;
};

int vtd_devmap_create(struct vtd_unit *unit);
void vtd_devmap_destroy(struct vtd_unit *unit);
int vtd_devmap_close(struct vtd_unit *unit);
void vtd_devmap_reopen(struct vtd_unit *unit);
struct vtd_requester *vtd_requester_get(struct vtd_unit *unit, u16 sid, u32 npasids);
void vtd_requester_put(struct vtd_requester *requester);
struct vtd_requester *vtd_requester_find(struct vtd_unit *unit, u16 sid);

#endif
