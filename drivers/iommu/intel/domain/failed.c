// SPDX-License-Identifier: GPL-2.0-only
/*
 * A flush of a domain failed: which devices have to lose their access.
 *
 * Owns: nothing.
 * Locks: none; attachments are read under RCU.
 * Calls: device/cut.c.
 */
#include <linux/rculist.h>

#include "attachment.h"
#include "domain.h"
#include "failed.h"

static struct vtd_domain *domain_of(struct vtd_tags *tags)
{
	return container_of(tags, struct vtd_domain, tags);
}

static void cut_off(struct vtd_tags *tags, struct vtd_devtlb *devtlb)
{
	vtd_device_cut_off(container_of(devtlb, struct vtd_device, devtlb));
}

/* What is nested in a domain translates by it, too. */
static bool translates_by(const struct vtd_attachment *attachment,
			  const struct vtd_domain *domain)
{
	return attachment->domain == domain || attachment->domain->top == domain;
}

static void cut_off_all(struct vtd_tags *tags, const struct vtd_unit *unit)
{
	struct vtd_domain *domain = domain_of(tags);
	struct vtd_attachment *attachment;

	list_for_each_entry_rcu(attachment, &domain->top->attachments, node)
		if (attachment->vd->unit == unit && translates_by(attachment, domain))
			vtd_device_cut_off(attachment->vd);
}

const struct vtd_tags_ops vtd_domain_tags_ops = {
	.cut_off = cut_off,
	.cut_off_all = cut_off_all,
};
