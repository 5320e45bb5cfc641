/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests to the translation cache of one device.
 */
#ifndef VTD_INVAL_DEVTLB_H
#define VTD_INVAL_DEVTLB_H

#include <linux/types.h>

struct vtd_batch;
struct vtd_block;
struct vtd_devtlb;

void vtd_devtlb_add_block(struct vtd_batch *batch, const struct vtd_devtlb *devtlb,
			  u32 pasid, const struct vtd_block *block);
void vtd_devtlb_add_whole(struct vtd_batch *batch, const struct vtd_devtlb *devtlb,
			  u32 pasid);
void vtd_devtlb_add_all(struct vtd_batch *batch, const struct vtd_devtlb *devtlb);

#endif
