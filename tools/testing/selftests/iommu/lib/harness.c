// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a table of test cases and reports in TAP.
 *
 * A case talks to the runner through its exit status and a pipe that is its
 * standard output and error. A line "SKIP reason" on that pipe names the
 * reason of a skip.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "proc.h"
#include "trace.h"

#define DEFAULT_SECONDS 60
/* How long a killed case may take to leave the kernel. */
#define KILL_SECONDS 20

enum {
	EXIT_PASS = 0,
	EXIT_FAIL = 1,
	EXIT_SKIP = 4,
};

enum verdict {
	VERDICT_PASS,
	VERDICT_FAIL,
	VERDICT_SKIP,
};

/* What the runner knows about the case that is running. */
struct run {
	const struct test_case *tc;
	pid_t pid;
	int pidfd;
	int out;
	/* The unfinished last line of the output. */
	char line[512];
	size_t used;
	char skip[256];
	char why[256];
};

struct tally {
	unsigned int pass;
	unsigned int fail;
	unsigned int skip;
};

static pid_t program;

pid_t harness_pid(void)
{
	return program;
}

static void vprint_line(const char *head, const char *fmt, va_list ap)
{
	char buf[512];
	size_t used;

	snprintf(buf, sizeof(buf), "%s", head);
	used = strlen(buf);
	vsnprintf(buf + used, sizeof(buf) - used - 1, fmt, ap);
	used = strlen(buf);
	buf[used++] = '\n';
	if (write(STDOUT_FILENO, buf, used) < 0)
		_exit(EXIT_FAIL);
}

void harness_fail(const char *file, int line, const char *fmt, ...)
{
	char head[128];
	va_list ap;

	snprintf(head, sizeof(head), "%s:%d: ", file, line);
	va_start(ap, fmt);
	vprint_line(head, fmt, ap);
	va_end(ap);
	_exit(EXIT_FAIL);
}

void harness_skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprint_line("SKIP ", fmt, ap);
	va_end(ap);
	_exit(EXIT_SKIP);
}

void harness_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprint_line("", fmt, ap);
	va_end(ap);
}

void harness_expect(const char *file, int line, const char *what,
		    long long got, long long want)
{
	if (got == want)
		return;
	if (got <= 0 && want <= 0 && got > -4096 && want > -4096)
		harness_fail(file, line, "%s: got %lld (%s), want %lld (%s)",
			     what, got, strerrorname_np(-got) ?: "?", want,
			     strerrorname_np(-want) ?: "?");
	harness_fail(file, line, "%s: got %lld (0x%llx), want %lld (0x%llx)",
		     what, got, (unsigned long long)got, want,
		     (unsigned long long)want);
}

pid_t harness_fork(void)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	return pid;
}

void harness_join(pid_t pid)
{
	int status;

	CHECK_EQ(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SKIP)
		_exit(EXIT_SKIP);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		harness_fail(__FILE__, __LINE__,
			     "a child of this case ended with status 0x%x",
			     status);
}

unsigned long harness_option(int argc, char **argv, const char *name,
			     unsigned long fallback)
{
	int i;

	for (i = 1; i + 1 < argc; i++)
		if (!strncmp(argv[i], "--", 2) && !strcmp(argv[i] + 2, name))
			return strtoul(argv[i + 1], NULL, 0);
	return fallback;
}

static const char *string_option(int argc, char **argv, const char *name)
{
	int i;

	for (i = 1; i + 1 < argc; i++)
		if (!strcmp(argv[i], name))
			return argv[i + 1];
	return NULL;
}

static void emit_line(struct run *run)
{
	run->line[run->used] = 0;
	run->used = 0;
	if (!strncmp(run->line, "SKIP ", 5))
		snprintf(run->skip, sizeof(run->skip), "%.250s", run->line + 5);
	else
		printf("# %s\n", run->line);
}

/* Returns 0 at the end of the output. */
static int read_output(struct run *run)
{
	char buf[1024];
	ssize_t got = read(run->out, buf, sizeof(buf));
	ssize_t i;

	if (got <= 0)
		return 0;
	for (i = 0; i < got; i++) {
		if (buf[i] == '\n' || run->used == sizeof(run->line) - 1) {
			emit_line(run);
			if (buf[i] == '\n')
				continue;
		}
		run->line[run->used++] = buf[i];
	}
	return 1;
}

