// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words of live tables that are spoilt, and made good again.
 *
 * Only bits that lead to no other memory of this machine change: the lowest twelve, and those
 * above what it can have. What a table's address becomes is then no table.
 */
#include <errno.h>
#include <string.h>

#include "lib/harness.h"
#include "lib/sim.h"
#include "vtd/vtd_differ/spoil.h"

#define LOW_BITS 12
#define MEMORY_BITS 36

static struct vtd_sim_spoil word(const struct spoils *s, __u64 addr, unsigned int nth)
{
	return (struct vtd_sim_spoil){
		.size = sizeof(struct vtd_sim_spoil),
		.segment = s->segment,
		.source = s->source,
		.addr = addr,
		.nth = nth,
	};
}

static bool is_spare(const struct spoils *s, __u64 at)
{
	struct vtd_sim_spoil look;
	unsigned int nth;

	for (nth = 0; nth < SPOIL_DEPTH; nth++) {
		look = word(s, s->spare, nth);
		if (__sim(s->sim, VTD_SIM_SPOIL, &look)) {
			CHECK_EQ(errno, ENOENT);
			return false;
		}
		if (look.out_at == at)
			return true;
	}
	return false;
}

/* One bit of the word @nth that a walk for @addr reads. False if it is not to be touched. */
bool spoil(struct spoils *s, __u64 addr, unsigned int nth, unsigned int nbit)
{
	unsigned int bit = nbit < LOW_BITS ? nbit : nbit - LOW_BITS + MEMORY_BITS;
	struct vtd_sim_spoil how = word(s, addr, nth);

	CHECK(s->nr < SPOILS);
	if (__sim(s->sim, VTD_SIM_SPOIL, &how)) {
		CHECK_EQ(errno, ENOENT);
		return false;
	}
	if (is_spare(s, how.out_at))
		return false;
	how.mask = 1ULL << bit;
	how.bits = ~how.out_old;
	CHECK_OK(__sim(s->sim, VTD_SIM_SPOIL, &how));
	s->done[s->nr++] = how;
	return true;
}

/* Backwards, so that each walk is the one that found its word. */
void spoils_undo(struct spoils *s)
{
	struct vtd_sim_spoil back;

	while (s->nr) {
		s->nr--;
		back = s->done[s->nr];
		back.bits = s->done[s->nr].out_old;
		CHECK_OK(__sim(s->sim, VTD_SIM_SPOIL, &back));
		CHECK_EQ(back.out_at, s->done[s->nr].out_at);
	}
}

/* Says what is spoilt. */
void spoils_note(const struct spoils *s)
{
	const struct vtd_sim_spoil *done;

	for (done = s->done; done < s->done + s->nr; done++)
		harness_note("spoilt for %#llx: word %u, %#llx, bits %#llx",
			     (unsigned long long)done->addr, done->nth,
			     (unsigned long long)done->out_old,
			     (unsigned long long)done->mask);
}
