// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: see stand_kunit.h.
 */
#include "../queue/queue.h"
#include "../queue/ring.h"
#include "../table/entry.h"
#include "../table/pasid.h"
#include "../table/root.h"
#include "kinds.h"
#include "paging.h"
#include "stand_kunit.h"

/* Config space: ids, and the words of ATS, of PASIDs and of page requests. */
#define PCIE_CAP	0x40
#define ATS_CAP		0x100
#define PASID_CAP	0x120
#define PRI_CAP		0x140

static u16 *config_word(struct stand *stand, unsigned int devfn, int where)
{
	unsigned int i = devfn / 8 - 1;

	switch (where) {
	case ATS_CAP + PCI_ATS_CTRL:
		return &stand->config[i].ats;
	case PASID_CAP + PCI_PASID_CTRL:
		return &stand->config[i].pasid;
	case PRI_CAP + PCI_PRI_CTRL:
		return &stand->config[i].pri;
	case PRI_CAP + PCI_PRI_STATUS:
		return &stand->config[i].pri_status;
	}
	return NULL;
}

static int config_read(struct pci_bus *bus, unsigned int devfn, int where, int size,
		       u32 *value)
{
	struct stand *stand = container_of(bus, struct stand, bus);
	const u16 *word = config_word(stand, devfn, where);

	if (stand->config[devfn / 8 - 1].gone) {
		*value = ~0U;
		return PCIBIOS_DEVICE_NOT_FOUND;
	}
	*value = word ? *word : 0x00018086;
	if (where == PRI_CAP + PCI_PRI_MAX_REQ)
		*value = STAND_REQUESTS;
	return PCIBIOS_SUCCESSFUL;
}

static int config_write(struct pci_bus *bus, unsigned int devfn, int where, int size,
			u32 value)
{
	struct stand *stand = container_of(bus, struct stand, bus);
	u16 *word = config_word(stand, devfn, where);

	if (word)
		*word = value;
	if (stand->written)
		stand->written(stand, where);
	if (where == ATS_CAP + PCI_ATS_CTRL && stand->ats_written)
		stand->ats_written(stand);
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops config_ops = {
	.read = config_read,
	.write = config_write,
};

u16 stand_sid(unsigned int i)
{
	return 0x0508 + 8 * i;
}

void stand_requester(struct kunit *test, struct stand *stand, unsigned int i)
{
	struct vtd_device *vd = &stand->vd[i];

	stand->own[i] = vtd_requester_get(&stand->fake->unit, stand_sid(i), 1 << 20);
	KUNIT_ASSERT_NOT_NULL(test, stand->own[i]);
	rcu_assign_pointer(stand->own[i]->device, vd);
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
	pdev->dev.bus = &pci_bus_type;
	stand->bus.ops = &config_ops;
	stand->config[i].ats = PCI_ATS_CTRL_ENABLE;
	stand->config[i].pasid = PCI_PASID_CTRL_ENABLE;
	stand->config[i].pri_status = PCI_PRI_STATUS_STOPPED;
	pdev->bus = &stand->bus;
	pdev->devfn = stand_sid(i) & 0xff;
	pdev->pcie_cap = PCIE_CAP;
	pdev->ats_cap = ATS_CAP;
	pdev->pasid_cap = PASID_CAP;
	pdev->pri_cap = PRI_CAP;
	pdev->eetlp_prefix_max = 1;
	pdev->ats_enabled = true;
	pdev->pasid_enabled = true;
	vd->dev = &pdev->dev;
	vd->unit = &stand->fake->unit;
	vd->devtlb = (struct vtd_devtlb){
		.target.sid = stand_sid(i),
		.dev = vd->dev,
		.enabled = true,
	};
	vd->ats_usable = true;
	vd->pasid_usable = stand->fake->unit.scalable;
	vd->pasid_enabled = stand->fake->unit.scalable;
	mutex_init(&vd->lock);
	xa_init(&vd->pasids);
	stand_requester(test, stand, i);
	KUNIT_ASSERT_EQ(test, vtd_attach(stand->domain, vd, IOMMU_NO_PASID), 0);
}

struct vtd_domain *stand_domain(struct kunit *test, struct stand *stand)
{
	struct iommu_domain *domain = vtd_second_alloc(&stand->fake->unit, 0);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	domain->type = IOMMU_DOMAIN_UNMANAGED;
	return to_vtd_domain(domain);
}

struct stand *stand_new(struct kunit *test, bool scalable)
{
	struct stand *stand = kunit_kzalloc(test, sizeof(*stand), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, stand);
	stand->fake = expect_unit(test, 0);
	stand->fake->unit.scalable = scalable;
	KUNIT_ASSERT_EQ(test, vtd_root_create(&stand->fake->unit), 0);
	KUNIT_ASSERT_EQ(test, vtd_devmap_create(&stand->fake->unit), 0);
	stand->domain = stand_domain(test, stand);
	for (i = 0; i < STAND_DEVICES; i++)
		add_device(test, stand, i);
	KUNIT_ASSERT_EQ(test, iommu_map(&stand->domain->domain, STAND_IOVA, SZ_1M, SZ_64K,
					IOMMU_READ | IOMMU_WRITE, GFP_KERNEL), 0);
	stand->fake->n = 0;
	return stand;
}

struct stand *stand_new_nesting(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);

	stand->fake->unit.caps.nest = true;
	to_vtd_paging(stand->domain)->nest_parent = true;
	return stand;
}

void stand_detach(struct stand *stand, unsigned int i)
{
	vtd_attach(&vtd_blocked, &stand->vd[i], IOMMU_NO_PASID);
}

void stand_free(struct kunit *test, struct stand *stand)
{
	struct vtd_unit *unit = &stand->fake->unit;
	unsigned int i;

	for (i = 0; i < STAND_DEVICES; i++) {
		stand_detach(stand, i);
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

bool stand_reaches(const struct stand *stand, unsigned int i)
{
	return stand->own[i]->context[0] & VTD_CTX_P;
}

unsigned int stand_requests(const struct fake_queue *fake, u16 sid)
{
	unsigned int i, n = 0;

	for (i = 0; i < fake->n; i++)
		n += vtd_desc_dtlb_sid(&fake->log[i]) == sid;
	return n;
}
