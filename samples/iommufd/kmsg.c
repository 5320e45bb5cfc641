// SPDX-License-Identifier: GPL-2.0-only
/* The kernel log, searched for IOMMU faults. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kmsg.h"

int kmsg_open(struct kmsg *kmsg)
{
	kmsg->fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg->fd < 0)
		return -errno;
	kmsg_skip(kmsg);
	return 0;
}

void kmsg_close(struct kmsg *kmsg)
{
	if (kmsg->fd >= 0)
		close(kmsg->fd);
	kmsg->fd = -1;
}

void kmsg_skip(struct kmsg *kmsg)
{
	lseek(kmsg->fd, 0, SEEK_END);
}

/* Does a number in the text lie in {first, last}? */
static int names_address(const char *text, __u64 first, __u64 last)
{
	while ((text = strstr(text, "0x"))) {
		__u64 value = strtoull(text, NULL, 16);

		if (value >= first && value <= last)
			return 1;
		text += 2;
	}
	return 0;
}

/* A record is "level,seq,time,flags;text\n" with lines of properties. */
static int is_fault(char *record, const struct kmsg_fault *fault, char **text)
{
	/* The log names bus, slot and function; the domain comes before. */
	const char *short_bdf = strchr(fault->bdf, ':') + 1;
	char *nl;

	*text = strchr(record, ';');
	if (!*text)
		return 0;
	(*text)++;
	nl = strchr(*text, '\n');
	if (nl)
		*nl = '\0';
	return strstr(*text, "fault") && strstr(*text, short_bdf) &&
	       strcasestr(*text, fault->access) && strstr(*text, "reason 0x") &&
	       names_address(*text, fault->first, fault->last);
}

int kmsg_find_fault(struct kmsg *kmsg, const struct kmsg_fault *fault,
		    unsigned int timeout_ms, char *line, size_t len)
{
	unsigned int waited = 0;
	char record[8192], *text;

	for (;;) {
		ssize_t n = read(kmsg->fd, record, sizeof(record) - 1);

		if (n > 0) {
			record[n] = '\0';
			if (is_fault(record, fault, &text)) {
				snprintf(line, len, "%s", text);
				return 0;
			}
			continue;
		}
		/* EPIPE: records were overwritten; the next read goes on. */
		if (n < 0 && errno == EPIPE)
			continue;
		if (waited >= timeout_ms)
			return -ENOENT;
		usleep(10000);
		waited += 10;
	}
}
