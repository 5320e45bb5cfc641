// SPDX-License-Identifier: GPL-2.0-only
/*
 * The unit as a whole: how it is made, and what its answers are compared by.
 */
#include <linux/string.h>

#include "choice.h"
#include "model.h"

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
	vtdm_choice_init(model);
	why = vtdm_caps_init(&model->caps, config);
	vtdm_registers_init(model);
	return why;
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
