/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all who flush do when a device did not answer.
 */
#ifndef VTD_INVAL_FLUSH_H
#define VTD_INVAL_FLUSH_H

struct vtd_tags;
struct vtd_unit;

void vtd_flush_cut_off_mute(struct vtd_tags *tags, struct vtd_unit *unit);

#endif
