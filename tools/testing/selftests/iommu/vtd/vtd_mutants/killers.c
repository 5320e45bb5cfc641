// SPDX-License-Identifier: GPL-2.0-only
/* Runs what may notice a mutant, in a process of its own, and reads what it says. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/proc.h"
#include "killers.h"

#define KUNIT "/sys/kernel/debug/kunit/"
#define SAID_MAX (1 << 18)

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

bool killer_same(const struct killer *a, const struct killer *b)
{
	return a->check == b->check && a->profile == b->profile &&
	       same_text(a->program, b->program) && same_text(a->test, b->test) &&
	       same_text(a->suite, b->suite);
}

void killer_name(const struct killer *killer, char *name, size_t size)
{
	if (killer->check)
		snprintf(name, size, "%s on %s", killer->check->name, killer->profile->name);
	else if (killer->program)
		snprintf(name, size, "%s %s", killer->program, killer->test);
	else
		snprintf(name, size, "kunit %s", killer->suite);
}

/*
 * A test with parameters that has failed once is not run again until the next boot, and
 * fails without a reason: that is no verdict.
 */
static void run_suite(const char *suite)
{
	static char said[SAID_MAX];
	char path[128], *line;
	bool failed;

	snprintf(path, sizeof(path), KUNIT "%s/run", suite);
	CHECK_OK(proc_write(path, "1"));
	snprintf(path, sizeof(path), KUNIT "%s/results", suite);
	CHECK(proc_read(path, said, sizeof(said)) > 0);
	failed = strstr(said, "EXPECTATION FAILED") || strstr(said, "ASSERTION FAILED");
	if (!failed && strstr(said, "not ok "))
		_exit(2);
	for (line = strtok(said, "\n"); failed && line; line = strtok(NULL, "\n")) {
		if (strstr(line, "not ok "))
			printf("%s\n", line);
	}
	fflush(stdout);
	_exit(failed);
}

static void killer_run(const struct killer *killer)
{
	if (killer->check) {
		killer->check->run(killer->profile);
	} else if (killer->program) {
		execlp(killer->program, killer->program, "-t", killer->test, NULL);
		harness_fail(__FILE__, __LINE__, "no program %s", killer->program);
	} else {
		run_suite(killer->suite);
	}
	_exit(0);
}

static void read_all(int fd, char *said, size_t size)
{
	size_t used = 0;
	ssize_t got;

	/* What there is no room for is read, too: nobody shall wait for that. */
	while ((got = read(fd, said + used, size - 1 - used)) > 0) {
		used += got;
		if (used == size - 1)
			used = size / 2;
	}
	said[used] = 0;
}

/* A stale hit says more than the check that came upon it. */
static void find_line(const char *said, char *report, size_t size)
{
	static const char * const telling[] = { "stale:", "    not ok", "# " };
	const char *line = NULL;
	size_t i;

	for (i = 0; i < ARRAY_LEN(telling) && !line; i++)
		line = strstr(said, telling[i]);
	line = line ?: said;
	line += strspn(line, " #");
	snprintf(report, size, "%.*s", (int)strcspn(line, "\n"), line);
}

bool killer_passes(const struct killer *killer, char *report, size_t size)
{
	static char said[SAID_MAX];
	int fds[2], status;
	pid_t pid;

	CHECK_EQ(pipe(fds), 0);
	pid = harness_fork();
	if (!pid) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		killer_run(killer);
	}
	close(fds[1]);
	read_all(fds[0], said, sizeof(said));
	close(fds[0]);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	find_line(said, report, size);
	if (WIFEXITED(status) && !WEXITSTATUS(status)) {
		if (killer->program && (!strstr(said, "\nok 1 ") || strstr(said, "# SKIP")))
			harness_fail(__FILE__, __LINE__, "no such case, or skipped: %s",
				     killer->test);
		return true;
	}
	/* That of a check that failed; anything else is no verdict. */
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 1)
		harness_fail(__FILE__, __LINE__, "status %#x: %s", status, report);
	return false;
}
