// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What an error means: what the kernel noted in the trace, and where there is
 * none, all that the page of refusals has for the call and the errno.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "explain.h"

static const char *name_of(const struct iommufd_name *names, unsigned int num,
			   unsigned long number)
{
	unsigned int i;

	for (i = 0; i < num; i++)
		if (names[i].number == number)
			return names[i].name;
	return NULL;
}

/* VFIO has the same letter, and lower numbers. */
static int is_iommufd(unsigned long request)
{
	return _IOC_TYPE(request) == IOMMUFD_TYPE &&
	       _IOC_NR(request) >= IOMMUFD_CMD_BASE;
}

/* Another row may have said the same: calls share what they do inside. */
static int is_new(const struct iommufd_explanation *e,
		  const struct iommufd_meaning *meaning)
{
	unsigned int i;

	for (i = 0; i < e->num; i++)
		if (!strcmp(e->meaning[i].reason, meaning->reason) &&
		    !strcmp(e->meaning[i].field, meaning->field))
			return 0;
	return 1;
}

static void add_rows(struct iommufd_explanation *e, unsigned long request,
		     int error)
{
	unsigned int i;

	for (i = 0; i < iommufd_num_rows; i++) {
		const struct iommufd_row *row = &iommufd_rows[i];

		if (row->request == request && row->error == error &&
		    e->num < IOMMUFD_MEANINGS && is_new(e, &row->meaning))
			e->meaning[e->num++] = row->meaning;
	}
}

/* The trace has no cure: take it from the table where that knows the reason. */
static void find_cure(struct iommufd_explanation *e, unsigned long request)
{
	struct iommufd_meaning *traced = &e->meaning[0];
	unsigned int i;

	for (i = 0; i < iommufd_num_rows; i++) {
		const struct iommufd_row *row = &iommufd_rows[i];

		if (strcmp(row->meaning.reason, traced->reason))
			continue;
		traced->cure = row->meaning.cure;
		if (row->request == request)
			return;
	}
}

static int find_traced(struct iommufd_session *session, unsigned long request,
		       int error, struct iommufd_explanation *e)
{
	char path[sizeof(session->instance) + sizeof("/trace")];
	FILE *trace;
	int rc;

	if (!session || session->busy < 0)
		return -ENOENT;
	snprintf(path, sizeof(path), "%s/trace", session->instance);
	trace = fopen(path, "re");
	if (!trace)
		return -errno;
	rc = iommufd_trace_find(trace, syscall(SYS_gettid), request, error, e);
	fclose(trace);
	if (rc)
		return rc;
	e->traced = 1;
	e->num = 1;
	find_cure(e, request);
	return 0;
}

/* VFIO's calls come by way of the kernel: the event has no number for them. */
static unsigned long request_of(const char *op, unsigned long cmd)
{
	if (!strcmp(op, "device_bind"))
		return VFIO_DEVICE_BIND_IOMMUFD;
	if (!strcmp(op, "device_attach") || !strcmp(op, "device_replace"))
		return VFIO_DEVICE_ATTACH_IOMMUFD_PT;
	return cmd;
}

int iommufd_explain_line(const char *line,
			 struct iommufd_explanation *explanation)
{
	struct iommufd_explanation *e = explanation;
	unsigned long request;
	const char *call;
	int error, rc;

	memset(e, 0, sizeof(*e));
	rc = iommufd_trace_parse(line, &request, &error, e);
	if (rc)
		return rc;
	request = request_of(e->call, request);
	call = name_of(iommufd_calls, iommufd_num_calls, request);
	if (call)
		e->call = call;
	e->error = name_of(iommufd_errors, iommufd_num_errors,
			   (unsigned long)-error);
	if (!e->error)
		e->error = strerror(-error);
	e->traced = 1;
	e->num = 1;
	find_cure(e, request);
	return 0;
}

int iommufd_explain(struct iommufd_session *session, unsigned long request,
		    int error, struct iommufd_explanation *explanation)
{
	struct iommufd_explanation *e = explanation;
	const char *call = name_of(iommufd_calls, iommufd_num_calls, request);

	memset(e, 0, sizeof(*e));
	if (error >= 0 || !call)
		return -EINVAL;
	e->call = call;
	e->error = name_of(iommufd_errors, iommufd_num_errors,
			   (unsigned long)-error);
	if (!e->error)
		e->error = strerror(-error);
	if (!find_traced(session, request, error, e))
		return 0;
	add_rows(e, request, -error);
	if (is_iommufd(request))
		add_rows(e, 0, -error);
	add_rows(e, request, 0);
	return 0;
}

/* What was printed so far, for snprintf() to go on behind it. */
struct text {
	char *buf;
	size_t size;
	int len;
};

static void __attribute__((format(printf, 2, 3)))
add(struct text *t, const char *format, ...)
{
	size_t done = (size_t)t->len < t->size ? (size_t)t->len : t->size;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->size > done ? t->buf + done : NULL, t->size - done,
		      format, args);
	va_end(args);
	t->len += n > 0 ? n : 0;
}

int iommufd_explain_text(const struct iommufd_explanation *explanation,
			 char *buf, size_t size)
{
	const struct iommufd_explanation *e = explanation;
	struct text t = { .buf = buf, .size = size };
	unsigned int i;

	add(&t, "%s: %s", e->call, e->error);
	if (e->device[0])
		add(&t, ", device %s", e->device);
	if (!e->num)
		add(&t, ": no reason is documented\n");
	else
		add(&t, e->num > 1 ? ", for one of these reasons:\n" : ":\n");
	for (i = 0; i < e->num; i++) {
		const struct iommufd_meaning *m = &e->meaning[i];

		add(&t, "  %s%s%s", m->field, m->field[0] ? ": " : "", m->reason);
		if (e->traced)
			add(&t, " [0x%llx]", (unsigned long long)e->value);
		if (m->cure[0])
			add(&t, "\n    what to do: %s", m->cure);
		add(&t, "\n");
	}
	return t.len;
}
