/* SPDX-License-Identifier: GPL-2.0-only */
/* One line of a trace, taken apart. */
#ifndef IOMMUFDCTL_EVENT_H
#define IOMMUFDCTL_EVENT_H

#include <stddef.h>

struct event {
	char process[32];
	long tid;
	double time;
	char name[48];		/* "iommufd_map" */
	const char *text;	/* what the event says, in the line */
};

/* 0, or -EINVAL: this is no event. */
int event_parse(const char *line, struct event *event);
/* What follows "key=" up to the next blank; "" if there is no such. */
void event_member(const struct event *event, const char *key, char *buf,
		  size_t size);

#endif
