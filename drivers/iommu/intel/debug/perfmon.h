/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Performance counters of a unit as a perf PMU.
 */
#ifndef _VTD_DEBUG_PERFMON_H
#define _VTD_DEBUG_PERFMON_H

struct vtd_unit;

#ifdef CONFIG_INTEL_IOMMU_PERF_EVENTS

/**
 * vtd_perfmon_add - register the PMU "dmar<n>" of a unit that has counters
 * @unit: the unit
 *
 * Units without counters, or with counters we cannot drive, are left alone.
 * Context: may sleep.
 */
void vtd_perfmon_add(struct vtd_unit *unit);

/**
 * vtd_perfmon_remove - the way back
 * @unit: a unit with or without a PMU
 */
void vtd_perfmon_remove(struct vtd_unit *unit);

#else

static inline void vtd_perfmon_add(struct vtd_unit *unit)
{
}

static inline void vtd_perfmon_remove(struct vtd_unit *unit)
{
}

#endif

#endif
