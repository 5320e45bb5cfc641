/* SPDX-License-Identifier: GPL-2.0-only */
/* What /proc and /sys tell, and the privileges of the calling process. */
#ifndef IOMMU_SELFTEST_PROC_H
#define IOMMU_SELFTEST_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The whole file as a string; returns the number of bytes or -errno. */
long proc_read(const char *path, char *buf, size_t size);
/* Returns 0 or -errno. */
int proc_write(const char *path, const char *text);

/* A "Name:  123" line, in the unit of the file; -1 when there is none. */
long proc_field(const char *path, const char *name);
long proc_status_kb(const char *name);

/*
 * Pages pinned in the whole system at this moment, from the kernel's counters
 * of acquired and released pins; -1 when the kernel cannot tell exactly.
 */
long proc_pinned_pages(void);
/* Waits a moment for deferred work; true when the number is back at @want. */
bool proc_pinned_settle(long want);

/* The physical address of memory that was touched; takes privileges. */
uint64_t proc_phys(const void *va);

/* True once the kernel has printed a warning or an oops since it booted. */
bool proc_kernel_warned(void);

/*
 * Returns when a thread has been waiting for a moment for what no signal ends,
 * but a kill; fails the case after some seconds.
 */
void proc_await_blocked(int tid);

/* Runs as an ordinary user from here on: no capability, another uid. */
void proc_become_user(unsigned int uid);
/* Gives up one capability (CAP_*). */
void proc_drop_cap(int cap);
void proc_limit_memlock(size_t nbytes);

#endif
