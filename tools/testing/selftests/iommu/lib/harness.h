/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs a table of test cases and reports in TAP.
 *
 * Every case runs in a process of its own, in a process group of its own and
 * under a time limit, so that a crash or a hang fails that case and no other.
 * What a case prints becomes a TAP comment. After a case the number of pinned
 * pages in the whole system must be what it was before.
 */
#ifndef IOMMU_SELFTEST_HARNESS_H
#define IOMMU_SELFTEST_HARNESS_H

#include <stddef.h>
#include <sys/types.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

struct test_case {
	const char *name;
	void (*fn)(void);
	/* Time limit; 0 selects the default. */
	unsigned int seconds;
	/* Called with @arg when there is no @fn. */
	void (*fn_arg)(const void *arg);
	const void *arg;
};

/* Exit status for main(): 0 when no case failed. */
int harness_main(int argc, char **argv, const struct test_case *cases,
		 size_t ncases);

/* The program's process, of which a case is a child. */
pid_t harness_pid(void);

/* Ends the calling case. */
[[gnu::noreturn, gnu::format(printf, 3, 4)]]
void harness_fail(const char *file, int line, const char *fmt, ...);
[[gnu::noreturn, gnu::format(printf, 1, 2)]]
void harness_skip(const char *fmt, ...);

/* A TAP comment, written at once even when other threads print too. */
[[gnu::format(printf, 1, 2)]]
void harness_note(const char *fmt, ...);

/* fork() for a case; harness_join() fails the case unless the child exits 0. */
pid_t harness_fork(void);
void harness_join(pid_t pid);

/* The value of "--name N" on a command line, or @fallback. */
unsigned long harness_option(int argc, char **argv, const char *name,
			     unsigned long fallback);

void harness_expect(const char *file, int line, const char *what,
		    long long got, long long want);

#define CHECK(cond)						\
	do {							\
		if (!(cond))					\
			harness_fail(__FILE__, __LINE__,	\
				     "not true: %s", #cond);	\
	} while (0)

#define CHECK_EQ(got, want)					\
	harness_expect(__FILE__, __LINE__, #got,		\
		       (long long)(got), (long long)(want))

/* For functions that return 0 or a negative errno. */
#define CHECK_OK(call) CHECK_EQ(call, 0)
#define CHECK_ERR(call, errnum) CHECK_EQ(call, -(errnum))

#endif
