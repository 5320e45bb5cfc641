/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A unit that does not translate although it should.
 */
#ifndef VTD_OUTAGE_H
#define VTD_OUTAGE_H

#include <linux/types.h>

struct vtd_unit;

/**
 * enum vtd_outage_when - what the unit was being used for
 * @VTD_OUTAGE_BOOT: it is brought up; no driver is bound to any device
 * @VTD_OUTAGE_HOT_ADD: it is brought up with a root bridge that is not scanned yet
 * @VTD_OUTAGE_RESUME: it should go on after sleep; drivers hold IOVAs
 */
enum vtd_outage_when {
	VTD_OUTAGE_BOOT,
	VTD_OUTAGE_HOT_ADD,
	VTD_OUTAGE_RESUME,
};

/**
 * enum vtd_outage_answer - what becomes of the devices behind the unit
 * @VTD_OUTAGE_LEAVE_OUT: they have no IOMMU: addresses are physical, as on a machine
 *	without units; nothing is isolated, and VFIO does not get them
 * @VTD_OUTAGE_REFUSE: they are not found: the root bridge is not used
 * @VTD_OUTAGE_CUT_OFF: they do no DMA any more
 * @VTD_OUTAGE_HALT: the machine stops
 */
enum vtd_outage_answer {
	VTD_OUTAGE_LEAVE_OUT,
	VTD_OUTAGE_REFUSE,
	VTD_OUTAGE_CUT_OFF,
	VTD_OUTAGE_HALT,
};

/**
 * struct vtd_outage - what the answer depends on
 * @when: what the unit was being used for
 * @forced: a measured launch relies on translation
 * @translates: the unit goes on translating, by tables that are not ours
 */
struct vtd_outage {
	enum vtd_outage_when when;
	bool forced;
	bool translates;
};

enum vtd_outage_answer vtd_outage_decide(const struct vtd_outage *outage);

/**
 * enum vtd_outage_driver - who tells a device where to do DMA
 * @VTD_DRIVER_OF_KERNEL: a driver that uses the DMA API, or none
 * @VTD_DRIVER_OF_USER: user space, a guest; whoever has a domain of its own
 */
enum vtd_outage_driver {
	VTD_DRIVER_OF_KERNEL,
	VTD_DRIVER_OF_USER,
};

/**
 * enum vtd_outage_fate - what becomes of one device after sleep
 * @VTD_FATE_GOES_ON: nothing: its addresses are physical
 * @VTD_FATE_CUT_OFF: it does no DMA any more
 * @VTD_FATE_HALT: nobody can be kept from giving it access to all memory
 */
enum vtd_outage_fate {
	VTD_FATE_GOES_ON,
	VTD_FATE_CUT_OFF,
	VTD_FATE_HALT,
};

/**
 * struct vtd_outage_device - what the fate depends on
 * @physical: its requests without PASID were not translated
 * @driver: who drives it
 * @translates: as in struct vtd_outage
 * @interrupts_lost: its interrupts should be remapped, and are not
 */
struct vtd_outage_device {
	bool physical;
	enum vtd_outage_driver driver;
	bool translates;
	bool interrupts_lost;
};

enum vtd_outage_fate vtd_outage_fate(const struct vtd_outage_device *device);

void vtd_outage_at_boot(struct vtd_unit *unit, const char *what, int error);
void vtd_outage_at_resume(struct vtd_unit *unit, int error);
void vtd_outage_check_forced(void);

#endif
