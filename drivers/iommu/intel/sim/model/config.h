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
 * @VTD_MODEL_CHOICES: how many there are
 */
enum vtd_model_choice {
	VTD_MODEL_CHOICE_FLAGS_ON_FAULT,
	VTD_MODEL_CHOICE_SECOND_CODES,
	VTD_MODEL_CHOICE_TABLE_CLEAN,
	VTD_MODEL_CHOICE_PIECES,
	VTD_MODEL_CHOICE_SILENT_RANGE,
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
 * struct vtd_model_ops - what a model asks of its owner
 * @read: read guest-physical memory, all @size bytes at once; @size is 4, 8 or
 *	16 and @addr is aligned to it. Return: 0, or -1 if the access fails
 * @write: write it, likewise
 * @cmpxchg: store @new at @addr if @old is there, as one atomic access of 8
 *	bytes. Return: 0 if stored, 1 if something else was there, which is
 *	then in @seen, or -1 if the access fails
 * @event: send an interrupt message, data @data to address @addr
 * @message: hand a message to a device. May be NULL
 * @note: something to know, for a person or a checker. May be NULL
 *
 * Words have the byte order of x86, the host's: the model does not swap bytes.
 * No callback may call into the same model again.
 */
struct vtd_model_ops {
	int (*read)(void *owner, u64 addr, void *data, unsigned int size);
	int (*write)(void *owner, u64 addr, const void *data,
		     unsigned int size);
	int (*cmpxchg)(void *owner, u64 addr, u64 old, u64 new, u64 *seen);
	void (*event)(void *owner, u64 addr, u32 data);
	void (*message)(void *owner, const struct vtd_model_message *message);
	void (*note)(void *owner, const struct vtd_model_note *note);
};

/**
 * struct vtd_model_config - how a unit is built
 * @ops: the callbacks; they stay valid as long as the model
 * @owner: the callbacks' first argument
 * @cap: register CAP
 * @ecap: register ECAP
 * @version: register VER; the major version matters
 * @haw: host address width in bits, as the DMAR table has it
 * @choices: by which policy the model picks an allowed answer
 * @seed: for everything that is done by seed; 0 is a seed as any
 */
struct vtd_model_config {
	const struct vtd_model_ops *ops;
	void *owner;
	u64 cap;
	u64 ecap;
	u32 version;
	u8 haw;
	enum vtd_model_policy choices;
	u64 seed;
};

#endif
