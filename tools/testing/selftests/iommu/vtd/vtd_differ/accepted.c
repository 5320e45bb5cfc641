// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where QEMU's unit is known to differ from the architecture, and how often that was met.
 */
#include <string.h>

#include "lib/harness.h"
#include "vtd/vtd_differ/accepted.h"

#define ANY 0xff

#define AS_LEGACY "second stages have the reasons of legacy mode"
#define BY_IOTLB "refused by its IOTLB: not recorded"
/* Two things are wrong; the architecture looks at permissions when the walk is over. */
#define ON_THE_WAY "permissions are looked at first, at each level"
#define NO_SNOOP "marks of use are set though walks do not snoop"

/* What QEMU's unit records where the architecture has another reason, or DONE. */
static const struct difference {
	const char *profile;
	__u8 access;
	__u8 model;
	__u16 unit;
	const char *why;
} differences[] = {
	{ "legacy", 0, 0x05, 0, BY_IOTLB },
	{ "legacy", 1, 0x06, 0, BY_IOTLB },
	{ "legacy", 0, 0x07, 0x05, ON_THE_WAY },
	{ "legacy", 1, 0x07, 0x06, ON_THE_WAY },
	{ "legacy", 0, 0x0c, 0x05, ON_THE_WAY },
	{ "legacy", 1, 0x0c, 0x06, ON_THE_WAY },
	{ "scalable", 0, 0x79, 0x05, AS_LEGACY },
	{ "scalable", 1, 0x79, 0x06, AS_LEGACY },
	{ "scalable", 0, 0x85, 0x05, AS_LEGACY },
	{ "scalable", 1, 0x86, 0x06, AS_LEGACY },
	{ "scalable", ANY, 0x84, 0x04, AS_LEGACY },
	{ "scalable", ANY, 0x7a, 0x0c, AS_LEGACY },
	{ "scalable", ANY, 0x78, 0x07, AS_LEGACY },
	{ "scalable", 0, 0x85, 0, BY_IOTLB },
	{ "scalable", 1, 0x86, 0, BY_IOTLB },
	{ "scalable", 0, 0x78, 0x05, ON_THE_WAY },
	{ "scalable", 1, 0x78, 0x06, ON_THE_WAY },
	{ "scalable", 0, 0x7a, 0x05, ON_THE_WAY },
	{ "scalable", 1, 0x7a, 0x06, ON_THE_WAY },
	{ "first-stage", 0, 0x85, 0, BY_IOTLB },
	{ "first-stage", 0, 0x70, 0x85, ON_THE_WAY },
	{ "first-stage", 0, 0x71, 0x85, ON_THE_WAY },
	{ "first-stage", 0, 0x72, 0x85, ON_THE_WAY },
	{ "first-stage", ANY, 0x70, 0x81, ON_THE_WAY },
	{ "first-stage", ANY, 0x71, 0x81, ON_THE_WAY },
	{ "first-stage", ANY, 0x72, 0x81, ON_THE_WAY },
	{ "first-stage", ANY, 0x90, DONE, NO_SNOOP },
	{ "first-stage", ANY, 0x90, 0, NO_SNOOP ", and the page is no memory" },
};

static unsigned long met[ARRAY_LEN(differences)];

bool is_accepted(const char *profile, const struct vtd_sim_predict *p, unsigned int got)
{
	const struct difference *d;

	for (d = differences; d < differences + ARRAY_LEN(differences); d++) {
		if (!strcmp(d->profile, profile) &&
		    (d->access == ANY || d->access == p->access) &&
		    d->model == p->out_reason && d->unit == got) {
			met[d - differences]++;
			return true;
		}
	}
	return false;
}

void accepted_note(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(differences); i++) {
		if (met[i])
			harness_note("%s: %lu times %#x, not %#x: %s", differences[i].profile,
				     met[i], differences[i].unit, differences[i].model,
				     differences[i].why);
	}
}
