/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mapping many runs of memory at once.
 */
#ifndef VTD_DOMAIN_FILL_H
#define VTD_DOMAIN_FILL_H

#include <linux/types.h>

struct vtd_domain;

/**
 * struct vtd_run - physically contiguous memory
 * @phys: where it begins, aligned to 4 KiB
 * @length: bytes, a multiple of 4 KiB
 */
struct vtd_run {
	phys_addr_t phys;
	size_t length;
};

/**
 * struct vtd_fill - what is mapped, without a gap
 * @iova: where the first run goes, aligned to 4 KiB
 * @runs: the runs
 * @nruns: how many
 * @prot: IOMMU_READ and so on
 * @gfp: for tables
 */
struct vtd_fill {
	unsigned long iova;
	const struct vtd_run *runs;
	unsigned int nruns;
	int prot;
	gfp_t gfp;
};

int vtd_domain_fill(struct vtd_domain *domain, const struct vtd_fill *fill);

#endif
