// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a unit sends to devices (VT-d chapters 4, 6, 7).
 */
#include "message.h"
#include "model.h"

/**
 * vtdm_message_send() - send a message to a device
 * @model: the unit
 * @message: the message
 *
 * Return: what the owner said; VTD_MODEL_COMPLETE_LATER if there are no devices.
 */
u32 vtdm_message_send(struct vtd_model *model,
		      const struct vtd_model_message *message)
{
	if (!model->config.ops->message)
		return VTD_MODEL_COMPLETE_LATER;
	return model->config.ops->message(model->config.owner, message);
}
