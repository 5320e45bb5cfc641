/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a model is made of: its capabilities, its policies, and the callbacks
 * by which it reaches memory, devices and whoever watches.
 */
#ifndef __VTD_SIM_MODEL_CONFIG_H
#define __VTD_SIM_MODEL_CONFIG_H

#include <linux/types.h>

struct vtd_model_message;
struct vtd_model_note;
struct vtdm_cached;

/**
 * enum vtd_model_choice - where the architecture leaves a choice
 * @VTD_MODEL_CHOICE_FLAGS_ON_FAULT: A and EA of the entries that were read are
 *	set although the request ends in a fault (chapter 3)
 * @VTD_MODEL_CHOICE_SECOND_CODES: a second-stage fault of a first-stage table
 *	access has its second-stage reason instead of 0x74 to 0x77 (chapter 7)
 * @VTD_MODEL_CHOICE_TABLE_CLEAN: with SSADE, mere reads of first-stage tables
 *	leave D of their second-stage leaf alone (chapter 3)
 * @VTD_MODEL_CHOICE_PIECES: the 16-byte pieces of an entry are read in another
 *	order than the ascending one; seeded: in any (chapter 6)
 * @VTD_MODEL_CHOICE_SILENT_RANGE: what is no interrupt but goes to the
 *	interrupt range is dropped without a record (chapter 3)
 * @VTD_MODEL_CHOICE_WHOLE_PAGES: the IOTLB keeps a large page whole, not only
 *	the 4 KiB of it that were used (chapter 6)
 * @VTD_MODEL_CHOICE_COLLAPSE: a fault of a device that has an unread record
 *	makes no further one (chapter 7)
 * @VTD_MODEL_CHOICE_ABORTED: what was fetched but not begun when ITE is set is
 *	done nevertheless (chapter 6)
 * @VTD_MODEL_CHOICES: how many there are
 */
enum vtd_model_choice {
	VTD_MODEL_CHOICE_FLAGS_ON_FAULT,
	VTD_MODEL_CHOICE_SECOND_CODES,
	VTD_MODEL_CHOICE_TABLE_CLEAN,
	VTD_MODEL_CHOICE_PIECES,
	VTD_MODEL_CHOICE_SILENT_RANGE,
	VTD_MODEL_CHOICE_WHOLE_PAGES,
	VTD_MODEL_CHOICE_COLLAPSE,
	VTD_MODEL_CHOICE_ABORTED,
	VTD_MODEL_CHOICES,
};

/**
 * enum vtd_model_policy - which of the allowed answers the model gives
 * @VTD_MODEL_STRICT: always the first, which software can rely on least
 * @VTD_MODEL_LENIENT: always the other
 * @VTD_MODEL_SEEDED: one or the other, by the seed
 */
enum vtd_model_policy {
	VTD_MODEL_STRICT,
	VTD_MODEL_LENIENT,
	VTD_MODEL_SEEDED,
};

/**
 * enum vtd_model_cache - the caches of a unit
 * @VTD_MODEL_CACHE_CONTEXT: root and context entries, by device
 * @VTD_MODEL_CACHE_PASID: PASID directory and table entries, by device, PASID
 * @VTD_MODEL_CACHE_PAGE: the IOTLB: final translations
 * @VTD_MODEL_CACHE_SECOND: upper levels of second stages
 * @VTD_MODEL_CACHE_FIRST: upper levels of first stages, nested ones included
 * @VTD_MODEL_CACHE_INTERRUPT: interrupt entries, by index
 * @VTD_MODEL_CACHES: how many a unit has
 * @VTD_MODEL_CACHE_DEVICE: none of the unit's: a device TLB
 */
enum vtd_model_cache {
	VTD_MODEL_CACHE_CONTEXT,
	VTD_MODEL_CACHE_PASID,
	VTD_MODEL_CACHE_PAGE,
	VTD_MODEL_CACHE_SECOND,
	VTD_MODEL_CACHE_FIRST,
	VTD_MODEL_CACHE_INTERRUPT,
	VTD_MODEL_CACHES,
	VTD_MODEL_CACHE_DEVICE = VTD_MODEL_CACHES,
};

