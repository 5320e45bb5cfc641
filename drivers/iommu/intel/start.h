/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One unit from "known" to "translating", and back.
 */
#ifndef VTD_START_H
#define VTD_START_H

#include <linux/types.h>

struct vtd_unit;

int vtd_start_queue(struct vtd_unit *unit);
void vtd_start_mode(struct vtd_unit *unit);
int vtd_start_root(struct vtd_unit *unit);
int vtd_start_tables(struct vtd_unit *unit);
int vtd_start_sysfs(struct vtd_unit *unit);
int vtd_start_devices(struct vtd_unit *unit);
int vtd_start_translation(struct vtd_unit *unit);
void vtd_stop_for_sleep(struct vtd_unit *unit);
int vtd_start_again(struct vtd_unit *unit);
void vtd_stop(struct vtd_unit *unit);
bool vtd_may_replace_tables(struct vtd_unit *unit);

#endif
