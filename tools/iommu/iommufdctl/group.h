/* SPDX-License-Identifier: GPL-2.0-only */
/* IOMMU groups: their devices, and the addresses that their devices lose. */
#ifndef IOMMUFDCTL_GROUP_H
#define IOMMUFDCTL_GROUP_H

#include "ctl.h"

struct reserved {
	unsigned long long first, last;
	char type[24];
};

/* Up to @room; returns how many there are. */
unsigned int group_reserved(const struct ctl *ctl, const char *group,
			    struct reserved *list, unsigned int room);
/* "DMA", "DMA-FQ", "identity"; "" if unknown. */
void group_type(const struct ctl *ctl, const char *group, char *type, size_t size);

#endif
