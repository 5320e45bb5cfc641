/* SPDX-License-Identifier: GPL-2.0-only */
/* Events of the kernel as lines: an instance of tracefs, or a file of them. */
#ifndef IOMMUFDCTL_STREAM_H
#define IOMMUFDCTL_STREAM_H

#include "ctl.h"

struct stream {
	int fd;
	int is_file;		/* somebody saved it: it has an end */
	char instance[256];	/* "": none is ours */
	char buf[8192];
	size_t used, at;
	unsigned long long lost;	/* events that the kernel dropped */
};

/* What all commands that read events may be told. */
struct stream_options {
	const char *file;	/* -i: NULL for those of now */
	long pid;		/* -p: 0 for all */
	long left;		/* -n: -1 for no end */
};

/*
 * Takes -i, -p, -n and -h of @command, as ctl_option() gave them. -1: go on; else
 * the exit code to end with.
 */
int stream_option(const struct ctl_command *command, struct stream_options *options,
		  int option, const char *value);

/*
 * Lines of @file, or with NULL of an instance of tracefs without any event yet.
 * CTL_OK, or the kind after a message.
 */
int stream_open(const struct ctl *ctl, struct stream *stream, const char *file);
/* "iommufd/iommufd_map", or "iommufd" for all of a group. 0 or -errno. */
int stream_enable(const struct ctl *ctl, struct stream *stream, const char *event);
/* Only of this process and of what it starts. 0 or -errno. */
int stream_follow(const struct ctl *ctl, struct stream *stream, long pid);
/*
 * The next line, without its end. 1; 0: none came within @ms milliseconds;
 * -ENODATA: the file is at its end; -EINTR: the program is to end.
 */
int stream_line(struct stream *stream, char *line, size_t size, int ms);
void stream_close(struct stream *stream);

/* From now on SIGINT, SIGTERM and SIGHUP make stream_line() return -EINTR. */
void stream_catch_signals(void);
int stream_signal(void);

#endif
