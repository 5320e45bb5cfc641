// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which unit a device is behind, and what firmware says about the device.
 *
 * The best match over all units of the segment wins: the device itself before
 * a bridge above it, both before INCLUDE_PCI_ALL.
 *
 * Locks: vtd_table_lock, for reading.
 */
#include <linux/acpi.h>
#include <linux/cleanup.h>
#include <linux/pci.h>

#include "dmar.h"
#include "lookup.h"
#include "scope.h"
#include "table.h"

/* A device as firmware would name it. */
struct lookup_key {
	struct pci_dev *pdev;	/* NULL for a namespace device */
	u8 andd;
};

/*
 * A segment of firmware's is a PCI domain below 2^16. Drivers of bridges make up
 * domains from there on, which are no segment's: numbers are compared whole.
 */

/* INCLUDE_PCI_ALL of @segment; a damaged unit may be in front of anything. */
static const struct vtd_drhd *find_rest(const struct vtd_dmar *dmar, int segment)
{
	const struct vtd_drhd *drhd, *rest = NULL;

	list_for_each_entry(drhd, &dmar->drhds, node) {
		if (!drhd->include_all || drhd->segment != segment)
			continue;
		if (drhd->refused)
			return NULL;
		rest = drhd;
	}
	return rest;
}

/**
 * vtd_dmar_find_pci() - the unit in front of a PCI function
 * @dmar: the table
 * @pdev: the function; a physical one
 *
 * Return: the unit, perhaps a refused one; NULL if there is none.
 */
const struct vtd_drhd *vtd_dmar_find_pci(const struct vtd_dmar *dmar,
					 struct pci_dev *pdev)
{
	enum vtd_scope_match best = VTD_SCOPE_NO_MATCH, match;
	int segment = pci_domain_nr(pdev->bus);
	const struct vtd_drhd *drhd, *found = NULL;

	list_for_each_entry(drhd, &dmar->drhds, node) {
		if (drhd->segment != segment)
			continue;
		match = vtd_scopes_match_pci(&drhd->scopes, pdev, NULL);
		if (match <= best)
			continue;
		best = match;
		found = drhd;
	}
	return found ?: find_rest(dmar, segment);
}

static const struct vtd_scope *find_enum(const struct list_head *scopes,
					 enum vtd_scope_type type, u8 id)
{
	const struct vtd_scope *scope;

	list_for_each_entry(scope, scopes, node) {
		if (scope->type == type && scope->enum_id == id)
			return scope;
	}
	return NULL;
}

static int find_by_enum(enum vtd_scope_type type, u8 id, struct vtd_where *where)
{
	const struct vtd_dmar *dmar = vtd_table();
	const struct vtd_scope *scope;
	const struct vtd_drhd *drhd;
	int sid;

	*where = (struct vtd_where){};
	if (!dmar)
		return -ENODEV;
	list_for_each_entry(drhd, &dmar->drhds, node) {
		scope = find_enum(&drhd->scopes, type, id);
		if (!scope)
			continue;
		if (drhd->refused)
			return -ENODEV;
		sid = vtd_scope_sid(scope);
		if (sid < 0)
			return sid;
		where->drhd = drhd;
		where->sid = sid;
		where->segment = drhd->segment;
		return 0;
	}
	return -ENODEV;
}

static bool andd_is(const struct vtd_andd *andd, acpi_handle handle)
{
	acpi_handle named;

	return ACPI_SUCCESS(acpi_get_handle(NULL, (char *)andd->name, &named)) &&
	       named == handle;
}

/* The number under which scopes know a namespace device; -ENODEV if they do not. */
static int find_andd(struct device *dev)
{
	const struct vtd_dmar *dmar = vtd_table();
	acpi_handle handle = ACPI_HANDLE(dev);
	const struct vtd_andd *andd;

	if (!handle || !dmar)
		return -ENODEV;
	list_for_each_entry(andd, &dmar->andds, node) {
		if (andd_is(andd, handle))
			return andd->number;
	}
	return -ENODEV;
}

