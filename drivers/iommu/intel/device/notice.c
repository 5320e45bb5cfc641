// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens to a device, for whoever wants to hear of it: a guest that has it.
 *
 * Owns: vtd_device.listener.
 * Locks: none; the listener is read under RCU.
 */
#include <linux/rcupdate.h>

#include "device.h"
#include "notice.h"

/**
 * vtd_listen() - hear what happens to a device
 * @vd: the device; nobody hears of it so far
 * @listener: who hears from now on, until vtd_unlisten()
 *
 * Context: the caller excludes vtd_unlisten().
 */
void vtd_listen(struct vtd_device *vd, struct vtd_listener *listener)
{
	WARN_ON_ONCE(rcu_access_pointer(vd->listener));
	rcu_assign_pointer(vd->listener, listener);
}

/**
 * vtd_unlisten() - nobody hears of a device any more
 * @vd: the device
 *
 * Context: may sleep. When it returns, the listener is not called any more.
 */
void vtd_unlisten(struct vtd_device *vd)
{
	RCU_INIT_POINTER(vd->listener, NULL);
	synchronize_rcu();
}

/**
 * vtd_notice() - something happened to a device
 * @vd: the device
 * @kind: what
 * @fault: the fault; NULL but for %VTD_NOTICE_FAULT
 *
 * Context: any but NMI.
 */
void vtd_notice(const struct vtd_device *vd, enum vtd_notice_kind kind,
		const struct vtd_fault *fault)
{
	struct vtd_listener *listener;

	guard(rcu)();
	listener = rcu_dereference(vd->listener);
	if (listener)
		listener->notice(listener, kind, fault);
}
