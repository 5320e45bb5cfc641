/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VER, CAP and ECAP: what a remapping unit offers (VT-d chapter 11).
 *
 * In the driver only unit/caps.c reads these words; everybody else asks struct
 * vtd_caps. A model of a unit (sim/) reads them by itself.
 */
#ifndef __VTD_HW_CAP_H
#define __VTD_HW_CAP_H

#include <linux/bits.h>

#define VTD_VER_MINOR		GENMASK(3, 0)
#define VTD_VER_MAJOR		GENMASK(7, 4)

/* Versions at which the meaning of something else changes. */
#define VTD_MAJOR_ALWAYS_DRAINS	2
#define VTD_MAJOR_NO_REG_INVAL	6
#define VTD_MAJOR_NO_EXEC	8

#define VTD_CAP_ND		GENMASK_ULL(2, 0)
#define VTD_CAP_AFL		BIT_ULL(3)
#define VTD_CAP_RWBF		BIT_ULL(4)
#define VTD_CAP_PLMR		BIT_ULL(5)
#define VTD_CAP_PHMR		BIT_ULL(6)
#define VTD_CAP_CM		BIT_ULL(7)
#define VTD_CAP_SAGAW		GENMASK_ULL(12, 8)
#define VTD_CAP_MGAW		GENMASK_ULL(21, 16)
#define VTD_CAP_ZLR		BIT_ULL(22)
#define VTD_CAP_FRO		GENMASK_ULL(33, 24)
#define VTD_CAP_SSLPS		GENMASK_ULL(37, 34)
#define VTD_CAP_PSI		BIT_ULL(39)
#define VTD_CAP_NFR		GENMASK_ULL(47, 40)
#define VTD_CAP_MAMV		GENMASK_ULL(53, 48)
#define VTD_CAP_DWD		BIT_ULL(54)
#define VTD_CAP_DRD		BIT_ULL(55)
#define VTD_CAP_FS1GP		BIT_ULL(56)
#define VTD_CAP_PI		BIT_ULL(59)
#define VTD_CAP_FS5LP		BIT_ULL(60)
#define VTD_CAP_ECMDS		BIT_ULL(61)
#define VTD_CAP_ESIRTPS		BIT_ULL(62)
#define VTD_CAP_ESRTPS		BIT_ULL(63)

/* Bits of the SAGAW and SSLPS fields. */
#define VTD_SAGAW_39		BIT(1)
#define VTD_SAGAW_48		BIT(2)
#define VTD_SAGAW_57		BIT(3)
#define VTD_SSLPS_2M		BIT(0)
#define VTD_SSLPS_1G		BIT(1)

#define VTD_ECAP_C		BIT_ULL(0)
#define VTD_ECAP_QI		BIT_ULL(1)
#define VTD_ECAP_DT		BIT_ULL(2)
#define VTD_ECAP_IR		BIT_ULL(3)
#define VTD_ECAP_EIM		BIT_ULL(4)
#define VTD_ECAP_PT		BIT_ULL(6)
#define VTD_ECAP_SC		BIT_ULL(7)
#define VTD_ECAP_IRO		GENMASK_ULL(17, 8)
#define VTD_ECAP_MHMV		GENMASK_ULL(23, 20)
#define VTD_ECAP_MTS		BIT_ULL(25)
#define VTD_ECAP_NEST		BIT_ULL(26)
#define VTD_ECAP_PRS		BIT_ULL(29)
#define VTD_ECAP_ERS		BIT_ULL(30)
#define VTD_ECAP_SRS		BIT_ULL(31)
#define VTD_ECAP_NWFS		BIT_ULL(33)
#define VTD_ECAP_EAFS		BIT_ULL(34)
#define VTD_ECAP_PSS		GENMASK_ULL(39, 35)
#define VTD_ECAP_PASID		BIT_ULL(40)
#define VTD_ECAP_DIT		BIT_ULL(41)
#define VTD_ECAP_PDS		BIT_ULL(42)
#define VTD_ECAP_SMTS		BIT_ULL(43)
#define VTD_ECAP_VCS		BIT_ULL(44)
#define VTD_ECAP_SSADS		BIT_ULL(45)
#define VTD_ECAP_SSTS		BIT_ULL(46)
#define VTD_ECAP_FSTS		BIT_ULL(47)
#define VTD_ECAP_SMPWCS		BIT_ULL(48)
#define VTD_ECAP_RPS		BIT_ULL(49)
#define VTD_ECAP_TDXCS		BIT_ULL(50)
#define VTD_ECAP_PMS		BIT_ULL(51)
#define VTD_ECAP_ADMS		BIT_ULL(52)
#define VTD_ECAP_RPRIVS		BIT_ULL(53)
#define VTD_ECAP_HPTS		BIT_ULL(55)
#define VTD_ECAP_PTRS		BIT_ULL(56)
#define VTD_ECAP_SSIRWS		BIT_ULL(57)
#define VTD_ECAP_SMS		BIT_ULL(58)
#define VTD_ECAP_HPT1GPS	BIT_ULL(59)
#define VTD_ECAP_RDTS		BIT_ULL(60)
#define VTD_ECAP_EIMER		BIT_ULL(61)
#define VTD_ECAP_IRREQ		BIT_ULL(62)

#endif
