/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Steps: what the demo says, and how it ends.
 *
 * A step is begun by name, prints lines, and either goes well or fails once.
 * The name of the first step that failed is the last line of the program.
 */
#ifndef DEMO_STEP_H
#define DEMO_STEP_H

#include <iommufd.h>

/* Catch SIGINT and SIGTERM; call once, before any step. */
void step_init(void);

/* Prefix of all following lines, normally the device under test. */
void __printf(1, 2) step_subject(const char *fmt, ...);

/* Begin a step. Returns 0, or a failed step if the user interrupted. */
int step_begin(const char *name);

/* Print one line of the running step. */
void __printf(1, 2) step_say(const char *fmt, ...);

/*
 * Fail the running step. @err is an errno or 0 when no call failed, @cure
 * tells the user what to do. Always returns -1.
 */
int __printf(3, 4) step_fail(int err, const char *cure, const char *fmt, ...);

/*
 * The same for a call of /dev/iommu or VFIO: @err is -errno, @request what
 * iommufd_explain() takes. Prints what it has to say about that.
 */
int __printf(4, 5) step_refused(struct iommufd_session *session,
				unsigned long request, int err,
				const char *fmt, ...);

/* True once the user asked to stop. */
int step_interrupted(void);

/* Print PASS or FAIL and return the exit status of the program. */
int step_verdict(void);

#endif
