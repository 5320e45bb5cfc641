// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a unit decides by its seed, and which of several allowed answers it gives.
 */
#include "choice.h"
#include "model.h"

/* Any state but 0 will do for the generator. */
#define RANDOM_START	0x9e3779b97f4a7c15ULL

/**
 * vtdm_choice_init() - begin the sequence of the unit's seed
 * @model: the unit, with its configuration
 */
void vtdm_choice_init(struct vtd_model *model)
{
	model->random = model->config.seed ^ RANDOM_START;
	if (!model->random)
		model->random = RANDOM_START;
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
