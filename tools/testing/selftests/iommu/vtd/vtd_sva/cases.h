/* SPDX-License-Identifier: GPL-2.0-only */
/* Cases that are in other files; each takes struct terms, or a struct end. */
#ifndef VTD_SVA_CASES_H
#define VTD_SVA_CASES_H

#include "place.h"

/* How a process ends, or stops using its memory */
enum how {
	END_EXIT,
	END_KILL,
	END_EXEC,
};

struct end {
	const struct terms *terms;
	enum how how;
};

/* ends.c */
void process_ends(const void *arg);
void unbound(const void *arg);
void unplugged(const void *arg);
void reset(const void *arg);
void reset_without_process(const void *arg);
void pending_unbound(const void *arg);
void pending_ends(const void *arg);
void storm(const void *arg);

#endif
