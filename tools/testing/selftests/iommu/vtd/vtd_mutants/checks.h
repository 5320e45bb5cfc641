/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Short checks of the VT-d driver on a simulated unit whose caches keep all they
 * may: after each change the device sees the new state and nothing of the old one.
 */
#ifndef IOMMU_SELFTEST_VTD_MUTANTS_CHECKS_H
#define IOMMU_SELFTEST_VTD_MUTANTS_CHECKS_H

#include "lib/sim.h"

struct profile {
	const char *name;
	__u32 profile;
	const char *caps;
};

struct check {
	const char *name;
	void (*run)(const struct profile *profile);
};

/* Unmapped memory cannot be read, not one page of it; with a device TLB, too. */
void check_unmap(const struct profile *profile);
void check_unmap_ats(const struct profile *profile);
/* The same for a range that takes several descriptors. */
void check_border(const struct profile *profile);
void check_border_ats(const struct profile *profile);
/* The same for a device that asks again as soon as it was told to forget. */
void check_ask_again(const struct profile *profile);
/* Page tables that were freed are not used. */
void check_tables(const struct profile *profile);
/* What was refused before it was mapped is found afterwards. */
void check_map(const struct profile *profile);
/* The same for what was refused before the attach. */
void check_attach(const struct profile *profile);
/* A device leaves, and another one goes on in the same address space. */
void check_leave(const struct profile *profile);
/* The same while the device goes on with its DMA. */
void check_leave_busy(const struct profile *profile);
/* No table entry is looked at half written. */
void check_half_written(const struct profile *profile);
/* A device gets the address space of another one. */
void check_replace(const struct profile *profile);
void check_replace_ats(const struct profile *profile);
/* A new address space does not inherit from one that is gone. */
void check_new_domain(const struct profile *profile);
/* A new device does not inherit from one that is gone. */
void check_plug(const struct profile *profile);
/* A device that does not answer invalidations reaches nothing any more. */
void check_mute(const struct profile *profile);
/* As check_unmap(), for requests with a PASID. */
void check_pasid(const struct profile *profile);
void check_pasid_ats(const struct profile *profile);

#endif
