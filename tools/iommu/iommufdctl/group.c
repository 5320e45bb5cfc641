// SPDX-License-Identifier: GPL-2.0-only
/* IOMMU groups in sysfs. */
#include "file.h"
#include "group.h"

unsigned int group_reserved(const struct ctl *ctl, const char *group,
			    struct reserved *list, unsigned int room)
{
	FILE *f = file_open(ctl, "/sys/kernel/iommu_groups/%s/reserved_regions",
			    group);
	unsigned int num = 0;
	char line[128];

	while (f && num < room && fgets(line, sizeof(line), f))
		num += sscanf(line, "%llx %llx %23s", &list[num].first,
			      &list[num].last, list[num].type) == 3;
	if (f)
		fclose(f);
	return num;
}

void group_type(const struct ctl *ctl, const char *group, char *type, size_t size)
{
	file_line(ctl, type, size, "/sys/kernel/iommu_groups/%s/type", group);
}
