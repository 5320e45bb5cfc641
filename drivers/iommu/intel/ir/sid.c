// SPDX-License-Identifier: GPL-2.0-only
/*
 * Source id verification: which requester ids an entry accepts.
 *
 * Owns: nothing. Locks: none.
 */
#include <linux/bitfield.h>
#include <linux/minmax.h>
#include <linux/pci.h>

#include "../../irq_remapping.h"
#include "../hw/irte_layout.h"
#include "sid.h"

void vtd_sid_set_add(struct vtd_sid_set *set, u16 sid)
{
	u8 bus = PCI_BUS_NUM(sid);

	if (!set->any) {
		*set = (struct vtd_sid_set) {
			.common = sid,
			.first_bus = bus,
			.last_bus = bus,
			.any = true,
		};
		return;
	}
	set->differ |= set->common ^ sid;
	set->first_bus = min(set->first_bus, bus);
	set->last_bus = max(set->last_bus, bus);
}

static u64 sid_check(u16 sid, unsigned int sq, unsigned int svt)
{
	return FIELD_PREP(VTD_IRTE_HI_SID, sid) |
	       FIELD_PREP(VTD_IRTE_HI_SQ, sq) |
	       FIELD_PREP(VTD_IRTE_HI_SVT, svt);
}

u64 vtd_sid_set_check(const struct vtd_sid_set *set)
{
	if (!set->differ)
		return sid_check(set->common, VTD_SQ_ALL, VTD_SVT_SID);
	/* Functions of one device: leave out bits of the function number. */
	if (!(set->differ & ~BIT(2)))
		return sid_check(set->common, VTD_SQ_IGNORE_2, VTD_SVT_SID);
	if (!(set->differ & ~GENMASK(2, 1)))
		return sid_check(set->common, VTD_SQ_IGNORE_2_1, VTD_SVT_SID);
	if (!(set->differ & ~GENMASK(2, 0)))
		return sid_check(set->common, VTD_SQ_IGNORE_2_0, VTD_SVT_SID);
	return sid_check(set->first_bus << 8 | set->last_bus, VTD_SQ_ALL,
			 VTD_SVT_BUS);
}

u64 vtd_sid_check_exact(u16 sid)
{
	return disable_sourceid_checking ? 0 :
	       sid_check(sid, VTD_SQ_ALL, VTD_SVT_SID);
}

/*
 * The table names one function, but each timer of some HPETs sends with a
 * function number of its own.
 */
u64 vtd_sid_check_hpet(u16 sid)
{
	return disable_sourceid_checking ? 0 :
	       sid_check(sid, VTD_SQ_IGNORE_2_0, VTD_SVT_SID);
}

static int add_alias(struct pci_dev *pdev, u16 alias, void *data)
{
	vtd_sid_set_add(data, alias);
	return 0;
}

u64 vtd_sid_check_pci(struct pci_dev *pdev)
{
	struct vtd_sid_set set = { };

	if (disable_sourceid_checking)
		return 0;
	/* What DMA may carry as requester id, a message may carry, too. */
	pci_for_each_dma_alias(pdev, add_alias, &set);
	return vtd_sid_set_check(&set);
}
