// SPDX-License-Identifier: GPL-2.0-only
/* What a victim is charged with, and what is in its context. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "kill.h"

#define SETTLE_TRIES 250
#define SETTLE_US 20000

/* Ids that a victim's context can have; it never has as many objects. */
#define MAX_ID 20000

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
