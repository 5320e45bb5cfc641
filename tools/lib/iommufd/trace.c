// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The trace event of a refusal: which line is ours, and what it says. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"

#define EVENT ": iommufd_reject: "
/* Not a mistake but an answer, of the same form. */
#define EXPECTED ": iommufd_expected: "

/* What begins with one key and ends before the next; NULL: to the end. */
static int member(const char **at, const char *key, const char *next,
		  char *buf, size_t size)
{
	const char *start = *at, *end;

	if (strncmp(start, key, strlen(key)))
		return -ENOENT;
	start += strlen(key);
	end = next ? strstr(start, next) : start + strcspn(start, "\n");
	if (!end)
		return -ENOENT;
	snprintf(buf, size, "%.*s", (int)(end - start), start);
	*at = end + !!next;
	return 0;
}

/* The thread in "name-123   [000] d..1. 12.345678": the name is anything. */
static long thread_of(const char *line, const char *event)
{
	const char *at = event;

	while (at > line && *at != '[')
		at--;
	while (at > line && (at[-1] == ' ' || at[-1] == '\t'))
		at--;
	while (at > line && isdigit((unsigned char)at[-1]))
		at--;
	return at > line && at[-1] == '-' ? strtol(at, NULL, 10) : -1;
}

/* VFIO's calls come by way of the kernel and have no number in the event. */
static int is_call(unsigned long request, const char *op, unsigned long cmd)
{
	if (request == VFIO_DEVICE_BIND_IOMMUFD)
		return !strcmp(op, "device_bind");
	if (request == VFIO_DEVICE_ATTACH_IOMMUFD_PT)
		return !strcmp(op, "device_attach") ||
		       !strcmp(op, "device_replace") ||
		       !strcmp(op, "access_attach") ||
		       !strcmp(op, "access_replace");
	return cmd == request;
}

struct refusal {
	char op[48], cmd[24], field[64], value[24], device[64], error[16];
	char reason[160];
};

static int parse(const char *at, struct refusal *r)
{
	return member(&at, "op=", " cmd=", r->op, sizeof(r->op)) ||
	       member(&at, "cmd=", " field=", r->cmd, sizeof(r->cmd)) ||
	       member(&at, "field=", " value=", r->field, sizeof(r->field)) ||
	       member(&at, "value=", " dev=", r->value, sizeof(r->value)) ||
	       member(&at, "dev=", " err=", r->device, sizeof(r->device)) ||
	       member(&at, "err=", " reason=", r->error, sizeof(r->error)) ||
	       member(&at, "reason=", NULL, r->reason, sizeof(r->reason));
}

static void take(const struct refusal *r, struct iommufd_explanation *e)
{
	e->value = strtoull(r->value, NULL, 0);
	snprintf(e->device, sizeof(e->device), "%s", r->device);
	snprintf(e->text, sizeof(e->text), "%s%c%s", r->field, 0, r->reason);
	e->meaning[0].field = e->text;
	e->meaning[0].reason = e->text + strlen(r->field) + 1;
	e->meaning[0].cure = "";
}

int iommufd_trace_find(FILE *trace, long tid, unsigned long request, int error,
		       struct iommufd_explanation *e)
{
	struct refusal r, last = { .op = "" };
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, trace) > 0) {
		const char *event = strstr(line, EVENT);

		if (!event || thread_of(line, event) != tid ||
		    parse(event + strlen(EVENT), &r))
			continue;
		last = r;
	}
	free(line);
	/* An older one of this call is not what the caller asks about. */
	if (!is_call(request, last.op, strtoul(last.cmd, NULL, 0)) ||
	    strtol(last.error, NULL, 10) != error || !last.reason[0])
		return -ENOENT;
	take(&last, e);
	return 0;
}

static const char *behind(const char *line, const char *words)
{
	const char *at = strstr(line, words);

	return at ? at + strlen(words) : NULL;
}

int iommufd_trace_parse(const char *line, unsigned long *cmd, int *error,
			struct iommufd_explanation *e)
{
	const char *at = behind(line, EVENT);
	struct refusal r;
	size_t len;

	if (!at)
		at = behind(line, EXPECTED);
	if (!at || parse(at, &r))
		return -ENOENT;
	take(&r, e);
	*cmd = strtoul(r.cmd, NULL, 0);
	*error = (int)strtol(r.error, NULL, 10);
	/* Behind field and reason. */
	len = strlen(r.field) + strlen(r.reason) + 2;
	snprintf(e->text + len, sizeof(e->text) - len, "%s", r.op);
	e->call = e->text + len;
	return 0;
}
