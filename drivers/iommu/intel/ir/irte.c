// SPDX-License-Identifier: GPL-2.0-only
/*
 * Values of interrupt remapping entries and remappable messages.
 *
 * Owns: nothing. Locks: none.
 */
#include <linux/bitfield.h>
#include <linux/msi.h>
#include <linux/string.h>

#include "irte.h"

struct vtd_irte vtd_irte_remapped(const struct vtd_irte_target *target,
				  u64 check)
{
	struct vtd_irte irte = {
		.lo = VTD_IRTE_P | FIELD_PREP(VTD_IRTE_VECTOR, target->vector),
		.hi = check,
	};

	/*
	 * Edge whatever the I/O APIC's pin is: the I/O APIC keeps the level
	 * and is told about the EOI directly. The delivery mode is fixed.
	 */
	if (target->x2apic)
		irte.lo |= FIELD_PREP(VTD_IRTE_DST_X2APIC, target->apic_id);
	else
		irte.lo |= FIELD_PREP(VTD_IRTE_DST_XAPIC, target->apic_id & 0xff);
	/* Without the redirection hint the destination mode may be ignored. */
	if (target->logical)
		irte.lo |= VTD_IRTE_DM | VTD_IRTE_RH;
	return irte;
}

struct vtd_irte vtd_irte_posted(const struct vtd_irte_post *post, u64 check)
{
	return (struct vtd_irte) {
		.lo = VTD_IRTE_P | VTD_IRTE_IM |
		      FIELD_PREP(VTD_IRTE_VECTOR, post->vector) |
		      FIELD_PREP(VTD_IRTE_PDA_LO,
				 lower_32_bits(post->descriptor) >> 6),
		.hi = check |
		      FIELD_PREP(VTD_IRTE_HI_PDA_HI,
				 upper_32_bits(post->descriptor)),
	};
}

void vtd_irte_message(unsigned int index, unsigned int subhandle,
		      struct msi_msg *msg)
{
	memset(msg, 0, sizeof(*msg));
	msg->address_lo = VTD_MSI_BASE | VTD_MSI_REMAPPABLE | VTD_MSI_SHV |
			  FIELD_PREP(VTD_MSI_HANDLE_LO, index & 0x7fff) |
			  FIELD_PREP(VTD_MSI_HANDLE_HI, index >> 15);
	msg->data = FIELD_PREP(VTD_MSI_DATA_SUBHANDLE, subhandle);
}
