/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ACPI DMAR table as bytes (VT-d chapter 8).
 *
 * Everything is little endian and unaligned, so fields are offsets from the
 * start of their structure; acpi/reader.h reads them inside checked bounds.
 */
#ifndef __VTD_HW_DMAR_LAYOUT_H
#define __VTD_HW_DMAR_LAYOUT_H

#include <linux/bits.h>

#define VTD_DMAR_LENGTH		4	/* u32, of the ACPI header */
#define VTD_DMAR_WIDTH		36	/* u8, host address width minus one */
#define VTD_DMAR_FLAGS		37	/* u8 */
#define VTD_DMAR_STRUCTS	48	/* first structure; header size */

#define VTD_DMAR_F_INTR_REMAP	BIT(0)
#define VTD_DMAR_F_X2APIC_OPT_OUT	BIT(1)
#define VTD_DMAR_F_PLATFORM_OPT_IN	BIT(2)
#define VTD_DMAR_F_REMAP_OPT_OUT	BIT(3)

/* Every structure */
#define VTD_DMAR_S_TYPE		0	/* u16 */
#define VTD_DMAR_S_LENGTH	2	/* u16 */
#define VTD_DMAR_S_MIN		4

enum vtd_dmar_type {
	VTD_DMAR_DRHD,
	VTD_DMAR_RMRR,
	VTD_DMAR_ATSR,
	VTD_DMAR_RHSA,
	VTD_DMAR_ANDD,
	VTD_DMAR_SATC,
	VTD_DMAR_SIDP,
};

#define VTD_DRHD_FLAGS		4	/* u8 */
#define VTD_DRHD_SIZE		5	/* u8, 3:0 */
#define VTD_DRHD_SEGMENT	6	/* u16 */
#define VTD_DRHD_BASE		8	/* u64 */
#define VTD_DRHD_SCOPES		16
#define VTD_DRHD_F_INCLUDE_ALL	BIT(0)
#define VTD_DRHD_SIZE_N		GENMASK(3, 0)

#define VTD_RMRR_SEGMENT	6	/* u16 */
#define VTD_RMRR_BASE		8	/* u64 */
#define VTD_RMRR_LIMIT		16	/* u64, inclusive */
#define VTD_RMRR_SCOPES		24

#define VTD_ATSR_FLAGS		4	/* u8 */
#define VTD_ATSR_SEGMENT	6	/* u16 */
#define VTD_ATSR_SCOPES		8
#define VTD_ATSR_F_ALL_PORTS	BIT(0)

#define VTD_RHSA_BASE		8	/* u64 */
#define VTD_RHSA_DOMAIN		16	/* u32 */
#define VTD_RHSA_SIZE		20

#define VTD_ANDD_NUMBER		7	/* u8 */
#define VTD_ANDD_NAME		8	/* NUL-terminated */

#define VTD_SATC_FLAGS		4	/* u8 */
#define VTD_SATC_SEGMENT	6	/* u16 */
#define VTD_SATC_SCOPES		8
#define VTD_SATC_F_REQUIRED	BIT(0)

#define VTD_SIDP_SEGMENT	6	/* u16 */
#define VTD_SIDP_SCOPES		8

/* A device scope entry */
#define VTD_SCOPE_TYPE		0	/* u8 */
#define VTD_SCOPE_LENGTH	1	/* u8 */
#define VTD_SCOPE_FLAGS		2	/* u8, SIDP only */
#define VTD_SCOPE_ENUM_ID	4	/* u8 */
#define VTD_SCOPE_BUS		5	/* u8 */
#define VTD_SCOPE_PATH		6	/* pairs: device u8, function u8 */

enum vtd_scope_type {
	VTD_SCOPE_ENDPOINT = 1,
	VTD_SCOPE_BRIDGE,
	VTD_SCOPE_IOAPIC,
	VTD_SCOPE_HPET,
	VTD_SCOPE_ACPI,
};

#define VTD_SIDP_F_NO_NESTED	BIT(0)
#define VTD_SIDP_F_NO_PWSNP	BIT(1)
#define VTD_SIDP_F_NO_PGSNP	BIT(2)
#define VTD_SIDP_F_ATC_HARDENED	BIT(3)
#define VTD_SIDP_F_ATC_REQUIRED	BIT(4)

/* _DSM of a PCI root bridge that brings units with it */
#define VTD_DSM_GUID		"D8C1A3A6-BE9B-4C9B-91BF-C3CB81FC5DAF"
#define VTD_DSM_REVISION	0
#define VTD_DSM_DRHD		1
#define VTD_DSM_ATSR		2
#define VTD_DSM_RHSA		3
#define VTD_DSM_SATC		4

#endif
