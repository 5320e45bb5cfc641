// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel holds, by its own counters. */
#define _GNU_SOURCE
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "census.h"
#include "harness.h"
#include "proc.h"

#define SETTLE_TRIES 250
#define SETTLE_US 20000

static long count_paths(const char *pattern)
{
	glob_t found;
	long count;

	if (glob(pattern, 0, NULL, &found))
		return 0;
	count = found.gl_pathc;
	globfree(&found);
	return count;
}

static long read_number(const char *path)
{
	char text[64];

	return proc_read(path, text, sizeof(text)) > 0 ? strtol(text, NULL, 10) :
							 -1;
}

static long domain_ids(void)
{
	glob_t found;
	long sum = 0;
	size_t i;

	if (glob("/sys/class/iommu/dmar*/intel-iommu/domains_used", 0, NULL,
		 &found))
		return -1;
	for (i = 0; i < found.gl_pathc; i++)
		sum += read_number(found.gl_pathv[i]);
	globfree(&found);
	return sum;
}

static long vmstat(const char *name)
{
	char buf[32768];
	char *line;

	if (proc_read("/proc/vmstat", buf, sizeof(buf)) < 0)
		return -1;
	line = strstr(buf, name);
	return line ? strtol(line + strlen(name), NULL, 10) : -1;
}

struct census census_take(void)
{
	/* Reading the pins folds the per-cpu parts of all counters. */
	struct census c = { .pins = proc_pinned_pages() };

	c.table_pages = vmstat("nr_iommu_pages ");
	c.domain_ids = domain_ids();
	c.groups = count_paths("/sys/kernel/iommu_groups/*");
	c.mock_devices = count_paths("/sys/bus/iommufd_mock/devices/*");
	return c;
}

static bool same(const struct census *a, const struct census *b)
{
	return a->pins == b->pins && a->table_pages == b->table_pages &&
	       a->domain_ids == b->domain_ids && a->groups == b->groups &&
	       a->mock_devices == b->mock_devices;
}

static void show(const char *when, const struct census *c)
{
	harness_note("%s: pins %ld, table pages %ld, domain ids %ld, groups %ld, mocks %ld",
		     when, c->pins, c->table_pages, c->domain_ids, c->groups,
		     c->mock_devices);
}

void census_check(const struct census *before, const char *fmt, ...)
{
	char when[64];
	va_list args;
	struct census now = census_take();
	int tries;

	for (tries = 0; tries < SETTLE_TRIES && !same(before, &now); tries++) {
		usleep(SETTLE_US);
		now = census_take();
	}
	if (same(before, &now))
		return;
	show("before", before);
	show("after", &now);
	va_start(args, fmt);
	vsnprintf(when, sizeof(when), fmt, args);
	va_end(args);
	harness_fail(__FILE__, __LINE__, "left behind %s", when);
}
