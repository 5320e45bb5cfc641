// SPDX-License-Identifier: GPL-2.0-only
/*
 * The domain in which every request is refused.
 *
 * Owns: the domain, shared by all devices.
 * Locks: none.
 * Calls: attach.c.
 */
#include "attach.h"
#include "kinds.h"

const struct vtd_kind vtd_blocked_kind = {};

struct vtd_domain vtd_blocked = {
	.kind = &vtd_blocked_kind,
	.domain = {
		.type = IOMMU_DOMAIN_BLOCKED,
		.ops = &(const struct iommu_domain_ops){
			.attach_dev = vtd_domain_attach,
			.set_dev_pasid = vtd_domain_set_pasid,
		},
	},
};
