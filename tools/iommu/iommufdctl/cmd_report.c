// SPDX-License-Identifier: GPL-2.0-only
/*
 * iommufdctl report: what a bug report needs. No address of the kernel, no
 * content of memory, no page table; of the command line only what concerns
 * IOMMUs.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "context.h"
#include "file.h"
#include "mask.h"
#include "unit.h"

static void title(const char *text)
{
	printf("\n== %s\n", text);
}

/* Host names and the like are nobody's business: known words only. */
static void parameters(const struct ctl *ctl)
{
	static const char *const known[] = { "intel_iommu", "iommu", "amd_iommu",
		"intremap", "nointremap", "vfio", "iommufd", "pci", "pcie_acs",
		"noats", "swiotlb", "x2apic", "nox2apic" };
	char line[4096], *at, *save = NULL;
	unsigned int i;

	title("kernel parameters that concern IOMMUs");
	file_line(ctl, line, sizeof(line), "/proc/cmdline");
	for (at = strtok_r(line, " ", &save); at; at = strtok_r(NULL, " ", &save))
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
			size_t len = strlen(known[i]);

			if (strncmp(at, known[i], len) ||
			    (at[len] && !strchr("=._", at[len])))
				continue;
			puts(at);
			break;
		}
}

static void units(const struct ctl *ctl)
{
	struct file_names names;
	struct unit unit;
	unsigned int i;

	title("units");
	if (file_list(ctl, &names, "/sys/class/iommu") || !names.num)
		puts("none: no IOMMU driver has found one");
	for (i = 0; i < names.num; i++) {
		unit_read(ctl, &unit, names.name[i]);
		if (unit.is_intel)
			printf("%s: VT-d %s, cap 0x%llx, ecap 0x%llx, domains %s of %s\n",
			       unit.name, unit.version, unit.cap, unit.ecap,
			       unit.used, unit.supported);
		else
			printf("%s\n", unit.name);
	}
	file_list_free(&names);
}

static int fdinfo(const struct ctl *ctl, struct context *context, void *arg)
{
	FILE *f = file_open(ctl, "/proc/%ld/fdinfo/%d", context->pid, context->fd);
	char line[1024];

	(void)arg;
	printf("process %ld, file %d\n", context->pid, context->fd);
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "iommufd-", 8))
			printf("  %s", line);
	if (f)
		fclose(f);
	return 0;
}

static void contexts(const struct ctl *ctl)
{
	unsigned int hidden = 0;
	int num;

	title("contexts of /dev/iommu");
	num = context_each(ctl, 0, fdinfo, NULL, &hidden);
	if (!num)
		puts("none");
	if (hidden)
		printf("(%u processes could not be looked at)\n", hidden);
}

static void parameter_files(const struct ctl *ctl)
{
	static const char *const modules[] = { "iommufd", "vfio", "vfio_pci",
					       "vfio_iommu_type1" };
	struct file_names names;
	unsigned int i, j;
	char value[128];

	title("modules and their parameters");
	for (i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		if (!file_exists(ctl, "/sys/module/%s", modules[i]))
			continue;
		printf("%s\n", modules[i]);
		if (file_list(ctl, &names, "/sys/module/%s/parameters", modules[i]))
			continue;
		for (j = 0; j < names.num; j++)
			if (!file_line(ctl, value, sizeof(value),
				       "/sys/module/%s/parameters/%s", modules[i],
				       names.name[j]))
				printf("  %s=%s\n", names.name[j], value);
		file_list_free(&names);
	}
}

static int concerns(const char *line)
{
	static const char *const words[] = { "DMAR", "iommu", "IOMMU", "vfio",
					     "VFIO", "DMA fault" };
	unsigned int i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(line, words[i]))
			return 1;
	return 0;
}

/* "6,1234,5678,-;text", and behind it lines of context, which begin with a blank. */
static void log_record(char *record)
{
	char *line, *text, *save = NULL;

	for (line = strtok_r(record, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		text = strchr(line, ';');
		/* The parameters were told, without those of others. */
		if (line[0] == ' ' || !text || !concerns(text) ||
		    strstr(text, "ommand line:"))
			continue;
		mask_addresses(text);
		puts(text + 1);
	}
}

static void kernel_log(const struct ctl *ctl)
{
	char path[FILE_PATH], record[2048];
	ssize_t n;
	int fd;

	title("kernel log, lines that concern IOMMUs (addresses of the kernel are x)");
	if (file_path(ctl, path, "/dev/kmsg"))
		return;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		printf("cannot be read (%s); as root: dmesg | grep -e DMAR -e iommu\n",
		       strerror(errno));
		return;
	}
	/* EPIPE: the log has run past us. */
	while ((n = read(fd, record, sizeof(record) - 1)) > 0 ||
	       (n < 0 && errno == EPIPE)) {
		if (n <= 0)
			continue;
		record[n] = 0;
		log_record(record);
	}
	close(fd);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	char list[] = "list", all[] = "-a";
	char *const words[] = { list, all, NULL };
	struct utsname name;
	int c;

	while ((c = ctl_option(argc, argv, "+h", NULL)))
		return c == 'h' ? ctl_usage(&cmd_report) : CTL_USAGE;
	if (ctl_rest() < argc)
		return ctl_usage(&cmd_report);
	if (ctl->json)
		return ctl_error(CTL_USAGE, "a report is text; its parts have --json: list, show");
	puts("== iommufdctl report");
	if (!uname(&name))
		printf("kernel %s, %s\n%s\n", name.release, name.machine,
		       name.version);
	parameters(ctl);
	title("what there is");
	printf("/dev/iommu %s, tracepoints of iommufd %s, debugfs of VT-d %s\n",
	       file_exists(ctl, "/dev/iommu") ? "yes" : "no",
	       file_exists(ctl, "/sys/kernel/tracing/events/iommufd") ? "yes" : "no",
	       file_exists(ctl, "/sys/kernel/debug/iommu/intel") ? "yes" : "no");
	parameter_files(ctl);
	units(ctl);
	title("devices");
	/* getopt() has read our arguments, and now reads these. */
	optind = 0;
	ctl->colour = 0;
	cmd_list.run(ctl, 2, (char **)words);
	contexts(ctl);
	kernel_log(ctl);
	return CTL_OK;
}

const struct ctl_command cmd_report = {
	.name = "report",
	.args = "",
	.what = "what a bug report needs",
	.run = run,
	.details =
"As root it says most. It has no addresses of the kernel and no contents of\n"
"memory, and the names of no processes: read it before you send it all the same.",
};
