// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: which PCI devices a scope names, and which unit a device is behind.
 */
#include <kunit/test.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "dmar.h"
#include "lookup.h"
#include "scope.h"

/*
 *  bus 0 ── port 1c.0 ── bus 1 ── switch 00.0 ── bus 2 ── device 03.1
 *        └─ device 02.0
 */
struct topology {
	struct pci_bus root, middle, leaf;
	struct pci_dev port, bridge, device, integrated;
	struct pci_sysdata sysdata;
};

static struct topology *topology_new(struct kunit *test)
{
	struct topology *top = kunit_kzalloc(test, sizeof(*top), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, top);
	top->root.sysdata = &top->sysdata;
	top->middle.sysdata = &top->sysdata;
	top->leaf.sysdata = &top->sysdata;
	top->middle.number = 1;
	top->leaf.number = 2;
	top->port.bus = &top->root;
	top->port.devfn = PCI_DEVFN(0x1c, 0);
	top->middle.self = &top->port;
	top->bridge.bus = &top->middle;
	top->bridge.devfn = PCI_DEVFN(0, 0);
	top->leaf.self = &top->bridge;
	top->device.bus = &top->leaf;
	top->device.devfn = PCI_DEVFN(3, 1);
	top->integrated.bus = &top->root;
	top->integrated.devfn = PCI_DEVFN(2, 0);
	return top;
}

static void scope_add(struct kunit *test, struct list_head *scopes, u8 type,
		      u8 bus, unsigned int nhops, const u8 *devfns)
{
	struct vtd_scope *scope;
	unsigned int i;

	scope = kunit_kzalloc(test, struct_size(scope, hops, nhops), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, scope);
	scope->nhops = nhops;
	scope->type = type;
	scope->bus = bus;
	for (i = 0; i < nhops; i++)
		scope->hops[i].devfn = devfns[i];
	list_add_tail(&scope->node, scopes);
}

static void scope_endpoint(struct kunit *test)
{
	static const u8 path[] = { PCI_DEVFN(0x1c, 0), 0, PCI_DEVFN(3, 1) };
	struct topology *top = topology_new(test);
	const struct vtd_scope *found = NULL;
	LIST_HEAD(scopes);

	scope_add(test, &scopes, VTD_SCOPE_ENDPOINT, 0, 3, path);
	KUNIT_EXPECT_EQ(test, vtd_scopes_match_pci(&scopes, &top->device, &found),
			VTD_SCOPE_EXACT);
	KUNIT_EXPECT_PTR_EQ(test, found, list_first_entry(&scopes,
							  struct vtd_scope,
							  node));
	KUNIT_EXPECT_EQ(test, vtd_scopes_match_pci(&scopes, &top->bridge, NULL),
			VTD_SCOPE_NO_MATCH);
	KUNIT_EXPECT_EQ(test, vtd_scopes_match_pci(&scopes, &top->port, NULL),
			VTD_SCOPE_NO_MATCH);
	KUNIT_EXPECT_EQ(test, vtd_scopes_match_pci(&scopes, &top->integrated,
						   NULL), VTD_SCOPE_NO_MATCH);
}

/* Some firmware starts at the bus of the device itself. */
static void scope_from_inner_bus(struct kunit *test)
{
	static const u8 path[] = { PCI_DEVFN(3, 1) };
	struct topology *top = topology_new(test);
	LIST_HEAD(scopes);

	scope_add(test, &scopes, VTD_SCOPE_ENDPOINT, 2, 1, path);
	KUNIT_EXPECT_EQ(test, vtd_scopes_match_pci(&scopes, &top->device, NULL),
			VTD_SCOPE_EXACT);
	top->leaf.number = 3;
	KUNIT_EXPECT_EQ(test, vtd_scopes_match_pci(&scopes, &top->device, NULL),
			VTD_SCOPE_NO_MATCH);
}

