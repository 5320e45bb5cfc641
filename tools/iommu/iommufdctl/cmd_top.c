// SPDX-License-Identifier: GPL-2.0-only
/* iommufdctl top: rates per process and per unit, by counting events. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "context.h"
#include "event.h"
#include "file.h"
#include "json.h"
#include "stream.h"

#define ROWS 128
#define UNITS 32

enum counter { MAPS, UNMAPS, ATTACHES, INVALIDATIONS, FAULTS, REFUSALS, COUNTERS };

static const char *const counter_names[COUNTERS] = {
	"maps", "unmaps", "attaches", "invalidations", "faults", "refusals",
};

struct row {
	long pid;
	char process[PROCESS_NAME];
	unsigned long long count[COUNTERS];
	unsigned long long mapped, pinned;
	unsigned int contexts;
};

struct table {
	struct row row[ROWS];
	unsigned int num;
	struct {
		char name[32];
		unsigned long long descriptors, faults;
	} unit[UNITS];
	unsigned int nunits;
};

static struct row *row_of(struct table *table, long pid)
{
	unsigned int i;

	for (i = 0; i < table->num; i++)
		if (table->row[i].pid == pid)
			return &table->row[i];
	if (table->num == ROWS)
		return NULL;
	table->row[i] = (struct row){ .pid = pid };
	table->num++;
	return &table->row[i];
}

/* Events know threads; contexts are of processes. */
static long process_of(const struct ctl *ctl, long tid)
{
	FILE *f = file_open(ctl, "/proc/%ld/status", tid);
	char line[128];
	long pid = tid;

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "Tgid:", 5))
			pid = strtol(line + 5, NULL, 10);
	if (f)
		fclose(f);
	return pid;
}

