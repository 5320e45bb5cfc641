/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Invalidation through registers.
 */
#ifndef __VTD_QUEUE_FALLBACK_H
#define __VTD_QUEUE_FALLBACK_H

struct vtd_desc;
struct vtd_unit;

int vtd_fallback_submit(struct vtd_unit *unit, const struct vtd_desc *descs,
			unsigned int n);

#endif
