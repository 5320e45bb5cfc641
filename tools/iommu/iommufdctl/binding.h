/* SPDX-License-Identifier: GPL-2.0-only */
/* Moves a device from one driver to another, or leaves it where it was. */
#ifndef IOMMUFDCTL_BINDING_H
#define IOMMUFDCTL_BINDING_H

#include "device.h"
#include "record.h"

/*
 * Gives the device to @driver by its driver_override. 0; or after a message
 * enum ctl_exit, and the device is back with what @before says.
 *
 * Signals that end a program must be blocked: they are looked at between the
 * steps, and undo what was done. *@signal is then the one that came.
 */
int binding_move(const struct ctl *ctl, const char *bdf, const char *driver,
		 const struct record *before, int *signal);
/* Gives it back to what @before says. 0, or enum ctl_exit after a message. */
int binding_restore(const struct ctl *ctl, const char *bdf,
		    const struct record *before);

#endif
