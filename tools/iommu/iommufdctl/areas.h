/* SPDX-License-Identifier: GPL-2.0-only */
/* Which IOVAs a device can reach: runs of the leaves that debugfs shows. */
#ifndef IOMMUFDCTL_AREAS_H
#define IOMMUFDCTL_AREAS_H

#include "ctl.h"

struct area {
	unsigned long long first, last;
	unsigned long long pages[3];	/* of 4 KiB, 2 MiB, 1 GiB */
	int readable, writable;
};

struct areas {
	struct area *area;
	unsigned int num;
};

/* 0, or -errno: -EACCES for who is not root, -ENOENT without debugfs. */
int areas_read(const struct ctl *ctl, struct areas *areas, const char *bdf);
void areas_free(struct areas *areas);
/* The table, at most @rows lines of it (0: all), and the map. */
void areas_text(const struct ctl *ctl, const struct areas *areas,
		unsigned int rows);
void areas_json(const struct areas *areas);

#endif
