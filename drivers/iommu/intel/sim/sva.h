/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A driver of simulated functions that lets processes use them by PASID.
 */
#ifndef __VTD_SIM_SVA_H
#define __VTD_SIM_SVA_H

#include <linux/err.h>
#include <linux/types.h>

#include <uapi/linux/vtd_sim.h>

struct file;

#ifdef CONFIG_INTEL_IOMMU_SVM
struct file *vtd_sim_sva_bind(u16 segment, struct vtd_sim_sva_bind *how);
#else
static inline struct file *vtd_sim_sva_bind(u16 segment, struct vtd_sim_sva_bind *how)
{
	return ERR_PTR(-EOPNOTSUPP);
}
#endif

#endif
