// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tracepoints of iommufd, read through an instance of their own. To make one
 * and to switch an event patches code and waits for grace periods, which takes
 * longer than most cases: those of a program, which run one after the
 * other, share an instance that stays on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "proc.h"
#include "trace.h"

#define TRACING "/sys/kernel/tracing"
#define EVENT "events/iommufd/iommufd_reject"

static int write_knob(struct trace *trace, const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", trace->dir, name);
	return proc_write(path, text);
}

static struct trace instance(void)
{
	struct trace trace;

	snprintf(trace.dir, sizeof(trace.dir), TRACING
		 "/instances/iommu-selftest-%d", harness_pid());
	return trace;
}

struct trace trace_open(void)
{
	struct trace trace = instance();

	if (access(TRACING "/events", F_OK))
		mount("tracefs", TRACING, "tracefs", 0, NULL);
	if (access(TRACING "/events", F_OK))
		harness_skip("no tracefs");
	if (access(TRACING "/" EVENT, F_OK))
		harness_skip("no event iommufd:iommufd_reject");
	if (mkdir(trace.dir, 0700)) {
		if (errno != EEXIST)
			harness_skip("%s: %s", trace.dir, strerror(errno));
		trace_clear(&trace);
		return trace;
	}
	CHECK_OK(write_knob(&trace, EVENT "/enable", "1"));
	CHECK_OK(write_knob(&trace, "tracing_on", "1"));
	return trace;
}

void trace_enable(struct trace *trace, const char *event)
{
	char name[96];

	snprintf(name, sizeof(name), "events/iommufd/iommufd_%s/enable", event);
	CHECK_OK(write_knob(trace, name, "1"));
}

int trace_enable_other(struct trace *trace, const char *event)
{
	char name[96];

	snprintf(name, sizeof(name), "events/%s/enable", event);
	return write_knob(trace, name, "1") ? -1 : 0;
}

bool trace_remove(void)
{
	struct trace trace = instance();

	write_knob(&trace, "events/enable", "0");
	if (!rmdir(trace.dir) || errno == ENOENT)
		return true;
	printf("# %s: %s\n", trace.dir, strerror(errno));
	return false;
}

void trace_clear(struct trace *trace)
{
	char path[256];
	FILE *file;

	/* Opening the file for writing with truncation empties the buffer. */
	snprintf(path, sizeof(path), "%s/trace", trace->dir);
	file = fopen(path, "w");
	CHECK(file);
	fclose(file);
}

/* Copies the value of "key=": up to the next " word=" or the end of line. */
static void get_value(const char *line, const char *key, char *buf,
		      size_t size)
{
	const char *start = strstr(line, key);
	const char *stop;
	const char *next;
	size_t len;

	buf[0] = 0;
	if (!start)
		return;
	start += strlen(key);
	stop = start + strcspn(start, "\n");
	for (next = start; (next = strchr(next, ' ')) && next < stop; next++) {
		len = strspn(next + 1, "abcdefghijklmnopqrstuvwxyz_");
		if (len && next[1 + len] == '=') {
			stop = next;
			break;
		}
	}
	len = stop - start;
	if (len >= size)
		len = size - 1;
	memcpy(buf, start, len);
	buf[len] = 0;
}

static void parse(const char *line, struct reject *reject)
{
	char text[32];

	get_value(line, " cmd=", text, sizeof(text));
	reject->cmd = strtoul(text, NULL, 0);
	get_value(line, " err=", text, sizeof(text));
	reject->err = abs((int)strtol(text, NULL, 0));
	get_value(line, " field=", reject->field, sizeof(reject->field));
	get_value(line, " reason=", reject->reason, sizeof(reject->reason));
}

/* Parses one event after the other; false at the end. */
static bool next_reject(FILE *file, struct reject *reject)
{
	char *line = NULL;
	bool found = false;
	size_t room = 0;

	while (!found && getline(&line, &room, file) > 0) {
		if (line[0] == '#' || !strstr(line, "iommufd_reject:"))
			continue;
		parse(line, reject);
		found = true;
	}
	free(line);
	return found;
}

static FILE *open_events(struct trace *trace)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/trace", trace->dir);
	file = fopen(path, "r");
	CHECK(file);
	return file;
}

int trace_rejects(struct trace *trace, struct reject *last)
{
	FILE *file = open_events(trace);
	int count = 0;

	memset(last, 0, sizeof(*last));
	while (next_reject(file, last))
		count++;
	fclose(file);
	return count;
}

int trace_lines(struct trace *trace, const char *text)
{
	FILE *file = open_events(trace);
	char *line = NULL;
	size_t room = 0;
	int count = 0;

	while (getline(&line, &room, file) > 0)
		count += line[0] != '#' && strstr(line, text);
	free(line);
	fclose(file);
	return count;
}

int trace_count(struct trace *trace, const char *event, const char *text)
{
	char needle[256];

	snprintf(needle, sizeof(needle), " iommufd_%s: %s", event, text);
	return trace_lines(trace, needle);
}

void trace_check_refused(struct trace *trace, int rc, int errnum,
			 const char *field, const char *reason)
{
	struct reject reject;

	CHECK_ERR(rc, errnum);
	CHECK_EQ(trace_rejects(trace, &reject), 1);
	CHECK_EQ(reject.err, errnum);
	CHECK(!strcmp(reject.field, field));
	CHECK(!strcmp(reject.reason, reason));
}

bool trace_find(struct trace *trace, int err, const char *field,
		struct reject *found)
{
	FILE *file = open_events(trace);
	bool match = false;

	while (!match && next_reject(file, found))
		match = found->err == err && !strcmp(found->field, field);
	fclose(file);
	return match;
}
