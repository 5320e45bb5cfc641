// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parsing the DMAR table: bytes in, records out, nothing touched.
 *
 * The chain of structures is checked from end to end before the first record
 * is made. A damaged structure costs what it describes; a damaged chain costs
 * the table, because what it would have said is unknown.
 *
 * Calls: hw/
 */
#include <linux/numa.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "dmar.h"
#include "reader.h"
#include "scope.h"

#define DMAR_HAW_MIN	32
#define DMAR_HAW_MAX	64

struct dmar_parser {
	struct vtd_dmar *dmar;
	struct vtd_dmar_log *log;
	void *owner;
};

static int dmar_refuse(struct vtd_dmar_log *log, const struct vtd_span *span,
		       const char *what)
{
	log->note(log, span->offset, what);
	log->errors++;
	return -EINVAL;
}

static_assert(VTD_RMRR_SEGMENT == VTD_DRHD_SEGMENT);
static_assert(VTD_ATSR_SEGMENT == VTD_DRHD_SEGMENT);
static_assert(VTD_SATC_SEGMENT == VTD_DRHD_SEGMENT);
static_assert(VTD_SIDP_SEGMENT == VTD_DRHD_SEGMENT);

static u16 dmar_segment(const struct vtd_span *span)
{
	return vtd_span_u16(span, VTD_DRHD_SEGMENT);
}

static int dmar_scopes(struct dmar_parser *parser, const struct vtd_span *span,
		       u32 at, struct list_head *scopes)
{
	struct vtd_span rest = vtd_span_from(span, at);

	return vtd_scopes_parse(&rest, scopes, parser->log);
}

/* What makes the description of a unit unusable; NULL if nothing does. */
static const char *drhd_flaw(const struct dmar_parser *parser,
			     const struct vtd_drhd *drhd)
{
	const struct vtd_drhd *other;

	if (!drhd->base || drhd->base & 0xfff)
		return "unit has a bad register base";
	if (parser->dmar->haw < DMAR_HAW_MAX &&
	    drhd->base >> parser->dmar->haw)
		return "unit's registers lie above the address width";
	list_for_each_entry(other, &parser->dmar->drhds, node) {
		if (other->base == drhd->base)
			return "unit's registers were listed for another segment";
		if (other->include_all && !other->refused &&
		    drhd->include_all && other->segment == drhd->segment)
			return "segment has two units for all devices";
	}
	return NULL;
}

/* The same unit again: its devices join those that were listed before. */
static bool drhd_merge(const struct dmar_parser *parser, struct vtd_drhd *drhd)
{
	struct vtd_drhd *other;

	list_for_each_entry(other, &parser->dmar->drhds, node) {
		if (other->base != drhd->base ||
		    other->segment != drhd->segment || other->refused)
			continue;
		other->include_all |= drhd->include_all;
		list_splice_tail(&drhd->scopes, &other->scopes);
		kfree(drhd);
		return true;
	}
	return false;
}

/*
 * Where a damaged unit may be in front of any device, no other unit can claim
 * the devices that nobody lists: it would stop the DMA of those it has not got.
 */
static void drhds_settle(const struct dmar_parser *parser)
{
	struct vtd_drhd *bad, *rest;

	list_for_each_entry(bad, &parser->dmar->drhds, node) {
		if (!bad->refused || !bad->include_all)
			continue;
		list_for_each_entry(rest, &parser->dmar->drhds, node) {
			if (rest->refused || !rest->include_all ||
			    rest->segment != bad->segment)
				continue;
			rest->refused = true;
			parser->log->note(parser->log, rest->offset,
					  "unit for all devices is not used either");
		}
	}
}

