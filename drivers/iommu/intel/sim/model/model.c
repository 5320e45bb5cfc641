// SPDX-License-Identifier: GPL-2.0-only
/*
 * The unit as a whole: how it is made, what it is told, how it chooses.
 */
#include <linux/string.h>

#include "../../hw/regs.h"
#include "model.h"

/* Any state but 0 will do for the generator. */
#define RANDOM_START	0x9e3779b97f4a7c15ULL

/**
 * vtd_model_init() - make a unit, as after reset
 * @model: memory of the owner
 * @config: what it is like; copied
 *
 * Return: NULL, or why no unit can be like this.
 */
const char *vtd_model_init(struct vtd_model *model,
			   const struct vtd_model_config *config)
{
	const char *why;

	memset(model, 0, sizeof(*model));
	model->config = *config;
	vtdm_cache_init(model);
	model->random = config->seed ^ RANDOM_START;
	if (!model->random)
		model->random = RANDOM_START;
	why = vtdm_caps_init(&model->caps, config);
	vtdm_registers_init(model);
	return why;
}

/**
 * vtd_model_set_root() - latch a root table
 * @model: the unit
 * @rtaddr: as register RTADDR
 *
 * Unless the unit has ESRTPS, everything stays cached.
 */
void vtd_model_set_root(struct vtd_model *model, u64 rtaddr)
{
	if (!model->caps.ssirws)
		rtaddr &= ~VTD_RTADDR_SSIRWE;
	model->rtaddr = rtaddr;
	if (model->caps.esrtps)
		vtdm_cache_clear(model);
}

/**
 * vtd_model_set_translation() - switch DMA remapping on or off
 * @model: the unit
 * @on: 0 is off; then a unit with SMTS empties its caches
 */
void vtd_model_set_translation(struct vtd_model *model, u32 on)
{
	if (model->translating && !on && model->caps.smts)
		vtdm_cache_clear(model);
	model->translating = on;
}

/**
 * vtd_model_accepts() - is a fault reason one of those that the text allows?
 * @out: what the model says
 * @reason: what somebody else says; 0 for none
 *
 * Return: 1 if it is, else 0.
 */
u32 vtd_model_accepts(const struct vtd_model_outcome *out, u8 reason)
{
	unsigned int i;

	if (reason == out->reason)
		return 1;
	for (i = 0; i < VTD_MODEL_ALSO; i++) {
		if (reason && reason == out->also[i])
			return 1;
	}
	return 0;
}

/* xorshift64: the same seed, the same run. */
u64 vtdm_random(struct vtd_model *model)
{
	u64 x = model->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	model->random = x;
	return x;
}

/* Whether the second of two allowed answers is given. */
bool vtdm_choose(struct vtd_model *model, enum vtd_model_choice choice)
{
	if (model->config.choices == VTD_MODEL_SEEDED)
		return vtdm_random(model) >> (32 + choice) & 1;
	return model->config.choices == VTD_MODEL_LENIENT;
}
