/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes the n-th allocation or user copy of the calling thread fail. */
#ifndef IOMMU_SELFTEST_FAULT_H
#define IOMMU_SELFTEST_FAULT_H

#include <stdbool.h>

struct fault {
	int fd;
	/* The kernel has hooks of its own, which fail with any errno. */
	bool has_hooks;
};

/* Does the kernel have fault injection? */
bool fault_available(void);
/* Skips the case where the kernel has no fault injection. */
struct fault fault_open(void);
/*
 * FAIL_NTH_EVERY in the environment: of how many steps one fails. All would take
 * long on the debug kernel.
 */
unsigned int fault_every(void);
void fault_arm(const struct fault *fault, unsigned int nth);
/* True when a failure was injected since fault_arm(). */
bool fault_disarm(const struct fault *fault);

#endif