static int parse_drhd(struct dmar_parser *parser, const struct vtd_span *span)
{
	struct vtd_drhd *drhd;
	const char *flaw;
	int ret;

	drhd = kzalloc_obj(*drhd);
	if (!drhd)
		return -ENOMEM;
	INIT_LIST_HEAD(&drhd->scopes);
	drhd->offset = span->offset;
	drhd->base = vtd_span_u64(span, VTD_DRHD_BASE);
	drhd->order = vtd_span_u8(span, VTD_DRHD_SIZE) & VTD_DRHD_SIZE_N;
	drhd->segment = dmar_segment(span);
	drhd->numa_node = NUMA_NO_NODE;
	drhd->include_all = vtd_span_u8(span, VTD_DRHD_FLAGS) &
			    VTD_DRHD_F_INCLUDE_ALL;
	drhd->owner = parser->owner;

	ret = dmar_scopes(parser, span, VTD_DRHD_SCOPES, &drhd->scopes);
	if (!ret && drhd_merge(parser, drhd)) {
		parser->log->note(parser->log, span->offset,
				  "unit's registers were listed before");
		return 0;
	}
	flaw = drhd_flaw(parser, drhd);
	list_add_tail(&drhd->node, &parser->dmar->drhds);
	if (ret == -ENOMEM)
		return ret;
	if (ret) {
		drhd->include_all = true;
		flaw = "unit with damaged scopes is not used";
	}
	drhd->refused = flaw;
	return flaw ? dmar_refuse(parser->log, span, flaw) : 0;
}

static int parse_rmrr(struct dmar_parser *parser, const struct vtd_span *span)
{
	u64 first = vtd_span_u64(span, VTD_RMRR_BASE);
	u64 last = vtd_span_u64(span, VTD_RMRR_LIMIT);
	struct vtd_rmrr *rmrr;

	if (parser->owner)
		return dmar_refuse(parser->log, span,
				   "reserved region of a hot-added bridge");
	if (first > last)
		return dmar_refuse(parser->log, span,
				   "reserved region ends before it starts");
	if (parser->dmar->haw < DMAR_HAW_MAX && last >> parser->dmar->haw)
		return dmar_refuse(parser->log, span,
				   "reserved region lies above the address width");
	if (first & 0xfff || (last & 0xfff) != 0xfff)
		parser->log->note(parser->log, span->offset,
				  "reserved region is widened to whole pages");
	rmrr = kzalloc_obj(*rmrr);
	if (!rmrr)
		return -ENOMEM;
	INIT_LIST_HEAD(&rmrr->scopes);
	list_add_tail(&rmrr->node, &parser->dmar->rmrrs);
	rmrr->first = first & ~0xfffULL;
	rmrr->last = last | 0xfff;
	rmrr->segment = dmar_segment(span);
	/* The scopes in front of a damaged one still name their devices. */
	if (dmar_scopes(parser, span, VTD_RMRR_SCOPES, &rmrr->scopes) == -EINVAL)
		return dmar_refuse(parser->log, span,
				   "reserved region has damaged scopes");
	return 0;
}

static int parse_atsr(struct dmar_parser *parser, const struct vtd_span *span)
{
	struct vtd_atsr *atsr;
	int ret;

	atsr = kzalloc_obj(*atsr);
	if (!atsr)
		return -ENOMEM;
	INIT_LIST_HEAD(&atsr->scopes);
	list_add_tail(&atsr->node, &parser->dmar->atsrs);
	atsr->segment = dmar_segment(span);
	atsr->all_ports = vtd_span_u8(span, VTD_ATSR_FLAGS) &
			  VTD_ATSR_F_ALL_PORTS;
	atsr->owner = parser->owner;
	if (atsr->all_ports)
		return 0;
	ret = dmar_scopes(parser, span, VTD_ATSR_SCOPES, &atsr->scopes);
	if (ret == -EINVAL)
		return dmar_refuse(parser->log, span,
				   "list of root ports has damaged scopes");
	return ret;
}

static int parse_satc_to(struct dmar_parser *parser, const struct vtd_span *span,
			 struct list_head *to)
{
	struct vtd_satc *satc;
	int ret;

	satc = kzalloc_obj(*satc);
	if (!satc)
		return -ENOMEM;
	INIT_LIST_HEAD(&satc->scopes);
	list_add_tail(&satc->node, to);
	satc->segment = dmar_segment(span);
	satc->owner = parser->owner;
	if (to == &parser->dmar->satcs)
		satc->required = vtd_span_u8(span, VTD_SATC_FLAGS) &
				 VTD_SATC_F_REQUIRED;
	BUILD_BUG_ON(VTD_SATC_SCOPES != VTD_SIDP_SCOPES);
	ret = dmar_scopes(parser, span, VTD_SATC_SCOPES, &satc->scopes);
	if (ret == -EINVAL)
		return dmar_refuse(parser->log, span,
				   "list of integrated devices has damaged scopes");
	return ret;
}

