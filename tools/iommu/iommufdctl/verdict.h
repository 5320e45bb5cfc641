/* SPDX-License-Identifier: GPL-2.0-only */
/* What keeps a device from being given to a user, and what would change that. */
#ifndef IOMMUFDCTL_VERDICT_H
#define IOMMUFDCTL_VERDICT_H

#include "device.h"

#define OBSTACLES 8

struct obstacle {
	char cause[96];		/* short: "eth0 is up" */
	char cure[256];
};

struct verdict {
	unsigned int num;	/* 0: nothing is known to keep it */
	struct obstacle obstacle[OBSTACLES];
};

void verdict_of(const struct ctl *ctl, const struct device *dev,
		struct verdict *verdict);

#endif
