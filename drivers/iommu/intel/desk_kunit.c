// SPDX-License-Identifier: GPL-2.0-only
/*
 * For tests: see desk_kunit.h.
 */
#include <linux/seq_buf.h>

#include "../iommu-priv.h"
#include "desk_kunit.h"
#include "device/requests.h"
#include "event/page_request.h"
#include "hw/root_layout.h"

static struct desk *the_desk;

static int hear(struct iopf_group *group)
{
	struct desk *desk = the_desk;

	/* Nobody changes the device while this runs. */
	KUNIT_EXPECT_TRUE(desk->prq->fake->test,
			  mutex_is_locked(&desk->prq->fake->unit.prq->lock));
	if (desk->deaf)
		return desk->deaf;
	if (desk->nheard == DESK_GROUPS)
		return -ENOSPC;
	iopf_group_dequeue(group);
	desk->heard[desk->nheard++] = group;
	return 0;
}

static void add_to_core(struct kunit *test, struct desk *desk, unsigned int i)
{
	struct vtd_device *vd = &desk->stand->vd[i];

	mutex_init(&desk->param[i].lock);
	desk->param[i].iommu_dev = &vd->unit->iommu;
	desk->param[i].priv = vd;
	desk->group[i] = iommu_group_alloc();
	KUNIT_ASSERT_FALSE(test, IS_ERR(desk->group[i]));
	vd->dev->iommu = &desk->param[i];
	vd->dev->iommu_group = desk->group[i];
	vd->pri_usable = true;
}

struct desk *desk_new(struct kunit *test)
{
	struct desk *desk = kunit_kzalloc(test, sizeof(*desk), GFP_KERNEL);
	struct vtd_unit *unit;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, desk);
	the_desk = desk;
	desk->stand = stand_new(test, true);
	unit = &desk->stand->fake->unit;
	desk->prq = fake_prq_new(desk->stand->fake);
	desk->ops.page_response = vtd_requests_respond;
	unit->iommu.ops = &desk->ops;
	KUNIT_ASSERT_EQ(test, vtd_prq_create(unit, &vtd_prq_reporter), 0);
	vtd_prq_start(unit);
	for (i = 0; i < STAND_DEVICES; i++)
		add_to_core(test, desk, i);
	return desk;
}

/* The core warns, as a group without devices has no domain to go back to. */
static void forget_handle(struct kunit *test, struct iommu_group *group)
{
	kunit_warning_suppress(test)
		iommu_detach_group_handle(NULL, group);
}

void desk_free(struct kunit *test, struct desk *desk)
{
	struct vtd_unit *unit = &desk->stand->fake->unit;
	unsigned int i;

	while (desk->nheard)
		desk_answer(desk, IOMMU_PAGE_RESP_INVALID);
	for (i = 0; i < STAND_DEVICES; i++) {
		stand_detach(desk->stand, i);
		KUNIT_EXPECT_FALSE(test, to_pci_dev(desk->stand->vd[i].dev)->pri_enabled);
		KUNIT_EXPECT_NULL(test, rcu_access_pointer(desk->param[i].fault_param));
		vtd_requests_free(&desk->stand->vd[i]);
		forget_handle(test, desk->group[i]);
		iommu_group_put(desk->group[i]);
	}
	KUNIT_EXPECT_EQ(test, unit->prq->promised, 0U);
	vtd_prq_stop(unit);
	vtd_prq_destroy(unit);
	fake_prq_free(desk->prq);
	stand_free(test, desk->stand);
}

struct vtd_domain *desk_domain(struct kunit *test, struct desk *desk)
{
	struct vtd_domain *domain = stand_domain(test, desk->stand);

	domain->domain.iopf_handler = hear;
	return domain;
}

void desk_domain_free(struct vtd_domain *domain)
{
	domain->domain.ops->free(&domain->domain);
}

void desk_announce(struct desk *desk, unsigned int i, struct vtd_domain *domain)
{
	iommu_replace_group_handle(desk->group[i], &domain->domain,
				   &desk->handle[desk->nhandles++]);
}

int desk_attach(struct desk *desk, unsigned int i, struct vtd_domain *domain)
{
	int ret = vtd_attach(domain, &desk->stand->vd[i], IOMMU_NO_PASID);

	if (!ret)
		desk_announce(desk, i, domain);
	return ret;
}

void desk_send(struct desk *desk, unsigned int i, unsigned int group, u64 page, bool last)
{
	struct vtd_request request = {
		.sid = stand_sid(i), .group = group, .addr = page << 12, .read = true,
		.last = last,
	};

	fake_prq_send(desk->prq, &request);
}

void desk_service(struct desk *desk)
{
	while (vtd_prq_service(&desk->stand->fake->unit))
		;
}

void desk_answer(struct desk *desk, enum iommu_page_response_code code)
{
	struct iopf_group *group = desk->heard[0];

	memmove(desk->heard, desk->heard + 1,
		--desk->nheard * sizeof(desk->heard[0]));
	iopf_group_response(group, code);
	iopf_free_group(group);
}

void desk_expect(struct kunit *test, struct desk *desk, unsigned int i, const char *want)
{
	struct fake_queue *fake = desk->stand->fake;
	char room[256] = "";
	struct seq_buf text;
	unsigned int k, left = 0;
	const char *got;

	seq_buf_init(&text, room, sizeof(room));
	for (k = 0; k < fake->n; k++) {
		u64 lo = fake->log[k].qw[0], hi = fake->log[k].qw[1];

		if ((lo & 0xf) != 9 || (lo >> 16 & 0xffff) != stand_sid(i)) {
			fake->log[left++] = fake->log[k];
			continue;
		}
		seq_buf_printf(&text, " %llu:%llu%s", hi >> 3 & 0x1ff, lo >> 12 & 0xf,
			       lo & BIT(4) ? "p" : "");
	}
	fake->n = left;
	got = seq_buf_str(&text);
	KUNIT_EXPECT_STREQ(test, *got ? got + 1 : got, want);
}

bool desk_passes(const struct desk *desk, unsigned int i)
{
	return desk->stand->own[i]->context[0] & VTD_SMCTX_PRE;
}
