/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel holds, by its own counters. */
#ifndef IOMMU_SELFTEST_CENSUS_H
#define IOMMU_SELFTEST_CENSUS_H

/*
 * What may not grow. A number that the kernel does not tell is -1 before and
 * after.
 */
struct census {
	long pins;
	/* Pages of page tables, and domain ids of all VT-d units. */
	long table_pages;
	long domain_ids;
	long groups;
	long mock_devices;
};

struct census census_take(void);
/*
 * Once deferred work is done; ends the case when something is left. @fmt says
 * where: "in the round of seed 4".
 */
[[gnu::format(printf, 2, 3)]]
void census_check(const struct census *before, const char *fmt, ...);

#endif
