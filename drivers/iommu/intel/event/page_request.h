/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page requests of devices on their way to who can resolve them.
 */
#ifndef VTD_EVENT_PAGE_REQUEST_H
#define VTD_EVENT_PAGE_REQUEST_H

struct vtd_prq_ops;
struct vtd_unit;

extern const struct vtd_prq_ops vtd_prq_reporter;

int vtd_prq_enable(struct vtd_unit *unit);
void vtd_prq_disable(struct vtd_unit *unit);

#endif
