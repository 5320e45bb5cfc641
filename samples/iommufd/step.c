// SPDX-License-Identifier: GPL-2.0-only
/* Steps: progress lines, failures with their cure, and the verdict. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "step.h"

/* One program has one verdict, so its state lives here and nowhere else. */
static struct {
	char subject[48];
	char name[64];
	char failed[128];
} state;

static atomic_int interrupted;

static void on_signal(int sig)
{
	(void)sig;
	interrupted = 1;
}

void step_init(void)
{
	/*
	 * No SA_RESTART: a sleep in a step ends early, the step notices, and
	 * the usual way out detaches and closes everything.
	 */
	struct sigaction sa = { .sa_handler = on_signal };

	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
}

int step_interrupted(void)
{
	return interrupted;
}

void step_subject(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(state.subject, sizeof(state.subject), fmt, args);
	va_end(args);
}

int step_begin(const char *name)
{
	snprintf(state.name, sizeof(state.name), "%s", name);
	if (!interrupted)
		return 0;
	return step_fail(EINTR, "start the demo again", "stopped by the user");
}

void step_say(const char *fmt, ...)
{
	va_list args;

	printf("%s%s%s: ", state.subject, state.subject[0] ? " " : "",
	       state.name);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

static void print_failure(int err, const char *fmt, va_list args)
{
	printf("%s%s%s: FAILED: ", state.subject, state.subject[0] ? " " : "",
	       state.name);
	vprintf(fmt, args);
	if (err)
		printf(": errno %d (%s)", err, strerror(err));
	putchar('\n');

	if (!state.failed[0])
		snprintf(state.failed, sizeof(state.failed), "%s%s%s",
			 state.subject, state.subject[0] ? " " : "",
			 state.name);
}

int step_fail(int err, const char *cure, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print_failure(err, fmt, args);
	va_end(args);
	printf("  what to do: %s\n", cure);
	return -1;
}

int step_refused(struct iommufd_session *session, unsigned long request,
		 int err, const char *fmt, ...)
{
	struct iommufd_explanation why;
	char text[4096];
	va_list args;

	/* First, as the next call may be refused something, too. */
	if (iommufd_explain(session, request, err, &why))
		snprintf(text, sizeof(text), "  what to do: see dmesg\n");
	else
		iommufd_explain_text(&why, text, sizeof(text));
	va_start(args, fmt);
	print_failure(-err, fmt, args);
	va_end(args);
	fputs(text, stdout);
	return -1;
}

int step_verdict(void)
{
	if (!state.failed[0]) {
		puts("PASS");
		return 0;
	}
	printf("FAIL: %s\n", state.failed);
	return 1;
}
