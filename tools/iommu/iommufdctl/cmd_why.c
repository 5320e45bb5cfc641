// SPDX-License-Identifier: GPL-2.0-only
/* iommufdctl why: refusals as they happen, with the reason and the cure. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iommufd.h>

#include "event.h"
#include "json.h"
#include "stream.h"

struct options {
	struct stream_options stream;
	int expected;		/* answers that are no mistakes, too */
};

static void refusal_text(const struct ctl *ctl, const struct event *event,
			 const struct iommufd_explanation *e)
{
	const struct iommufd_meaning *m = &e->meaning[0];
	char text[512];

	printf("%s%s (%ld)%s: %s: %s%s%s", ctl_bold(ctl), event->process,
	       event->tid, ctl_plain(ctl), e->call, ctl_bad(ctl), e->error,
	       ctl_plain(ctl));
	if (e->device[0])
		printf(", device %s", e->device);
	putchar('\n');
	snprintf(text, sizeof(text), "%s%s%s [0x%llx]", m->field,
		 m->field[0] ? ": " : "",
		 m->reason[0] ? m->reason : "no reason is given",
		 (unsigned long long)e->value);
	ctl_wrap(ctl, 2, text);
	if (!m->cure[0])
		return;
	snprintf(text, sizeof(text), "what to do: %s", m->cure);
	ctl_wrap(ctl, 4, text);
}

static void refusal_json(const struct event *event,
			 const struct iommufd_explanation *e)
{
	json_open(NULL, '{');
	json_text("process", event->process);
	json_number("tid", (unsigned long long)event->tid);
	json_text("call", e->call);
	json_text("error", e->error);
	json_text("field", e->meaning[0].field);
	json_text("reason", e->meaning[0].reason);
	json_number("value", e->value);
	json_text("device", e->device);
	json_text("cure", e->meaning[0].cure);
	json_close('}');
	json_end();
}

/* 1 if the line tells of a refusal. */
static int tell(const struct ctl *ctl, const struct options *options,
		const char *line)
{
	struct iommufd_explanation e;
	struct event event;

	if (event_parse(line, &event) || iommufd_explain_line(line, &e))
		return 0;
	if (strcmp(event.name, "iommufd_reject") && !options->expected)
		return 0;
	if (ctl->json)
		refusal_json(&event, &e);
	else
		refusal_text(ctl, &event, &e);
	fflush(stdout);
	return 1;
}

static int enable(const struct ctl *ctl, const struct options *options,
		  struct stream *stream)
{
	int rc = stream_enable(ctl, stream, "iommufd/iommufd_reject");

	if (!rc && options->expected)
		rc = stream_enable(ctl, stream, "iommufd/iommufd_expected");
	if (!rc)
		return CTL_OK;
	if (rc == -ENOENT)
		return ctl_error(CTL_UNSUPPORTED,
				 "this kernel does not say why it refuses (no event iommufd:iommufd_reject), or iommufd is not loaded (modprobe iommufd); 'strace -f -e trace=ioctl' shows the errnos");
	return ctl_error(ctl_kind(rc), "the event cannot be switched on: %s",
			 strerror(-rc));
}

static int follow(const struct ctl *ctl, const struct options *options,
		  struct stream *stream)
{
	char line[1024];
	int rc;

	stream_catch_signals();
	if (!options->stream.file && !ctl->json)
		ctl_note("refusals follow; Ctrl-C ends");
	do {
		rc = stream_line(stream, line, sizeof(line), 500);
		if (rc == 1)
			tell(ctl, options, line);
	} while (rc >= 0 && !ferror(stdout));
	return CTL_OK;
}

/* ---- Of one command ----------------------------------------------------- */

static pid_t start(char **argv, int *go)
{
	int pipe_fd[2];
	pid_t child;
	char byte;

	if (pipe(pipe_fd))
		return -1;
	child = fork();
	if (!child) {
		close(pipe_fd[1]);
		/* Until the trace knows of this process. */
		if (read(pipe_fd[0], &byte, 1) != 1)
			_exit(127);
		close(pipe_fd[0]);
		signal(SIGPIPE, SIG_DFL);
		execvp(argv[0], argv);
		ctl_error(CTL_GONE, "%s cannot be started: %s", argv[0],
			  strerror(errno));
		_exit(errno == ENOENT ? 127 : 126);
	}
	close(pipe_fd[0]);
	*go = pipe_fd[1];
	return child;
}

/* What it was refused is told when it has ended: till then it has the screen. */
static int command(const struct ctl *ctl, const struct options *options,
		   struct stream *stream, char **argv)
{
	int go, status = 0, num = 0, rc;
	char line[1024];
	pid_t child;

	fflush(stdout);
	child = start(argv, &go);
	if (child < 0)
		return ctl_error(CTL_FAILED, "no process can be started: %s",
				 strerror(errno));
	rc = stream_follow(ctl, stream, child);
	if (rc) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		return ctl_error(ctl_kind(rc), "the process cannot be followed: %s",
				 strerror(-rc));
	}
	/* Ctrl-C is for the command; then we tell what we know. */
	signal(SIGINT, SIG_IGN);
	if (write(go, "", 1) != 1)
		ctl_note("%s was not told to begin", argv[0]);
	close(go);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	while (stream_line(stream, line, sizeof(line), 0) == 1)
		num += tell(ctl, options, line);
	if (!num && !ctl->json)
		ctl_note("%s was refused nothing", argv[0]);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct options options = { .expected = 0 };
	struct stream stream;
	const char *value;
	int c, rc = -1;

	while ((c = ctl_option(argc, argv, "+ei:p:h", &value))) {
		if (c == 'e')
			options.expected = 1;
		else
			rc = stream_option(&cmd_why, &options.stream, c, value);
		if (rc >= 0)
			return rc;
	}
	if (ctl_rest() < argc && (options.stream.file || options.stream.pid))
		return ctl_error(CTL_USAGE, "a command goes without -i and -p");
	rc = stream_open(ctl, &stream, options.stream.file);
	if (rc)
		return rc;
	rc = enable(ctl, &options, &stream);
	if (!rc && options.stream.pid && stream_follow(ctl, &stream, options.stream.pid))
		rc = ctl_error(CTL_GONE, "process %ld cannot be followed",
			       options.stream.pid);
	if (!rc)
		rc = ctl_rest() < argc ?
		     command(ctl, &options, &stream, argv + ctl_rest()) :
		     follow(ctl, &options, &stream);
	stream_close(&stream);
	return rc;
}

const struct ctl_command cmd_why = {
	.name = "why",
	.args = "[-e] [-p PID | -i FILE | [--] COMMAND...]",
	.what = "why requests were refused, and what to do",
	.run = run,
	.details =
"Without COMMAND: refusals of all processes as they happen, until Ctrl-C.\n"
"With COMMAND: runs it, and when it has ended tells what it and what it started\n"
"were refused; the exit code is the command's.\n"
"  -e       also answers that are no mistakes, such as 'the list is longer'\n"
"  -p PID   only of this process and of what it starts\n"
"  -i FILE  from a saved trace (cat trace_pipe >FILE); - is standard input",
};
