/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tracepoints of iommufd, read through an instance of their own.
 * iommufd_reject is on from the start.
 */
#ifndef IOMMU_SELFTEST_TRACE_H
#define IOMMU_SELFTEST_TRACE_H

#include <stdbool.h>

struct trace {
	char dir[96];
};

struct reject {
	unsigned int cmd;
	/* Positive errno. */
	int err;
	char field[64];
	char reason[160];
};

/* Skips the case where the kernel has no such event. */
struct trace trace_open(void);
/* At the end of the program; false: it cannot be removed. */
bool trace_remove(void);
void trace_clear(struct trace *trace);
/* Another event of iommufd, by its name without "iommufd_"; it stays on. */
void trace_enable(struct trace *trace, const char *event);
/* Number of lines "iommufd_<event>: <text...>" since trace_clear(). */
int trace_count(struct trace *trace, const char *event, const char *text);
/* An event of another subsystem, "subsystem/event"; -1 if there is none. */
int trace_enable_other(struct trace *trace, const char *event);
/* Number of lines with that text since trace_clear(), whatever event. */
int trace_lines(struct trace *trace, const char *text);
/* Number of events since trace_clear(); @last is the newest of them. */
int trace_rejects(struct trace *trace, struct reject *last);
/* A call that failed with @errnum, and one event that says why. */
void trace_check_refused(struct trace *trace, int rc, int errnum,
			 const char *field, const char *reason);
/* Is there one of this errno (positive) and field? */
bool trace_find(struct trace *trace, int err, const char *field,
		struct reject *found);

#endif
