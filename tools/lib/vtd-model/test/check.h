/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests: what is checked, and how it is counted.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

/* One test has failed as soon as one of its checks has. */
extern unsigned int check_failures;

#define EXPECT_ABOUT(cond, ...) do { \
	if (!(cond)) { \
		check_failures++; \
		printf("# %s:%d: not true: %s ", __FILE__, __LINE__, #cond); \
		printf(__VA_ARGS__); \
		printf("\n"); \
	} \
} while (0)

#define EXPECT(cond)	EXPECT_ABOUT(cond, " ")

#define EXPECT_EQ(seen, wanted) do { \
	unsigned long long seen_ = (seen), wanted_ = (wanted); \
	if (seen_ != wanted_) { \
		check_failures++; \
		printf("# %s:%d: %s is 0x%llx, not 0x%llx\n", \
		       __FILE__, __LINE__, #seen, seen_, wanted_); \
	} \
} while (0)

/* What is checked since the last call is a test of this name. */
void check_done(const char *name);

void suite_caps(void);
void suite_choices(void);
void suite_fault(void);
void suite_ats(void);
void suite_context(void);
void suite_pasid(void);
void suite_stages(void);
void suite_nested(void);
void suite_flags(void);
void suite_range(void);
void suite_cache(void);
void suite_invalidate(void);
void suite_stale(void);
void suite_dtlb(void);
void suite_soak(void);
void suite_interrupt(void);
void suite_posted(void);
void suite_registers(void);
void suite_command(void);
void suite_event(void);
void suite_record(void);
void suite_descriptor(void);
void suite_queue(void);
void suite_order(void);
void suite_pages(void);
void suite_protect(void);
void suite_unit_soak(void);

#endif
