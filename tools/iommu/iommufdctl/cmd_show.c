// SPDX-License-Identifier: GPL-2.0-only
/* iommufdctl show: the contexts of processes, their objects as a tree. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "areas.h"
#include "context.h"
#include "file.h"
#include "json.h"

struct options {
	int areas;
	int all;
};

/* ---- The tree ----------------------------------------------------------- */

static void hwpt_tree(const struct ctl *ctl, const struct context *context,
		      const struct object *hwpt, int indent);

static void flags_text(const struct object *object)
{
	static const char *const flags[] = { "automatic", "nest-parent",
		"dirty-tracking", "pasid", "noiommu", "incomplete" };
	unsigned int i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (object_has(object, flags[i]))
			printf(", %s", flags[i]);
}

static void devices_of(const struct ctl *ctl, const struct context *context,
		       unsigned int hwpt, int indent)
{
	unsigned int i;

	for (i = 0; i < context->num; i++) {
		const struct object *o = &context->object[i];

		if (strcmp(o->kind, "device") || object_value(o, "hwpt") != hwpt)
			continue;
		printf("%*sdevice %u: %s%s%s", indent, "", o->id, ctl_bold(ctl),
		       o->device, ctl_plain(ctl));
		if (object_value(o, "pasids"))
			printf(", %llu PASIDs", object_value(o, "pasids"));
		flags_text(o);
		putchar('\n');
	}
}

static void children_of(const struct ctl *ctl, const struct context *context,
			const char *word, unsigned int id, int indent)
{
	unsigned int i;

	for (i = 0; i < context->num; i++) {
		const struct object *o = &context->object[i];

		if (!strcmp(o->kind, "hwpt") && object_has(o, word) &&
		    object_value(o, word) == id)
			hwpt_tree(ctl, context, o, indent);
	}
}

static void hwpt_tree(const struct ctl *ctl, const struct context *context,
		      const struct object *hwpt, int indent)
{
	int nested = object_has(hwpt, "nested");

	printf("%*shwpt %u: %s", indent, "", hwpt->id,
	       nested ? "nested, a guest's table" : "page table");
	flags_text(hwpt);
	if (object_has(hwpt, "fault"))
		printf(", faults go to queue %llu", object_value(hwpt, "fault"));
	putchar('\n');
	devices_of(ctl, context, hwpt->id, indent + 2);
	if (!nested)
		children_of(ctl, context, "parent", hwpt->id, indent + 2);
}

static void ioas_tree(const struct ctl *ctl, const struct context *context,
		      const struct object *ioas)
{
	char mapped[SIZE_TEXT], pinned[SIZE_TEXT], charged[SIZE_TEXT];

	printf("  ioas %u: %llu area%s, %s mapped, %s pinned, %s charged", ioas->id,
	       object_value(ioas, "areas"),
	       object_value(ioas, "areas") == 1 ? "" : "s",
	       size_text(object_value(ioas, "mapped"), mapped),
	       size_text(object_value(ioas, "pinned"), pinned),
	       size_text(object_value(ioas, "charged"), charged));
	flags_text(ioas);
	putchar('\n');
	children_of(ctl, context, "ioas", ioas->id, 4);
}

static void queue_text(const struct object *o)
{
	if (!strcmp(o->kind, "fault"))
		printf("  fault queue %u: %llu came, %llu to read, %llu to answer, %llu refused\n",
		       o->id, object_value(o, "groups"),
		       object_value(o, "queued"), object_value(o, "waiting"),
		       object_value(o, "refused"));
	else
		printf("  event queue %u: vIOMMU %llu, %llu came, %llu of %llu places taken\n",
		       o->id, object_value(o, "viommu"),
		       object_value(o, "events"), object_value(o, "held"),
		       object_value(o, "depth"));
}

static int has_blocked(const struct context *context)
{
	unsigned int i;

	for (i = 0; i < context->num; i++)
		if (!strcmp(context->object[i].kind, "device") &&
		    !object_has(&context->object[i], "hwpt"))
			return 1;
	return 0;
}

static void tree_text(const struct ctl *ctl, const struct context *context)
{
	unsigned int i;

	for (i = 0; i < context->num; i++)
		if (!strcmp(context->object[i].kind, "ioas"))
			ioas_tree(ctl, context, &context->object[i]);
	if (has_blocked(context)) {
		puts("  not attached, DMA is blocked:");
		devices_of(ctl, context, 0, 4);
	}
	for (i = 0; i < context->num; i++)
		if (!strcmp(context->object[i].kind, "fault") ||
		    !strcmp(context->object[i].kind, "veventq"))
			queue_text(&context->object[i]);
	printf("  objects: %s\n", context->counts[0] ? context->counts : "none");
	if (context->left_out)
		printf("  %u more objects are not shown by the kernel\n",
		       context->left_out);
}

/* ---- Areas -------------------------------------------------------------- */

static const char *no_areas(int rc)
{
	if (rc == -EACCES || rc == -EPERM)
		return "the areas are for root to see";
	if (rc == -ENOENT)
		return "the areas need debugfs, and a kernel with CONFIG_INTEL_IOMMU_DEBUGFS";
	return strerror(-rc);
}

/* Devices of one hwpt have the same areas: the first tells. */
static int told(const struct context *context, unsigned int at)
{
	unsigned long long hwpt = object_value(&context->object[at], "hwpt");
	unsigned int i;

	for (i = 0; i < at; i++)
		if (!strcmp(context->object[i].kind, "device") &&
		    object_value(&context->object[i], "hwpt") == hwpt)
			return 1;
	return !hwpt;
}

