/* SPDX-License-Identifier: GPL-2.0-only */
/* Remapping units in sysfs, and the kernel parameters that concern them. */
#ifndef IOMMUFDCTL_UNIT_H
#define IOMMUFDCTL_UNIT_H

#include "ctl.h"

/* ECAP of VT-d, chapter 11. */
#define ECAP_DT		(1ULL << 2)	/* device TLBs */
#define ECAP_IR		(1ULL << 3)	/* interrupt remapping */
#define ECAP_NEST	(1ULL << 26)
#define ECAP_PRS	(1ULL << 29)	/* page requests */
#define ECAP_PASID	(1ULL << 40)
#define ECAP_SMTS	(1ULL << 43)	/* scalable mode */
#define ECAP_SSADS	(1ULL << 45)	/* marks pages that are written to */
#define ECAP_SSTS	(1ULL << 46)
#define ECAP_FSTS	(1ULL << 47)

struct unit {
	char name[64];
	int is_intel;
	unsigned long long cap, ecap;
	char version[16], used[16], supported[16];
};

void unit_read(const struct ctl *ctl, struct unit *unit, const char *name);
/* Takes nested tables: has them, and scalable mode is not switched off. */
int unit_nests(const struct ctl *ctl, const struct unit *unit);

/* A word among the values of "intel_iommu=on,sm_on", or NULL: "intremap" alone. */
int parameter_has(const struct ctl *ctl, const char *name, const char *word);

#endif
