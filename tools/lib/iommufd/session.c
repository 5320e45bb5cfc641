// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A session: a file of /dev/iommu, and an instance of tracefs that holds what
 * was refused. The kernel removes no instance by itself, so each one is kept
 * busy by an open file: those that are not were left behind by a program that
 * was killed, and the next session removes them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explain.h"

#define INSTANCES "/sys/kernel/tracing/instances"
#define PREFIX "libiommufd-"
/* For each processor; an event is about 200 bytes. */
#define BUFFER_KB "16"
#define TRIES 3

int iommufd_session_open(const char *node, struct iommufd_session **session)
{
	struct iommufd_session *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->busy = -1;
	s->fd = iommufd_open(node);
	if (s->fd < 0) {
		int rc = s->fd;

		free(s);
		return rc;
	}
	*session = s;
	return 0;
}

static void trace_close(struct iommufd_session *s)
{
	if (s->busy < 0)
		return;
	close(s->busy);
	s->busy = -1;
	rmdir(s->instance);
}

void iommufd_session_close(struct iommufd_session *session)
{
	if (!session)
		return;
	trace_close(session);
	close(session->fd);
	free(session);
}

int iommufd_session_fd(const struct iommufd_session *session)
{
	return session->fd;
}

static int trace_write(struct iommufd_session *s, const char *name,
		       const char *text)
{
	size_t len = strlen(text);
	char path[256];
	ssize_t done;
	int fd, rc;

	snprintf(path, sizeof(path), "%s/%s", s->instance, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	done = write(fd, text, len);
	rc = done < 0 ? -errno : (size_t)done == len ? 0 : -EIO;
	close(fd);
	return rc;
}

static void remove_left_behind(void)
{
	char path[sizeof(INSTANCES) + 1 + 256];
	struct dirent *entry;
	DIR *stream;

	stream = opendir(INSTANCES);
	if (!stream)
		return;
	while ((entry = readdir(stream))) {
		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)))
			continue;
		snprintf(path, sizeof(path), INSTANCES "/%s", entry->d_name);
		rmdir(path);
	}
	closedir(stream);
}

/* The pid tells whose it is; with namespaces several may have the same. */
static int trace_make(struct iommufd_session *s)
{
	char path[256];
	int rc;

	snprintf(s->instance, sizeof(s->instance),
		 INSTANCES "/" PREFIX "%ld-XXXXXX", (long)getpid());
	if (!mkdtemp(s->instance))
		return -errno;
	snprintf(path, sizeof(path), "%s/tracing_on", s->instance);
	s->busy = open(path, O_RDONLY | O_CLOEXEC);
	if (s->busy >= 0)
		return 0;
	rc = -errno;
	rmdir(s->instance);
	return rc;
}

int iommufd_session_trace(struct iommufd_session *session)
{
	int tries = 0, rc;

	if (session->busy >= 0)
		return 0;
	if (access(INSTANCES, F_OK))
		return -errno;
	remove_left_behind();
	/* Until it is busy, somebody else's cleaning up may take it away. */
	do
		rc = trace_make(session);
	while (rc == -ENOENT && ++tries < TRIES);
	if (!rc)
		rc = trace_write(session, "buffer_size_kb", BUFFER_KB);
	if (!rc)
		rc = trace_write(session, "events/iommufd/iommufd_reject/enable",
				 "1");
	if (rc)
		trace_close(session);
	return rc;
}
