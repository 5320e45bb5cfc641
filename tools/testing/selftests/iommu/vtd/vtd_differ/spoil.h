/* SPDX-License-Identifier: GPL-2.0-only */
/* Words of live tables that are spoilt, and made good again. */
#ifndef VTD_DIFFER_SPOIL_H
#define VTD_DIFFER_SPOIL_H

#include <stdbool.h>

#include "lib/sim.h"

#define SPOILS 8
#define SPOIL_BITS 40
#define SPOIL_SNOOP 11
#define SPOIL_DEPTH 8

/**
 * struct spoils - what is spoilt
 * @sim: /dev/vtd-sim
 * @segment: PCI segment of the device
 * @source: its bus number and function
 * @spare: an address whose walk is left alone
 * @nr: words that are spoilt
 * @done: in the order in which they were
 */
struct spoils {
	int sim;
	__u16 segment;
	__u16 source;
	__u64 spare;
	unsigned int nr;
	struct vtd_sim_spoil done[SPOILS];
};

bool spoil(struct spoils *s, __u64 addr, unsigned int nth, unsigned int nbit);
void spoils_undo(struct spoils *s);
void spoils_note(const struct spoils *s);

#endif