static int parse_satc(struct dmar_parser *parser, const struct vtd_span *span)
{
	return parse_satc_to(parser, span, &parser->dmar->satcs);
}

static int parse_sidp(struct dmar_parser *parser, const struct vtd_span *span)
{
	return parse_satc_to(parser, span, &parser->dmar->sidps);
}

static int parse_rhsa(struct dmar_parser *parser, const struct vtd_span *span)
{
	struct vtd_rhsa *rhsa;

	rhsa = kzalloc_obj(*rhsa);
	if (!rhsa)
		return -ENOMEM;
	rhsa->base = vtd_span_u64(span, VTD_RHSA_BASE);
	rhsa->domain = vtd_span_u32(span, VTD_RHSA_DOMAIN);
	list_add_tail(&rhsa->node, &parser->dmar->rhsas);
	return 0;
}

static int parse_andd(struct dmar_parser *parser, const struct vtd_span *span)
{
	struct vtd_span name = vtd_span_from(span, VTD_ANDD_NAME);
	size_t len = strnlen((const char *)name.base, name.len);
	struct vtd_andd *andd;

	if (!len || len == name.len)
		return dmar_refuse(parser->log, span,
				   "namespace device has no terminated name");
	andd = kzalloc(struct_size(andd, name, len + 1), GFP_KERNEL);
	if (!andd)
		return -ENOMEM;
	andd->number = vtd_span_u8(span, VTD_ANDD_NUMBER);
	memcpy(andd->name, name.base, len);
	list_add_tail(&andd->node, &parser->dmar->andds);
	return 0;
}

static const struct dmar_kind {
	u16 min;
	int (*parse)(struct dmar_parser *parser, const struct vtd_span *span);
} dmar_kinds[] = {
	[VTD_DMAR_DRHD] = { VTD_DRHD_SCOPES, parse_drhd },
	[VTD_DMAR_RMRR] = { VTD_RMRR_SCOPES, parse_rmrr },
	[VTD_DMAR_ATSR] = { VTD_ATSR_SCOPES, parse_atsr },
	[VTD_DMAR_RHSA] = { VTD_RHSA_SIZE, parse_rhsa },
	[VTD_DMAR_ANDD] = { VTD_ANDD_NAME, parse_andd },
	[VTD_DMAR_SATC] = { VTD_SATC_SCOPES, parse_satc },
	[VTD_DMAR_SIDP] = { VTD_SIDP_SCOPES, parse_sidp },
};

/* Takes the next structure off @rest. 1: there was one; 0: the end. */
static int chain_next(struct vtd_span *rest, struct vtd_span *span,
		      struct vtd_dmar_log *log)
{
	u16 len, type;

	if (!rest->len)
		return 0;
	if (rest->len < VTD_DMAR_S_MIN)
		return dmar_refuse(log, rest, "last structure is truncated");
	len = vtd_span_u16(rest, VTD_DMAR_S_LENGTH);
	type = vtd_span_u16(rest, VTD_DMAR_S_TYPE);
	if (len < VTD_DMAR_S_MIN)
		return dmar_refuse(log, rest, "structure has no length");
	if (len > rest->len)
		return dmar_refuse(log, rest, "structure exceeds the table");
	/* Too short to say which unit or device it is about: a broken chain. */
	if (type < ARRAY_SIZE(dmar_kinds) && len < dmar_kinds[type].min)
		return dmar_refuse(log, rest,
				   "structure is too short for its type");
	*span = *rest;
	span->len = len;
	*rest = vtd_span_from(rest, len);
	return 1;
}

static int chain_check(const struct vtd_span *chain, struct vtd_dmar_log *log,
		       unsigned int *units)
{
	struct vtd_span rest = *chain, span;
	int ret;

	while ((ret = chain_next(&rest, &span, log)) > 0) {
		if (vtd_span_u16(&span, VTD_DMAR_S_TYPE) == VTD_DMAR_DRHD)
			(*units)++;
	}
	return ret;
}

static int chain_parse(struct dmar_parser *parser, const struct vtd_span *chain)
{
	struct vtd_span rest = *chain, span;
	unsigned int units = 0;
	u16 type;
	int ret;

	ret = chain_check(chain, parser->log, &units);
	if (ret)
		return ret;
	while (chain_next(&rest, &span, parser->log) > 0) {
		type = vtd_span_u16(&span, VTD_DMAR_S_TYPE);
		if (type >= ARRAY_SIZE(dmar_kinds))
			continue;
		ret = dmar_kinds[type].parse(parser, &span);
		if (ret == -ENOMEM)
			return ret;
	}
	drhds_settle(parser);
	return 0;
}