static void areas_of_context(const struct ctl *ctl, const struct context *context,
			     const struct options *options)
{
	struct areas areas;
	unsigned int i;

	for (i = 0; i < context->num; i++) {
		const struct object *o = &context->object[i];
		int rc;

		if (strcmp(o->kind, "device") || told(context, i))
			continue;
		rc = areas_read(ctl, &areas, o->device);
		printf("  what %s can reach, by hwpt %llu:\n", o->device,
		       object_value(o, "hwpt"));
		if (rc) {
			printf("    %s\n", no_areas(rc));
			continue;
		}
		areas_text(ctl, &areas, options->all ? 0 : 16);
		areas_free(&areas);
	}
}

/* ---- One context -------------------------------------------------------- */

static void pinned_of_process(const struct ctl *ctl, long pid, char *text,
			      size_t size)
{
	FILE *f = file_open(ctl, "/proc/%ld/status", pid);
	char line[128];

	snprintf(text, size, "unknown");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "VmPin:", 6))
			snprintf(text, size, "%.*s",
				 (int)strcspn(line + 6 + strspn(line + 6, " \t"), "\n"),
				 line + 6 + strspn(line + 6, " \t"));
	if (f)
		fclose(f);
}

static void context_text(const struct ctl *ctl, const struct context *context,
			 const struct options *options)
{
	char text[64], other[SIZE_TEXT];

	printf("%sprocess %ld (%s), file %d%s", ctl_bold(ctl), context->pid,
	       context->process, context->fd, ctl_plain(ctl));
	if (!context->charge[0]) {
		pinned_of_process(ctl, context->pid, text, sizeof(text));
		printf("\n  this kernel does not tell what the context holds\n");
		printf("  the process has pinned: %s\n", text);
		return;
	}
	printf(": %s pinned, %s of it charged to the %s\n",
	       size_text(context_sum(context, "ioas", "pinned"), text),
	       size_text(context_sum(context, "ioas", "charged"), other),
	       context->charge);
	tree_text(ctl, context);
	if (options->areas)
		areas_of_context(ctl, context, options);
}

static void object_json(const struct ctl *ctl, const struct object *o,
			const struct options *options)
{
	struct areas areas;
	unsigned int i;

	json_open(NULL, '{');
	json_text("kind", o->kind);
	json_number("id", o->id);
	if (o->device[0])
		json_text("device", o->device);
	for (i = 0; i < o->num; i++) {
		if (o->word[i].has_value)
			json_number(o->word[i].name, o->word[i].value);
		else
			json_yes(o->word[i].name, 1);
	}
	if (options->areas && o->device[0] && object_has(o, "hwpt") &&
	    !areas_read(ctl, &areas, o->device)) {
		areas_json(&areas);
		areas_free(&areas);
	}
	json_close('}');
}

static int show(const struct ctl *ctl, struct context *context, void *arg)
{
	const struct options *options = arg;
	unsigned int i;

	if (!ctl->json) {
		context_text(ctl, context, options);
		return 0;
	}
	json_open(NULL, '{');
	json_number("pid", (unsigned long long)context->pid);
	json_text("process", context->process);
	json_number("fd", (unsigned long long)context->fd);
	json_yes("told", context->charge[0] != 0);
	json_text("charge", context->charge);
	json_number("pinned", context_sum(context, "ioas", "pinned"));
	json_number("charged", context_sum(context, "ioas", "charged"));
	json_open("objects", '[');
	for (i = 0; i < context->num; i++)
		object_json(ctl, &context->object[i], options);
	json_close(']');
	json_close('}');
	return 0;
}

static int answer(const struct ctl *ctl, long pid, int num, unsigned int hidden)
{
	if (num == -EACCES || num == -EPERM)
		return ctl_error(CTL_RIGHTS,
				 "process %ld is not yours to look at; try as root",
				 pid);
	if (num < 0)
		return ctl_error(ctl_kind(num), "the processes cannot be read: %s",
				 strerror(-num));
	if (hidden && !ctl->json)
		ctl_note("%u processes were not yours to look at; root sees all",
			 hidden);
	if (num)
		return CTL_OK;
	if (pid)
		return ctl_error(CTL_NO, "process %ld has no /dev/iommu open", pid);
	if (!ctl->json)
		puts("no process has /dev/iommu open");
	return CTL_OK;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct options options = { .areas = 0 };
	unsigned int hidden = 0;
	long pid = 0;
	int c, num;

	while ((c = ctl_option(argc, argv, "+mah", NULL))) {
		if (c != 'm' && c != 'a')
			return c == 'h' ? ctl_usage(&cmd_show) : CTL_USAGE;
		options.areas = 1;
		options.all |= c == 'a';
	}
	if (argc - ctl_rest() > 1)
		return ctl_usage(&cmd_show);
	if (ctl_rest() < argc) {
		pid = ctl_number(argv[ctl_rest()], "a process id", 1, 1L << 30);
		if (pid < 0)
			return CTL_USAGE;
		if (!process_exists(ctl, pid))
			return ctl_error(CTL_GONE,
					 "there is no process %ld; 'iommufdctl show' lists all that use /dev/iommu",
					 pid);
	}
	if (ctl->json)
		json_open(NULL, '[');
	num = context_each(ctl, pid, show, &options, &hidden);
	if (ctl->json) {
		json_close(']');
		json_end();
	}
	return answer(ctl, pid, num, hidden);
}

const struct ctl_command cmd_show = {
	.name = "show",
	.args = "[-m] [-a] [PID]",
	.what = "contexts: objects, memory, attached devices",
	.run = run,
	.details =
"  -m   what each attached device can reach, as a table and a map (root)\n"
"  -a   the same, with all rows of the table\n"
"Without PID: of all processes that one may look at.",
};
