// SPDX-License-Identifier: GPL-2.0-only
/* What /proc and /sys tell, and the privileges of the calling process. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness.h"
#include "proc.h"

long proc_read(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t got;

	if (fd < 0)
		return -errno;
	while (used < size - 1) {
		got = read(fd, buf + used, size - 1 - used);
		if (got <= 0)
			break;
		used += got;
	}
	close(fd);
	buf[used] = 0;
	return used;
}

int proc_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int rc = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		rc = -errno;
	close(fd);
	return rc;
}

/* @sep stands between the name and the value. */
static long find_value(const char *text, const char *name, char sep)
{
	size_t len = strlen(name);

	while (text && *text) {
		if (!strncmp(text, name, len) && text[len] == sep)
			return strtol(text + len + 1, NULL, 10);
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	return -1;
}

long proc_field(const char *path, const char *name)
{
	char buf[8192];

	if (proc_read(path, buf, sizeof(buf)) < 0)
		return -1;
	return find_value(buf, name, ':');
}

long proc_status_kb(const char *name)
{
	return proc_field("/proc/self/status", name);
}

long proc_pinned_pages(void)
{
	char buf[32768];
	long acquired;
	long released;

	/* Folds the per-cpu parts, without which the sums are approximate. */
	if (proc_write("/proc/sys/vm/stat_refresh", "1"))
		return -1;
	if (proc_read("/proc/vmstat", buf, sizeof(buf)) < 0)
		return -1;
	acquired = find_value(buf, "nr_foll_pin_acquired", ' ');
	released = find_value(buf, "nr_foll_pin_released", ' ');
	if (acquired < 0 || released < 0)
		return -1;
	return acquired - released;
}

bool proc_pinned_settle(long want)
{
	int tries;

	for (tries = 0; tries < 50; tries++) {
		if (proc_pinned_pages() == want)
			return true;
		usleep(20 * 1000);
	}
	return false;
}

uint64_t proc_phys(const void *va)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	size_t page = sysconf(_SC_PAGESIZE);
	uint64_t entry;

	CHECK(fd >= 0);
	CHECK_EQ(pread(fd, &entry, sizeof(entry),
		       (off_t)((uintptr_t)va / page * sizeof(entry))),
		 sizeof(entry));
	close(fd);
	return (entry & ((1ULL << 55) - 1)) * page + (uintptr_t)va % page;
}

/* The letter behind the name, which may contain anything. */
static char thread_state(int tid)
{
	char path[40], buf[512];
	char *end;

	snprintf(path, sizeof(path), "/proc/%d/stat", tid);
	if (proc_read(path, buf, sizeof(buf)) < 0)
		return 0;
	end = strrchr(buf, ')');
	return end ? end[2] : 0;
}

void proc_await_blocked(int tid)
{
	int seen = 0;
	int tries;

	for (tries = 0; tries < 20000 && seen < 5; tries++) {
		seen = thread_state(tid) == 'D' ? seen + 1 : 0;
		usleep(1000);
	}
	CHECK_EQ(seen, 5);
}

/* Bits of Documentation/admin-guide/tainted-kernels.rst. */
#define TAINT_DIE (1UL << 7)
#define TAINT_WARN (1UL << 9)

bool proc_kernel_warned(void)
{
	char text[32];

	if (proc_read("/proc/sys/kernel/tainted", text, sizeof(text)) < 0)
		return false;
	return strtoul(text, NULL, 10) & (TAINT_DIE | TAINT_WARN);
}

void proc_become_user(unsigned int uid)
{
	CHECK_EQ(setgroups(0, NULL), 0);
	CHECK_EQ(setresgid(uid, uid, uid), 0);
	CHECK_EQ(setresuid(uid, uid, uid), 0);
}

void proc_drop_cap(int cap)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];
	__u32 keep = ~(1U << (cap % 32));

	CHECK_EQ(syscall(SYS_capget, &head, data), 0);
	data[cap / 32].effective &= keep;
	data[cap / 32].permitted &= keep;
	data[cap / 32].inheritable &= keep;
	CHECK_EQ(syscall(SYS_capset, &head, data), 0);
}

void proc_limit_memlock(size_t nbytes)
{
	struct rlimit limit = { .rlim_cur = nbytes, .rlim_max = nbytes };

	CHECK_EQ(setrlimit(RLIMIT_MEMLOCK, &limit), 0);
}
