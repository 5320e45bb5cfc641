// SPDX-License-Identifier: GPL-2.0-only
/* The open files of processes. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "process.h"

void process_name(const struct ctl *ctl, long pid, char name[PROCESS_NAME])
{
	if (file_line(ctl, name, PROCESS_NAME, "/proc/%ld/comm", pid) || !name[0])
		strcpy(name, "?");
}

int process_exists(const struct ctl *ctl, long pid)
{
	return file_exists(ctl, "/proc/%ld", pid);
}

static int walk_one(const struct ctl *ctl, long pid, process_file_fn *fn,
		    void *arg)
{
	char link[FILE_PATH], target[PATH_MAX];
	struct file_names fds;
	unsigned int i;
	int rc = file_list(ctl, &fds, "/proc/%ld/fd", pid);

	if (rc)
		return rc;
	for (i = 0; i < fds.num && !rc; i++) {
		ssize_t n;

		if (file_path(ctl, link, "/proc/%ld/fd/%s", pid, fds.name[i]))
			continue;
		n = readlink(link, target, sizeof(target) - 1);
		if (n < 0)
			continue;
		target[n] = 0;
		rc = fn(ctl, pid, fds.name[i], target, arg);
	}
	file_list_free(&fds);
	return rc;
}

int process_files(const struct ctl *ctl, long pid, process_file_fn *fn,
		  void *arg, unsigned int *hidden)
{
	struct file_names names;
	unsigned int i;
	int rc;

	*hidden = 0;
	if (pid)
		return walk_one(ctl, pid, fn, arg);
	rc = file_list(ctl, &names, "/proc");
	for (i = 0; !rc && i < names.num; i++) {
		pid = strtol(names.name[i], NULL, 10);
		if (pid <= 0)
			continue;
		rc = walk_one(ctl, pid, fn, arg);
		if (rc == -EACCES || rc == -EPERM)
			++*hidden;
		/* It may have ended meanwhile. */
		if (rc < 0)
			rc = 0;
	}
	file_list_free(&names);
	return rc;
}

struct search {
	const char *target;
	long pid;
};

static int is_target(const struct ctl *ctl, long pid, const char *fd,
		     const char *target, void *arg)
{
	struct search *search = arg;

	(void)ctl;
	(void)fd;
	if (strcmp(target, search->target))
		return 0;
	search->pid = pid;
	return 1;
}

long process_with_file(const struct ctl *ctl, const char *target)
{
	struct search search = { .target = target };
	unsigned int hidden;

	process_files(ctl, 0, is_target, &search, &hidden);
	return search.pid;
}