static void drain_output(struct run *run)
{
	struct pollfd pfd = { .fd = run->out, .events = POLLIN };

	while (poll(&pfd, 1, 0) > 0 && read_output(run))
		;
	if (run->used)
		emit_line(run);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Returns true when the case's process has ended before @deadline. */
static int wait_exit(struct run *run, double deadline)
{
	struct pollfd pfd[2] = {
		{ .fd = run->pidfd, .events = POLLIN },
		{ .fd = run->out, .events = POLLIN },
	};
	nfds_t nfds = 2;
	double left;

	while ((left = deadline - now()) > 0) {
		if (poll(pfd, nfds, left * 1000 + 1) < 0 && errno != EINTR)
			return 0;
		if (pfd[1].revents && !read_output(run))
			nfds = 1;
		pfd[1].revents = 0;
		if (pfd[0].revents)
			return 1;
	}
	return 0;
}

static void start_case(struct run *run)
{
	int fds[2];

	fflush(stdout);
	if (pipe(fds))
		exit(EXIT_FAIL);
	run->pid = fork();
	if (run->pid < 0)
		exit(EXIT_FAIL);
	if (!run->pid) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		if (run->tc->fn)
			run->tc->fn();
		else
			run->tc->fn_arg(run->tc->arg);
		_exit(EXIT_PASS);
	}
	setpgid(run->pid, run->pid);
	close(fds[1]);
	run->out = fds[0];
	run->pidfd = syscall(SYS_pidfd_open, run->pid, 0);
	if (run->pidfd < 0)
		exit(EXIT_FAIL);
}

static enum verdict judge(struct run *run, int status)
{
	if (WIFSIGNALED(status)) {
		if (!run->why[0])
			snprintf(run->why, sizeof(run->why), "killed by SIG%s",
				 sigabbrev_np(WTERMSIG(status)) ?: "?");
		return VERDICT_FAIL;
	}
	if (WEXITSTATUS(status) == EXIT_SKIP)
		return VERDICT_SKIP;
	if (WEXITSTATUS(status))
		return VERDICT_FAIL;
	return VERDICT_PASS;
}

static enum verdict finish_case(struct run *run)
{
	unsigned int limit = run->tc->seconds ?: DEFAULT_SECONDS;
	int timed_out = !wait_exit(run, now() + limit);
	enum verdict verdict;
	int status;

	kill(-run->pid, SIGKILL);
	if (timed_out) {
		snprintf(run->why, sizeof(run->why), "over %u seconds", limit);
		if (!wait_exit(run, now() + KILL_SECONDS)) {
			snprintf(run->why, sizeof(run->why),
				 "hung in the kernel and cannot be killed");
			return VERDICT_FAIL;
		}
	}
	if (waitpid(run->pid, &status, 0) != run->pid)
		exit(EXIT_FAIL);
	/* Children left behind are in the killed group: let them go. */
	while (waitpid(-run->pid, NULL, WNOHANG) > 0)
		;
	drain_output(run);
	verdict = judge(run, status);
	return timed_out ? VERDICT_FAIL : verdict;
}

static enum verdict run_case(struct run *run)
{
	long pins = proc_pinned_pages();
	enum verdict verdict;
	int leaked = 0;

	start_case(run);
	verdict = finish_case(run);
	close(run->out);
	close(run->pidfd);
	if (pins >= 0)
		leaked = !proc_pinned_settle(pins);
	if (leaked) {
		printf("# pinned pages: %ld before the case, %ld after it\n",
		       pins, proc_pinned_pages());
		if (!run->why[0])
			snprintf(run->why, sizeof(run->why), "pins left behind");
		verdict = VERDICT_FAIL;
	}
	return verdict;
}

static void report(struct run *run, unsigned int number, enum verdict verdict,
		   struct tally *tally)
{
	const char *name = run->tc->name;

	switch (verdict) {
	case VERDICT_PASS:
		printf("ok %u %s\n", number, name);
		tally->pass++;
		break;
	case VERDICT_SKIP:
		printf("ok %u %s # SKIP %s\n", number, name, run->skip);
		tally->skip++;
		break;
	case VERDICT_FAIL:
		if (run->why[0])
			printf("# %s: %s\n", name, run->why);
		printf("not ok %u %s\n", number, name);
		tally->fail++;
		break;
	}
	fflush(stdout);
}

static int selected(const struct test_case *tc, const char *filter)
{
	return !filter || strstr(tc->name, filter);
}

int harness_main(int argc, char **argv, const struct test_case *cases,
		 size_t ncases)
{
	const char *filter = string_option(argc, argv, "-t");
	struct tally tally = {};
	unsigned int number = 0;
	unsigned int plan = 0;
	bool clean;
	size_t i;

	program = getpid();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (i = 0; i < ncases; i++)
		plan += selected(&cases[i], filter);
	printf("TAP version 13\n1..%u\n", plan);
	if (proc_pinned_pages() < 0)
		printf("# this kernel cannot count pinned pages exactly\n");
	for (i = 0; i < ncases; i++) {
		struct run run = { .tc = &cases[i] };

		if (!selected(run.tc, filter))
			continue;
		number++;
		report(&run, number, run_case(&run), &tally);
	}
	clean = trace_remove();
	printf("# Totals: pass:%u fail:%u skip:%u\n", tally.pass, tally.fail,
	       tally.skip);
	fflush(stdout);
	return tally.fail || !clean ? EXIT_FAIL : EXIT_PASS;
}
