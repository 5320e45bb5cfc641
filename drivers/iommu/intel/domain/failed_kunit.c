// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: a device or a unit that does not answer costs the access to
 * memory, before the pages that were unmapped can be used again.
 */
#include <kunit/test.h>
#include <linux/pci.h>
#include <linux/sizes.h>

#include "../device/requester.h"
#include "../inval/expect_kunit.h"
#include "../queue/queue.h"
#include "../queue/ring.h"
#include "../table/entry.h"
#include "../table/pasid.h"
#include "../table/root.h"
#include "attach.h"
#include "domain.h"
#include "paging.h"

#define DEVICES		2
#define IOVA		0x100000UL

/**
 * struct stand - a unit with devices that have caches
 * @fake: the unit
 * @bus: where the devices are
 * @vd: the devices
 * @own: their requesters
 * @domain: what all of them translate by
 */
struct stand {
	struct fake_queue *fake;
	struct pci_bus bus;
	struct vtd_device vd[DEVICES];
	struct vtd_requester *own[DEVICES];
	struct vtd_domain *domain;
};

/* Config space that is not there; the core may still switch features off. */
static int no_read(struct pci_bus *bus, unsigned int devfn, int where, int size,
		   u32 *value)
{
	return PCIBIOS_DEVICE_NOT_FOUND;
}

static int no_write(struct pci_bus *bus, unsigned int devfn, int where, int size,
		    u32 value)
{
	return PCIBIOS_DEVICE_NOT_FOUND;
}

static struct pci_ops no_config = {
	.read = no_read,
	.write = no_write,
};

static u16 sid_of(unsigned int i)
{
	return 0x0508 + 8 * i;
}

static void take_requester(struct kunit *test, struct stand *stand, unsigned int i)
{
	struct vtd_device *vd = &stand->vd[i];

	stand->own[i] = vtd_requester_get(&stand->fake->unit, sid_of(i), 1 << 20);
	KUNIT_ASSERT_NOT_NULL(test, stand->own[i]);
	vd->own = stand->own[i];
	vd->requesters = &stand->own[i];
	vd->nrequesters = 1;
}

static void add_device(struct kunit *test, struct stand *stand, unsigned int i)
{
	struct pci_dev *pdev = kunit_kzalloc(test, sizeof(*pdev), GFP_KERNEL);
	struct vtd_device *vd = &stand->vd[i];

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	pdev->dev.init_name = "fake";
	stand->bus.ops = &no_config;
	pdev->bus = &stand->bus;
	pdev->ats_enabled = true;
	pdev->pasid_enabled = true;
	vd->dev = &pdev->dev;
	vd->unit = &stand->fake->unit;
	vd->devtlb = (struct vtd_devtlb){
		.target.sid = sid_of(i),
		.dev = vd->dev,
		.enabled = true,
	};
	vd->ats_usable = true;
	vd->pasid_usable = stand->fake->unit.scalable;
	vd->pasid_enabled = stand->fake->unit.scalable;
	mutex_init(&vd->lock);
	xa_init(&vd->pasids);
	take_requester(test, stand, i);
	KUNIT_ASSERT_EQ(test, vtd_attach_paging(stand->domain, vd, IOMMU_NO_PASID), 0);
}

static struct vtd_domain *new_domain(struct kunit *test, struct stand *stand)
{
	struct iommu_domain *domain = vtd_second_alloc(&stand->fake->unit, 0);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	domain->type = IOMMU_DOMAIN_UNMANAGED;
	return to_vtd_domain(domain);
}

static struct stand *new_stand(struct kunit *test, bool scalable)
{
	struct stand *stand = kunit_kzalloc(test, sizeof(*stand), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, stand);
	stand->fake = expect_unit(test, 0);
	stand->fake->unit.scalable = scalable;
	KUNIT_ASSERT_EQ(test, vtd_root_create(&stand->fake->unit), 0);
	KUNIT_ASSERT_EQ(test, vtd_devmap_create(&stand->fake->unit), 0);
	stand->domain = new_domain(test, stand);
	for (i = 0; i < DEVICES; i++)
		add_device(test, stand, i);
	KUNIT_ASSERT_EQ(test, iommu_map(&stand->domain->domain, IOVA, SZ_1M, SZ_4K,
					IOMMU_READ | IOMMU_WRITE, GFP_KERNEL), 0);
	stand->fake->n = 0;
	return stand;
}

static void detach(struct stand *stand, unsigned int i)
{
	vtd_attach_static(VTD_BLOCKED, &stand->vd[i], IOMMU_NO_PASID);
}

