// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the n-th allocation or user copy of the calling thread fail.
 *
 * The debugfs knobs only widen what fail-nth may hit; with their default
 * probability of 0 they fail nothing by themselves, so they may stay set.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fault.h"
#include "harness.h"
#include "proc.h"

#define DEBUGFS "/sys/kernel/debug"

struct knob {
	const char *path;
	const char *value;
};

static const struct knob knobs[] = {
	{ DEBUGFS "/failslab/ignore-gfp-wait", "N" },
	{ DEBUGFS "/failslab/cache-filter", "N" },
	{ DEBUGFS "/failslab/probability", "0" },
	{ DEBUGFS "/failslab/task-filter", "Y" },
	{ DEBUGFS "/failslab/verbose", "0" },
	{ DEBUGFS "/fail_page_alloc/ignore-gfp-wait", "N" },
	{ DEBUGFS "/fail_page_alloc/ignore-gfp-highmem", "N" },
	{ DEBUGFS "/fail_page_alloc/min-order", "0" },
	{ DEBUGFS "/fail_page_alloc/probability", "0" },
	{ DEBUGFS "/fail_page_alloc/task-filter", "Y" },
	{ DEBUGFS "/fail_page_alloc/verbose", "0" },
	{ DEBUGFS "/fail_usercopy/probability", "0" },
	{ DEBUGFS "/fail_usercopy/task-filter", "Y" },
	{ DEBUGFS "/fail_usercopy/verbose", "0" },
	{ DEBUGFS "/fail_iommufd/probability", "0" },
	{ DEBUGFS "/fail_iommufd/task-filter", "Y" },
	{ DEBUGFS "/fail_iommufd/verbose", "0" },
};

bool fault_available(void)
{
	if (access(DEBUGFS "/failslab", F_OK))
		mount("debugfs", DEBUGFS, "debugfs", 0, NULL);
	return !access(DEBUGFS "/failslab", F_OK) &&
	       !access(DEBUGFS "/fail_page_alloc", F_OK) &&
	       !access("/proc/self/fail-nth", F_OK);
}

struct fault fault_open(void)
{
	struct fault fault;
	char path[64];
	size_t i;

	if (!fault_available())
		harness_skip("no failslab or fail_page_alloc in debugfs");
	for (i = 0; i < ARRAY_LEN(knobs); i++)
		if (!access(knobs[i].path, W_OK))
			CHECK_OK(proc_write(knobs[i].path, knobs[i].value));
	fault.has_hooks = !access(DEBUGFS "/fail_iommufd", F_OK);
	snprintf(path, sizeof(path), "/proc/self/task/%ld/fail-nth",
		 syscall(SYS_gettid));
	fault.fd = open(path, O_RDWR | O_CLOEXEC);
	if (fault.fd < 0)
		harness_skip("%s: %s", path, strerror(errno));
	return fault;
}

unsigned int fault_every(void)
{
	const char *text = getenv("FAIL_NTH_EVERY");
	unsigned long n = text ? strtoul(text, NULL, 0) : 1;

	return n ? n : 1;
}

void fault_arm(const struct fault *fault, unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	CHECK_EQ(pwrite(fault->fd, text, len, 0), len);
}

bool fault_disarm(const struct fault *fault)
{
	char text[16] = "";
	ssize_t got;

	/*
	 * The read itself may meet the fault while it is armed: it then
	 * reports an error, and the next read tells that it was injected.
	 * Nothing of the tested command was hit in that case.
	 */
	got = pread(fault->fd, text, sizeof(text) - 1, 0);
	if (got < 0) {
		CHECK_EQ(errno, EFAULT);
		return false;
	}
	if (strtoul(text, NULL, 10)) {
		/* As above: the write consumes the rest of the count. */
		if (pwrite(fault->fd, "0", 1, 0) < 0)
			CHECK_EQ(pwrite(fault->fd, "0", 1, 0), 1);
		return false;
	}
	return true;
}