static void scope_bridge(struct kunit *test)
{
	static const u8 path[] = { PCI_DEVFN(0x1c, 0) };
	struct topology *top = topology_new(test);
	LIST_HEAD(scopes);

	scope_add(test, &scopes, VTD_SCOPE_BRIDGE, 0, 1, path);
	KUNIT_EXPECT_EQ(test, vtd_scopes_match_pci(&scopes, &top->port, NULL),
			VTD_SCOPE_EXACT);
	KUNIT_EXPECT_EQ(test, vtd_scopes_match_pci(&scopes, &top->bridge, NULL),
			VTD_SCOPE_BELOW);
	KUNIT_EXPECT_EQ(test, vtd_scopes_match_pci(&scopes, &top->device, NULL),
			VTD_SCOPE_BELOW);
	KUNIT_EXPECT_EQ(test, vtd_scopes_match_pci(&scopes, &top->integrated,
						   NULL), VTD_SCOPE_NO_MATCH);
}

/* The same path on another root bus, and a path that is too long. */
static void scope_elsewhere(struct kunit *test)
{
	static const u8 long_path[] = { 0, PCI_DEVFN(2, 0) };
	static const u8 path[] = { PCI_DEVFN(2, 0) };
	struct topology *top = topology_new(test);
	LIST_HEAD(scopes);

	scope_add(test, &scopes, VTD_SCOPE_ENDPOINT, 0x80, 1, path);
	scope_add(test, &scopes, VTD_SCOPE_ENDPOINT, 0, 2, long_path);
	KUNIT_EXPECT_EQ(test, vtd_scopes_match_pci(&scopes, &top->integrated,
						   NULL), VTD_SCOPE_NO_MATCH);
	top->root.number = 0x80;
	KUNIT_EXPECT_EQ(test, vtd_scopes_match_pci(&scopes, &top->integrated,
						   NULL), VTD_SCOPE_EXACT);
}

/* Scopes of I/O APICs have a path as well, but name no PCI device. */
static void scope_other_types(struct kunit *test)
{
	static const u8 path[] = { PCI_DEVFN(2, 0) };
	struct topology *top = topology_new(test);
	LIST_HEAD(scopes);

	scope_add(test, &scopes, VTD_SCOPE_IOAPIC, 0, 1, path);
	scope_add(test, &scopes, VTD_SCOPE_HPET, 0, 1, path);
	scope_add(test, &scopes, VTD_SCOPE_ACPI, 0, 1, path);
	KUNIT_EXPECT_EQ(test, vtd_scopes_match_pci(&scopes, &top->integrated,
						   NULL), VTD_SCOPE_NO_MATCH);
	KUNIT_EXPECT_EQ(test, vtd_scope_sid(list_first_entry(&scopes,
							     struct vtd_scope,
							     node)), 0x10);
}

static struct vtd_drhd *unit_add(struct kunit *test, struct vtd_dmar *dmar,
				 u16 segment)
{
	struct vtd_drhd *drhd = kunit_kzalloc(test, sizeof(*drhd), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, drhd);
	INIT_LIST_HEAD(&drhd->scopes);
	drhd->segment = segment;
	list_add_tail(&drhd->node, &dmar->drhds);
	return drhd;
}

/* The device itself before a bridge above it, both before all the others. */
static void unit_best_match(struct kunit *test)
{
	static const u8 port[] = { PCI_DEVFN(0x1c, 0) };
	static const u8 device[] = { PCI_DEVFN(0x1c, 0), 0, PCI_DEVFN(3, 1) };
	struct topology *top = topology_new(test);
	struct vtd_drhd *rest, *below, *exact, *elsewhere;
	struct vtd_dmar dmar;

	vtd_dmar_init(&dmar);
	rest = unit_add(test, &dmar, 0);
	below = unit_add(test, &dmar, 0);
	exact = unit_add(test, &dmar, 0);
	elsewhere = unit_add(test, &dmar, 1);
	rest->include_all = true;
	elsewhere->include_all = true;
	scope_add(test, &below->scopes, VTD_SCOPE_BRIDGE, 0, 1, port);
	scope_add(test, &exact->scopes, VTD_SCOPE_ENDPOINT, 0, 3, device);

	KUNIT_EXPECT_PTR_EQ(test, vtd_dmar_find_pci(&dmar, &top->device),
			    (const struct vtd_drhd *)exact);
	KUNIT_EXPECT_PTR_EQ(test, vtd_dmar_find_pci(&dmar, &top->bridge),
			    (const struct vtd_drhd *)below);
	KUNIT_EXPECT_PTR_EQ(test, vtd_dmar_find_pci(&dmar, &top->integrated),
			    (const struct vtd_drhd *)rest);
	rest->include_all = false;
	KUNIT_EXPECT_NULL(test, vtd_dmar_find_pci(&dmar, &top->integrated));
	if (!IS_ENABLED(CONFIG_PCI_DOMAINS))
		return;
	top->sysdata.domain = 1;
	KUNIT_EXPECT_PTR_EQ(test, vtd_dmar_find_pci(&dmar, &top->device),
			    (const struct vtd_drhd *)elsewhere);
}

