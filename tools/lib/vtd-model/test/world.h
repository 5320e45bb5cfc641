/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A memory with tables in it, and a unit that reads them.
 *
 * The tables are written here word by word from the specification's layouts;
 * nothing is shared with the model but the layouts themselves.
 */
#ifndef WORLD_H
#define WORLD_H

#include "../../../../drivers/iommu/intel/hw/cap.h"
#include "../../../../drivers/iommu/intel/hw/fault_layout.h"
#include "../../../../drivers/iommu/intel/hw/page.h"
#include "../../../../drivers/iommu/intel/hw/pasid_layout.h"
#include "../../../../drivers/iommu/intel/hw/regs_layout.h"
#include "../../../../drivers/iommu/intel/hw/root_layout.h"
#include "../../../../drivers/iommu/intel/hw/stage.h"
#include "../../../../drivers/iommu/intel/sim/model/choice.h"
#include "../../../../drivers/iommu/intel/sim/model/invalidate.h"
#include "../../../../drivers/iommu/intel/sim/model/message.h"
#include "../../../../drivers/iommu/intel/sim/model/model.h"
#include "../../../../drivers/iommu/intel/sim/model/note.h"
#include "../../../../drivers/iommu/intel/sim/model/unit.h"
#include "../../../../drivers/iommu/intel/sim/model/word.h"

#define MEM_SIZE	0x400000

/* Where everything is. */
#define AT_ROOT		0x1000
#define AT_CONTEXT	0x2000	/* legacy; scalable: devfn 0x00 to 0x7f */
#define AT_UPPER	0x3000	/* scalable: devfn 0x80 to 0xff */
#define AT_DIR		0x4000
#define AT_PASIDS	0x5000
#define AT_SS		0x10000	/* 5 tables: level 5 first, level 1 last */
#define AT_FS		0x20000	/* likewise; under nesting also at GPA_FS */
#define AT_PAGE		0x30000	/* what is translated to */
#define AT_QUEUE	0x100000	/* invalidation queue */
#define AT_STATUS	0x180000	/* what wait descriptors write */
#define AT_REQUESTS	0x200000	/* page request queue */
#define GPA_FS		0x40000
#define GPA_PAGE	0x55000
#define SS(level)	(AT_SS + (5 - (level)) * 0x1000)
#define FS(level)	(AT_FS + (5 - (level)) * 0x1000)

/* The device, its two PASIDs, and the words that serve it. */
#define SID		0x0108
#define SID_UPPER	0x0188
#define RID_PASID	1
#define PASID		5
#define DID		7
#define ROOT		(AT_ROOT + 0x01 * 16)
#define CONTEXT		(AT_CONTEXT + 0x08 * 16)
#define SM_CONTEXT	(AT_CONTEXT + 0x08 * 32)
#define SM_UPPER	(AT_UPPER + 0x08 * 32)
#define ENTRY(pasid)	(AT_PASIDS + (pasid) * 64)

/* One address for each stage, and the words that translate it. */
#define FS_VA		0x008080604000ULL	/* indices 1, 2, 3, 4 */
#define FS4		(FS(4) + 1 * 8)
#define FS3		(FS(3) + 2 * 8)
#define FS2		(FS(2) + 3 * 8)
#define FS1		(FS(1) + 4 * 8)
#define SS_IOVA		GPA_PAGE		/* indices 0, 0, 0, 0x55 */
#define SS4		SS(4)
#define SS3		SS(3)
#define SS2		SS(2)
#define SS1		(SS(1) + 0x55 * 8)
/* The second stage's entry of the page with the first stage's table. */
#define SS1_OF_FS(level)	(SS(1) + (0x40 + 5 - (level)) * 8)

#define FULL_VERSION	0x60
#define FULL_HAW	46
#define FULL_CAP	(FIELD_PREP(VTD_CAP_ND, 6) | \
			 FIELD_PREP(VTD_CAP_SAGAW, 0xe) | \
			 FIELD_PREP(VTD_CAP_MGAW, 56) | VTD_CAP_ZLR | \
			 FIELD_PREP(VTD_CAP_FRO, 0x40) | \
			 FIELD_PREP(VTD_CAP_SSLPS, 3) | VTD_CAP_PSI | \
			 FIELD_PREP(VTD_CAP_NFR, 3) | \
			 FIELD_PREP(VTD_CAP_MAMV, 18) | VTD_CAP_DWD | \
			 VTD_CAP_DRD | VTD_CAP_FS1GP | VTD_CAP_FS5LP)
#define FULL_ECAP	(VTD_ECAP_C | VTD_ECAP_QI | VTD_ECAP_DT | \
			 VTD_ECAP_IR | VTD_ECAP_EIM | VTD_ECAP_PT | \
			 VTD_ECAP_SC | FIELD_PREP(VTD_ECAP_IRO, 0x50) | \
			 FIELD_PREP(VTD_ECAP_MHMV, 15) | VTD_ECAP_MTS | \
			 VTD_ECAP_NEST | VTD_ECAP_PRS | VTD_ECAP_SRS | \
			 VTD_ECAP_NWFS | VTD_ECAP_EAFS | \
			 FIELD_PREP(VTD_ECAP_PSS, 19) | VTD_ECAP_PASID | \
			 VTD_ECAP_DIT | VTD_ECAP_PDS | VTD_ECAP_SMTS | \
			 VTD_ECAP_SSADS | VTD_ECAP_SSTS | VTD_ECAP_FSTS | \
			 VTD_ECAP_SMPWCS | VTD_ECAP_RPS | VTD_ECAP_ADMS | \
			 VTD_ECAP_RPRIVS | VTD_ECAP_PTRS | VTD_ECAP_SSIRWS | \
			 VTD_ECAP_SMS)

