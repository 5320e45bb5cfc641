/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What may notice a mutant: a short check, a case of another program, or a KUnit suite
 * of the driver.
 */
#ifndef IOMMU_SELFTEST_VTD_MUTANTS_KILLERS_H
#define IOMMU_SELFTEST_VTD_MUTANTS_KILLERS_H

#include <stdbool.h>
#include <stddef.h>

#include "checks.h"

struct killer {
	/* A check, on a unit of that profile */
	const struct check *check;
	const struct profile *profile;
	/* Or a program of this folder, and its cases whose names contain this */
	const char *program;
	const char *test;
	/* Or a KUnit suite */
	const char *suite;
};

bool killer_same(const struct killer *a, const struct killer *b);
void killer_name(const struct killer *killer, char *name, size_t size);
/* True if all is well; @report is what it says if not, in a line. */
bool killer_passes(const struct killer *killer, char *report, size_t size);

#endif
