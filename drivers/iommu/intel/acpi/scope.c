// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device scopes: parsing, and matching with devices that exist.
 *
 * A PCI device is matched by its place, from the device upward, so nothing has
 * to be remembered when devices come and go.
 *
 * Calls: hw/
 */
#include <linux/acpi.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include <asm/pci-direct.h>

#include "dmar.h"
#include "reader.h"
#include "scope.h"

#define SCOPE_HOP_SIZE	2

static int scope_refuse(struct vtd_dmar_log *log, const struct vtd_span *span,
			const char *what)
{
	log->note(log, span->offset, what);
	return -EINVAL;
}

static int scope_check(const struct vtd_span *span, struct vtd_dmar_log *log)
{
	u32 at;
	u8 len;

	if (span->len < VTD_SCOPE_PATH)
		return scope_refuse(log, span, "device scope is truncated");
	len = vtd_span_u8(span, VTD_SCOPE_LENGTH);
	if (len < VTD_SCOPE_PATH + SCOPE_HOP_SIZE ||
	    (len - VTD_SCOPE_PATH) % SCOPE_HOP_SIZE)
		return scope_refuse(log, span, "device scope has a bad length");
	if (len > span->len)
		return scope_refuse(log, span,
				    "device scope exceeds its structure");
	for (at = VTD_SCOPE_PATH; at < len; at += SCOPE_HOP_SIZE) {
		if (vtd_span_u8(span, at) > 31 || vtd_span_u8(span, at + 1) > 7)
			return scope_refuse(log, span,
					    "device scope has a bad path");
	}
	return 0;
}

static struct vtd_scope *scope_read(const struct vtd_span *span)
{
	u8 nhops = (vtd_span_u8(span, VTD_SCOPE_LENGTH) - VTD_SCOPE_PATH) /
		   SCOPE_HOP_SIZE;
	struct vtd_scope *scope;
	u32 at = VTD_SCOPE_PATH;
	u8 i;

	scope = kzalloc_flex(*scope, hops, nhops);
	if (!scope)
		return NULL;
	scope->nhops = nhops;
	scope->type = vtd_span_u8(span, VTD_SCOPE_TYPE);
	scope->flags = vtd_span_u8(span, VTD_SCOPE_FLAGS);
	scope->enum_id = vtd_span_u8(span, VTD_SCOPE_ENUM_ID);
	scope->bus = vtd_span_u8(span, VTD_SCOPE_BUS);
	for (i = 0; i < nhops; i++, at += SCOPE_HOP_SIZE)
		scope->hops[i].devfn = PCI_DEVFN(vtd_span_u8(span, at),
						 vtd_span_u8(span, at + 1));
	return scope;
}

static bool scope_type_known(u8 type)
{
	return type >= VTD_SCOPE_ENDPOINT && type <= VTD_SCOPE_ACPI;
}

/**
 * vtd_scopes_parse() - read the scopes at the end of a structure
 * @span: from the first scope to the end of the structure
 * @scopes: list to add to; what was read stays on it after a failure
 * @log: where refusals are noted
 *
 * Scopes of unknown type are skipped.
 *
 * Return: 0; -EINVAL if one is damaged, then the rest is unknown; -ENOMEM.
 */
int vtd_scopes_parse(const struct vtd_span *span, struct list_head *scopes,
		     struct vtd_dmar_log *log)
{
	struct vtd_span rest = *span;
	struct vtd_scope *scope;
	int ret;

	while (rest.len) {
		ret = scope_check(&rest, log);
		if (ret)
			return ret;
		if (scope_type_known(vtd_span_u8(&rest, VTD_SCOPE_TYPE))) {
			scope = scope_read(&rest);
			if (!scope)
				return -ENOMEM;
			list_add_tail(&scope->node, scopes);
		}
		rest = vtd_span_from(&rest,
				     vtd_span_u8(&rest, VTD_SCOPE_LENGTH));
	}
	return 0;
}

/**
 * vtd_scopes_free() - forget a list of scopes
 * @scopes: the list; empty afterwards
 */
void vtd_scopes_free(struct list_head *scopes)
{
	struct vtd_scope *scope, *next;

	list_for_each_entry_safe(scope, next, scopes, node) {
		list_del(&scope->node);
		kfree(scope);
	}
}

/* Compares the path with the bridges above @pdev, from the device upward. */
static bool scope_ends_at(const struct vtd_scope *scope, struct pci_dev *pdev)
{
	unsigned int i = scope->nhops;

	for (;;) {
		if (pdev->devfn != scope->hops[--i].devfn)
			return false;
		if (!i)
			return pdev->bus->number == scope->bus;
		pdev = pdev->bus->self;
		if (!pdev)
			return false;
	}
}

static enum vtd_scope_match scope_match_pci(const struct vtd_scope *scope,
					    struct pci_dev *pdev)
{
	struct pci_dev *up;

	if (scope->type != VTD_SCOPE_ENDPOINT &&
	    scope->type != VTD_SCOPE_BRIDGE)
		return VTD_SCOPE_NO_MATCH;
	if (scope_ends_at(scope, pdev))
		return VTD_SCOPE_EXACT;
	if (scope->type == VTD_SCOPE_ENDPOINT)
		return VTD_SCOPE_NO_MATCH;
	for (up = pdev->bus->self; up; up = up->bus->self) {
		if (scope_ends_at(scope, up))
			return VTD_SCOPE_BELOW;
	}
	return VTD_SCOPE_NO_MATCH;
}

/**
 * vtd_scopes_match_pci() - does a list of scopes name a PCI device?
 * @scopes: the list, of the segment of @pdev
 * @pdev: the device; for a virtual function its physical one
 * @found: set to the scope that fits best, untouched if none does; or NULL
 *
 * Return: how well it fits.
 */
enum vtd_scope_match vtd_scopes_match_pci(const struct list_head *scopes,
					  struct pci_dev *pdev,
					  const struct vtd_scope **found)
{
	enum vtd_scope_match best = VTD_SCOPE_NO_MATCH, match;
	const struct vtd_scope *scope;

	list_for_each_entry(scope, scopes, node) {
		match = scope_match_pci(scope, pdev);
		if (match <= best)
			continue;
		best = match;
		if (found)
			*found = scope;
	}
	return best;
}

/**
 * vtd_scope_sid() - source id of an I/O APIC, HPET or namespace device
 * @scope: the scope
 *
 * Works before PCI is enumerated: bridges on the way are asked directly.
 *
 * Return: the source id; -ENODEV if a bridge on the way is not there.
 */
int vtd_scope_sid(const struct vtd_scope *scope)
{
	u8 bus = scope->bus, devfn;
	unsigned int i;

	for (i = 0; i + 1 < scope->nhops; i++) {
		devfn = scope->hops[i].devfn;
		bus = read_pci_config_byte(bus, PCI_SLOT(devfn),
					   PCI_FUNC(devfn), PCI_SECONDARY_BUS);
		if (!bus || bus == 0xff)
			return -ENODEV;
	}
	return PCI_DEVID(bus, scope->hops[scope->nhops - 1].devfn);
}
