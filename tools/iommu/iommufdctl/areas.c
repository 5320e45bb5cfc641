// SPDX-License-Identifier: GPL-2.0-only
/*
 * Areas as the hardware has them, from domain_translation_struct of VT-d's
 * debugfs. The entries' physical addresses are skipped and never printed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "areas.h"
#include "context.h"
#include "file.h"
#include "json.h"

/* "0x000000fee00 |\tPML5E\tPML4E\tPDPE\tPDE\tPTE": the last that is not 0. */
static int parse_leaf(const char *line, unsigned long long *pfn, unsigned int *level,
		      unsigned long long *entry)
{
	unsigned long long e[5] = { };
	int i;

	if (sscanf(line, "%llx | %llx %llx %llx %llx %llx", pfn, &e[0], &e[1],
		   &e[2], &e[3], &e[4]) != 6)
		return -EINVAL;
	for (i = 4; i > 2 && !e[i]; i--)
		;
	*level = (unsigned int)(4 - i);
	*entry = e[i];
	return *entry ? 0 : -EINVAL;
}

static int add_leaf(struct areas *areas, unsigned long long pfn,
		    unsigned int level, unsigned long long entry)
{
	unsigned long long first = pfn << 12;
	unsigned long long last = first + (1ULL << (12 + 9 * level)) - 1;
	struct area *area = areas->num ? &areas->area[areas->num - 1] : NULL;
	int readable = (int)(entry & 1), writable = (int)(entry >> 1 & 1);

	if (!area || area->last + 1 != first || area->readable != readable ||
	    area->writable != writable) {
		area = realloc(areas->area, (areas->num + 1) * sizeof(*area));
		if (!area)
			return -ENOMEM;
		areas->area = area;
		area += areas->num++;
		*area = (struct area){ .first = first, .readable = readable,
				       .writable = writable };
	}
	area->last = last;
	area->pages[level]++;
	return 0;
}

int areas_read(const struct ctl *ctl, struct areas *areas, const char *bdf)
{
	unsigned long long pfn, entry;
	unsigned int level;
	char line[256];
	FILE *f;
	int rc = 0;

	*areas = (struct areas){ .num = 0 };
	f = file_open(ctl, "/sys/kernel/debug/iommu/intel/%s/domain_translation_struct",
		      bdf);
	if (!f)
		return -errno;
	while (!rc && fgets(line, sizeof(line), f))
		if (!parse_leaf(line, &pfn, &level, &entry))
			rc = add_leaf(areas, pfn, level, entry);
	fclose(f);
	if (rc)
		areas_free(areas);
	return rc;
}

void areas_free(struct areas *areas)
{
	free(areas->area);
	areas->area = NULL;
	areas->num = 0;
}

static void row_text(const struct area *area)
{
	static const char *const sizes[] = { "4K", "2M", "1G" };
	char size[SIZE_TEXT];
	int i;

	printf("    0x%-16llx 0x%-16llx %9s %s%s ", area->first, area->last,
	       size_text(area->last - area->first + 1, size),
	       area->readable ? "r" : "-", area->writable ? "w" : "-");
	for (i = 2; i >= 0; i--)
		if (area->pages[i])
			printf(" %llux%s", area->pages[i], sizes[i]);
	putchar('\n');
}

#define CELLS 64
#define LINES 12

/* '#' all of the cell is mapped, '+' some of it, '.' nothing. */
static char cell(const struct areas *areas, unsigned long long first,
		 unsigned long long last)
{
	unsigned long long covered = 0;
	unsigned int i;

	for (i = 0; i < areas->num; i++) {
		const struct area *a = &areas->area[i];
		unsigned long long from = a->first > first ? a->first : first;
		unsigned long long to = a->last < last ? a->last : last;

		if (from <= to)
			covered += to - from + 1;
	}
	return !covered ? '.' : covered == last - first + 1 ? '#' : '+';
}

static void map_text(const struct areas *areas)
{
	unsigned long long last = areas->area[areas->num - 1].last;
	unsigned long long step = 2048, begin, span;
	char size[SIZE_TEXT], line[CELLS + 1];
	unsigned int i, j, skipped = 0;

	do {
		step *= 2;
		begin = areas->area[0].first & ~(step * CELLS - 1);
		span = last - begin;
	} while (span / step >= CELLS * LINES);
	printf("    map, a cell is %s:\n", size_text(step, size));
	for (i = 0; i <= span / step / CELLS; i++) {
		unsigned long long at = begin + (unsigned long long)i * CELLS * step;

		for (j = 0; j < CELLS; j++)
			line[j] = cell(areas, at + j * step,
				       at + (j + 1) * step - 1);
		line[CELLS] = 0;
		if (strspn(line, ".") == CELLS) {
			skipped++;
			continue;
		}
		if (skipped)
			printf("  %12s\n", "...");
		skipped = 0;
		printf("  %12llx %s\n", at, line);
	}
}

void areas_text(const struct ctl *ctl, const struct areas *areas, unsigned int rows)
{
	unsigned int i;

	(void)ctl;
	if (!areas->num) {
		puts("    nothing is mapped");
		return;
	}
	printf("    %-18s %-18s %9s     pages\n", "first IOVA", "last IOVA", "size");
	for (i = 0; i < areas->num && (!rows || i < rows); i++)
		row_text(&areas->area[i]);
	if (i < areas->num)
		printf("    ... and %u more; -a shows all\n", areas->num - i);
	map_text(areas);
}

void areas_json(const struct areas *areas)
{
	unsigned int i;

	json_open("areas", '[');
	for (i = 0; i < areas->num; i++) {
		const struct area *area = &areas->area[i];

		json_open(NULL, '{');
		json_number("first", area->first);
		json_number("last", area->last);
		json_yes("readable", area->readable);
		json_yes("writable", area->writable);
		json_number("pages_4k", area->pages[0]);
		json_number("pages_2m", area->pages[1]);
		json_number("pages_1g", area->pages[2]);
		json_close('}');
	}
	json_close(']');
}
