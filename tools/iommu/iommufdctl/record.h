/* SPDX-License-Identifier: GPL-2.0-only */
/* What a device had before 'bind', so that 'unbind' can give it back. */
#ifndef IOMMUFDCTL_RECORD_H
#define IOMMUFDCTL_RECORD_H

#include "device.h"

struct record {
	char driver[64];	/* "": none */
	char override[64];	/* "": none */
};

/* 0 or -errno; nothing is left behind on an error. */
int record_save(const struct ctl *ctl, const char *bdf, const struct record *record);
/* 0, or -ENOENT if 'bind' did not bind this device since the machine started. */
int record_load(const struct ctl *ctl, const char *bdf, struct record *record);
void record_remove(const struct ctl *ctl, const char *bdf);

#endif
