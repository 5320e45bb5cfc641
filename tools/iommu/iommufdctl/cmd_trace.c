// SPDX-License-Identifier: GPL-2.0-only
/* iommufdctl trace: what happens in /dev/iommu and in the units, as a stream. */
#include <errno.h>
#include <string.h>

#include "event.h"
#include "json.h"
#include "stream.h"

struct kind {
	const char *name;
	const char *events[6];
};

static const struct kind kinds[] = {
	{ "map", { "iommufd/iommufd_map", "iommufd/iommufd_copy",
		   "iommufd/iommufd_unmap" } },
	{ "attach", { "iommufd/iommufd_attach", "iommufd/iommufd_replace",
		      "iommufd/iommufd_detach" } },
	{ "object", { "iommufd/iommufd_object_publish",
		      "iommufd/iommufd_object_destroy" } },
	{ "fault", { "iommufd/iommufd_fault", "iommufd/iommufd_response",
		     "intel_iommu/fault_report", "intel_iommu/prq_report" } },
	{ "invalidate", { "iommufd/iommufd_invalidate",
			  "intel_iommu/cache_tag_flush_range",
			  "intel_iommu/cache_tag_flush_range_np",
			  "intel_iommu/user_invalidation" } },
	{ "refuse", { "iommufd/iommufd_reject" } },
	{ "queue", { "intel_iommu/qi_submit" } },
};

#define NUM_KINDS (sizeof(kinds) / sizeof(kinds[0]))
/* Descriptors of the queue only where asked for: there are many. */
#define USUAL ((1U << (NUM_KINDS - 1)) - 1)

static int parse_kinds(const char *text, unsigned int *set)
{
	char list[128], *at, *save = NULL;
	unsigned int i;

	*set = 0;
	snprintf(list, sizeof(list), "%s", text);
	for (at = strtok_r(list, ",", &save); at; at = strtok_r(NULL, ",", &save)) {
		for (i = 0; i < NUM_KINDS && strcmp(at, kinds[i].name); i++)
			;
		if (i == NUM_KINDS)
			return ctl_error(CTL_USAGE,
					 "there are no events of kind '%s', only map, attach, object, fault, invalidate, refuse, queue",
					 at);
		*set |= 1U << i;
	}
	return *set ? CTL_OK : ctl_error(CTL_USAGE, "-k needs kinds of events");
}

/* What this kernel lacks is left out, unless nothing is left. */
static int enable(const struct ctl *ctl, struct stream *stream, unsigned int set)
{
	unsigned int i, j, have = 0, lack = 0;

	for (i = 0; i < NUM_KINDS; i++)
		for (j = 0; set & 1U << i && j < 6 && kinds[i].events[j]; j++) {
			int rc = stream_enable(ctl, stream, kinds[i].events[j]);

			if (rc && rc != -ENOENT)
				return ctl_error(ctl_kind(rc),
						 "the event %s cannot be switched on: %s",
						 kinds[i].events[j], strerror(-rc));
			have += !rc;
			lack += !!rc;
		}
	if (!have)
		return ctl_error(CTL_UNSUPPORTED,
				 "this kernel has none of these events, or iommufd is not loaded (modprobe iommufd)");
	if (lack && !ctl->json)
		ctl_note("this kernel has %u of these %u events", have,
			 have + lack);
	return CTL_OK;
}

static void tell(const struct ctl *ctl, const char *line)
{
	const char *name;
	struct event event;

	if (event_parse(line, &event))
		return;
	if (ctl->json) {
		json_open(NULL, '{');
		json_text("process", event.process);
		json_number("tid", (unsigned long long)event.tid);
		json_number("time_us", (unsigned long long)(event.time * 1e6));
		json_text("event", event.name);
		json_text("text", event.text);
		json_close('}');
		json_end();
		return;
	}
	name = event.name;
	if (!strncmp(name, "iommufd_", 8))
		name += 8;
	printf("%12.6f %s%.15s-%ld%s %s%s%s %s\n", event.time, ctl_bold(ctl),
	       event.process, event.tid, ctl_plain(ctl),
	       strcmp(name, "reject") ? "" : ctl_bad(ctl), name, ctl_plain(ctl),
	       event.text);
	fflush(stdout);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct stream_options options = { .left = -1 };
	unsigned int set = USUAL;
	struct stream stream;
	const char *value;
	char line[1024];
	int c, rc;

	while ((c = ctl_option(argc, argv, "+k:p:i:n:h", &value))) {
		if (c == 'k')
			rc = parse_kinds(value, &set) ? CTL_USAGE : -1;
		else
			rc = stream_option(&cmd_trace, &options, c, value);
		if (rc >= 0)
			return rc;
	}
	if (ctl_rest() < argc)
		return ctl_usage(&cmd_trace);
	rc = stream_open(ctl, &stream, options.file);
	if (rc)
		return rc;
	rc = enable(ctl, &stream, set);
	if (!rc && options.pid && stream_follow(ctl, &stream, options.pid))
		rc = ctl_error(CTL_GONE, "process %ld cannot be followed",
			       options.pid);
	stream_catch_signals();
	while (!rc && options.left && !ferror(stdout)) {
		int got = stream_line(&stream, line, sizeof(line), 500);

		if (got < 0)
			break;
		if (got)
			tell(ctl, line);
		options.left -= got && options.left > 0;
	}
	stream_close(&stream);
	return rc;
}

const struct ctl_command cmd_trace = {
	.name = "trace",
	.args = "[-k KIND,...] [-p PID] [-n N] [-i FILE]",
	.what = "maps, attaches, invalidations, faults as they happen",
	.run = run,
	.details =
"  -k KIND,...  of map, attach, object, fault, invalidate, refuse, queue;\n"
"               without it all but queue\n"
"  -p PID       only of this process and of what it starts\n"
"  -n N         end after N events\n"
"  -i FILE      from a saved trace; - is standard input",
};
