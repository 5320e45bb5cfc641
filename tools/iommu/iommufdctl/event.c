// SPDX-License-Identifier: GPL-2.0-only
/* "  name-123   [000] d..1. 12.345678: event: text": the name is anything. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"

/* The place of " [000] ", which ends name and thread. */
static const char *find_cpu(const char *line)
{
	const char *at;

	for (at = line; (at = strstr(at, " [")); at++)
		if (isdigit((unsigned char)at[2]) && strchr(at, ']') &&
		    (size_t)(strchr(at, ']') - at - 2) ==
		    strspn(at + 2, "0123456789"))
			return at;
	return NULL;
}

static int parse_thread(const char *line, const char *end, struct event *event)
{
	const char *start = line + strspn(line, " ");
	const char *at;

	while (end > start && end[-1] == ' ')
		end--;
	/* With the option record-tgid: "name-123     (    120)". */
	if (end > start && end[-1] == ')') {
		while (end > start && *end != '(')
			end--;
		while (end > start && end[-1] == ' ')
			end--;
	}
	at = end;
	while (at > start && isdigit((unsigned char)at[-1]))
		at--;
	if (at == end || at <= start || at[-1] != '-')
		return -EINVAL;
	event->tid = strtol(at, NULL, 10);
	for (end = at - 1; end > start && end[-1] == ' '; end--)
		;
	snprintf(event->process, sizeof(event->process), "%.*s",
		 (int)(end - start), start);
	return 0;
}

int event_parse(const char *line, struct event *event)
{
	const char *cpu = find_cpu(line), *at, *end;

	if (!cpu || parse_thread(line, cpu, event))
		return -EINVAL;
	at = strchr(cpu, ']') + 1;
	at += strspn(at, " ");
	/* Flags, where there are any, stand before the time. */
	end = strchr(at, ' ');
	if (!isdigit((unsigned char)*at) || (end && end[-1] != ':'))
		at = end ? end + strspn(end, " ") : at;
	event->time = strtod(at, NULL);
	at = strstr(at, ": ");
	if (!at)
		return -EINVAL;
	at += 2;
	end = strchr(at, ':');
	if (!end || end[1] != ' ')
		return -EINVAL;
	snprintf(event->name, sizeof(event->name), "%.*s", (int)(end - at), at);
	event->text = end + 2;
	return 0;
}

void event_member(const struct event *event, const char *key, char *buf,
		  size_t size)
{
	size_t len = strlen(key);
	const char *at = event->text;

	buf[0] = 0;
	while (at && *at) {
		if (!strncmp(at, key, len) && at[len] == '=') {
			snprintf(buf, size, "%.*s",
				 (int)strcspn(at + len + 1, " "), at + len + 1);
			return;
		}
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
}
