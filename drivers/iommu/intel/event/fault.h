/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults that units record.
 */
#ifndef VTD_EVENT_FAULT_H
#define VTD_EVENT_FAULT_H

#include <linux/types.h>

struct vtd_fault;
struct vtd_unit;

int vtd_fault_enable(struct vtd_unit *unit);
void vtd_fault_disable(struct vtd_unit *unit);
void vtd_fault_clear(struct vtd_unit *unit);
int vtd_fault_service(struct vtd_unit *unit);
int vtd_fault_format(const struct vtd_fault *fault, const char *device, char *buf,
		     size_t size);

#endif
