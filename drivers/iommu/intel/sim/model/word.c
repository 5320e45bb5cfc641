// SPDX-License-Identifier: GPL-2.0-only
/*
 * The words that registers of a fixed place hold, and complaints about software
 * that writes them wrongly.
 */
#include "model.h"
#include "word.h"

u32 vtdm_reg32(const struct vtd_model *model, u32 at)
{
	return model->registers.word[at / 4];
}

u64 vtdm_reg64(const struct vtd_model *model, u32 at)
{
	return vtdm_reg32(model, at) | (u64)vtdm_reg32(model, at + 4) << 32;
}

void vtdm_set_reg32(struct vtd_model *model, u32 at, u32 value)
{
	model->registers.word[at / 4] = value;
}

void vtdm_set_reg64(struct vtd_model *model, u32 at, u64 value)
{
	vtdm_set_reg32(model, at, value);
	vtdm_set_reg32(model, at + 4, value >> 32);
}

/**
 * vtdm_misuse() - software did what the architecture forbids
 * @model: the unit
 * @at: the register
 * @why: what it did
 */
void vtdm_misuse(struct vtd_model *model, u32 at, const char *why)
{
	model->registers.misuses++;
	if (model->config.ops->misuse)
		model->config.ops->misuse(model->config.owner, at, why);
}
