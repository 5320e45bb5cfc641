// SPDX-License-Identifier: GPL-2.0-only
/* What debugfs shows of a guest's tables and of its parent's. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cases.h"
#include "lib/tenant.h"

#define DIR_OF_DEVICES "/sys/kernel/debug/iommu/intel"
#define PASID 3
#define LINES_MAX 70000

static const struct profile full = { VTD_SIM_FULL, "", 0 };

/* A file of the function, or of a PASID of it. */
static FILE *file_open(const struct tenant *t, unsigned int pasid, const char *name)
{
	char path[160], folder[16] = "";
	FILE *file;

	if (pasid)
		snprintf(folder, sizeof(folder), "/%x", pasid);
	snprintf(path, sizeof(path), DIR_OF_DEVICES "/%s%s/%s", t->fn.bdf, folder, name);
	file = fopen(path, "r");
	if (!file)
		harness_fail(__FILE__, __LINE__, "%s: %s", path, strerror(errno));
	return file;
}

/* One line: its page, the lowest entry of the guest's, and what the parent has there. */
struct line {
	unsigned long long pfn, first, second;
	int is_mapped;
};

static int line_parse(const char *text, struct line *line)
{
	char second[32];

	if (sscanf(text, "%llx |\t%*x\t%*x\t%*x\t%*x\t%llx\t%31s", &line->pfn, &line->first,
		   second) != 3)
		return 0;
	line->is_mapped = strcmp(second, "-") != 0;
	line->second = strtoull(second, NULL, 16);
	return 1;
}

/* How many translations; the first @n go to @lines. @over: the last line says so. */
static unsigned int nested_read(const struct tenant *t, unsigned int pasid,
				struct line *lines, unsigned int n, int *over)
{
	FILE *file = file_open(t, pasid, "nested_translation_struct");
	unsigned int found = 0;
	struct line line;
	char text[256];

	*over = 0;
	while (fgets(text, sizeof(text), file)) {
		CHECK(found < LINES_MAX);
		CHECK_EQ(*over, 0);
		*over = !!strstr(text, "No more than");
		if (!line_parse(text, &line))
			continue;
		if (found < n)
			lines[found] = line;
		found++;
	}
	fclose(file);
	return found;
}

/* What the parent has for a page of the guest, by the file that shows its own table. */
static unsigned long long parent_entry(const struct tenant *t, __u64 gpa)
{
	FILE *file = file_open(t, 0, "domain_translation_struct");
	unsigned long long pfn, entry, found = 0;
	char text[256];

	while (fgets(text, sizeof(text), file)) {
		if (sscanf(text, "%llx |\t%*x\t%*x\t%*x\t%*x\t%llx", &pfn, &entry) == 2 &&
		    pfn == gpa / PAGE)
			found = entry;
	}
	fclose(file);
	CHECK(found);
	return found;
}

/* Each page of a table, where it leads in the guest, and where that is. */
void nested_debugfs(void)
{
	struct line lines[NPAGES];
	struct tenant t;
	unsigned int i;
	struct stat st;
	char path[160];
	__u64 root;
	int over;

	tenant_make(&t, &full);
	root = tenant_reversed(&t, NPAGES);
	vfio_attach(t.fn.device, tenant_hwpt(&t, root));
	tenant_pasid(&t, PASID, tenant_hwpt(&t, tenant_reversed(&t, 2)));
	CHECK_EQ(nested_read(&t, 0, lines, NPAGES, &over), NPAGES);
	CHECK_EQ(over, 0);
	for (i = 0; i < NPAGES; i++) {
		CHECK_EQ(lines[i].pfn, IOVA / PAGE + i);
		CHECK_EQ(lines[i].first & FS_ADDR, tenant_data(NPAGES - 1 - i));
		CHECK(lines[i].is_mapped);
		CHECK_EQ(lines[i].second, parent_entry(&t, tenant_data(NPAGES - 1 - i)));
	}
	CHECK_EQ(nested_read(&t, PASID, lines, NPAGES, &over), 2);
	/* A page that the parent does not have; the upper half of the addresses. */
	tenant_map(&t, root, IOVA + NPAGES * PAGE, 0x1000);
	tenant_map(&t, root, ~0ULL << 46, tenant_data(0));
	CHECK_EQ(nested_read(&t, 0, lines, 0, &over), NPAGES + 2);
	snprintf(path, sizeof(path), DIR_OF_DEVICES "/%s/nested_translation_struct",
		 t.fn.bdf);
	CHECK_EQ(stat(path, &st), 0);
	CHECK_EQ(st.st_mode & 0777, 0600);
	/* Without a guest's table there is nothing to show. */
	vfio_attach(t.fn.device, t.parent);
	CHECK_EQ(nested_read(&t, 0, lines, 0, &over), 0);
	tenant_end(&t);
}

static void fill(struct tenant *t, __u64 table, __u64 entry)
{
	__u64 *words = tenant_at(t, table);
	unsigned int i;

	for (i = 0; i < 512; i++)
		words[i] = entry;
}

/* Tables without an end: the reader gets one. */
void nested_debugfs_hostile(void)
{
	struct tenant t;
	struct line line;
	__u64 loop, a, b;
	int over;

	tenant_make(&t, &full);
	/* Each entry leads to the table itself: all addresses translate. */
	loop = tenant_table(&t);
	fill(&t, loop, loop | FS_ALL);
	vfio_attach(t.fn.device, tenant_hwpt(&t, loop));
	CHECK(nested_read(&t, 0, &line, 1, &over) > 0);
	CHECK_EQ(over, 1);
	CHECK_EQ(line.pfn, 0);

	/* No address translates, and 2^27 tables of pages say so. */
	a = tenant_table(&t);
	fill(&t, a, 0);
	b = tenant_table(&t);
	fill(&t, b, a | FS_ALL);
	a = tenant_table(&t);
	fill(&t, a, b | FS_ALL);
	b = tenant_table(&t);
	fill(&t, b, a | FS_ALL);
	vfio_attach(t.fn.device, tenant_hwpt(&t, b));
	CHECK_EQ(nested_read(&t, 0, &line, 1, &over), 0);
	CHECK_EQ(over, 1);

	/* A table that the parent does not have, and one that goes meanwhile. */
	vfio_attach(t.fn.device, tenant_hwpt(&t, 0x1000));
	CHECK_EQ(nested_read(&t, 0, &line, 1, &over), 0);
	CHECK_EQ(over, 0);
	vfio_attach(t.fn.device, tenant_hwpt(&t, loop));
	ioas_unmap(t.fd, t.ioas, GUEST_RAM, t.npages * PAGE);
	CHECK_EQ(nested_read(&t, 0, &line, 1, &over), 0);
	CHECK_EQ(over, 0);
	tenant_end(&t);
}