/* By what the device is translated. */
enum world_kind {
	LEGACY,		/* TT=00 */
	LEGACY_ATS,	/* TT=01 */
	LEGACY_PT,	/* TT=10 */
	FIRST,
	SECOND,
	NESTED,
	PT,
};

#define READS_MAX	64
#define MESSAGES_MAX	64
#define SLOTS		64	/* of each cache */

/**
 * struct world - a memory and a unit
 * @model: the unit
 * @config: how it was made
 * @mem: its memory
 * @fail_read: the address at which reading fails; 0 for none
 * @fail_update: the address at which an atomic update fails
 * @read_at: what was read since this was last emptied
 * @nreads: how much of it
 * @nupdates: atomic updates that were tried
 * @on_read: called before each read; may change memory
 * @on_update: called before each update, likewise
 * @countdown: for the use of such a hook
 * @slots: what the unit's caches are made of
 * @note: the first note since this was last emptied
 * @nnotes: how many there were
 * @events: data of the unit's interrupt messages
 * @event_addr: address of the last one
 * @nevents: how many
 * @messages: what devices were sent
 * @nmessages: how much
 * @answer: what devices say to invalidation requests
 * @on_message: called for each message; may send requests
 * @misuse: what software did last against the rules; NULL for nothing
 * @nmisuses: how often it did
 * @fail_write: the address at which writing fails; 0 for none
 * @tail: where the next descriptor goes, as IQT
 */
struct world {
	struct vtd_model model;
	struct vtd_model_config config;
	u8 *mem;
	u64 fail_read;
	u64 fail_update;
	u64 read_at[READS_MAX];
	unsigned int nreads;
	unsigned int nupdates;
	void (*on_read)(struct world *world, u64 addr);
	void (*on_update)(struct world *world, u64 addr);
	unsigned int countdown;
	struct vtdm_cached *slots;
	struct vtd_model_note note;
	unsigned int nnotes;
	u32 events[MESSAGES_MAX];
	u64 event_addr;
	unsigned int nevents;
	struct vtd_model_message messages[MESSAGES_MAX];
	unsigned int nmessages;
	u32 answer;
	void (*on_message)(struct world *world,
			   const struct vtd_model_message *message);
	const char *misuse;
	unsigned int nmisuses;
	u64 fail_write;
	u64 tail;
};

struct world *world_new(void);
void world_free(struct world *world);
void world_unit(struct world *world, const struct vtd_model_config *config);
void world_build(struct world *world, enum world_kind kind);
u64 world_get(const struct world *world, u64 addr);
void world_put(struct world *world, u64 addr, u64 value);
void world_or(struct world *world, u64 addr, u64 bits);
void world_clear(struct world *world, u64 addr, u64 bits);
void world_start(struct world *world, const struct vtd_model_config *config,
		 enum world_kind kind);
void world_queue(struct world *world, u64 iqa);
void world_push(struct world *world, struct vtd_desc desc);
void world_kick(struct world *world);
void world_do(struct world *world, struct vtd_desc desc);
u32 world_status(const struct world *world, unsigned int which);
struct vtd_desc world_wait(unsigned int which, u64 flags);
const char *world_contradiction(struct world *world);
struct vtd_model_config world_config(void);
struct vtd_model_config world_cached_config(struct world *world);
unsigned int world_count(const struct world *world, enum vtd_model_cache cache);

static inline struct vtd_model_outcome
world_ask(struct world *world, const struct vtd_model_request *rq)
{
	struct vtd_model_outcome out;

	vtd_model_translate(&world->model, rq, &out);
	return out;
}

static inline u64 get32(struct world *world, u32 at)
{
	return vtd_model_read(&world->model, at, 4);
}

static inline u64 get64(struct world *world, u32 at)
{
	return vtd_model_read(&world->model, at, 8);
}

static inline void set32(struct world *world, u32 at, u32 value)
{
	vtd_model_write(&world->model, at, 4, value);
}

static inline void set64(struct world *world, u32 at, u64 value)
{
	vtd_model_write(&world->model, at, 8, value);
}

/* Requests without and with a PASID. */
#define RQ(what, address, ...) ((struct vtd_model_request){ \
	.sid = SID, .access = VTD_ACCESS_ ## what, .addr = (address), \
	.size = 8, ## __VA_ARGS__ })
#define PRQ(what, address, ...) RQ(what, address, .has_pasid = true, \
				   .pasid = PASID, ## __VA_ARGS__)
/* A translation request. */
#define TRQ(address, ...) RQ(READ, address, .at = VTD_FRCD_AT_REQUEST, \
			     ## __VA_ARGS__)

#endif
