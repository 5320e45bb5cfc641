// SPDX-License-Identifier: GPL-2.0-only
/* iommufdctl list: PCI devices and how far they are from a user. */
#include <errno.h>
#include <string.h>

#include "device.h"
#include "file.h"
#include "group.h"
#include "json.h"
#include "unit.h"
#include "verdict.h"

#define RESERVED 32

struct row {
	struct device dev;
	struct verdict verdict;
	int nests;
};

static void row_read(const struct ctl *ctl, struct row *row, const char *bdf)
{
	struct unit unit;

	device_read(ctl, &row->dev, bdf);
	unit_read(ctl, &unit, row->dev.unit);
	row->nests = row->dev.unit[0] && unit_nests(ctl, &unit);
	verdict_of(ctl, &row->dev, &row->verdict);
}

static void row_text(const struct ctl *ctl, const struct row *row)
{
	const struct device *dev = &row->dev;
	int used, room;
	char verdict[128];

	used = printf("%-12s %-11.11s %5s %-6.6s %-3s %-3s %-5s %-4s ", dev->bdf,
		      dev->driver[0] ? dev->driver : "-",
		      dev->group[0] ? dev->group : "-",
		      dev->unit[0] ? dev->unit : "-", capability_name(dev->ats),
		      capability_name(dev->pri), capability_name(dev->pasid),
		      row->nests ? "yes" : "-");
	room = ctl->width - 1 - used;
	if (row->verdict.num)
		snprintf(verdict, sizeof(verdict), "no: %s%s",
			 row->verdict.obstacle[0].cause,
			 row->verdict.num > 1 ? ", ..." : "");
	else
		strcpy(verdict, "yes");
	printf("%s%.*s%s\n", row->verdict.num ? ctl_bad(ctl) : ctl_good(ctl),
	       room > 4 ? room : 4, verdict, ctl_plain(ctl));
}

static void row_json(const struct ctl *ctl, const struct row *row)
{
	const struct device *dev = &row->dev;
	struct reserved list[RESERVED];
	unsigned int num, i;

	json_open(NULL, '{');
	json_text("device", dev->bdf);
	json_number("vendor", dev->vendor);
	json_number("id", dev->id);
	json_number("class", dev->class);
	json_text("driver", dev->driver);
	json_text("driver_override", dev->override);
	json_text("group", dev->group);
	json_text("unit", dev->unit);
	json_text("node", dev->node);
	json_text("ats", capability_name(dev->ats));
	json_text("pri", capability_name(dev->pri));
	json_text("pasid", capability_name(dev->pasid));
	json_yes("nested", row->nests);
	json_yes("assignable", !row->verdict.num);
	json_open("obstacles", '[');
	for (i = 0; i < row->verdict.num; i++) {
		json_open(NULL, '{');
		json_text("cause", row->verdict.obstacle[i].cause);
		json_text("cure", row->verdict.obstacle[i].cure);
		json_close('}');
	}
	json_close(']');
	json_open("reserved", '[');
	num = dev->group[0] ? group_reserved(ctl, dev->group, list, RESERVED) : 0;
	for (i = 0; i < num; i++) {
		json_open(NULL, '{');
		json_number("first", list[i].first);
		json_number("last", list[i].last);
		json_text("type", list[i].type);
		json_close('}');
	}
	json_close(']');
	json_close('}');
}

static int same(const struct reserved *a, const struct reserved *b,
		unsigned int num)
{
	unsigned int i;

	for (i = 0; i < num; i++)
		if (a[i].first != b[i].first || a[i].last != b[i].last ||
		    strcmp(a[i].type, b[i].type))
			return 0;
	return 1;
}

/* Most groups lose the same addresses: a line for each set, not for each. */
static void reserved_text(const struct ctl *ctl)
{
	struct file_names groups;
	unsigned int i, j;

	if (file_list(ctl, &groups, "/sys/kernel/iommu_groups"))
		return;
	if (groups.num)
		puts("\nReserved, never mapped:");
	for (i = 0; i < groups.num; i++) {
		struct reserved list[RESERVED], other[RESERVED];
		unsigned int num = group_reserved(ctl, groups.name[i], list, RESERVED);
		char text[4096];
		size_t at = 0;
		int told = 0;

		for (j = 0; j < i && !told; j++)
			told = group_reserved(ctl, groups.name[j], other,
					      RESERVED) == num &&
			       same(list, other, num);
		if (told || !num)
			continue;
		for (j = 0; j < num && at < sizeof(text); j++)
			at += (size_t)snprintf(text + at, sizeof(text) - at,
				"%s0x%llx-0x%llx (%s)", j ? ", " : "",
				list[j].first, list[j].last, list[j].type);
		printf("  group");
		for (j = i; j < groups.num; j++)
			if (group_reserved(ctl, groups.name[j], other,
					   RESERVED) == num && same(list, other, num))
				printf(" %s", groups.name[j]);
		puts(":");
		ctl_wrap(ctl, 4, text);
	}
	file_list_free(&groups);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct file_names names;
	struct row row;
	unsigned int i;
	int all = 0, c, rc;

	while ((c = ctl_option(argc, argv, "+ah", NULL))) {
		if (c != 'a')
			return c == 'h' ? ctl_usage(&cmd_list) : CTL_USAGE;
		all = 1;
	}
	if (ctl_rest() < argc)
		return ctl_usage(&cmd_list);
	rc = file_list(ctl, &names, DEVICE_DIR);
	if (rc)
		return ctl_error(CTL_UNSUPPORTED, "%s%s cannot be read (%s); is sysfs mounted?",
				 ctl->root, DEVICE_DIR, strerror(-rc));
	if (ctl->json)
		json_open(NULL, '[');
	else
		printf("%sDEVICE       DRIVER      GROUP UNIT   ATS PRI PASID NEST ASSIGNABLE%s\n",
		       ctl_bold(ctl), ctl_plain(ctl));
	for (i = 0; i < names.num; i++) {
		row_read(ctl, &row, names.name[i]);
		if (ctl->json)
			row_json(ctl, &row);
		else if (all || !row.dev.is_bridge)
			row_text(ctl, &row);
	}
	file_list_free(&names);
	if (ctl->json) {
		json_close(']');
		json_end();
	} else {
		reserved_text(ctl);
	}
	return CTL_OK;
}

const struct ctl_command cmd_list = {
	.name = "list",
	.args = "[-a]",
	.what = "PCI devices, and what keeps them from a user",
	.run = run,
	.details =
"  -a   bridges, too\n"
"ATS, PRI, PASID: - the device has none, off, on, ? for root to see.\n"
"NEST: its unit can put a guest's tables over the host's. 'iommufdctl check BDF'\n"
"tells all that is in the way of one device, and what to do about it.",
};
