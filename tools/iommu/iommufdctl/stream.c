// SPDX-License-Identifier: GPL-2.0-only
/*
 * An instance of tracefs has a buffer and events of its own: other users of
 * tracefs notice nothing. It does not go by itself, so each way out removes
 * it, and one that a killed tool left behind is removed by the next. Whose it
 * is tells the open trace_pipe: an instance in use cannot be removed.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "stream.h"

#define TRACEFS "/sys/kernel/tracing"
#define PREFIX "iommufdctl-"

static volatile sig_atomic_t ended;

static void catch(int signal)
{
	ended = signal;
}

void stream_catch_signals(void)
{
	struct sigaction action = { .sa_handler = catch };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

int stream_signal(void)
{
	return ended;
}

static int open_file(struct stream *stream, const char *file)
{
	stream->is_file = 1;
	stream->fd = strcmp(file, "-") ? open(file, O_RDONLY | O_CLOEXEC) :
					 dup(STDIN_FILENO);
	if (stream->fd >= 0)
		return CTL_OK;
	return ctl_error(ctl_kind(errno), "%s cannot be read: %s", file,
			 strerror(errno));
}

static void remove_left_behind(const struct ctl *ctl)
{
	char path[FILE_PATH];
	struct file_names names;
	unsigned int i;

	if (file_list(ctl, &names, TRACEFS "/instances"))
		return;
	for (i = 0; i < names.num; i++)
		if (!strncmp(names.name[i], PREFIX, strlen(PREFIX)) &&
		    !file_path(ctl, path, TRACEFS "/instances/%s", names.name[i]))
			rmdir(path);
	file_list_free(&names);
}

static int no_tracefs(const struct ctl *ctl, int error)
{
	if (error == EACCES || error == EPERM || geteuid())
		return ctl_error(CTL_RIGHTS,
				 "only root may follow the kernel's events; try sudo");
	return ctl_error(CTL_UNSUPPORTED,
			 "there is no tracefs in %s%s (%s); mount it (mount -t tracefs none %s), or build the kernel with CONFIG_FTRACE",
			 ctl->root, TRACEFS, strerror(error), TRACEFS);
}

int stream_option(const struct ctl_command *command, struct stream_options *options,
		  int option, const char *value)
{
	switch (option) {
	case 'i':
		options->file = value;
		return -1;
	case 'p':
		options->pid = ctl_number(value, "a process id", 1, 1L << 30);
		return options->pid < 0 ? CTL_USAGE : -1;
	case 'n':
		options->left = ctl_number(value, "-n", 1, 1L << 30);
		return options->left < 0 ? CTL_USAGE : -1;
	case 'h':
		return ctl_usage(command);
	default:
		return CTL_USAGE;
	}
}

int stream_open(const struct ctl *ctl, struct stream *stream, const char *file)
{
	char path[FILE_PATH];

	*stream = (struct stream){ .fd = -1 };
	if (file)
		return open_file(stream, file);
	if (!file_exists(ctl, TRACEFS "/instances"))
		return no_tracefs(ctl, errno ? errno : ENOENT);
	remove_left_behind(ctl);
	if (file_path(ctl, path, TRACEFS "/instances/" PREFIX "%ld-XXXXXX",
		      (long)getpid()) || strlen(path) >= sizeof(stream->instance))
		return ctl_error(CTL_FAILED, "the path of tracefs is too long");
	if (!mkdtemp(path))
		return no_tracefs(ctl, errno);
	strcpy(stream->instance, path);
	strcat(path, "/trace_pipe");
	stream->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (stream->fd >= 0)
		return CTL_OK;
	rmdir(stream->instance);
	return no_tracefs(ctl, errno);
}

static int instance_write(const struct stream *stream, const char *name,
			  const char *text)
{
	/* Its path begins with the root already. */
	const struct ctl none = { .root = "" };

	return file_write(&none, text, "%s/%s", stream->instance, name);
}

int stream_enable(const struct ctl *ctl, struct stream *stream, const char *event)
{
	char name[128];

	(void)ctl;
	if (stream->is_file)
		return 0;
	snprintf(name, sizeof(name), "events/%s/enable", event);
	return instance_write(stream, name, "1");
}

int stream_follow(const struct ctl *ctl, struct stream *stream, long pid)
{
	char text[24];
	int rc;

	(void)ctl;
	snprintf(text, sizeof(text), "%ld", pid);
	rc = instance_write(stream, "set_event_pid", text);
	return rc ? rc : instance_write(stream, "options/event-fork", "1");
}

/* A line from what was read; 0 if none is complete. */
static int take_line(struct stream *stream, char *line, size_t size)
{
	char *start = stream->buf + stream->at;
	char *end = memchr(start, '\n', stream->used - stream->at);

	if (!end)
		return 0;
	snprintf(line, size, "%.*s", (int)(end - start), start);
	stream->at = (size_t)(end + 1 - stream->buf);
	return 1;
}

/* "CPU:0 [LOST 12 EVENTS]" */
static int is_loss(struct stream *stream, const char *line)
{
	const char *at = strstr(line, "[LOST ");

	if (strncmp(line, "CPU:", 4) || !at)
		return 0;
	stream->lost += strtoull(at + 6, NULL, 10);
	return 1;
}

static int read_more(struct stream *stream, int ms)
{
	struct pollfd poll_fd = { .fd = stream->fd, .events = POLLIN };
	ssize_t n;

	memmove(stream->buf, stream->buf + stream->at, stream->used - stream->at);
	stream->used -= stream->at;
	stream->at = 0;
	/* No line is so long: forget what this is. */
	if (stream->used == sizeof(stream->buf))
		stream->used = 0;
	if (!stream->is_file && poll(&poll_fd, 1, ms) <= 0)
		return ended ? -EINTR : 0;
	n = read(stream->fd, stream->buf + stream->used,
		 sizeof(stream->buf) - stream->used);
	if (n > 0) {
		stream->used += (size_t)n;
		return 1;
	}
	if (ended)
		return -EINTR;
	return stream->is_file ? -ENODATA : 0;
}

int stream_line(struct stream *stream, char *line, size_t size, int ms)
{
	int rc;

	for (;;) {
		if (ended)
			return -EINTR;
		if (take_line(stream, line, size)) {
			if (is_loss(stream, line))
				continue;
			return 1;
		}
		rc = read_more(stream, ms);
		if (rc <= 0)
			return rc;
	}
}

void stream_close(struct stream *stream)
{
	if (stream->fd >= 0)
		close(stream->fd);
	stream->fd = -1;
	if (stream->instance[0])
		rmdir(stream->instance);
	if (stream->lost)
		ctl_note("%llu events came too fast and were lost", stream->lost);
}
