/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Units of integrated graphics.
 */
#ifndef VTD_GRAPHICS_H
#define VTD_GRAPHICS_H

#include <linux/types.h>

struct vtd_unit;

/**
 * vtd_unit_serves_graphics - has a unit nothing but displays behind it?
 * @unit: the unit
 *
 * Context: may sleep; PCI is enumerated.
 * Return: true if so.
 */
bool vtd_unit_serves_graphics(const struct vtd_unit *unit);

/**
 * vtd_graphics_init - find units on which translation must stay on
 *
 * Context: boot; PCI is enumerated, and no unit has been told anything.
 */
void vtd_graphics_init(void);

#endif
