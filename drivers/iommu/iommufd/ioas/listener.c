// SPDX-License-Identifier: GPL-2.0-only
/*
 * In-kernel users are told that something is about to be unmapped.
 *
 * Locks: &iommufd_ioas.iova_lock to find them; none while they are told.
 */
#include <linux/wait_bit.h>

#include "ioas.h"

/**
 * ioas_tell_listeners() - have every in-kernel user drop its pins in a range
 * @ioas: the address space
 * @range: the range
 *
 * One at a time; none can be removed while it is being told.
 *
 * Context: may sleep, as long as a listener likes; no lock of the IOAS held.
 */
void ioas_tell_listeners(struct iommufd_ioas *ioas, const struct iorange *range)
{
	struct ioas_listener *listener;
	unsigned long index = 0;

	for (;;) {
		scoped_guard(rwsem_read, &ioas->iova_lock) {
			listener = xa_find(&ioas->listeners, &index, ULONG_MAX,
					   XA_PRESENT);
			if (!listener)
				return;
			atomic_inc(&listener->ncalls);
		}
		listener->ops->unmap(listener, range->first,
				     range->last - range->first + 1);
		atomic_dec_and_wake_up(&listener->ncalls);
		index++;
	}
}
