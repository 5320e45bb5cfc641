// SPDX-License-Identifier: GPL-2.0-only
/* Remapping units and the kernel's command line. */
#include <string.h>

#include "file.h"
#include "unit.h"

void unit_read(const struct ctl *ctl, struct unit *unit, const char *name)
{
	*unit = (struct unit){ .cap = 0 };
	snprintf(unit->name, sizeof(unit->name), "%s", name);
	unit->is_intel = file_exists(ctl, "/sys/class/iommu/%s/intel-iommu", name);
	if (!unit->is_intel)
		return;
	unit->cap = file_hex(ctl, "/sys/class/iommu/%s/intel-iommu/cap", name);
	unit->ecap = file_hex(ctl, "/sys/class/iommu/%s/intel-iommu/ecap", name);
	file_line(ctl, unit->version, sizeof(unit->version),
		  "/sys/class/iommu/%s/intel-iommu/version", name);
	file_line(ctl, unit->used, sizeof(unit->used),
		  "/sys/class/iommu/%s/intel-iommu/domains_used", name);
	file_line(ctl, unit->supported, sizeof(unit->supported),
		  "/sys/class/iommu/%s/intel-iommu/domains_supported", name);
}

int parameter_has(const struct ctl *ctl, const char *name, const char *word)
{
	char line[4096], *at, *save = NULL;
	size_t len = strlen(name);

	file_line(ctl, line, sizeof(line), "/proc/cmdline");
	for (at = strtok_r(line, " ", &save); at; at = strtok_r(NULL, " ", &save)) {
		char *value, *more = NULL;

		if (strncmp(at, name, len) || (at[len] && at[len] != '='))
			continue;
		if (!word)
			return 1;
		if (!at[len])
			continue;
		for (value = strtok_r(at + len + 1, ",", &more); value;
		     value = strtok_r(NULL, ",", &more))
			if (!strcmp(value, word))
				return 1;
	}
	return 0;
}

int unit_nests(const struct ctl *ctl, const struct unit *unit)
{
	return (unit->ecap & ECAP_NEST) && (unit->ecap & ECAP_SMTS) &&
	       (unit->ecap & ECAP_FSTS) &&
	       !parameter_has(ctl, "intel_iommu", "sm_off");
}
