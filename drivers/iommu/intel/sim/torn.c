// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries of tables that are fetched in pieces while software changes them.
 *
 * A unit reads 16 bytes at once, and the pieces of an entry at any time: the first one,
 * which has the present bit, and then the others in any order. After each store to a
 * live entry all fetches that may end now are tried, old and new pieces mixed, for the
 * request of each stream and without caches. Each of them must mean what the entry as a
 * whole has meant at some moment since the caches were last made to forget. Nobody keeps
 * what the entry leads to from changing meanwhile: the guest's tables, and the parent's.
 *
 * Locks: vtd_sim_unit.lock.
 * Calls: the model.
 *
 * Spec: 9 (size and atomicity of accesses to translation structures)
 */
#define pr_fmt(fmt) "vtd-sim: " fmt

#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "function.h"
#include "model/model.h"
#include "model/translate.h"
#include "ram.h"
#include "sim_unit.h"
#include "sriov.h"
#include "torn.h"

#define PIECE_WORDS	2
#define PIECE_SIZE	(PIECE_WORDS * sizeof(u64))
#define PIECES_MAX	(VTD_SIM_TORN_WORDS / PIECE_WORDS)
/* How often a fetch is looked at anew because the tables below changed */
#define LOOKS		8

/**
 * struct answer - what tables say of a request
 * @reason: fault reason; 0 for none
 * @addr: host address; like all below without a fault only
 * @did: domain id
 * @read: may be read
 * @write: may be written
 */
struct answer {
	u8 reason;
	u64 addr;
	u16 did;
	bool read;
	bool write;
};

static bool is_same(const struct answer *a, const struct answer *b)
{
	return a->reason == b->reason && a->addr == b->addr && a->did == b->did &&
	       a->read == b->read && a->write == b->write;
}

/* What a fetch of @words would lead to. */
static struct answer answer_to(struct vtd_sim_unit *unit,
			       const struct vtd_model_request *rq, const u64 *words)
{
	const struct vtdm_walk *walk = &unit->model->fresh;
	u8 reason;

	unit->torn.mix = words;
	reason = vtdm_translate_fresh(unit->model, rq);
	unit->torn.mix = NULL;
	if (reason)
		return (struct answer){ .reason = reason };
	return (struct answer){
		.addr = walk->page.addr, .did = walk->pe.did,
		.read = walk->page.read, .write = walk->page.write,
	};
}

static const u64 *piece_of(const struct vtd_sim_torn *torn, unsigned int state,
			   unsigned int piece)
{
	return &torn->state[state][piece * PIECE_WORDS];
}

/* The next time, from @at on, at which a piece is not what it was before; n for none. */
static unsigned int next_version(const struct vtd_sim_torn *torn, unsigned int piece,
				 unsigned int at)
{
	for (; at < torn->n; at++) {
		if (memcmp(piece_of(torn, at - 1, piece), piece_of(torn, at, piece),
			   PIECE_SIZE))
			break;
	}
	return at;
}

/**
 * struct fetch - one that is made at several times
 * @torn: the entry
 * @at: for each piece, the state that it is from; that of the first is the lowest
 * @words: what it finds
 */
struct fetch {
	const struct vtd_sim_torn *torn;
	unsigned int at[PIECES_MAX];
	u64 words[VTD_SIM_TORN_WORDS];
};

static void fetch_set(struct fetch *fetch, unsigned int piece, unsigned int at)
{
	fetch->at[piece] = at;
	memcpy(&fetch->words[piece * PIECE_WORDS], piece_of(fetch->torn, at, piece),
	       PIECE_SIZE);
}

static void fetch_begin(struct fetch *fetch, unsigned int first)
{
	unsigned int piece;

	for (piece = 0; piece < fetch->torn->nwords / PIECE_WORDS; piece++)
		fetch_set(fetch, piece, first);
}

/* The next mixture; false when each has been. */
static bool fetch_next(struct fetch *fetch)
{
	const struct vtd_sim_torn *torn = fetch->torn;
	unsigned int piece, at;

	for (piece = 1; piece < torn->nwords / PIECE_WORDS; piece++) {
		at = next_version(torn, piece, fetch->at[piece] + 1);
		if (at < torn->n) {
			fetch_set(fetch, piece, at);
			return true;
		}
		fetch_set(fetch, piece, fetch->at[0]);
	}
	at = next_version(torn, 0, fetch->at[0] + 1);
	if (at == torn->n)
		return false;
	fetch_begin(fetch, at);
	return true;
}

static bool was_ever(const struct answer *whole, unsigned int n, const struct answer *answer)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (is_same(&whole[i], answer))
			return true;
	}
	return false;
}

static void torn_report(struct vtd_sim_unit *unit, const struct vtd_model_request *rq,
			const struct fetch *fetch, const struct answer *answer)
{
	const unsigned int *at = fetch->at;

	unit->counters.torn++;
	pr_warn_ratelimited("unit %u: the entry at %#llx, fetched by %#x after stores %u %u %u %u, matches neither an old nor a new state: reason %#x, address %#llx\n",
			    unit->id, unit->torn.pa, rq->sid, at[0], at[1], at[2], at[3],
			    answer->reason, answer->addr);
}

static void ask_whole(struct vtd_sim_unit *unit, const struct vtd_model_request *rq,
		      struct answer *whole)
{
	unsigned int i;