/* What a damaged unit may have named is behind no unit at all. */
static void unit_damaged(struct kunit *test)
{
	static const u8 listed[] = { PCI_DEVFN(0x1c, 0) };
	struct topology *top = topology_new(test);
	struct vtd_drhd *rest, *good, *bad;
	struct vtd_dmar dmar;

	vtd_dmar_init(&dmar);
	bad = unit_add(test, &dmar, 0);
	good = unit_add(test, &dmar, 0);
	rest = unit_add(test, &dmar, 0);
	rest->include_all = true;
	scope_add(test, &good->scopes, VTD_SCOPE_BRIDGE, 0, 1, listed);

	bad->refused = true;
	bad->include_all = true;
	KUNIT_EXPECT_NULL(test, vtd_dmar_find_pci(&dmar, &top->integrated));
	KUNIT_EXPECT_PTR_EQ(test, vtd_dmar_find_pci(&dmar, &top->device),
			    (const struct vtd_drhd *)good);
}

static struct vtd_satc *list_cache(struct kunit *test, struct list_head *list, u8 flags)
{
	static const u8 path[] = { PCI_DEVFN(2, 0) };
	struct vtd_satc *satc = kunit_kzalloc(test, sizeof(*satc), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, satc);
	INIT_LIST_HEAD(&satc->scopes);
	scope_add(test, &satc->scopes, VTD_SCOPE_ENDPOINT, 0, 1, path);
	list_first_entry(&satc->scopes, struct vtd_scope, node)->flags = flags;
	list_add_tail(&satc->node, list);
	return satc;
}

/* What firmware says about the cache of a device; SIDP stands above SATC. */
static void ats_rule_integrated(struct kunit *test)
{
	static const u8 hardened = VTD_SIDP_F_ATC_HARDENED;
	static const u8 required = VTD_SIDP_F_ATC_REQUIRED;
	static const u8 others = VTD_SIDP_F_NO_NESTED | VTD_SIDP_F_NO_PWSNP |
				 VTD_SIDP_F_NO_PGSNP;
	static const struct {
		bool sidp, satc, must;
		u8 flags;
		enum vtd_ats_rule rule;
	} rows[] = {
		{ .rule = VTD_ATS_ALLOWED },
		{ .satc = true, .rule = VTD_ATS_ALLOWED },
		{ .satc = true, .must = true, .rule = VTD_ATS_REQUIRED },
		{ .sidp = true, .rule = VTD_ATS_FORBIDDEN },
		{ .sidp = true, .flags = others, .rule = VTD_ATS_FORBIDDEN },
		{ .sidp = true, .flags = hardened, .rule = VTD_ATS_ALLOWED },
		{ .sidp = true, .flags = required, .rule = VTD_ATS_REQUIRED },
		{ .sidp = true, .flags = hardened | required,
		  .rule = VTD_ATS_REQUIRED },
		{ .sidp = true, .satc = true, .must = true,
		  .rule = VTD_ATS_FORBIDDEN },
		{ .sidp = true, .satc = true, .must = true, .flags = hardened,
		  .rule = VTD_ATS_ALLOWED },
	};
	struct topology *top = topology_new(test);
	struct vtd_dmar dmar;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		vtd_dmar_init(&dmar);
		if (rows[i].satc)
			list_cache(test, &dmar.satcs, 0)->required = rows[i].must;
		if (rows[i].sidp)
			list_cache(test, &dmar.sidps, rows[i].flags);
		KUNIT_EXPECT_EQ_MSG(test, vtd_dmar_ats_rule(&dmar, &top->integrated),
				    rows[i].rule, "row %u", i);
	}
}

