/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A unit that must translate although nobody uses it.
 */
#ifndef VTD_BYPASS_H
#define VTD_BYPASS_H

struct pci_dev;
struct vtd_unit;

/**
 * vtd_bypass_install - addresses are physical, with translation on
 * @unit: translates by tables that nobody takes care of
 *
 * The unit gets tables of its own, in which each device behind it has
 * pass-through. They stay for good.
 *
 * Context: boot; may sleep.
 * Return: 0; -EOPNOTSUPP if the unit has no pass-through, or if its mode would
 * have to change; -ENOMEM; -ETIMEDOUT, -EIO of the unit.
 */
int vtd_bypass_install(struct vtd_unit *unit);

/**
 * vtd_bypass_device - one device of vtd_bypass_install()
 * @unit: a unit with tables
 * @pdev: a device behind it
 *
 * Context: boot; may sleep.
 * Return: 0; -ENOMEM; -ETIMEDOUT, -EIO of the unit.
 */
int vtd_bypass_device(struct vtd_unit *unit, struct pci_dev *pdev);

/**
 * vtd_leave_off - a unit is not used for DMA
 * @unit: the unit
 *
 * Tables of an earlier kernel go, and memory that firmware protected is open.
 *
 * Context: boot; may sleep.
 */
void vtd_leave_off(struct vtd_unit *unit);

#endif
