// SPDX-License-Identifier: GPL-2.0-only
/* The lines "iommufd-<kind>:" of an fdinfo, taken apart. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "file.h"

#define KEY "iommufd-"

static int is_number(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == 0;
}

static void parse_words(struct object *object, char *save)
{
	char *at;

	while ((at = strtok_r(NULL, "\n ", &save))) {
		struct object_word *last =
			object->num ? &object->word[object->num - 1] : NULL;

		if (is_number(at) && last && !last->has_value) {
			last->has_value = 1;
			last->value = strtoull(at, NULL, 10);
		} else if (object->num < OBJECT_WORDS) {
			snprintf(object->word[object->num++].name,
				 sizeof(object->word[0].name), "%s", at);
		}
	}
}

static int add_object(struct context *context, const char *kind, char *rest)
{
	struct object *more = realloc(context->object,
				      (context->num + 1) * sizeof(*more));
	struct object *object;
	char *save = NULL, *at;

	if (!more)
		return -ENOMEM;
	context->object = more;
	object = &more[context->num];
	memset(object, 0, sizeof(*object));
	at = strtok_r(rest, "\n ", &save);
	/* A line of a later kernel, of a form that this tool does not know. */
	if (!at || !is_number(at))
		return 0;
	snprintf(object->kind, sizeof(object->kind), "%s", kind);
	object->id = (unsigned int)strtoul(at, NULL, 10);
	if (!strcmp(kind, "device")) {
		at = strtok_r(NULL, "\n ", &save);
		snprintf(object->device, sizeof(object->device), "%s",
			 at ? at : "");
	}
	parse_words(object, save);
	context->num++;
	return 0;
}

static int parse_line(struct context *context, char *line)
{
	char *kind = line + strlen(KEY), *rest = strchr(line, ':');

	if (strncmp(line, KEY, strlen(KEY)) || !rest)
		return 0;
	*rest++ = 0;
	rest += strspn(rest, " \t");
	if (!strcmp(kind, "charge")) {
		snprintf(context->charge, sizeof(context->charge), "%.*s",
			 (int)strcspn(rest, "\n"), rest);
		return 0;
	}
	if (!strcmp(kind, "objects")) {
		snprintf(context->counts, sizeof(context->counts), "%.*s",
			 (int)strcspn(rest, "\n"), rest);
		return 0;
	}
	if (!strcmp(kind, "left-out")) {
		context->left_out = (unsigned int)strtoul(rest, NULL, 10);
		return 0;
	}
	return add_object(context, kind, rest);
}

int context_read(const struct ctl *ctl, struct context *context, long pid,
		 const char *fd)
{
	FILE *f = file_open(ctl, "/proc/%ld/fdinfo/%s", pid, fd);
	char *line = NULL;
	size_t room = 0;
	int rc = 0;

	*context = (struct context){ .pid = pid, .fd = atoi(fd) };
	if (!f)
		return -errno;
	process_name(ctl, pid, context->process);
	while (!rc && getline(&line, &room, f) > 0)
		rc = parse_line(context, line);
	free(line);
	fclose(f);
	if (rc)
		context_free(context);
	return rc;
}

void context_free(struct context *context)
{
	free(context->object);
	context->object = NULL;
	context->num = 0;
}

static const struct object_word *find(const struct object *object,
				      const char *word)
{
	unsigned int i;

	for (i = 0; i < object->num; i++)
		if (!strcmp(object->word[i].name, word))
			return &object->word[i];
	return NULL;
}

unsigned long long object_value(const struct object *object, const char *word)
{
	const struct object_word *w = find(object, word);

	return w ? w->value : 0;
}

int object_has(const struct object *object, const char *word)
{
	return !!find(object, word);
}

unsigned long long context_sum(const struct context *context, const char *kind,
			       const char *word)
{
	unsigned long long sum = 0;
	unsigned int i;

	for (i = 0; i < context->num; i++)
		if (!strcmp(context->object[i].kind, kind))
			sum += object_value(&context->object[i], word);
	return sum;
}

struct each {
	context_fn *fn;
	void *arg;
	int num;
};

static int each_file(const struct ctl *ctl, long pid, const char *fd,
		     const char *target, void *arg)
{
	struct context context;
	struct each *each = arg;
	int rc;

	if (strcmp(target, "/dev/iommu"))
		return 0;
	if (context_read(ctl, &context, pid, fd))
		return 0;
	each->num++;
	rc = each->fn(ctl, &context, each->arg);
	context_free(&context);
	return rc;
}

int context_each(const struct ctl *ctl, long pid, context_fn *fn, void *arg,
		 unsigned int *hidden)
{
	struct each each = { .fn = fn, .arg = arg };
	int rc = process_files(ctl, pid, each_file, &each, hidden);

	return rc < 0 ? rc : each.num;
}

const char *size_text(unsigned long long bytes, char buf[SIZE_TEXT])
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB",
					     "PiB", "EiB" };
	unsigned long long rest = 0;
	unsigned int unit = 0;

	while (bytes >= 1024 && unit < 6) {
		rest = bytes % 1024;
		bytes /= 1024;
		unit++;
	}
	if (unit && bytes < 10)
		snprintf(buf, SIZE_TEXT, "%u.%u %s", (unsigned int)bytes,
			 (unsigned int)(rest * 10 / 1024), units[unit]);
	else
		snprintf(buf, SIZE_TEXT, "%u %s", (unsigned int)bytes, units[unit]);
	return buf;
}
