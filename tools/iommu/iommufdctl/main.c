// SPDX-License-Identifier: GPL-2.0-only
/* iommufdctl: asks the kernel about /dev/iommu. The table of its commands. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ctl.h"

#define VERSION "0.1"

static const struct ctl_command *const commands[] = {
	&cmd_list, &cmd_check, &cmd_bind, &cmd_unbind, &cmd_show,
	&cmd_why, &cmd_trace, &cmd_top, &cmd_dump, &cmd_report,
};

#define NUM_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void help(void)
{
	unsigned int i;

	puts("usage: iommufdctl [--json] [--color=auto|always|never] [--root DIR]\n"
	     "                  COMMAND [ARGUMENT...]\n");
	for (i = 0; i < NUM_COMMANDS; i++)
		printf("  %-8s %-20s %s\n", commands[i]->name,
		       commands[i]->args, commands[i]->what);
	puts("\n'iommufdctl COMMAND -h' says more; so does the man page.\n"
	     "Exit codes: 0 done, 1 the answer is no, 2 wrong usage, 3 no such device or\n"
	     "process, 4 not permitted, 5 the kernel cannot, 6 in use, 7 failed.");
}

static const struct ctl_command *find(const char *name)
{
	unsigned int i;

	for (i = 0; i < NUM_COMMANDS; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static int colours(const char *when)
{
	const char *term = getenv("TERM");

	if (!strcmp(when, "always"))
		return 1;
	if (!strcmp(when, "never"))
		return 0;
	return isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && term &&
	       strcmp(term, "dumb");
}

static int columns(void)
{
	const char *env = getenv("COLUMNS");
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col >= 60)
		return size.ws_col;
	return env && atoi(env) >= 60 ? atoi(env) : 80;
}

/* The options before the command. Returns its place, or -1. */
static int parse(struct ctl *ctl, int argc, char **argv)
{
	const char *colour = "auto";
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "--json")) {
			ctl->json = 1;
		} else if (!strncmp(argv[i], "--color=", 8)) {
			colour = argv[i] + 8;
		} else if (!strcmp(argv[i], "--root") && i + 1 < argc) {
			ctl->root = argv[++i];
		} else {
			ctl_error(CTL_USAGE,
				  "there is no option %s before the command; 'iommufdctl --help' lists them",
				  argv[i]);
			return -1;
		}
	}
	if (strcmp(colour, "auto") && strcmp(colour, "always") &&
	    strcmp(colour, "never")) {
		ctl_error(CTL_USAGE, "--color takes auto, always or never, not '%s'",
			  colour);
		return -1;
	}
	ctl->colour = !ctl->json && colours(colour);
	return i;
}

/* What was printed must have arrived. A reader that left wants no more. */
static int finish(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	if (errno == EPIPE)
		return status;
	return ctl_error(CTL_FAILED, "the output cannot be written: %s",
			 strerror(errno));
}

int main(int argc, char **argv)
{
	const char *root = getenv("IOMMUFDCTL_ROOT");
	struct ctl ctl = { .root = root ? root : "", .width = columns() };
	const struct ctl_command *command;
	int at;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
			 !strcmp(argv[1], "help"))) {
		help();
		return finish(CTL_OK);
	}
	if (argc > 1 && !strcmp(argv[1], "--version")) {
		puts("iommufdctl " VERSION);
		return finish(CTL_OK);
	}
	at = parse(&ctl, argc, argv);
	if (at < 0)
		return CTL_USAGE;
	if (at >= argc)
		return ctl_error(CTL_USAGE,
				 "which command? 'iommufdctl --help' lists them");
	command = find(argv[at]);
	if (!command)
		return ctl_error(CTL_USAGE,
				 "there is no command '%s'; 'iommufdctl --help' lists them",
				 argv[at]);
	/* A closed pipe must not end a bind in its middle. */
	signal(SIGPIPE, SIG_IGN);
	return finish(command->run(&ctl, argc - at, argv + at));
}
