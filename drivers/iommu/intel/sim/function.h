/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated PCI function: config space, BARs, a device TLB.
 */
#ifndef __VTD_SIM_FUNCTION_H
#define __VTD_SIM_FUNCTION_H

#include <linux/irq_work.h>
#include <linux/pci_regs.h>
#include <linux/types.h>

#include <uapi/linux/vtd_sim.h>

#include "model/dtlb.h"
#include "stream.h"

struct irq_domain;
struct task_struct;
struct vtd_sim_unit;

#define VTD_SIM_DTLB_ENTRIES	64
#define VTD_SIM_BARS		3

/**
 * struct vtd_sim_bar - memory of a function
 * @pa: physical address
 * @map: where the kernel sees it
 */
struct vtd_sim_bar {
	u64 pa;
	void __iomem *map;
};

/**
 * enum vtd_sim_page - what became of the page request of a function
 * @VTD_SIM_PAGE_NONE: there is none
 * @VTD_SIM_PAGE_ASKED: no response yet
 * @VTD_SIM_PAGE_GIVEN: the response was success
 * @VTD_SIM_PAGE_REFUSED: it was not
 */
enum vtd_sim_page {
	VTD_SIM_PAGE_NONE,
	VTD_SIM_PAGE_ASKED,
	VTD_SIM_PAGE_GIVEN,
	VTD_SIM_PAGE_REFUSED,
};

/* As many requests as a function may have outstanding. */
#define VTD_SIM_GROUPS	64

/**
 * struct vtd_sim_group - a group of page requests without a response
 * @pasid: with @has_pasid only
 * @index: its index
 * @has_pasid: its requests have a PASID
 * @n: how many requests
 */
struct vtd_sim_group {
	u32 pasid;
	u16 index;
	bool has_pasid;
	u32 n;
};

/**
 * struct vtd_sim_function - a simulated PCI function
 * @unit: the unit in front of it
 * @slot: where on the bus
 * @vf: number of a virtual function in its slot; 0: a physical function
 * @pf: of a virtual function, the physical one
 * @vfs: virtual functions, from the start on; NULL without SR-IOV
 * @vf_bars: of these, at the places of BAR 0, 2 and 4
 * @type: enum vtd_sim_type
 * @lacks: VTD_SIM_FUNCTION_NO_*
 * @bar0: registers
 * @bar2: memory
 * @bar4: MSI-X
 * @msi: where its interrupts go
 * @poller: looks at its registers; NULL if nobody does
 * @nvfs: of @vfs, how many there are for software; like all below
 *	under the lock of @unit
 * @config: config space
 * @writable: bits of it that software can write
 * @dtlb: what it remembers of translations
 * @entries: memory for that
 * @behave: VTD_SIM_IGNORE_INVALIDATIONS and so on
 * @late: reads of registers until it completes a request
 * @stream: its stream
 * @wanted: the last translation that it asked for; without a size: none
 * @resets: how often it was reset
 * @page: what became of the last page request
 * @group: its group
 * @more: the rest of that group is still to come
 * @has_pasid: it had a PASID
 * @pasid: which one
 * @asked: page requests without a response
 * @ngroups: groups of them
 * @groups: these
 * @raised: MSI-X vectors to be sent
 * @msi_work: sends them
 */
struct vtd_sim_function {
	/* Constant after init */
	struct vtd_sim_unit *unit;
	u8 slot;
	u8 vf;
	struct vtd_sim_function *pf;
	struct vtd_sim_function *vfs[VTD_SIM_VFS];
	struct vtd_sim_bar vf_bars[VTD_SIM_BARS];
	u32 type;
	u32 lacks;
	struct vtd_sim_bar bar0, bar2, bar4;
	struct irq_domain *msi;
	struct task_struct *poller;

	u32 nvfs;
	u8 config[PCI_CFG_SPACE_EXP_SIZE];
	u8 writable[PCI_CFG_SPACE_EXP_SIZE];
	struct vtd_model_dtlb dtlb;
	struct vtd_model_dtlb_entry entries[VTD_SIM_DTLB_ENTRIES];
	u32 behave;
	u32 late;
	struct vtd_model_request wanted;
	struct vtd_sim_stream stream;
	u64 resets;
	enum vtd_sim_page page;
	u16 group;
	bool more;
	bool has_pasid;
	u32 pasid;
	u32 asked;
	u32 ngroups;
	struct vtd_sim_group groups[VTD_SIM_GROUPS];
	unsigned long raised;
	struct irq_work msi_work;
};

static inline u16 vtd_sim_function_sid(const struct vtd_sim_function *fn)
{
	return fn->slot << 3 | fn->vf;
}

struct vtd_sim_function *vtd_sim_function_create(struct vtd_sim_unit *unit, u8 slot,
						 const struct vtd_sim_function_add *how);
void vtd_sim_function_destroy(struct vtd_sim_function *fn);
void vtd_sim_function_reset(struct vtd_sim_function *fn);

#endif