/**
 * vtd_find_device() - the unit in front of a device
 * @dev: a PCI device, or a device with an ACPI companion
 * @where: filled on success
 *
 * A virtual function is behind the unit of its physical function. A device
 * whose DMA carries the id of another one (behind a VMD) gets that one's place.
 *
 * Context: may sleep.
 * Return: 0; -ENODEV if no unit translates the device.
 */
int vtd_find_device(struct device *dev, struct vtd_where *where)
{
	struct pci_dev *pdev;
	int number;

	guard(rwsem_read)(&vtd_table_lock);
	*where = (struct vtd_where){};
	if (!vtd_table())
		return -ENODEV;
	if (!dev_is_pci(dev)) {
		number = find_andd(dev);
		return number < 0 ? number :
		       find_by_enum(VTD_SCOPE_ACPI, number, where);
	}
	pdev = pci_real_dma_dev(to_pci_dev(dev));
	where->sid = pci_dev_id(pdev);
	pdev = pci_physfn(pdev);
	where->segment = pci_domain_nr(pdev->bus);
	where->drhd = vtd_dmar_find_pci(vtd_table(), pdev);
	if (where->drhd && where->drhd->refused)
		where->drhd = NULL;
	return where->drhd ? 0 : -ENODEV;
}

/**
 * vtd_find_ioapic() - the unit in front of an I/O APIC
 * @id: its APIC id
 * @where: filled on success
 *
 * Return: 0; -ENODEV if no unit lists it.
 */
int vtd_find_ioapic(u8 id, struct vtd_where *where)
{
	guard(rwsem_read)(&vtd_table_lock);
	return find_by_enum(VTD_SCOPE_IOAPIC, id, where);
}

/**
 * vtd_find_hpet() - the unit in front of an HPET block
 * @id: its number
 * @where: filled on success
 *
 * Return: 0; -ENODEV if no unit lists it.
 */
int vtd_find_hpet(u8 id, struct vtd_where *where)
{
	guard(rwsem_read)(&vtd_table_lock);
	return find_by_enum(VTD_SCOPE_HPET, id, where);
}

bool vtd_drhd_covers(const struct vtd_drhd *drhd, struct pci_dev *pdev)
{
	guard(rwsem_read)(&vtd_table_lock);
	pdev = pci_physfn(pci_real_dma_dev(pdev));
	return vtd_table() && vtd_dmar_find_pci(vtd_table(), pdev) == drhd;
}

/**
 * vtd_drhd_take_census() - what is behind a unit
 * @drhd: the unit
 * @census: filled
 *
 * Context: may sleep; PCI is enumerated.
 */
void vtd_drhd_take_census(const struct vtd_drhd *drhd,
			  struct vtd_drhd_census *census)
{
	const struct vtd_scope *scope;
	struct pci_dev *pdev = NULL;

	*census = (struct vtd_drhd_census){
		.only_explicit = !drhd->include_all
	};
	list_for_each_entry(scope, &drhd->scopes, node) {
		if (scope->type != VTD_SCOPE_ENDPOINT &&
		    scope->type != VTD_SCOPE_BRIDGE)
			census->only_explicit = false;
	}
	for_each_pci_dev(pdev) {
		if (pci_domain_nr(pdev->bus) != drhd->segment ||
		    !vtd_scopes_match_pci(&drhd->scopes, pdev, NULL))
			continue;
		census->devices++;
		if (pdev->class >> 16 == PCI_BASE_CLASS_DISPLAY)
			census->displays++;
	}
}

static bool key_of(struct device *dev, struct lookup_key *key)
{
	int number;

	*key = (struct lookup_key){};
	if (dev_is_pci(dev)) {
		key->pdev = to_pci_dev(dev);
		return true;
	}
	number = find_andd(dev);
	key->andd = number;
	return number >= 0;
}

static bool key_matches(const struct lookup_key *key, u16 segment,
			const struct list_head *scopes,
			const struct vtd_scope **found)
{
	if (!key->pdev) {
		*found = find_enum(scopes, VTD_SCOPE_ACPI, key->andd);
		return *found;
	}
	return pci_domain_nr(key->pdev->bus) == segment &&
	       vtd_scopes_match_pci(scopes, key->pdev, found);
}

