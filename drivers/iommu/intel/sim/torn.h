/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entries of tables that are fetched in pieces while software changes them.
 */
#ifndef __VTD_SIM_TORN_H
#define __VTD_SIM_TORN_H

#include <linux/types.h>

struct vtd_sim_unit;

#define VTD_SIM_TORN_WORDS	8
/* More than one transition stores between two invalidations */
#define VTD_SIM_TORN_STATES	16

/**
 * struct vtd_sim_torn - the entry that changes right now
 * @pa: where it is
 * @nwords: its size in words of 64 bits; 0: there is none
 * @n: states that it had since the caches were last made to forget
 * @state: these, the oldest first
 * @mix: what a fetch finds that is made at several times; NULL: memory
 */
struct vtd_sim_torn {
	u64 pa;
	unsigned int nwords;
	unsigned int n;
	u64 state[VTD_SIM_TORN_STATES][VTD_SIM_TORN_WORDS];
	const u64 *mix;
};

/* Of all: the lock of the unit is held. */
void vtd_sim_torn_begin(struct vtd_sim_unit *unit, const u64 *entry, unsigned int nwords);
void vtd_sim_torn_stored(struct vtd_sim_unit *unit);
void vtd_sim_torn_forget(struct vtd_sim_unit *unit);

/* As vtd_sim_ram_read(). */
int vtd_sim_torn_read(void *owner, u64 pa, void *data, unsigned int size);

#endif
