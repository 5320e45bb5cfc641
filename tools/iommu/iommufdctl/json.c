// SPDX-License-Identifier: GPL-2.0-only
/* A writer of JSON that knows whether a comma is due, and nothing else. */
#include <stdio.h>

#include "json.h"

static int comma;

static void string(const char *text)
{
	const unsigned char *at;

	putchar('"');
	for (at = (const unsigned char *)text; *at; at++) {
		if (*at == '"' || *at == '\\')
			printf("\\%c", *at);
		else if (*at < 0x20 || *at >= 0x7f)
			printf("\\u%04x", *at);
		else
			putchar(*at);
	}
	putchar('"');
}

static void begin(const char *key)
{
	if (comma)
		putchar(',');
	comma = 1;
	if (!key)
		return;
	string(key);
	putchar(':');
}

void json_open(const char *key, char bracket)
{
	begin(key);
	putchar(bracket);
	comma = 0;
}

void json_close(char bracket)
{
	putchar(bracket);
	comma = 1;
}

void json_text(const char *key, const char *value)
{
	begin(key);
	string(value);
}

void json_number(const char *key, unsigned long long value)
{
	begin(key);
	printf("%llu", value);
}

void json_signed(const char *key, long long value)
{
	begin(key);
	printf("%lld", value);
}

void json_yes(const char *key, int value)
{
	begin(key);
	fputs(value ? "true" : "false", stdout);
}

void json_end(void)
{
	putchar('\n');
	fflush(stdout);
	comma = 0;
}
