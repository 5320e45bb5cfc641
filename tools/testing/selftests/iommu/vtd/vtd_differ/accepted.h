/* SPDX-License-Identifier: GPL-2.0-only */
/* Where QEMU's unit is known to differ from the architecture. */
#ifndef VTD_DIFFER_ACCEPTED_H
#define VTD_DIFFER_ACCEPTED_H

#include <stdbool.h>

#include "lib/sim.h"

/* In place of the reason of the unit: it did it. */
#define DONE 0x100

bool is_accepted(const char *profile, const struct vtd_sim_predict *p, unsigned int got);
void accepted_note(void);

#endif
