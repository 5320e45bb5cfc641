/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Units that come and go while the machine runs.
 */
#ifndef VTD_HOT_H
#define VTD_HOT_H

struct vtd_unit;

/**
 * vtd_hot_init - units may come and go from now on
 *
 * Context: boot; the units of the table are up.
 */
void vtd_hot_init(void);

/**
 * vtd_hot_claim - nothing new gets behind a unit that is to go
 * @unit: the unit
 *
 * Context: may sleep; the hot plug path, which is alone.
 * Return: 0; -EBUSY, with a line that says what is still behind it: then nothing
 * has changed.
 */
int vtd_hot_claim(struct vtd_unit *unit);

/**
 * vtd_hot_take_down - the unit is found by nobody, and off
 * @unit: a unit that was claimed, or that did not come up
 *
 * Only its memory is left, for vtd_unit_destroy().
 *
 * Context: may sleep.
 */
void vtd_hot_take_down(struct vtd_unit *unit);

#endif
