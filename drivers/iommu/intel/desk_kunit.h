/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For tests: devices that send page requests, and somebody who hears of them through
 * the core.
 */
#ifndef VTD_DESK_KUNIT_H
#define VTD_DESK_KUNIT_H

#include "domain/stand_kunit.h"
#include "queue/prq_fake_kunit.h"

#define DESK_GROUPS	64

/**
 * struct desk - a stand with page requests
 * @stand: the devices; the first one's are in @group[0]
 * @prq: the unit's page requests
 * @ops: of the unit
 * @param: of the devices, for the core
 * @group: of the devices, for the core
 * @handle: what the core takes for attached; a new one each time
 * @nhandles: how many were used
 * @heard: groups that were reported, not answered
 * @nheard: how many
 * @deaf: whoever hears of a group gives this error
 */
struct desk {
	struct stand *stand;
	struct fake_prq *prq;
	struct iommu_ops ops;
	struct dev_iommu param[STAND_DEVICES];
	struct iommu_group *group[STAND_DEVICES];
	struct iommu_attach_handle handle[8];
	unsigned int nhandles;
	struct iopf_group *heard[DESK_GROUPS];
	unsigned int nheard;
	int deaf;
};

struct desk *desk_new(struct kunit *test);
void desk_free(struct kunit *test, struct desk *desk);

/* A domain that wants to hear of page requests. */
struct vtd_domain *desk_domain(struct kunit *test, struct desk *desk);
void desk_domain_free(struct vtd_domain *domain);
/* As the core does it: the driver first, then the handle. Returns the driver's answer. */
int desk_attach(struct desk *desk, unsigned int i, struct vtd_domain *domain);
/* The core's half of that */
void desk_announce(struct desk *desk, unsigned int i, struct vtd_domain *domain);

/* A device sends a read request without PASID. */
void desk_send(struct desk *desk, unsigned int i, unsigned int group, u64 page, bool last);
void desk_service(struct desk *desk);
/* Answers the oldest group that was heard of. */
void desk_answer(struct desk *desk, enum iommu_page_response_code code);

/* The answers that reached the device since the last look, as in "5:0 6:1". */
void desk_expect(struct kunit *test, struct desk *desk, unsigned int i, const char *want);
/* Does the unit let its page requests pass? */
bool desk_passes(const struct desk *desk, unsigned int i);

#endif