/* Below a root port a list of root ports has to name the port, or all of them. */
static void ats_rule_port(struct kunit *test)
{
	static const u8 port[] = { PCI_DEVFN(0x1c, 0) };
	struct vtd_atsr *atsr = kunit_kzalloc(test, sizeof(*atsr), GFP_KERNEL);
	struct topology *top = topology_new(test);
	struct vtd_dmar dmar;

	KUNIT_ASSERT_NOT_NULL(test, atsr);
	vtd_dmar_init(&dmar);
	top->middle.parent = &top->root;
	top->leaf.parent = &top->middle;
	KUNIT_EXPECT_EQ(test, vtd_dmar_ats_rule(&dmar, &top->device),
			VTD_ATS_FORBIDDEN);
	top->port.pcie_cap = 0x40;
	top->port.pcie_flags_reg = PCI_EXP_TYPE_ROOT_PORT << 4;
	KUNIT_EXPECT_EQ(test, vtd_dmar_ats_rule(&dmar, &top->device),
			VTD_ATS_FORBIDDEN);
	INIT_LIST_HEAD(&atsr->scopes);
	list_add_tail(&atsr->node, &dmar.atsrs);
	KUNIT_EXPECT_EQ(test, vtd_dmar_ats_rule(&dmar, &top->device),
			VTD_ATS_FORBIDDEN);
	scope_add(test, &atsr->scopes, VTD_SCOPE_BRIDGE, 0, 1, port);
	KUNIT_EXPECT_EQ(test, vtd_dmar_ats_rule(&dmar, &top->device), VTD_ATS_ALLOWED);
	INIT_LIST_HEAD(&atsr->scopes);
	atsr->all_ports = true;
	KUNIT_EXPECT_EQ(test, vtd_dmar_ats_rule(&dmar, &top->device), VTD_ATS_ALLOWED);
}

/* A domain that a driver made up is no segment, whatever its low bits are. */
static void unit_of_other_domain(struct kunit *test)
{
	static const u8 port[] = { PCI_DEVFN(0x1c, 0) };
	struct topology *top = topology_new(test);
	struct vtd_drhd *rest, *below;
	struct vtd_dmar dmar;

	if (!IS_ENABLED(CONFIG_PCI_DOMAINS))
		kunit_skip(test, "this kernel has one PCI domain");
	vtd_dmar_init(&dmar);
	rest = unit_add(test, &dmar, 0);
	below = unit_add(test, &dmar, 1);
	rest->include_all = true;
	scope_add(test, &below->scopes, VTD_SCOPE_BRIDGE, 0, 1, port);

	top->sysdata.domain = 0x10000;
	KUNIT_EXPECT_NULL(test, vtd_dmar_find_pci(&dmar, &top->integrated));
	top->sysdata.domain = 0x10001;
	KUNIT_EXPECT_NULL(test, vtd_dmar_find_pci(&dmar, &top->device));
	top->sysdata.domain = 1;
	KUNIT_EXPECT_PTR_EQ(test, vtd_dmar_find_pci(&dmar, &top->device),
			    (const struct vtd_drhd *)below);
}

static struct kunit_case scope_cases[] = {
	KUNIT_CASE(scope_endpoint),
	KUNIT_CASE(scope_from_inner_bus),
	KUNIT_CASE(scope_bridge),
	KUNIT_CASE(scope_elsewhere),
	KUNIT_CASE(scope_other_types),
	KUNIT_CASE(unit_best_match),
	KUNIT_CASE(unit_damaged),
	KUNIT_CASE(ats_rule_integrated),
	KUNIT_CASE(ats_rule_port),
	KUNIT_CASE(unit_of_other_domain),
	{}
};

static struct kunit_suite scope_suite = {
	.name = "vtd_scope",
	.test_cases = scope_cases,
};

kunit_test_suite(scope_suite);
