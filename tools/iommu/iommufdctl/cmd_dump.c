// SPDX-License-Identifier: GPL-2.0-only
/*
 * iommufdctl dump: the entries and page tables of one device as the hardware
 * has them, from debugfs. With addresses in memory: it is for root.
 */
#include <errno.h>
#include <string.h>

#include "device.h"
#include "file.h"
#include "json.h"

#define FOLDER "/sys/kernel/debug/iommu/intel"

/* Table 60 of VT-d 4.1: PASID granular translation type, bits 8:6. */
static const char *entry_type(unsigned long long low)
{
	switch (low >> 6 & 7) {
	case 1:
		return "first stage";
	case 2:
		return "second stage";
	case 3:
		return "nested: first stage over second";
	case 4:
		return "pass-through";
	default:
		return "unknown type";
	}
}

static void entry_text(long pasid, const unsigned long long w[3])
{
	unsigned int type = (unsigned int)(w[0] >> 6 & 7);

	printf("  PASID %ld: %s, domain id %llu\n", pasid,
	       w[0] & 1 ? entry_type(w[0]) : "not present: DMA is blocked",
	       w[1] & 0xffff);
	if (type == 2 || type == 3)
		printf("    second stage at 0x%llx, %llu levels\n",
		       w[0] & ~0xfffULL, (w[0] >> 2 & 7) + 2);
	if (type == 1 || type == 3)
		printf("    first stage at 0x%llx, %d levels\n",
		       w[2] & ~0xfffULL, (w[2] >> 2 & 3) == 1 ? 5 : 4);
	printf("    words 0x%016llx 0x%016llx 0x%016llx\n", w[0], w[1], w[2]);
}

static void legacy_text(unsigned long long high, unsigned long long low)
{
	static const char *const types[] = {
		"second stage", "second stage, and the device may cache",
		"pass-through", "unknown type",
	};

	printf("  context entry: %s, domain id %llu\n",
	       low & 1 ? types[low >> 2 & 3] : "not present: DMA is blocked",
	       high >> 8 & 0xffff);
	printf("    table at 0x%llx, words 0x%016llx 0x%016llx\n", low & ~0xfffULL,
	       low, high);
}

/* "01:00.0 root:root context:context PASID w2:w1:w0" */
static int entry_line(const struct ctl *ctl, const char *line, const char *bdf)
{
	unsigned long long root[2], context[2], w[3];
	char who[16];
	long pasid;

	if (sscanf(line, "%15s %llx:%llx %llx:%llx %ld %llx:%llx:%llx", who,
		   &root[1], &root[0], &context[1], &context[0], &pasid, &w[2],
		   &w[1], &w[0]) != 9 ||
	    strcmp(who, strchr(bdf, ':') + 1))
		return 0;
	if (ctl->json) {
		json_open(NULL, '{');
		json_signed("pasid", pasid);
		json_text("type", pasid < 0 ? "legacy" : entry_type(w[0]));
		json_yes("present", (pasid < 0 ? context[0] : w[0]) & 1);
		json_number("context_low", context[0]);
		json_number("context_high", context[1]);
		json_number("word0", w[0]);
		json_number("word1", w[1]);
		json_number("word2", w[2]);
		json_close('}');
	} else if (pasid < 0) {
		legacy_text(context[1], context[0]);
	} else {
		entry_text(pasid, w);
	}
	return 1;
}

/* Units of several PCI segments have lines that look alike. */
static unsigned int entries(const struct ctl *ctl, const struct device *dev)
{
	FILE *f = file_open(ctl, FOLDER "/dmar_translation_struct");
	unsigned int num = 0;
	char line[512], unit[64] = "";

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "IOMMU %63[^:]:", unit) != 1 &&
		    !strcmp(unit, dev->unit))
			num += (unsigned int)entry_line(ctl, line, dev->bdf);
	}
	if (f)
		fclose(f);
	return num;
}

static unsigned long long table(const struct ctl *ctl, const char *bdf,
				const char *pasid)
{
	FILE *f = file_open(ctl, FOLDER "/%s/%s/domain_translation_struct", bdf,
			    pasid);
	unsigned long long num = 0;
	char line[512];

	while (f && fgets(line, sizeof(line), f)) {
		num++;
		if (!ctl->json)
			printf("  %s", line);
	}
	if (f)
		fclose(f);
	return num;
}

static int no_debugfs(int error)
{
	if (error == EACCES || error == EPERM)
		return ctl_error(CTL_RIGHTS,
				 "only root may see the tables of the hardware; try sudo");
	return ctl_error(CTL_UNSUPPORTED,
			 "there is no %s: mount debugfs (mount -t debugfs none /sys/kernel/debug), and build the kernel with CONFIG_INTEL_IOMMU_DEBUGFS",
			 FOLDER);
}

static void tables(const struct ctl *ctl, const char *bdf)
{
	struct file_names names;
	unsigned int i;

	puts("page table of requests without PASID (the leaf is the last entry that is not 0):");
	if (!table(ctl, bdf, "."))
		puts("  none");
	if (file_list(ctl, &names, FOLDER "/%s", bdf))
		return;
	for (i = 0; i < names.num; i++) {
		if (strspn(names.name[i], "0123456789abcdef") !=
		    strlen(names.name[i]))
			continue;
		printf("page table of PASID 0x%s:\n", names.name[i]);
		table(ctl, bdf, names.name[i]);
	}
	file_list_free(&names);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct device dev;
	unsigned int num;
	FILE *probe;
	int c, rc;

	while ((c = ctl_option(argc, argv, "+h", NULL)))
		return c == 'h' ? ctl_usage(&cmd_dump) : CTL_USAGE;
	if (argc - ctl_rest() != 1)
		return ctl_usage(&cmd_dump);
	rc = device_find(ctl, &dev, argv[ctl_rest()]);
	if (rc)
		return rc;
	probe = file_open(ctl, FOLDER "/dmar_translation_struct");
	if (!probe)
		return no_debugfs(errno);
	fclose(probe);
	if (!dev.unit[0])
		return ctl_error(CTL_NO, "%s has no IOMMU in front of it", dev.bdf);
	if (ctl->json) {
		json_open(NULL, '{');
		json_text("device", dev.bdf);
		json_text("unit", dev.unit);
		json_open("entries", '[');
		entries(ctl, &dev);
		json_close(']');
		json_close('}');
		json_end();
		return CTL_OK;
	}
	printf("%s behind %s\n", dev.bdf, dev.unit);
	num = entries(ctl, &dev);
	if (!num)
		puts("  no entry: its DMA is blocked, or another requester stands for it");
	tables(ctl, dev.bdf);
	return CTL_OK;
}

const struct ctl_command cmd_dump = {
	.name = "dump",
	.args = "BDF",
	.what = "entries and tables as the hardware has them (root)",
	.run = run,
	.details =
"Context and PASID entries with both stages, and the page tables, of a device\n"
"behind VT-d. The output has addresses in memory: it is not for bug reports,\n"
"'iommufdctl report' is.",
};
