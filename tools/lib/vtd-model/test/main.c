// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the tests of the model; the last line is the sum.
 */
#include <string.h>

#include "check.h"

unsigned int check_failures;
static unsigned int passed, failed;

static const struct {
	const char *name;
	void (*run)(void);
} suites[] = {
	{ "caps", suite_caps },
	{ "choices", suite_choices },
	{ "fault", suite_fault },
	{ "ats", suite_ats },
	{ "context", suite_context },
	{ "pasid", suite_pasid },
	{ "stages", suite_stages },
	{ "nested", suite_nested },
	{ "flags", suite_flags },
	{ "range", suite_range },
	{ "cache", suite_cache },
	{ "invalidate", suite_invalidate },
	{ "stale", suite_stale },
	{ "dtlb", suite_dtlb },
	{ "soak", suite_soak },
	{ "interrupt", suite_interrupt },
	{ "posted", suite_posted },
	{ "registers", suite_registers },
	{ "command", suite_command },
	{ "event", suite_event },
	{ "record", suite_record },
	{ "descriptor", suite_descriptor },
	{ "queue", suite_queue },
	{ "order", suite_order },
	{ "pages", suite_pages },
	{ "protect", suite_protect },
	{ "unit-soak", suite_unit_soak },
};

static const char *suite;

void check_done(const char *name)
{
	if (check_failures) {
		failed++;
		printf("not ok %s: %s\n", suite, name);
	} else {
		passed++;
		printf("ok %s: %s\n", suite, name);
	}
	check_failures = 0;
}

/* Names of suites as arguments run only these. */
int main(int argc, char **argv)
{
	unsigned int i;
	int j, wanted;

	for (i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
		suite = suites[i].name;
		wanted = argc == 1;
		for (j = 1; j < argc; j++)
			wanted |= !strcmp(argv[j], suite);
		if (wanted)
			suites[i].run();
	}
	printf("%u passed, %u failed\n", passed, failed);
	return failed || !passed;
}
