// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults in what a driver could not read or write without a fault.
 */
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>

#include "user_data.h"

/*
 * Memory that was faulted in may be reclaimed before the driver comes to it.
 * That so many times is no accident: the driver means something else by EFAULT.
 */
#define USER_DATA_MAX_TRIES 16

/* bytes between two looks for a signal */
#define USER_DATA_STEP SZ_1M

static int user_data_step(char __user *at, size_t nbytes)
{
	if (fatal_signal_pending(current))
		return -EINTR;
	cond_resched();
	if (fault_in_readable(at, nbytes))
		return fatal_signal_pending(current) ? -EINTR : -EFAULT;
	/* some drivers answer there; to the others it need not be writeable */
	fault_in_safe_writeable(at, nbytes);
	return 0;
}

/**
 * iommufd_user_data_fault_in() - a driver's op said EFAULT, may it try again
 * @ucmd: the ioctl; a reason that it has noted is forgotten if it may
 * @user: the data
 *
 * Context: may sleep, as long as user space likes; no locks, no object held.
 * Return: 0: look everything up again and try; or EFAULT: user space has no
 * such memory; EINTR: killed.
 */
int iommufd_user_data_fault_in(struct iommufd_ucmd *ucmd,
			       struct iommufd_user_data *user)
{
	size_t left = user->data.len;
	char __user *at = user->data.uptr;
	int rc;

	if (user->tries++ == USER_DATA_MAX_TRIES)
		return -EFAULT;
	if (!left || !access_ok(at, left))
		return -EFAULT;
	while (left) {
		size_t nbytes = min_t(size_t, left, USER_DATA_STEP);

		rc = user_data_step(at, nbytes);
		if (rc)
			return rc;
		at += nbytes;
		left -= nbytes;
	}
	ucmd->why = (struct iommufd_why){};
	return 0;
}