static void free_stand(struct kunit *test, struct stand *stand)
{
	struct vtd_unit *unit = &stand->fake->unit;
	unsigned int i;

	for (i = 0; i < DEVICES; i++) {
		detach(stand, i);
		KUNIT_EXPECT_TRUE(test, xa_empty(&stand->vd[i].pasids));
		xa_destroy(&stand->vd[i].pasids);
		vtd_requester_put(stand->own[i]);
	}
	KUNIT_EXPECT_TRUE(test, list_empty(&stand->domain->tags.list));
	KUNIT_EXPECT_TRUE(test, list_empty(&stand->domain->attachments));
	stand->domain->domain.ops->free(&stand->domain->domain);
	vtd_devmap_destroy(unit);
	vtd_root_destroy(unit);
	fake_free(stand->fake);
}

static bool reaches_memory(const struct stand *stand, unsigned int i)
{
	return stand->own[i]->context[0] & VTD_CTX_P;
}

static void check_mute(struct kunit *test, bool scalable)
{
	struct stand *stand = new_stand(test, scalable);
	struct vtd_caps *caps = &stand->fake->unit.caps;
	struct vtd_dtlb_target mute = { .sid = sid_of(0) };
	struct vtd_dtlb_target good = { .sid = sid_of(1) };
	u16 did = list_first_entry(&stand->domain->attachments,
				   struct vtd_attachment, node)->did;
	struct vtd_desc page = vtd_desc_iotlb_page(caps->iotlb_drain, did, IOVA, 0,
						   VTD_IOTLB1_IH);
	struct vtd_desc want[] = {
		page, vtd_desc_dev_tlb(&mute, IOVA, 0),
		vtd_desc_dev_tlb(&good, IOVA, 0),
		/* It timed out: the rest once more; then the device is cut off. */
		page, vtd_desc_dev_tlb(&good, IOVA, 0),
		vtd_desc_context_global(), vtd_desc_pasid_cache_global(),
		vtd_desc_iotlb_global(caps->iotlb_drain),
		/* And without it all is well. */
		vtd_desc_iotlb_domain(caps->iotlb_drain, did),
		vtd_desc_dev_tlb(&good, 0, VTD_DTLB_MAX_ORDER),
	};
	unsigned int n = ARRAY_SIZE(want);

	if (!scalable) {
		memmove(&want[6], &want[7], 3 * sizeof(want[0]));
		n--;
	}
	/* New tags stand behind older ones: the first device comes first. */
	stand->fake->mute_sid[0] = mute.sid;
	KUNIT_EXPECT_EQ(test, iommu_unmap(&stand->domain->domain, IOVA, SZ_4K), SZ_4K);
	expect_descs(test, stand->fake, want, n);
	KUNIT_EXPECT_FALSE(test, reaches_memory(stand, 0));
	KUNIT_EXPECT_TRUE(test, reaches_memory(stand, 1));
	KUNIT_EXPECT_TRUE(test, vtd_device_is_cut_off(&stand->vd[0]));
	KUNIT_EXPECT_FALSE(test, vtd_device_is_cut_off(&stand->vd[1]));

	/* From now on nothing is sent to it, and nothing fails. */
	KUNIT_EXPECT_EQ(test, iommu_map(&stand->domain->domain, IOVA, SZ_1M, SZ_4K,
					IOMMU_READ, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, iommu_unmap(&stand->domain->domain, IOVA, SZ_4K), SZ_4K);
	EXPECT_DESCS(test, stand->fake, page, vtd_desc_dev_tlb(&good, IOVA, 0));
	free_stand(test, stand);
}

static void vtd_failed_mute_test(struct kunit *test)
{
	check_mute(test, true);
	check_mute(test, false);
}

/* It gets nothing new, back what it had, and all when it is found anew. */
static void vtd_failed_attach_test(struct kunit *test)
{
	struct stand *stand = new_stand(test, true);
	struct vtd_domain *other = new_domain(test, stand);
	struct vtd_device *vd = &stand->vd[0];

	stand->fake->mute_sid[0] = sid_of(0);
	iommu_unmap(&stand->domain->domain, IOVA, SZ_4K);
	KUNIT_EXPECT_EQ(test, vtd_attach_paging(other, vd, IOMMU_NO_PASID), -EIO);
	KUNIT_EXPECT_EQ(test, vtd_attach_paging(other, vd, 5), -EIO);
	KUNIT_EXPECT_TRUE(test, list_empty(&other->attachments));
	detach(stand, 0);
	KUNIT_EXPECT_EQ(test, vtd_attach_paging(other, vd, IOMMU_NO_PASID), -EIO);
	KUNIT_EXPECT_EQ(test, vtd_attach_paging(stand->domain, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_FALSE(test, reaches_memory(stand, 0));
	detach(stand, 0);
	other->domain.type = IOMMU_DOMAIN_DMA;
	KUNIT_EXPECT_EQ(test, vtd_attach_paging(other, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_FALSE(test, reaches_memory(stand, 0));
	detach(stand, 0);
	other->domain.type = IOMMU_DOMAIN_UNMANAGED;

	/* As release and probe do */
	stand->fake->mute_sid[0] = -1;
	vtd_queue_release(vd->unit, sid_of(0));
	vtd_requester_put(stand->own[0]);
	vd->devtlb.cut = 0;
	take_requester(test, stand, 0);
	KUNIT_EXPECT_EQ(test, vtd_attach_paging(other, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_TRUE(test, reaches_memory(stand, 0));
	detach(stand, 0);
	other->domain.ops->free(&other->domain);
	free_stand(test, stand);
}

/* A device that does not answer when it is to leave a domain. */
static void vtd_failed_replace_test(struct kunit *test)
{
	struct stand *stand = new_stand(test, true);
	struct vtd_domain *other = new_domain(test, stand);
	struct vtd_device *vd = &stand->vd[0];

	stand->fake->mute_sid[0] = sid_of(0);
	KUNIT_EXPECT_EQ(test, vtd_attach_paging(other, vd, IOMMU_NO_PASID), -ETIMEDOUT);
	KUNIT_EXPECT_FALSE(test, reaches_memory(stand, 0));
	KUNIT_EXPECT_TRUE(test, vtd_device_is_cut_off(vd));
	KUNIT_EXPECT_PTR_EQ(test, vd->rid, NULL);
	KUNIT_EXPECT_TRUE(test, list_empty(&other->attachments));
	KUNIT_EXPECT_EQ(test, list_count_nodes(&stand->domain->attachments), 1);
	KUNIT_EXPECT_TRUE(test, reaches_memory(stand, 1));
	/* The device gets no translation any more, so it must not ask for any. */
	KUNIT_EXPECT_FALSE(test, to_pci_dev(vd->dev)->ats_enabled);
	other->domain.ops->free(&other->domain);
	free_stand(test, stand);
}

/* A PASID's cache is the device's: it loses all. */
static void vtd_failed_pasid_test(struct kunit *test)
{
	struct stand *stand = new_stand(test, true);
	struct vtd_domain *other = new_domain(test, stand);
	struct vtd_device *vd = &stand->vd[0];

	KUNIT_ASSERT_EQ(test, vtd_attach_paging(other, vd, 7), 0);
	stand->fake->mute_sid[0] = sid_of(0);
	vtd_attach_static(VTD_BLOCKED, vd, 7);
	KUNIT_EXPECT_FALSE(test, reaches_memory(stand, 0));
	KUNIT_EXPECT_TRUE(test, list_empty(&other->attachments));
	other->domain.ops->free(&other->domain);
	free_stand(test, stand);
}

/* A unit that stops for good: nobody can say what its caches still hold. */
static void vtd_failed_unit_test(struct kunit *test)
{
	struct stand *stand = new_stand(test, true);
	unsigned int i;

	stand->fake->unit.queue->stalled = true;
	stand->fake->paused = true;
	KUNIT_EXPECT_EQ(test, iommu_unmap(&stand->domain->domain, IOVA, SZ_4K), SZ_4K);
	for (i = 0; i < DEVICES; i++) {
		KUNIT_EXPECT_FALSE(test, reaches_memory(stand, i));
		KUNIT_EXPECT_TRUE(test, vtd_device_is_cut_off(&stand->vd[i]));
	}
	stand->fake->paused = false;
	fake_run(stand->fake);
	free_stand(test, stand);
}

static struct kunit_case vtd_failed_cases[] = {
	KUNIT_CASE(vtd_failed_mute_test),
	KUNIT_CASE(vtd_failed_attach_test),
	KUNIT_CASE(vtd_failed_replace_test),
	KUNIT_CASE(vtd_failed_pasid_test),
	KUNIT_CASE_SLOW(vtd_failed_unit_test),
	{}
};

static struct kunit_suite vtd_failed_suite = {
	.name = "vtd_failed",
	.test_cases = vtd_failed_cases,
};

kunit_test_suite(vtd_failed_suite);
