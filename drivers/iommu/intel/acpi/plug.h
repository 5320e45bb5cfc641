/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Units that join the table and leave it while the machine runs.
 */
#ifndef __VTD_ACPI_PLUG_H
#define __VTD_ACPI_PLUG_H

#include <linux/types.h>

struct vtd_dmar;
struct vtd_dmar_log;

/**
 * struct vtd_plug - who brings units
 * @read: parse the structures that describe them, as vtd_dmar_parse_owned()
 *	does. Called more than once, and each time the same is there
 * @owner: marks the records; nobody else has this one
 */
struct vtd_plug {
	int (*read)(const struct vtd_plug *plug, struct vtd_dmar *dmar,
		    struct vtd_dmar_log *log);
	void *owner;
};

bool vtd_plug_possible(void);
int vtd_plug_add(const struct vtd_plug *plug);
int vtd_plug_remove(const struct vtd_plug *plug);

#endif
