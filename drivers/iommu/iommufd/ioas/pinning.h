/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pins of all that an IOAS means, for page tables that come and go.
 */
#ifndef __IOMMUFD_IOAS_PINNING_H
#define __IOMMUFD_IOAS_PINNING_H

#include "ioas.h"

int ioas_pin_live(struct iommufd_ioas *ioas, struct iommufd_why *why);
bool ioas_unpin_live_locked(struct iommufd_ioas *ioas);
void ioas_unpin_live(struct iommufd_ioas *ioas);

#endif