int vtd_visit_rmrrs(struct device *dev, vtd_rmrr_fn fn, void *ctx)
{
	const struct vtd_scope *scope;
	const struct vtd_rmrr *rmrr;
	struct lookup_key key;
	int ret;

	guard(rwsem_read)(&vtd_table_lock);
	if (!vtd_table() || !key_of(dev, &key))
		return 0;
	list_for_each_entry(rmrr, &vtd_table()->rmrrs, node) {
		if (!key_matches(&key, rmrr->segment, &rmrr->scopes, &scope))
			continue;
		ret = fn(rmrr, ctx);
		if (ret)
			return ret;
	}
	return 0;
}

static bool port_listed(const struct vtd_dmar *dmar, struct pci_dev *port)
{
	int segment = pci_domain_nr(port->bus);
	const struct vtd_atsr *atsr;

	list_for_each_entry(atsr, &dmar->atsrs, node) {
		if (atsr->segment != segment)
			continue;
		if (atsr->all_ports ||
		    vtd_scopes_match_pci(&atsr->scopes, port, NULL) ==
		    VTD_SCOPE_EXACT)
			return true;
	}
	return false;
}

static const struct vtd_satc *find_satc(const struct list_head *satcs,
					const struct lookup_key *key,
					const struct vtd_scope **scope)
{
	const struct vtd_satc *satc;

	list_for_each_entry(satc, satcs, node) {
		if (key_matches(key, satc->segment, &satc->scopes, scope))
			return satc;
	}
	return NULL;
}

static enum vtd_ats_rule sidp_ats_rule(u8 flags)
{
	if (flags & VTD_SIDP_F_ATC_REQUIRED)
		return VTD_ATS_REQUIRED;
	return flags & VTD_SIDP_F_ATC_HARDENED ? VTD_ATS_ALLOWED : VTD_ATS_FORBIDDEN;
}

/**
 * vtd_dmar_ats_rule() - may a device use ATS?
 * @dmar: the table
 * @pdev: the device; a physical function
 *
 * A list of properties (SIDP) overrides the older list of integrated caches
 * (SATC), and vouches for the cache of a device by a flag: without it the cache
 * may hold translations that the device can be made to misuse. Devices integrated
 * in the root complex that neither names may use ATS, devices below a root port
 * need a list of root ports (ATSR) that names it.
 *
 * Return: the rule.
 */
enum vtd_ats_rule vtd_dmar_ats_rule(const struct vtd_dmar *dmar, struct pci_dev *pdev)
{
	struct lookup_key key = { .pdev = pdev };
	const struct vtd_scope *scope;
	const struct vtd_satc *satc;
	struct pci_dev *port;

	if (find_satc(&dmar->sidps, &key, &scope))
		return sidp_ats_rule(scope->flags);
	satc = find_satc(&dmar->satcs, &key, &scope);
	if (satc)
		return satc->required ? VTD_ATS_REQUIRED : VTD_ATS_ALLOWED;
	if (pci_is_root_bus(pdev->bus))
		return VTD_ATS_ALLOWED;
	port = pcie_find_root_port(pdev);
	if (!port)
		return VTD_ATS_FORBIDDEN;
	return port_listed(dmar, port) ? VTD_ATS_ALLOWED : VTD_ATS_FORBIDDEN;
}

/**
 * vtd_ats_rule() - may a device use ATS, by the table of this machine?
 * @pdev: the device
 *
 * Context: may sleep.
 * Return: the rule.
 */
enum vtd_ats_rule vtd_ats_rule(struct pci_dev *pdev)
{
	guard(rwsem_read)(&vtd_table_lock);
	if (!vtd_table())
		return VTD_ATS_FORBIDDEN;
	return vtd_dmar_ats_rule(vtd_table(), pci_physfn(pdev));
}

u8 vtd_sidp_flags(struct device *dev)
{
	const struct vtd_scope *scope;
	struct lookup_key key;

	if (dev_is_pci(dev))
		dev = &pci_physfn(to_pci_dev(dev))->dev;
	guard(rwsem_read)(&vtd_table_lock);
	if (!vtd_table() || !key_of(dev, &key) ||
	    !find_satc(&vtd_table()->sidps, &key, &scope))
		return 0;
	return scope->flags;
}
