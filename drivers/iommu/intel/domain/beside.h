/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What domains of one parent must not have beside each other at a unit.
 */
#ifndef VTD_DOMAIN_BESIDE_H
#define VTD_DOMAIN_BESIDE_H

#include "../table/entry.h"
#include "domain.h"

struct vtd_attachment;

const char *vtd_beside_clash_locked(const struct vtd_domain *domain,
				    const struct vtd_device *vd, u32 pasid)
	__must_hold(&domain->top->lock);
union vtd_entry vtd_beside_entry_locked(const struct vtd_attachment *attachment)
	__must_hold(&attachment->domain->top->lock);
void vtd_beside_pause_locked(const struct vtd_domain *domain, const struct vtd_device *vd,
			     u32 pasid)
	__must_hold(&domain->top->lock);
void vtd_beside_resume_locked(struct vtd_domain *top, const struct vtd_device *vd, u32 pasid)
	__must_hold(&top->lock);

#endif