/**
 * enum vtd_model_retention - how long a cache keeps what it has
 * @VTD_MODEL_KEEP_ALL: until it is invalidated; only a full cache drops entries
 * @VTD_MODEL_KEEP_NONE: not at all
 * @VTD_MODEL_KEEP_SEEDED: entries are dropped now and then, by the seed
 */
enum vtd_model_retention {
	VTD_MODEL_KEEP_ALL,
	VTD_MODEL_KEEP_NONE,
	VTD_MODEL_KEEP_SEEDED,
};

/**
 * struct vtd_model_ops - what a model asks of its owner
 * @read: read guest-physical memory, all @size bytes at once; @size is 4, 8 or
 *	16 and @addr is aligned to it. Return: 0, or -1 if the access fails
 * @write: write it, likewise
 * @cmpxchg: store @new at @addr if @old is there, as one atomic access of 8
 *	bytes. Return: 0 if stored, 1 if something else was there, which is
 *	then in @seen, or -1 if the access fails
 * @event: send an interrupt message, data @data to address @addr
 * @message: hand a message to a device. May be NULL: there are no devices.
 *	Return: for invalidation requests, after how many counted reads the
 *	device completes it, see message.h; else 0
 * @note: something to know, for a person or a checker. May be NULL
 * @misuse: software did what the architecture forbids: with the register at
 *	@at, or, if that is 0, otherwise; @why says what. May be NULL
 *
 * Words have the byte order of x86, the host's: the model does not swap bytes.
 * No callback may call into the same model again, but for one: @message of an
 * invalidation request may call vtd_model_dma(), vtd_model_msi() and
 * vtd_model_page_request(), as a device would that asks again as soon as it was
 * told to forget.
 */
struct vtd_model_ops {
	int (*read)(void *owner, u64 addr, void *data, unsigned int size);
	int (*write)(void *owner, u64 addr, const void *data,
		     unsigned int size);
	int (*cmpxchg)(void *owner, u64 addr, u64 old, u64 new, u64 *seen);
	void (*event)(void *owner, u64 addr, u32 data);
	u32 (*message)(void *owner, const struct vtd_model_message *message);
	void (*note)(void *owner, const struct vtd_model_note *note);
	void (*misuse)(void *owner, u32 at, const char *why);
};

/**
 * struct vtd_model_config - how a unit is built
 * @ops: the callbacks; they stay valid as long as the model
 * @owner: the callbacks' first argument
 * @cap: register CAP
 * @ecap: register ECAP
 * @version: register VER; the major version matters
 * @haw: host address width in bits, as the DMAR table has it
 * @choices: by which policy the model picks an allowed answer. Descriptors
 *	whose order is free: strict: the last one first; lenient: as in the
 *	queue; seeded: any
 * @retention: how long caches keep what they have
 * @check: 1: at each hit look whether memory still says the same, and note
 *	what does not
 * @slots: memory for the caches, one struct vtdm_cached for each entry
 * @nslots: how many of these each cache has; 0: there is no such cache
 * @seed: for everything that is done by seed; 0 is a seed as any
 * @command_reads: after how many counted reads a command of GCMD, CCMD, IOTLB
 *	or PMEN is done; 0: at once
 * @page_reads: after how many a page request is in the queue; 0: at once
 * @timeout_reads: after how many an invalidation request that the device has
 *	not completed has timed out; 0: VTD_MODEL_TIMEOUT_READS
 */
struct vtd_model_config {
	const struct vtd_model_ops *ops;
	void *owner;
	u64 cap;
	u64 ecap;
	u32 version;
	u8 haw;
	enum vtd_model_policy choices;
	enum vtd_model_retention retention;
	u8 check;
	struct vtdm_cached *slots;
	u32 nslots[VTD_MODEL_CACHES];
	u64 seed;
	u32 command_reads;
	u32 page_reads;
	u32 timeout_reads;
};

#define VTD_MODEL_TIMEOUT_READS	1000

#endif
