// SPDX-License-Identifier: GPL-2.0-only
/*
 * The golden model at the tables of a real unit: from its root table pointer on it
 * walks what the driver has written, and says what becomes of a request. Whoever
 * has the device do it can compare.
 *
 * Nothing is changed by that: marks of use are not set, and the unit is only read. A kernel
 * for tests can also change a word that the walk reads, so that tables are met that no
 * driver writes.
 *
 * Owns: nothing.
 * Locks: vtd_units_lock, so that the unit stays.
 * Calls: the model, ram.c, unit/ for the registers.
 */
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/panic.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include <uapi/linux/vtd_sim.h>

#include "../acpi/dmar.h"
#include "../acpi/table.h"
#include "../hw/cap.h"
#include "../hw/regs_layout.h"
#include "../quirks.h"
#include "../unit/list.h"
#include "../unit/regs.h"
#include "model/model.h"
#include "predict.h"
#include "ram.h"

/* A walk reads fewer: six levels of tables at most, and the directory of PASIDs. */
#define WORDS_MAX	16

/* The words of 8 bytes that a walk has read, in this order. */
struct word_list {
	u64 at[WORDS_MAX];
	unsigned int nr;
};

static int read_noted(void *owner, u64 pa, void *data, unsigned int size)
{
	struct word_list *words = owner;

	if (size == sizeof(u64) && words->nr < ARRAY_SIZE(words->at))
		words->at[words->nr++] = pa;
	return vtd_sim_ram_read(NULL, pa, data, size);
}

static int drop_write(void *owner, u64 pa, const void *data, unsigned int size)
{
	return 0;
}

/* It takes the flag for set, and the table stays as it is. */
static int drop_word(void *owner, u64 pa, u64 old, u64 new, u64 *seen)
{
	*seen = old;
	return 0;
}

static const struct vtd_model_ops ops = {
	.read = read_noted,
	.write = drop_write,
	.cmpxchg = drop_word,
};

static void outcome_copy(struct vtd_sim_predict *what, const struct vtd_model_outcome *out)
{
	what->out_host = out->verdict == VTD_MODEL_DONE ? out->addr : 0;
	what->out_size = out->size;
	what->out_verdict = out->verdict;
	what->out_reason = out->reason;
	what->out_also[0] = out->also[0];
	what->out_also[1] = out->also[1];
	what->out_recorded = out->recorded;
}

/*
 * The model goes by the architecture. Where the driver writes what the architecture has as
 * reserved, since the unit wants it, the model has to be told of what makes it lawful.
 */
static u64 ecap_of(const struct vtd_unit *unit)
{
	u64 ecap = vtd_read64(unit, VTD_ECAP);

	return vtd_quirk_first_stage_width(&unit->caps) ? ecap | VTD_ECAP_SSTS : ecap;
}

static int model_ask(const struct vtd_unit *unit, u16 sid, struct vtd_sim_predict *what,
		     struct word_list *words)
{
	struct vtd_model *model __free(kvfree) = kvzalloc_obj(*model);
	struct vtd_model_config config = {
		.ops = &ops,
		.owner = words,
		.cap = vtd_read64(unit, VTD_CAP),
		.ecap = ecap_of(unit),
		.version = vtd_read32(unit, VTD_VER),
		.haw = vtd_table()->haw,
		.retention = VTD_MODEL_KEEP_NONE,
	};
	struct vtd_model_request rq = {
		.addr = what->addr,
		.size = what->nbytes,
		.sid = sid,
		.access = what->access,
	};
	struct vtd_model_outcome out;
	const char *why;

	if (!model)
		return -ENOMEM;
	why = vtd_model_init(model, &config);
	if (why) {
		pr_warn_ratelimited("vtd-sim: no prediction for %s: %s\n", unit->name, why);
		return -EOPNOTSUPP;
	}
	vtd_model_set_root(model, vtd_read64(unit, VTD_RTADDR));
	vtd_model_set_translation(model, !!(vtd_read32(unit, VTD_GSTS) & VTD_GSTS_TES));
	vtd_model_translate(model, &rq, &out);
	if (out.verdict == VTD_MODEL_MALFORMED)
		return -EINVAL;
	outcome_copy(what, &out);
	return 0;
}

static int unit_ask(struct vtd_sim_predict *what, struct word_list *words)
{
	struct pci_dev *pdev;
	struct vtd_unit *unit;
	int ret = -ENODEV;
	u16 sid;

	if (what->access != VTD_ACCESS_READ && what->access != VTD_ACCESS_WRITE)
		return -EINVAL;
	pdev = pci_get_domain_bus_and_slot(what->segment, what->source >> 8,
					   what->source & 0xff);
	if (!pdev)
		return -ENODEV;
	scoped_guard(mutex, &vtd_units_lock) {
		unit = vtd_unit_of_device(&pdev->dev, &sid);
		if (unit)
			ret = model_ask(unit, sid, what, words);
	}
	pci_dev_put(pdev);
	return ret;
}

/**
 * vtd_sim_predict() - what would a unit of this machine do with a request?
 * @what: the request; the out fields are filled
 *
 * Context: may sleep.
 * Return: as for VTD_SIM_PREDICT.
 */
int vtd_sim_predict(struct vtd_sim_predict *what)
{
	struct word_list words = {};

	return unit_ask(what, &words);
}

static int word_change(u64 at, struct vtd_sim_spoil *how)
{
	u64 old, seen;

	if (vtd_sim_ram_read(NULL, at, &old, sizeof(old)))
		return -ENOENT;
	how->out_at = at;
	how->out_old = old;
	if (!how->mask)
		return 0;
	add_taint(TAINT_TEST, LOCKDEP_STILL_OK);
	if (vtd_sim_ram_cmpxchg(NULL, at, old, (old & ~how->mask) | (how->bits & how->mask),
				&seen))
		return -EAGAIN;
	return 0;
}

/**
 * vtd_sim_spoil() - change a word of a table that a unit of this machine walks
 * @how: whose table, which word, which bits; the out fields are filled
 *
 * Context: may sleep.
 * Return: as for VTD_SIM_SPOIL.
 */
int vtd_sim_spoil(struct vtd_sim_spoil *how)
{
	struct vtd_sim_predict walk = {
		.segment = how->segment,
		.source = how->source,
		.addr = how->addr,
		.nbytes = 1,
		.access = VTD_ACCESS_READ,
	};
	struct word_list words = {};
	int ret;

	if (!IS_ENABLED(CONFIG_INTEL_IOMMU_KUNIT_TEST))
		return -EOPNOTSUPP;
	ret = unit_ask(&walk, &words);
	if (ret)
		return ret;
	return how->nth < words.nr ? word_change(words.at[how->nth], how) : -ENOENT;
}
