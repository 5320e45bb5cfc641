/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accesses: in-kernel users of an IOAS, such as mediated devices.
 *
 *	 DETACHED --attach--> ATTACHED --detach--> DRAINING --> DETACHED
 *	                        ^  |                   |
 *	                        |  +--replace----------+
 *	                        +----------------------+
 *
 * ATTACHED: pins, unpins and reads reach the current IOAS. DRAINING: the
 *	driver is being told to drop every pin; only unpins work, and reach the
 *	old IOAS. The thread that entered it also waits for calls of the old
 *	IOAS that are late, so that none comes after a new attach, when its
 *	IOVAs would mean something else.
 */
#ifndef __IOMMUFD_DEVICE_ACCESS_H
#define __IOMMUFD_DEVICE_ACCESS_H

#include <linux/iommufd.h>
#include <linux/rwsem.h>

#include "../ioas/ioas.h"
#include "../object/object.h"

enum iommufd_access_state {
	IOMMUFD_ACCESS_DETACHED,
	IOMMUFD_ACCESS_ATTACHED,
	IOMMUFD_ACCESS_DRAINING,
};

struct iommufd_access;

/**
 * struct access_slot - one side of a replace
 * @access: the access that it is part of; constant
 * @listener: how the IOAS tells about an unmap
 * @ioas: the address space, one dependency; NULL while the slot is free
 */
struct access_slot {
	struct iommufd_access *access;
	struct ioas_listener listener;
	struct iommufd_ioas *ioas;
};

/**
 * struct iommufd_access - an in-kernel user of an IOAS
 * @obj: id; owned by the driver that created it, DESTROY says EBUSY
 * @ictx: the context, one reference; constant
 * @ops: the driver's callbacks; constant
 * @data: the driver's; constant
 * @lock: held shared while pages are pinned, unpinned, read or written,
 *	exclusively to change what follows; never held over a callback. The
 *	locks of the IOAS nest inside.
 * @state: which calls work
 * @slots: the IOAS in use, and the next one during a replace
 * @current_slot: index of the one in use
 */
struct iommufd_access {
	struct iommufd_object obj;
	struct iommufd_ctx *ictx;
	const struct iommufd_access_ops *ops;
	void *data;

	struct rw_semaphore lock;
	enum iommufd_access_state state;
	struct access_slot slots[2];
	unsigned int current_slot;
};

extern const struct iommufd_object_ops iommufd_access_object_ops;

#endif