	for (i = 0; i < unit->torn.n; i++)
		whole[i] = answer_to(unit, rq, unit->torn.state[i]);
}

/*
 * The states are asked before the fetch and after it. If they do not mean the same any
 * more, the tables below have changed, and the fetch is made again. @whole is what they
 * meant last.
 */
static bool is_torn(struct vtd_sim_unit *unit, const struct vtd_model_request *rq,
		    const struct fetch *fetch, struct answer *whole, struct answer *answer)
{
	struct answer before[VTD_SIM_TORN_STATES];
	unsigned int n = unit->torn.n, look, i;

	for (look = 0; look < LOOKS; look++) {
		memcpy(before, whole, n * sizeof(*whole));
		*answer = answer_to(unit, rq, fetch->words);
		if (was_ever(before, n, answer))
			return false;
		ask_whole(unit, rq, whole);
		for (i = 0; i < n && is_same(&before[i], &whole[i]); i++)
			;
		if (i == n)
			return true;
	}
	return false;
}

static void try_mixes(struct vtd_sim_unit *unit, const struct vtd_model_request *rq)
{
	struct answer whole[VTD_SIM_TORN_STATES], answer;
	struct fetch fetch = { .torn = &unit->torn };

	ask_whole(unit, rq, whole);
	fetch_begin(&fetch, 0);
	do {
		unit->counters.mixed++;
		if (is_torn(unit, rq, &fetch, whole, &answer))
			torn_report(unit, rq, &fetch, &answer);
	} while (fetch_next(&fetch));
}

/* What the stream of a function asks for. */
static struct vtd_model_request stream_request(const struct vtd_sim_function *fn)
{
	const struct vtd_sim_job *job = &fn->stream.job;
	bool has_pasid = job->command & VTD_SIM_OP_PASID;
	bool writes = (job->command & VTD_SIM_OP_MASK) == VTD_SIM_OP_WRITE;

	return (struct vtd_model_request){
		.addr = job->addr,
		.pasid = has_pasid ? job->pasid : 0,
		.size = 1,
		.sid = vtd_sim_function_sid(fn),
		.access = writes ? VTD_ACCESS_WRITE : VTD_ACCESS_READ,
		.at = VTD_FRCD_AT_UNTRANSLATED,
		.has_pasid = has_pasid,
		.privileged = job->command & VTD_SIM_OP_PRIVILEGED,
	};
}

static void state_add(struct vtd_sim_torn *torn)
{
	if (torn->n == VTD_SIM_TORN_STATES) {
		torn->n--;
		memmove(torn->state[0], torn->state[1], torn->n * sizeof(torn->state[0]));
	}
	if (vtd_sim_ram_read(NULL, torn->pa, torn->state[torn->n],
			     torn->nwords * sizeof(u64)))
		torn->nwords = 0;
	else
		torn->n++;
}

/**
 * vtd_sim_torn_begin() - a live entry is about to change
 * @unit: the unit
 * @entry: the entry; NULL: the change is over
 * @nwords: its size in words of 64 bits
 */
void vtd_sim_torn_begin(struct vtd_sim_unit *unit, const u64 *entry, unsigned int nwords)
{
	struct vtd_sim_torn *torn = &unit->torn;

	lockdep_assert_held(&unit->lock);
	torn->n = 0;
	torn->nwords = 0;
	if (nwords < PIECE_WORDS || nwords > VTD_SIM_TORN_WORDS || !virt_addr_valid(entry))
		return;
	torn->pa = __pa(entry);
	torn->nwords = nwords;
	state_add(torn);
}

/**
 * vtd_sim_torn_stored() - a part of the entry was written
 * @unit: the unit
 *
 * Context: nobody is inside the model.
 */
void vtd_sim_torn_stored(struct vtd_sim_unit *unit)
{
	struct vtd_sim_torn *torn = &unit->torn;
	struct vtd_model_request rq;
	struct vtd_sim_function *fn;
	unsigned int sid;

	lockdep_assert_held(&unit->lock);
	if (!torn->nwords)
		return;
	state_add(torn);
	if (!unit->nstreams || !unit->model->translating)
		return;
	for (sid = 0; sid < VTD_SIM_SIDS; sid++) {
		fn = vtd_sim_sriov_find(unit, sid);
		if (!fn || !fn->stream.left)
			continue;
		rq = stream_request(fn);
		try_mixes(unit, &rq);
	}
}

/**
 * vtd_sim_torn_forget() - fetches that have begun are over: caches were invalidated
 * @unit: the unit
 */
void vtd_sim_torn_forget(struct vtd_sim_unit *unit)
{
	struct vtd_sim_torn *torn = &unit->torn;

	lockdep_assert_held(&unit->lock);
	torn->n = 0;
	if (torn->nwords)
		state_add(torn);
}

int vtd_sim_torn_read(void *owner, u64 pa, void *data, unsigned int size)
{
	const struct vtd_sim_unit *unit = owner;
	const struct vtd_sim_torn *torn = &unit->torn;
	u64 at = pa - torn->pa;

	if (!torn->mix || pa < torn->pa || at + size > torn->nwords * sizeof(u64))
		return vtd_sim_ram_read(owner, pa, data, size);
	memcpy(data, (const u8 *)torn->mix + at, size);
	return 0;
}
