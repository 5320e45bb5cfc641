// SPDX-License-Identifier: GPL-2.0-only
/*
 * What firmware would say about a simulated unit: a DRHD that takes the whole
 * segment, an ATSR for all of its root ports, a SATC that lists each slot, and
 * a RHSA.
 *
 * Calls: hw/ for the layout.
 */
#include <linux/build_bug.h>
#include <linux/unaligned.h>

#include "../hw/dmar_layout.h"
#include "firmware.h"

#define SCOPE_LEN	(VTD_SCOPE_PATH + 2)
#define SATC_LEN	(VTD_SATC_SCOPES + VTD_SIM_SLOTS * SCOPE_LEN)

static_assert(VTD_DRHD_SCOPES + VTD_ATSR_SCOPES + SATC_LEN + VTD_RHSA_SIZE <=
	      VTD_SIM_FIRMWARE_MAX);

/* Room for a structure of a table; zeroed. */
static u8 *structure_start(struct vtd_sim_firmware *record, u16 type, u16 len)
{
	u8 *at = record->bytes + record->len;

	put_unaligned_le16(type, at + VTD_DMAR_S_TYPE);
	put_unaligned_le16(len, at + VTD_DMAR_S_LENGTH);
	record->len += len;
	return at;
}

/**
 * vtd_sim_firmware_build() - describe a unit
 * @record: filled
 * @base: register base
 * @segment: PCI segment, which belongs to it alone
 */
void vtd_sim_firmware_build(struct vtd_sim_firmware *record, u64 base, u16 segment)
{
	unsigned int slot;
	u8 *at, *scope;

	*record = (struct vtd_sim_firmware){};

	at = structure_start(record, VTD_DMAR_DRHD, VTD_DRHD_SCOPES);
	at[VTD_DRHD_FLAGS] = VTD_DRHD_F_INCLUDE_ALL;
	put_unaligned_le16(segment, at + VTD_DRHD_SEGMENT);
	put_unaligned_le64(base, at + VTD_DRHD_BASE);

	at = structure_start(record, VTD_DMAR_ATSR, VTD_ATSR_SCOPES);
	at[VTD_ATSR_FLAGS] = VTD_ATSR_F_ALL_PORTS;
	put_unaligned_le16(segment, at + VTD_ATSR_SEGMENT);

	at = structure_start(record, VTD_DMAR_SATC, SATC_LEN);
	put_unaligned_le16(segment, at + VTD_SATC_SEGMENT);
	for (slot = 0; slot < VTD_SIM_SLOTS; slot++) {
		scope = at + VTD_SATC_SCOPES + slot * SCOPE_LEN;
		scope[VTD_SCOPE_TYPE] = VTD_SCOPE_ENDPOINT;
		scope[VTD_SCOPE_LENGTH] = SCOPE_LEN;
		scope[VTD_SCOPE_PATH] = slot;
	}

	at = structure_start(record, VTD_DMAR_RHSA, VTD_RHSA_SIZE);
	put_unaligned_le64(base, at + VTD_RHSA_BASE);
}
