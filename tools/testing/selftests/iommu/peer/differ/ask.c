// SPDX-License-Identifier: GPL-2.0-only
/* Runs an ioctl and prints what came of it. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "lib/harness.h"
#include "differ.h"

/* More than a page: that large an argument is refused. */
#define MAX_ARG 8192

void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}

static void say_changes(const __u32 *before, const __u32 *after, size_t nbytes)
{
	size_t i;

	for (i = 0; i < nbytes / sizeof(*after); i++)
		if (before[i] != after[i])
			say(" @%zu=0x%x", i * sizeof(*after), after[i]);
}

int ask(struct differ *d, unsigned long request, void *arg, size_t nbytes)
{
	__u32 before[MAX_ARG / sizeof(__u32)];
	int rc;

	CHECK(nbytes <= sizeof(before));
	memcpy(before, arg, nbytes);
	rc = ioctl(d->fd, request, arg) < 0 ? -errno : 0;
	say(" -> %s", rc ? strerrorname_np(-rc) : "0");
	say_changes(before, arg, nbytes);
	return rc;
}

/* Two percent each: too short, longer, longer and in use, far too long. */
int ask_sized(struct differ *d, unsigned long request, void *cmd,
	      size_t nbytes)
{
	char arg[MAX_ARG] = {};
	__u32 size = nbytes;
	int rc;

	memcpy(arg, cmd, nbytes);
	switch (roll(d, 50)) {
	case 0:
		size = roll(d, nbytes);
		break;
	case 1:
		size += 8;
		break;
	case 2:
		size += 8;
		arg[nbytes + 3] = 1;
		break;
	case 3:
		size = 5000;
		break;
	}
	memcpy(arg, &size, sizeof(size));
	say(" size=%+d", (int)(size - nbytes));
	rc = ask(d, request, arg, nbytes);
	memcpy(cmd, arg, nbytes);
	return rc;
}

int ask_mock(struct differ *d, __u32 op, struct iommu_test_cmd *cmd)
{
	cmd->size = sizeof(*cmd);
	cmd->op = op;
	return ask(d, IOMMU_TEST_CMD, cmd, sizeof(*cmd));
}

void ask_number(struct differ *d, unsigned long request, unsigned long number)
{
	int rc = ioctl(d->fd, request, number);

	if (rc < 0)
		say(" -> %s", strerrorname_np(errno));
	else
		say(" -> 0 answer=%d", rc);
}
