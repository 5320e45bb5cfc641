// SPDX-License-Identifier: GPL-2.0-only
/*
 * A unit that does not translate although it should: the decision, row by row, and
 * what is left of devices and attaches.
 */
#include "board_kunit.h"
#include "device/requester.h"
#include "device/silence.h"
#include "domain/attach.h"
#include "domain/domain.h"
#include "domain/kinds.h"
#include "domain/paging.h"
#include "outage.h"
#include "start.h"
#include "table/root.h"
#include "unit/cmd.h"

static void decisions(struct kunit *test)
{
	static const struct {
		struct vtd_outage outage;
		enum vtd_outage_answer answer;
	} rows[] = {
		/*  when                 forced translates */
		{ { VTD_OUTAGE_BOOT,     false, false }, VTD_OUTAGE_LEAVE_OUT },
		{ { VTD_OUTAGE_BOOT,     false, true  }, VTD_OUTAGE_CUT_OFF },
		{ { VTD_OUTAGE_BOOT,     true,  false }, VTD_OUTAGE_HALT },
		{ { VTD_OUTAGE_BOOT,     true,  true  }, VTD_OUTAGE_HALT },
		{ { VTD_OUTAGE_HOT_ADD,  false, false }, VTD_OUTAGE_REFUSE },
		{ { VTD_OUTAGE_HOT_ADD,  false, true  }, VTD_OUTAGE_REFUSE },
		{ { VTD_OUTAGE_HOT_ADD,  true,  false }, VTD_OUTAGE_REFUSE },
		{ { VTD_OUTAGE_HOT_ADD,  true,  true  }, VTD_OUTAGE_REFUSE },
		{ { VTD_OUTAGE_RESUME,   false, false }, VTD_OUTAGE_CUT_OFF },
		{ { VTD_OUTAGE_RESUME,   false, true  }, VTD_OUTAGE_CUT_OFF },
		{ { VTD_OUTAGE_RESUME,   true,  false }, VTD_OUTAGE_HALT },
		{ { VTD_OUTAGE_RESUME,   true,  true  }, VTD_OUTAGE_HALT },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		KUNIT_EXPECT_EQ_MSG(test, vtd_outage_decide(&rows[i].outage),
				    rows[i].answer, "row %u", i);
}

/* Only whose addresses are physical goes on, and only if the unit is really off. */
static void fates(struct kunit *test)
{
	unsigned int i, bits;

	for (i = 0; i < 2; i++) {
		for (bits = 0; bits < 8; bits++) {
			struct vtd_outage_device device = {
				.physical = i,
				.driver = bits & 1 ? VTD_DRIVER_OF_USER :
						     VTD_DRIVER_OF_KERNEL,
				.translates = bits & 2,
				.interrupts_lost = bits & 4,
			};
			enum vtd_outage_fate want = VTD_FATE_CUT_OFF;

			if (device.driver == VTD_DRIVER_OF_USER)
				want = VTD_FATE_HALT;
			else if (i && !bits)
				want = VTD_FATE_GOES_ON;
			KUNIT_EXPECT_EQ_MSG(test, vtd_outage_fate(&device), want,
					    "physical %u, bits %u", i, bits);
		}
	}
}

/**
 * struct scene - a device that does DMA through the DMA API
 * @board: the unit and the device
 * @vd: the device
 * @requester: its requester
 * @domain: the domain that the kernel has given it
 */
struct scene {
	struct board *board;
	struct vtd_device vd;
	struct vtd_requester *requester;
	struct vtd_domain *domain;
};

static struct vtd_domain *new_domain(struct kunit *test, struct scene *scene,
				     unsigned int type)
{
	struct iommu_domain *domain = vtd_second_alloc(board_unit(scene->board), 0);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	domain->type = type;
	return to_vtd_domain(domain);
}

static struct scene *new_scene(struct kunit *test)
{
	struct scene *scene = kunit_kzalloc(test, sizeof(*scene), GFP_KERNEL);
	struct vtd_device *vd;
	struct vtd_unit *unit;

	KUNIT_ASSERT_NOT_NULL(test, scene);
	scene->board = board_new(test, FAKE_ALL);
	unit = board_unit(scene->board);
	KUNIT_ASSERT_EQ(test, 0, vtd_start_root(unit));
	scene->requester = vtd_requester_get(unit, pci_dev_id(&scene->board->pdev), 1);
	KUNIT_ASSERT_NOT_NULL(test, scene->requester);
	vd = &scene->vd;
	vd->dev = &scene->board->pdev.dev;
	vd->unit = unit;
	vd->own = scene->requester;
	vd->requesters = &scene->requester;
	vd->nrequesters = 1;
	mutex_init(&vd->lock);
	xa_init(&vd->pasids);
	rcu_assign_pointer(scene->requester->device, vd);
	scene->domain = new_domain(test, scene, IOMMU_DOMAIN_DMA);
	KUNIT_ASSERT_EQ(test, 0, vtd_attach(scene->domain, vd, IOMMU_NO_PASID));
	KUNIT_ASSERT_EQ(test, 0, vtd_unit_enable_translation(unit));
	return scene;
}

static void free_scene(struct scene *scene)
{
	struct vtd_unit *unit = board_unit(scene->board);

	vtd_attach(&vtd_blocked, &scene->vd, IOMMU_NO_PASID);
	RCU_INIT_POINTER(scene->requester->device, NULL);
	synchronize_rcu();
	vtd_requester_put(scene->requester);
	scene->domain->domain.ops->free(&scene->domain->domain);
	scene->board->gcmd_deaf = 0;
	scene->board->fake->gsts &= ~VTD_GSTS_TES;
	vtd_devmap_destroy(unit);
	vtd_root_destroy(unit);
	board_free(scene->board);
}

/* Its driver cannot give the device back what it lost. */
static void expect_silence(struct kunit *test, struct board *board)
{
	KUNIT_EXPECT_EQ(test, board->command, PCI_COMMAND_MEMORY);
	pci_set_master(&board->pdev);
	pci_write_config_word(&board->pdev, PCI_COMMAND, 0xffff);
	KUNIT_EXPECT_EQ(test, board->command, PCI_COMMAND_MEMORY);
}

/* Translation does not come back: IOVAs would be taken for physical addresses. */
static void translation_does_not_come_back(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	struct vtd_unit *unit = board_unit(scene->board);
	struct vtd_domain *other = new_domain(test, scene, IOMMU_DOMAIN_UNMANAGED);
	int ret;

	vtd_stop_for_sleep(unit);
	scene->board->gcmd_deaf = VTD_GCMD_TE;
	ret = vtd_start_again(unit);
	KUNIT_EXPECT_EQ(test, ret, -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, scene->board->command,
			PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY);

	vtd_outage_at_resume(unit, ret);
	KUNIT_EXPECT_TRUE(test, unit->lost);
	expect_silence(test, scene->board);
	KUNIT_EXPECT_EQ(test, vtd_attach(other, &scene->vd, IOMMU_NO_PASID), -EIO);
	other->domain.ops->free(&other->domain);
	free_scene(scene);
}

/* The other way round: it translates by tables of somebody else, for good. */
static void translation_does_not_go_off(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	struct vtd_unit *unit = board_unit(scene->board);
	int ret;

	vtd_stop_for_sleep(unit);
	scene->board->fake->gsts |= VTD_GSTS_TES;
	scene->board->gcmd_deaf = VTD_GCMD_TE;
	ret = vtd_start_again(unit);
	KUNIT_EXPECT_EQ(test, ret, -ETIMEDOUT);
	vtd_outage_at_resume(unit, ret);
	expect_silence(test, scene->board);
	free_scene(scene);
}

/* With physical addresses a device needs no unit. */
static void pass_through_goes_on(struct kunit *test)
{
	struct scene *scene = new_scene(test);
	struct vtd_unit *unit = board_unit(scene->board);

	KUNIT_ASSERT_EQ(test, 0, vtd_attach(&vtd_identity, &scene->vd, IOMMU_NO_PASID));
	vtd_stop_for_sleep(unit);
	scene->board->gcmd_deaf = VTD_GCMD_TE;
	vtd_outage_at_resume(unit, vtd_start_again(unit));
	KUNIT_EXPECT_TRUE(test, unit->lost);
	KUNIT_EXPECT_EQ(test, scene->board->command,
			PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY);
	free_scene(scene);
}

/* At boot: the unit is out, and nothing that it might still read is freed. */
static void at_boot(struct kunit *test)
{
	struct board *board = board_new(test, FAKE_ALL);
	struct vtd_unit *unit = board_unit(board);

	KUNIT_ASSERT_EQ(test, 0, vtd_start_root(unit));
	board->gcmd_deaf = VTD_GCMD_TE;
	KUNIT_EXPECT_EQ(test, vtd_unit_enable_translation(unit), -ETIMEDOUT);
	vtd_outage_at_boot(unit, "a test", -ETIMEDOUT);
	KUNIT_EXPECT_TRUE(test, unit->ignored && unit->lost);
	KUNIT_EXPECT_NULL(test, unit->root);
	board_free(board);

	board = board_new(test, FAKE_ALL);
	unit = board_unit(board);
	KUNIT_ASSERT_EQ(test, 0, vtd_start_root(unit));
	KUNIT_ASSERT_EQ(test, 0, vtd_unit_enable_translation(unit));
	board->gcmd_deaf = VTD_GCMD_TE;
	vtd_outage_at_boot(unit, "a test", -EIO);
	KUNIT_EXPECT_NOT_NULL(test, unit->root);
	board->gcmd_deaf = 0;
	board->fake->gsts &= ~VTD_GSTS_TES;
	vtd_devmap_destroy(unit);
	vtd_root_destroy(unit);
	board_free(board);
}

static struct kunit_case outage_cases[] = {
	KUNIT_CASE(decisions),
	KUNIT_CASE(fates),
	KUNIT_CASE(translation_does_not_come_back),
	KUNIT_CASE(translation_does_not_go_off),
	KUNIT_CASE(pass_through_goes_on),
	KUNIT_CASE(at_boot),
	{}
};

static struct kunit_suite outage_suite = {
	.name = "vtd_outage",
	.test_cases = outage_cases,
};

kunit_test_suite(outage_suite);
