// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel holds, by its own counters. */
#define _GNU_SOURCE
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/harness.h"
#include "../lib/memory.h"
#include "../lib/proc.h"
#include "kill.h"

#define SETTLE_TRIES 250
#define SETTLE_US 20000

/* Ids that a victim's context can have; it never has as many objects. */
#define MAX_ID 20000

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

void census_check(const struct census *before, unsigned int seed)
{
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
	harness_fail(__FILE__, __LINE__, "left behind in the round of seed %u",
		     seed);
}

pid_t charge_keep(void)
{
	pid_t pid = harness_fork();

	if (pid)
		return pid;
	proc_become_user(VICTIM_UID);
	for (;;)
		pause();
}

/* In a process of its own: the limit stays with it. */
static void pin_all(unsigned int seed)
{
	size_t length = VICTIM_LIMIT_PAGES * page_size();
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	int tries, rc;
	char *va;

	mock_attach(fd, ioas);
	va = mem_pages(VICTIM_LIMIT_PAGES + 1);
	proc_limit_memlock(length);
	proc_become_user(VICTIM_UID);
	rc = __ioas_map_at(fd, ioas, va, length, MOCK_IOVA);
	for (tries = 0; rc == -ENOMEM && tries < SETTLE_TRIES; tries++) {
		usleep(SETTLE_US);
		rc = __ioas_map_at(fd, ioas, va, length, MOCK_IOVA);
	}
	if (rc)
		harness_fail(__FILE__, __LINE__,
			     "seed %u: the user cannot pin its limit: %s", seed,
			     strerrorname_np(-rc) ?: "?");
	/* And it is a limit. */
	CHECK_ERR(__ioas_map_at(fd, ioas, va + length, page_size(),
				MOCK_IOVA + length), ENOMEM);
}

void charge_check(unsigned int seed)
{
	pid_t pid = harness_fork();

	if (!pid) {
		pin_all(seed);
		_exit(0);
	}
	harness_join(pid);
}

/* What fdinfo says of the context. */
static void look(int fd, char *text, size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	CHECK(proc_read(path, text, size) > 0);
}

static bool is_empty(const char *text)
{
	return strstr(text, "iommufd-objects:\t\n");
}

void context_check(int fd, unsigned int seed)
{
	static char text[65536];
	bool progress = true;
	__u32 id;

	for (look(fd, text, sizeof(text)); progress && !is_empty(text);
	     look(fd, text, sizeof(text))) {
		progress = false;
		for (id = 1; id < MAX_ID; id++)
			progress |= !__destroy(fd, id);
	}
	if (is_empty(text))
		return;
	harness_note("%s", text);
	harness_fail(__FILE__, __LINE__,
		     "objects that nobody can destroy after the round of seed %u",
		     seed);
}
