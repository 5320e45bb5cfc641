/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A unit to be tested.
 */
#ifndef WORLD_H
#define WORLD_H

#include <linux/bitfield.h>

#include "../../../../drivers/iommu/intel/hw/cap.h"
#include "../../../../drivers/iommu/intel/sim/model/model.h"

#define FULL_VERSION	0x60
#define FULL_HAW	46
#define FULL_CAP	(FIELD_PREP(VTD_CAP_ND, 6) | \
			 FIELD_PREP(VTD_CAP_SAGAW, 0xe) | \
			 FIELD_PREP(VTD_CAP_MGAW, 56) | VTD_CAP_ZLR | \
			 FIELD_PREP(VTD_CAP_FRO, 0x40) | \
			 FIELD_PREP(VTD_CAP_SSLPS, 3) | VTD_CAP_PSI | \
			 FIELD_PREP(VTD_CAP_NFR, 3) | \
			 FIELD_PREP(VTD_CAP_MAMV, 18) | VTD_CAP_DWD | \
			 VTD_CAP_DRD | VTD_CAP_FS1GP | VTD_CAP_FS5LP)
#define FULL_ECAP	(VTD_ECAP_C | VTD_ECAP_QI | VTD_ECAP_DT | \
			 VTD_ECAP_IR | VTD_ECAP_EIM | VTD_ECAP_PT | \
			 VTD_ECAP_SC | FIELD_PREP(VTD_ECAP_IRO, 0x50) | \
			 FIELD_PREP(VTD_ECAP_MHMV, 15) | VTD_ECAP_MTS | \
			 VTD_ECAP_NEST | VTD_ECAP_PRS | VTD_ECAP_SRS | \
			 VTD_ECAP_NWFS | VTD_ECAP_EAFS | \
			 FIELD_PREP(VTD_ECAP_PSS, 19) | VTD_ECAP_PASID | \
			 VTD_ECAP_DIT | VTD_ECAP_PDS | VTD_ECAP_SMTS | \
			 VTD_ECAP_SSADS | VTD_ECAP_SSTS | VTD_ECAP_FSTS | \
			 VTD_ECAP_SMPWCS | VTD_ECAP_RPS | VTD_ECAP_ADMS | \
			 VTD_ECAP_RPRIVS | VTD_ECAP_PTRS | VTD_ECAP_SSIRWS | \
			 VTD_ECAP_SMS)

/* A unit that has everything that the model knows. */
static inline struct vtd_model_config world_config(void)
{
	return (struct vtd_model_config){
		.cap = FULL_CAP,
		.ecap = FULL_ECAP,
		.version = FULL_VERSION,
		.haw = FULL_HAW,
	};
}

#endif
