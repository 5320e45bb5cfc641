/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A page that holds up whoever reads or writes it, until it is let go: a way
 * to stop an ioctl at the point where it touches user memory.
 */
#ifndef IOMMU_SELFTEST_STALL_H
#define IOMMU_SELFTEST_STALL_H

#include <stddef.h>

struct stall {
	int fd;
	char *page;
	/* Reading works, only a write is held up. */
	int writes_only;
};

/* Nothing is behind the page. Skips the case without userfaultfd. */
struct stall stall_any(void);
/* The same with a page that the caller mapped and nobody touched yet. */
struct stall stall_page(char *page);
/* The page begins with a copy of @src. */
struct stall stall_writes(const void *src, size_t nbytes);
/* Returns when somebody is held up; fails the case after some seconds. */
void stall_wait(const struct stall *stall);
/* Lets everybody go on; a page of zeroes is where nothing was. */
void stall_end(struct stall *stall);

#endif