static int counter_of(const char *event)
{
	static const struct {
		const char *event;
		enum counter counter;
	} map[] = {
		{ "iommufd_map", MAPS }, { "iommufd_copy", MAPS },
		{ "iommufd_unmap", UNMAPS },
		{ "iommufd_attach", ATTACHES }, { "iommufd_replace", ATTACHES },
		{ "iommufd_invalidate", INVALIDATIONS },
		{ "iommufd_fault", FAULTS }, { "iommufd_reject", REFUSALS },
	};
	unsigned int i;

	for (i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (!strcmp(map[i].event, event))
			return (int)map[i].counter;
	return -1;
}

static void count_unit(struct table *table, const char *name, int is_fault)
{
	unsigned int i;

	for (i = 0; i < table->nunits; i++)
		if (!strcmp(table->unit[i].name, name))
			break;
	if (i == UNITS)
		return;
	if (i == table->nunits) {
		table->nunits++;
		snprintf(table->unit[i].name, sizeof(table->unit[i].name), "%s",
			 name);
	}
	table->unit[i].faults += is_fault;
	table->unit[i].descriptors += !is_fault;
}

static void count(const struct ctl *ctl, struct table *table, const char *line)
{
	char first[32], second[32];
	struct event event;
	struct row *row;
	int counter;

	if (event_parse(line, &event))
		return;
	/* "iotlb_inv dmar0: ..." and "dmar0 0000:01:00.0: ..." */
	if (!strcmp(event.name, "qi_submit") || !strcmp(event.name, "fault_report")) {
		int is_fault = event.name[0] == 'f';

		if (sscanf(event.text, "%31s %31[^: ]", first, second) == 2)
			count_unit(table, is_fault ? first : second, is_fault);
		return;
	}
	counter = counter_of(event.name);
	if (counter < 0)
		return;
	row = row_of(table, process_of(ctl, event.tid));
	if (!row)
		return;
	row->count[counter]++;
	if (!row->process[0])
		snprintf(row->process, sizeof(row->process), "%s", event.process);
}

static int add_context(const struct ctl *ctl, struct context *context, void *arg)
{
	struct row *row = row_of(arg, context->pid);

	(void)ctl;
	if (!row)
		return 0;
	snprintf(row->process, sizeof(row->process), "%s", context->process);
	row->contexts++;
	row->mapped += context_sum(context, "ioas", "mapped");
	row->pinned += context_sum(context, "ioas", "pinned");
	return 0;
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static double rate(unsigned long long count, double seconds)
{
	return seconds > 0 ? (double)count / seconds : 0;
}

static void table_text(const struct ctl *ctl, const struct table *table,
		       double seconds, unsigned long long lost)
{
	char mapped[SIZE_TEXT], pinned[SIZE_TEXT];
	unsigned int i;
	int c;

	if (isatty(STDOUT_FILENO))
		printf("\033[H\033[J");
	printf("%u processes, %.1f s, each column is per second%s\n", table->num,
	       seconds, lost ? " (events were lost: at least)" : "");
	printf("%s   PID PROCESS      MAPS  UNMAP ATTCH INVAL FAULT REFUS    MAPPED    PINNED%s\n",
	       ctl_bold(ctl), ctl_plain(ctl));
	for (i = 0; i < table->num; i++) {
		const struct row *row = &table->row[i];

		printf("%6ld %-10.10s", row->pid, row->process);
		for (c = 0; c < COUNTERS; c++)
			printf(" %*.0f", c < 2 ? 6 : 5,
			       rate(row->count[c], seconds));
		printf(" %9s %9s\n", size_text(row->mapped, mapped),
		       size_text(row->pinned, pinned));
	}
	printf("%sUNIT       DESCRIPTORS  FAULTS%s\n", ctl_bold(ctl), ctl_plain(ctl));
	for (i = 0; i < table->nunits; i++)
		printf("%-10.10s %11.0f %7.0f\n", table->unit[i].name,
		       rate(table->unit[i].descriptors, seconds),
		       rate(table->unit[i].faults, seconds));
	if (!table->nunits)
		puts("none did anything");
	fflush(stdout);
}

static void table_json(const struct table *table, double seconds,
		       unsigned long long lost)
{
	unsigned int i;
	int c;

	json_open(NULL, '{');
	json_number("milliseconds", (unsigned long long)(seconds * 1000));
	json_number("lost", lost);
	json_open("processes", '[');
	for (i = 0; i < table->num; i++) {
		json_open(NULL, '{');
		json_number("pid", (unsigned long long)table->row[i].pid);
		json_text("process", table->row[i].process);
		json_number("contexts", table->row[i].contexts);
		for (c = 0; c < COUNTERS; c++)
			json_number(counter_names[c], table->row[i].count[c]);
		json_number("mapped", table->row[i].mapped);
		json_number("pinned", table->row[i].pinned);
		json_close('}');
	}
	json_close(']');
	json_open("units", '[');
	for (i = 0; i < table->nunits; i++) {
		json_open(NULL, '{');
		json_text("unit", table->unit[i].name);
		json_number("descriptors", table->unit[i].descriptors);
		json_number("faults", table->unit[i].faults);
		json_close('}');
	}
	json_close(']');
	json_close('}');
	json_end();
}

/* 0 for another round, 1 at the end. */
static int round_of(const struct ctl *ctl, struct stream *stream, long delay)
{
	long long begin = now_ms(), left = delay * 1000;
	struct table *table = calloc(1, sizeof(*table));
	unsigned long long lost = stream->lost;
	unsigned int hidden;
	char line[1024];
	double seconds;
	int rc = 0;

	if (!table)
		return 1;
	while (left > 0 && rc >= 0) {
		rc = stream_line(stream, line, sizeof(line), (int)left);
		if (rc == 1)
			count(ctl, table, line);
		left = begin + delay * 1000 - now_ms();
	}
	if (rc != -EINTR) {
		context_each(ctl, 0, add_context, table, &hidden);
		seconds = (double)(now_ms() - begin) / 1000;
		if (ctl->json)
			table_json(table, seconds, stream->lost - lost);
		else
			table_text(ctl, table, seconds, stream->lost - lost);
	}
	free(table);
	return rc < 0 || ferror(stdout);
}

static int enable(const struct ctl *ctl, struct stream *stream)
{
	static const char *const units[] = { "intel_iommu/qi_submit",
					     "intel_iommu/fault_report" };
	int rc = stream_enable(ctl, stream, "iommufd");
	unsigned int i, have = 0;

	if (rc && rc != -ENOENT)
		return ctl_error(ctl_kind(rc), "the events cannot be switched on: %s",
				 strerror(-rc));
	for (i = 0; i < 2; i++)
		have += !stream_enable(ctl, stream, units[i]);
	if (rc)
		ctl_note("this kernel has no events of iommufd%s",
			 have ? ": units only" : ": memory only");
	return CTL_OK;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct stream_options options = { .left = -1 };
	struct stream stream;
	const char *value;
	long delay = 2;
	int c, rc;

	while ((c = ctl_option(argc, argv, "+d:n:i:h", &value))) {
		if (c == 'd') {
			delay = ctl_number(value, "-d", 1, 3600);
			rc = delay < 0 ? CTL_USAGE : -1;
		} else {
			rc = stream_option(&cmd_top, &options, c, value);
		}
		if (rc >= 0)
			return rc;
	}
	if (ctl_rest() < argc)
		return ctl_usage(&cmd_top);
	rc = stream_open(ctl, &stream, options.file);
	if (rc)
		return rc;
	rc = enable(ctl, &stream);
	stream_catch_signals();
	while (!rc && options.left && !round_of(ctl, &stream, delay))
		options.left -= options.left > 0;
	stream_close(&stream);
	return rc;
}

const struct ctl_command cmd_top = {
	.name = "top",
	.args = "[-d SECONDS] [-n ROUNDS] [-i FILE]",
	.what = "rates per process and per unit",
	.run = run,
	.details =
"  -d SECONDS   how long a round counts (2)\n"
"  -n ROUNDS    end after so many\n"
"  -i FILE      count a saved trace; - is standard input\n"
"DESCRIPTORS are what a unit's invalidation queue was given.",
};
