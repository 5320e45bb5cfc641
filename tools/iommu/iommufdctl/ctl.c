// SPDX-License-Identifier: GPL-2.0-only
/* Messages, colours, options of a command. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

static void say(const char *format, va_list args)
{
	fflush(stdout);
	fputs("iommufdctl: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

int ctl_error(enum ctl_exit kind, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	return kind;
}

void ctl_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}

enum ctl_exit ctl_kind(int error)
{
	switch (error < 0 ? -error : error) {
	case 0:
		return CTL_OK;
	case EPERM:
	case EACCES:
	case EROFS:
		return CTL_RIGHTS;
	case ENOENT:
	case ENODEV:
	case ENXIO:
	case ESRCH:
		return CTL_GONE;
	case EBUSY:
		return CTL_BUSY;
	case EOPNOTSUPP:
	case ENOTTY:
		return CTL_UNSUPPORTED;
	default:
		return CTL_FAILED;
	}
}

static const char *escape(const struct ctl *ctl, const char *sequence)
{
	return ctl->colour ? sequence : "";
}

const char *ctl_bold(const struct ctl *ctl) { return escape(ctl, "\033[1m"); }
const char *ctl_good(const struct ctl *ctl) { return escape(ctl, "\033[32m"); }
const char *ctl_bad(const struct ctl *ctl) { return escape(ctl, "\033[31m"); }
const char *ctl_plain(const struct ctl *ctl) { return escape(ctl, "\033[0m"); }

void ctl_wrap(const struct ctl *ctl, int indent, const char *text)
{
	int room = ctl->width - 1, at = 0;

	while (*text) {
		int len = (int)strcspn(text, " ");

		if (!at) {
			at = printf("%*s", indent, "");
		} else if (at + 1 + len > room) {
			putchar('\n');
			at = printf("%*s", indent, "");
		} else if (at > indent) {
			at += printf(" ");
		}
		at += printf("%.*s", len, text);
		text += len;
		text += strspn(text, " ");
	}
	putchar('\n');
}

int ctl_option(int argc, char **argv, const char *options, const char **value)
{
	int c;

	opterr = 0;
	/* "+": what follows the first argument is another program's. */
	c = getopt(argc, argv, options);
	if (c == -1)
		return 0;
	if (value)
		*value = optarg;
	if (c == '?')
		ctl_error(CTL_USAGE,
			  "%s has no option -%c, or it lacks its value; see 'iommufdctl %s -h'",
			  argv[0], optopt, argv[0]);
	return c;
}

int ctl_rest(void)
{
	return optind;
}

long ctl_number(const char *text, const char *what, long min, long max)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (!*text || *end || errno || n < min || n > max) {
		ctl_error(CTL_USAGE, "%s is a number from %ld to %ld, not '%s'",
			  what, min, max, text);
		return -1;
	}
	return n;
}

int ctl_usage(const struct ctl_command *command)
{
	fprintf(stderr, "usage: iommufdctl %s %s\n%s\n", command->name,
		command->args, command->details);
	return CTL_USAGE;
}