/* The chain of structures behind a header that makes sense. */
static int dmar_open(const void *table, size_t len, struct vtd_span *chain,
		     struct vtd_dmar_log *log)
{
	struct vtd_span head = { table, min_t(size_t, len, U32_MAX), 0 };
	u32 said, haw;

	if (len < VTD_DMAR_STRUCTS)
		return dmar_refuse(log, &head, "table is too short");
	said = vtd_span_u32(&head, VTD_DMAR_LENGTH);
	if (said < VTD_DMAR_STRUCTS || said > head.len)
		return dmar_refuse(log, &head, "table has a bad length");
	haw = vtd_span_u8(&head, VTD_DMAR_WIDTH) + 1;
	if (haw < DMAR_HAW_MIN || haw > DMAR_HAW_MAX)
		return dmar_refuse(log, &head,
				   "table has a bad host address width");
	head.len = said;
	*chain = vtd_span_from(&head, VTD_DMAR_STRUCTS);
	return 0;
}

/**
 * vtd_dmar_init() - an empty table
 * @dmar: to be initialised
 */
void vtd_dmar_init(struct vtd_dmar *dmar)
{
	*dmar = (struct vtd_dmar){ .haw = DMAR_HAW_MAX };
	INIT_LIST_HEAD(&dmar->drhds);
	INIT_LIST_HEAD(&dmar->rmrrs);
	INIT_LIST_HEAD(&dmar->atsrs);
	INIT_LIST_HEAD(&dmar->rhsas);
	INIT_LIST_HEAD(&dmar->andds);
	INIT_LIST_HEAD(&dmar->satcs);
	INIT_LIST_HEAD(&dmar->sidps);
}

/**
 * vtd_dmar_parse() - read a whole table
 * @dmar: initialised; the caller frees it whatever the result
 * @table: the table with its ACPI header
 * @len: bytes that may be read
 * @log: where remarks go; its error count says how much was refused
 *
 * Return: 0, damaged structures included; -EINVAL if nothing of the table can
 * be believed; -ENOMEM.
 */
int vtd_dmar_parse(struct vtd_dmar *dmar, const void *table, size_t len,
		   struct vtd_dmar_log *log)
{
	struct dmar_parser parser = { .dmar = dmar, .log = log };
	struct vtd_span chain;
	int ret;

	ret = dmar_open(table, len, &chain, log);
	if (ret)
		return ret;
	dmar->haw = ((const u8 *)table)[VTD_DMAR_WIDTH] + 1;
	dmar->flags = ((const u8 *)table)[VTD_DMAR_FLAGS];
	return chain_parse(&parser, &chain);
}

/**
 * vtd_dmar_parse_owned() - read what a _DSM returned
 * @dmar: initialised; the caller frees it whatever the result
 * @structs: structures without a header
 * @len: bytes that may be read
 * @owner: who brought them
 * @log: where remarks go
 *
 * Return: as vtd_dmar_parse().
 */
int vtd_dmar_parse_owned(struct vtd_dmar *dmar, const void *structs, size_t len,
			 void *owner, struct vtd_dmar_log *log)
{
	struct dmar_parser parser = {
		.dmar = dmar, .log = log, .owner = owner
	};
	struct vtd_span chain = { structs, min_t(size_t, len, U32_MAX), 0 };

	return chain_parse(&parser, &chain);
}

/**
 * vtd_dmar_survey() - what a table is about, without memory
 * @table: the table with its ACPI header
 * @len: bytes that may be read
 * @summary: filled on success
 * @log: where remarks go
 *
 * Return: 0; -EINVAL as vtd_dmar_parse().
 */
int vtd_dmar_survey(const void *table, size_t len,
		    struct vtd_dmar_summary *summary, struct vtd_dmar_log *log)
{
	struct vtd_span chain;
	int ret;

	*summary = (struct vtd_dmar_summary){};
	ret = dmar_open(table, len, &chain, log);
	if (ret)
		return ret;
	summary->flags = ((const u8 *)table)[VTD_DMAR_FLAGS];
	return chain_check(&chain, log, &summary->units);
}
