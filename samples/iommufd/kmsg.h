/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel log, searched for IOMMU faults. */
#ifndef DEMO_KMSG_H
#define DEMO_KMSG_H

#include <stddef.h>
#include <linux/types.h>

struct kmsg {
	int fd;
};

/* Start reading at the end of the log. 0 or -errno. */
int kmsg_open(struct kmsg *kmsg);
void kmsg_close(struct kmsg *kmsg);

/* Forget what was logged so far. */
void kmsg_skip(struct kmsg *kmsg);

/* What a line must tell: who, "read" or "write", an address in {first, last}. */
struct kmsg_fault {
	const char *bdf;
	const char *access;
	__u64 first;
	__u64 last;
};

/*
 * Wait up to @timeout_ms for a fault line that tells @fault and a reason.
 * Returns 0 with the text in @line, or -ENOENT.
 */
int kmsg_find_fault(struct kmsg *kmsg, const struct kmsg_fault *fault,
		    unsigned int timeout_ms, char *line, size_t len);

#endif
