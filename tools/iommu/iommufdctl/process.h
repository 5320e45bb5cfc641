/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes and the files that they have open, from /proc. */
#ifndef IOMMUFDCTL_PROCESS_H
#define IOMMUFDCTL_PROCESS_H

#include "ctl.h"

#define PROCESS_NAME 32

/* "?" if it is gone. */
void process_name(const struct ctl *ctl, long pid, char name[PROCESS_NAME]);
int process_exists(const struct ctl *ctl, long pid);

/* Called with each open file; a return other than 0 ends the walk. */
typedef int process_file_fn(const struct ctl *ctl, long pid, const char *fd,
			    const char *target, void *arg);
/*
 * Walks the files of one process, or with @pid 0 of all. Returns what the
 * function did, or -errno; processes that one may not look at are left out
 * and counted in @hidden.
 */
int process_files(const struct ctl *ctl, long pid, process_file_fn *fn,
		  void *arg, unsigned int *hidden);
/* The first process that has @target open; 0: none, as far as one may see. */
long process_with_file(const struct ctl *ctl, const char *target);

#endif
