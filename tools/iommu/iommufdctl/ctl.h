/* SPDX-License-Identifier: GPL-2.0-only */
/* What all subcommands of iommufdctl share: options, exit codes, messages. */
#ifndef IOMMUFDCTL_CTL_H
#define IOMMUFDCTL_CTL_H

#include <stddef.h>
#include <stdio.h>

/* By kind, so that scripts need not read the text. */
enum ctl_exit {
	CTL_OK = 0,
	CTL_NO = 1,		/* the answer to the question is no */
	CTL_USAGE = 2,		/* the command line is wrong */
	CTL_GONE = 3,		/* there is no such device or process */
	CTL_RIGHTS = 4,		/* not permitted */
	CTL_UNSUPPORTED = 5,	/* the kernel or the machine cannot */
	CTL_BUSY = 6,		/* somebody uses it */
	CTL_FAILED = 7,		/* anything else; what was begun is undone */
};

/**
 * struct ctl - the command line
 * @root: what paths of /sys, /proc, /dev and /run begin with; "" but in tests
 * @json: output for programs
 * @colour: output is a terminal that takes colours
 * @width: columns of the terminal, 80 where there is none
 */
struct ctl {
	const char *root;
	int json;
	int colour;
	int width;
};

struct ctl_command {
	const char *name;
	const char *args;
	const char *what;
	/* @argv[0] is the command; returns enum ctl_exit, or that of a child. */
	int (*run)(struct ctl *ctl, int argc, char **argv);
	const char *details;
};

extern const struct ctl_command cmd_list, cmd_bind, cmd_unbind, cmd_show,
	cmd_why, cmd_trace, cmd_top, cmd_check, cmd_dump, cmd_report;

/* Prints "iommufdctl: <sentence>" on stderr; returns @kind. */
int ctl_error(enum ctl_exit kind, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The kind of an errno. */
enum ctl_exit ctl_kind(int error);
/* A hint on stderr, which changes no exit code. */
void ctl_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Escape sequences, or "" where there are no colours. */
const char *ctl_bold(const struct ctl *ctl);
const char *ctl_good(const struct ctl *ctl);
const char *ctl_bad(const struct ctl *ctl);
const char *ctl_plain(const struct ctl *ctl);

/* Text behind @indent columns, broken at blanks to fit the width. */
void ctl_wrap(const struct ctl *ctl, int indent, const char *text);

/*
 * Options of a command: "-n" with a value ("n:") or without ("n"). Returns the
 * letter, 0 at the end, and '?' after a message. Long names are not taken.
 */
int ctl_option(int argc, char **argv, const char *options, const char **value);
/* The first argument that is no option, valid after ctl_option() gave 0. */
int ctl_rest(void);
/* A number from @min to @max, or -1 after a message. */
long ctl_number(const char *text, const char *what, long min, long max);

/* The usage of one command, on stderr; returns CTL_USAGE. */
int ctl_usage(const struct ctl_command *command);

#endif
