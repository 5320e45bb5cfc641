// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: entries of a device are rewritten while something is attached to another
 * PASID of it. Nothing but the group's lock orders attaches, and a rewrite does not
 * hold it.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/workqueue.h>

#include "desk_kunit.h"
#include "device/requests.h"
#include "domain/kinds.h"
#include "domain/paging.h"
#include "hw/dmar_layout.h"
#include "table/pasid.h"

#define PASID		5
#define LOOKS		500

/**
 * struct rivals - a thread that attaches, stopped in the middle
 * @desk: its first device is attached to
 * @domain: what is attached to PASID
 * @hold: holds the lock of page requests from @held to @release
 * @attach: attaches, and needs that lock to end
 * @held: the lock is held
 * @release: it may go
 * @ret: of the attach
 */
struct rivals {
	struct desk *desk;
	struct vtd_domain *domain;
	struct work_struct hold;
	struct work_struct attach;
	struct completion held;
	struct completion release;
	int ret;
};

static void hold_requests(struct work_struct *work)
{
	struct rivals *rivals = container_of(work, struct rivals, hold);

	guard(mutex)(&rivals->desk->stand->fake->unit.prq->lock);
	complete(&rivals->held);
	wait_for_completion(&rivals->release);
}

static void attach_pasid(struct work_struct *work)
{
	struct rivals *rivals = container_of(work, struct rivals, attach);

	rivals->ret = vtd_attach(rivals->domain, &rivals->desk->stand->vd[0], PASID);
}

/* The entries are written, and who is to hear of page requests is not known yet. */
static bool rivals_start(struct rivals *rivals)
{
	unsigned int look;

	init_completion(&rivals->held);
	init_completion(&rivals->release);
	INIT_WORK_ONSTACK(&rivals->hold, hold_requests);
	INIT_WORK_ONSTACK(&rivals->attach, attach_pasid);
	queue_work(system_dfl_wq, &rivals->hold);
	wait_for_completion(&rivals->held);
	queue_work(system_dfl_wq, &rivals->attach);
	for (look = 0; look < LOOKS && !desk_passes(rivals->desk, 0); look++)
		msleep(20);
	return desk_passes(rivals->desk, 0);
}

static void rivals_end(struct rivals *rivals)
{
	complete(&rivals->release);
	flush_work(&rivals->hold);
	flush_work(&rivals->attach);
	destroy_work_on_stack(&rivals->hold);
	destroy_work_on_stack(&rivals->attach);
}

/* A domain without page requests, whose entries change with dirty tracking. */
static struct vtd_domain *tracking_domain(struct kunit *test, struct vtd_unit *unit)
{
	struct iommu_domain *domain;

	unit->caps.ssads = true;
	domain = vtd_second_alloc(unit, VTD_PAGING_TRACKS_DIRTY);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	domain->type = IOMMU_DOMAIN_UNMANAGED;
	return to_vtd_domain(domain);
}

static bool is_tracked(const struct vtd_device *vd)
{
	const u64 *slot = vtd_pasid_slot(vd->own->pasids, IOMMU_NO_PASID);

	return slot[0] & VTD_PE0_SSADE;
}

/* Whoever rewrites knows nothing of the page requests of others. */
static void vtd_rewrite_attach_test(struct kunit *test)
{
	struct desk *desk = desk_new(test);
	struct vtd_device *vd = &desk->stand->vd[0];
	struct vtd_domain *tracked = tracking_domain(test, vd->unit);
	struct rivals rivals = { .desk = desk, .domain = desk_domain(test, desk) };
	struct iommu_domain *domain = &tracked->domain;

	KUNIT_ASSERT_EQ(test, vtd_attach(tracked, vd, IOMMU_NO_PASID), 0);
	/* With this behind it, an attach does not need the lock before the end. */
	KUNIT_ASSERT_EQ(test, vtd_requests_open(vd, PASID), 0);
	KUNIT_EXPECT_FALSE(test, desk_passes(desk, 0));

	KUNIT_EXPECT_TRUE(test, rivals_start(&rivals));
	KUNIT_EXPECT_EQ(test, domain->dirty_ops->set_dirty_tracking(domain, true), 0);
	KUNIT_EXPECT_TRUE(test, is_tracked(vd));
	KUNIT_EXPECT_TRUE(test, desk_passes(desk, 0));
	rivals_end(&rivals);

	KUNIT_EXPECT_EQ(test, rivals.ret, 0);
	KUNIT_EXPECT_TRUE(test, desk_passes(desk, 0));
	KUNIT_EXPECT_EQ(test, desk->stand->config[0].pri, PCI_PRI_CTRL_ENABLE);
	vtd_attach(&vtd_blocked, vd, PASID);
	KUNIT_EXPECT_FALSE(test, desk_passes(desk, 0));
	stand_detach(desk->stand, 0);
	desk_free(test, desk);
	desk_domain_free(rivals.domain);
	desk_domain_free(tracked);
}

static struct kunit_case vtd_rewrite_cases[] = {
	KUNIT_CASE(vtd_rewrite_attach_test),
	{}
};

static struct kunit_suite vtd_rewrite_suite = {
	.name = "vtd_rewrite",
	.test_cases = vtd_rewrite_cases,
};

kunit_test_suite(vtd_rewrite_suite);
