/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A unit made of code with devices that have caches and a config space.
 */
#ifndef VTD_DOMAIN_STAND_KUNIT_H
#define VTD_DOMAIN_STAND_KUNIT_H

#include <kunit/test.h>
#include <linux/pci.h>
#include <linux/sizes.h>

#include "../device/requester.h"
#include "../inval/expect_kunit.h"
#include "attach.h"
#include "domain.h"

#define STAND_DEVICES	2
#define STAND_IOVA	0x100000UL
/* What the devices can have of page requests */
#define STAND_REQUESTS	8

/**
 * struct stand - a unit with devices that have caches
 * @fake: the unit
 * @bus: where the devices are
 * @vd: the devices
 * @own: their requesters
 * @domain: what all of them translate by
 * @config: their config space
 * @written: called after each write of config space
 * @ats_written: called when ATS of a device was switched
 * @switched: how often
 * @seen: requests to the first device at these moments
 */
struct stand {
	struct fake_queue *fake;
	struct pci_bus bus;
	struct vtd_device vd[STAND_DEVICES];
	struct vtd_requester *own[STAND_DEVICES];
	struct vtd_domain *domain;
	struct {
		u16 ats;
		u16 pasid;
		u16 pri;
		u16 pri_status;
		bool gone;
	} config[STAND_DEVICES];
	void (*written)(struct stand *stand, int where);
	void (*ats_written)(struct stand *stand);
	unsigned int switched;
	unsigned int seen;
};

/* One domain, to which all devices are attached, with 64 KiB at STAND_IOVA. */
struct stand *stand_new(struct kunit *test, bool scalable);
/* The domain of all devices is a nest parent, and its unit nests. */
struct stand *stand_new_nesting(struct kunit *test);
void stand_free(struct kunit *test, struct stand *stand);
/* Source id of a device */
u16 stand_sid(unsigned int i);
/* A new requester, as probe makes one. */
void stand_requester(struct kunit *test, struct stand *stand, unsigned int i);
/* Another domain */
struct vtd_domain *stand_domain(struct kunit *test, struct stand *stand);
void stand_detach(struct stand *stand, unsigned int i);
/* Is the context entry of the device present? */
bool stand_reaches(const struct stand *stand, unsigned int i);
/* How many device TLB requests of @fake's log go to @sid? */
unsigned int stand_requests(const struct fake_queue *fake, u16 sid);

#endif
