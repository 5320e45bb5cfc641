/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Inside of the library: sessions, and the table of what errors mean. */
#ifndef LIBIOMMUFD_EXPLAIN_H
#define LIBIOMMUFD_EXPLAIN_H

#include <stdio.h>

#include "iommufd.h"

struct iommufd_session {
	int fd;
	int busy;		/* a file of the instance; -1: there is none */
	char instance[96];	/* its folder in tracefs */
};

/*
 * meanings.awk makes both tables from the page of refusals and the file of
 * cures. Rows of the same request stand together; request 0 has what holds
 * for every ioctl of /dev/iommu, error 0 what another part of the kernel
 * refuses with an error of its choice.
 */
struct iommufd_row {
	unsigned long request;
	int error;
	struct iommufd_meaning meaning;
};

extern const struct iommufd_row iommufd_rows[];
extern const unsigned int iommufd_num_rows;

struct iommufd_name {
	unsigned long number;
	const char *name;
};

extern const struct iommufd_name iommufd_calls[];
extern const unsigned int iommufd_num_calls;
extern const struct iommufd_name iommufd_errors[];
extern const unsigned int iommufd_num_errors;

/*
 * The last refusal of a thread, of this call and with this error, in the text
 * of a trace; fills field, reason, device and value. 0, or -ENOENT.
 */
int iommufd_trace_find(FILE *trace, long tid, unsigned long request, int error,
		       struct iommufd_explanation *e);

/*
 * The refusal of one line, whoever was refused; @e->call is then the name of
 * the operation in the event. 0, or -ENOENT: the line has none.
 */
int iommufd_trace_parse(const char *line, unsigned long *cmd, int *error,
			struct iommufd_explanation *e);

#endif
