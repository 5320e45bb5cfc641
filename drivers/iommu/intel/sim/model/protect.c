// SPDX-License-Identifier: GPL-2.0-only
/*
 * Protected memory regions (VT-d chapters 3, 11).
 */
#include "../../hw/cap.h"
#include "../../hw/regs_layout.h"
#include "model.h"
#include "protect.h"
#include "word.h"

static bool range_meets(u64 base, u64 limit, u64 first, u64 last)
{
	limit |= VTDM_PROTECT_UNIT - 1;
	return base <= limit && first <= limit && last >= base;
}

/**
 * vtdm_protected() - does DMA meet a protected region?
 * @model: the unit
 * @addr: host address
 * @size: bytes; 0 counts as one
 *
 * Units before major version 2 let translated requests through.
 *
 * Return: true if it does and is to be blocked.
 */
bool vtdm_protected(const struct vtd_model *model, u64 addr, u32 size)
{
	u64 last = addr + (size ? size - 1 : 0);

	if (!(vtdm_reg32(model, VTD_PMEN) & VTD_PMEN_PRS) ||
	    (model->translating && model->caps.major < VTD_MAJOR_ALWAYS_DRAINS))
		return false;
	if (model->caps.plmr && range_meets(vtdm_reg32(model, VTD_PLMBASE),
					    vtdm_reg32(model, VTD_PLMLIMIT),
					    addr, last))
		return true;
	return model->caps.phmr && range_meets(vtdm_reg64(model, VTD_PHMBASE),
					       vtdm_reg64(model, VTD_PHMLIMIT),
					       addr, last);
}
