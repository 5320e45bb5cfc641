// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers of a unit, as software sees them (VT-d chapter 11).
 *
 * A register of 32 bits is accessed by 32 bits; one of 64 by 64, or by two
 * halves. What software does against the rules is reported, and has no effect.
 */
#include <linux/bitfield.h>
#include <linux/kernel.h>

#include "../../hw/cap.h"
#include "../../hw/perf.h"
#include "../../hw/regs_layout.h"
#include "command.h"
#include "map.h"
#include "model.h"
#include "pages.h"
#include "queue.h"
#include "record.h"
#include "registers.h"
#include "word.h"

#define PAGE_BYTES	4096
#define IOTLB_BYTES	16	/* IVA and IOTLB */
#define IOTLB_FIELDS	(VTD_IOTLB_IVT | VTD_IOTLB_IIRG | VTD_IOTLB_IAIG | \
			 VTD_IOTLB_DR | VTD_IOTLB_DW | VTD_IOTLB_DID)
#define IVA_FIELDS	(VTD_IVA_ADDR | VTD_IVA_IH | VTD_IVA_AM)
/* Ten ranges, the fixed ones, and write combining. */
#define MTRRCAP		(10 | BIT_ULL(8) | BIT_ULL(10))

/* What registers of a fixed place take up; the others must stay out of it. */
static const struct {
	u32 first;
	u32 last;
	u64 cap;		/* only with this in CAP */
	u64 ecap;		/* or this in ECAP; both 0: always */
} fixed[] = {
	{ 0, VTD_PEUADDR + 3 },
	{ VTD_MTRRCAP, VTD_MTRR_PHYSMASK(9) + 7, .ecap = VTD_ECAP_MTS },
	{ VTD_PERFCAP, VTD_ECMD - 1, .ecap = VTD_ECAP_PMS },
	{ VTD_ECMD, VTD_ECCAP(3) + 7, .cap = VTD_CAP_ECMDS },
	{ VTD_RDTC, VTD_RDTC + 7, .ecap = VTD_ECAP_RDTS },
	{ VTD_VCMD, VTD_VCCAP + 7, .ecap = VTD_ECAP_VCS },
};

static bool is_free(const struct vtd_model_config *config, u32 at, u32 size)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fixed); i++) {
		bool there = config->cap & fixed[i].cap ||
			     config->ecap & fixed[i].ecap ||
			     !(fixed[i].cap | fixed[i].ecap);

		if (there && at <= fixed[i].last && at + size > fixed[i].first)
			return false;
	}
	return true;
}

static u32 records_size(const struct vtdm_caps *caps)
{
	return caps->nfr * VTD_FRCD_SIZE;
}

/**
 * vtdm_registers_judge() - are all registers in places of their own?
 * @caps: the capabilities
 * @config: has the registers that they come from
 *
 * Return: NULL, or why no unit can be like this.
 */
const char *vtdm_registers_judge(const struct vtdm_caps *caps,
				 const struct vtd_model_config *config)
{
	u32 records = records_size(caps);

	if (!is_free(config, caps->fro, records))
		return "FRO is the place of other registers";
	if (!is_free(config, caps->iro, IOTLB_BYTES))
		return "IRO is the place of other registers";
	if (caps->iro < caps->fro + records &&
	    caps->fro < caps->iro + IOTLB_BYTES)
		return "FRO and IRO overlap";
	if (config->cap & VTD_CAP_AFL)
		return "advanced fault logging is abolished: AFL must be 0";
	return NULL;
}

/**
 * vtdm_registers_init() - registers as after reset
 * @model: the unit, with its capabilities
 */
void vtdm_registers_init(struct vtd_model *model)
{
	vtdm_set_reg32(model, VTD_VER, model->config.version);
	vtdm_set_reg64(model, VTD_CAP, model->config.cap);
	vtdm_set_reg64(model, VTD_ECAP, model->config.ecap);
	vtdm_set_reg32(model, VTD_FECTL, VTD_EVENT_IM);
	if (model->caps.qi)
		vtdm_set_reg32(model, VTD_IECTL, VTD_EVENT_IM);
	if (model->caps.prs)
		vtdm_set_reg32(model, VTD_PECTL, VTD_EVENT_IM);
	if (model->caps.mts)
		vtdm_set_reg64(model, VTD_MTRRCAP, MTRRCAP);
}

/**
 * vtd_model_size() - how large the register set is
 * @model: the unit
 *
 * Return: bytes, a multiple of 4 KiB.
 */
u32 vtd_model_size(const struct vtd_model *model)
{
	u32 size = VTDM_FIXED_SIZE;

	if (size < model->caps.fro + records_size(&model->caps))
		size = model->caps.fro + records_size(&model->caps);
	if (size < model->caps.iro + IOTLB_BYTES)
		size = model->caps.iro + IOTLB_BYTES;
	return (size + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
}

static bool in_records(const struct vtd_model *model, u32 at)
{
	return at - model->caps.fro < records_size(&model->caps);
}

static bool in_iotlb(const struct vtd_model *model, u32 at)
{
	return at - model->caps.iro < IOTLB_BYTES;
}

/* Half of a register, or all of it. */
static u64 reg_part(u64 value, u32 at, u32 size)
{
	return size == sizeof(u64) ? value : (u32)(value >> 8 * (at % 8));
}

static bool access_possible(struct vtd_model *model, u32 at, u32 size)
{
	const struct vtdm_register *reg = vtdm_map_find(at);
	u32 largest = reg ? reg->size : sizeof(u64);

	if ((size == sizeof(u32) || size == sizeof(u64)) && !(at % size) &&
	    size <= largest && at < vtd_model_size(model))
		return true;
	vtdm_misuse(model, at, "an access that no register takes");
	return false;
}

static u64 read_register(const struct vtd_model *model, u32 at, u32 size)
{
	if (in_records(model, at))
		return vtdm_record_read(model, at - model->caps.fro, size);
	if (in_iotlb(model, at))
		return at - model->caps.iro < sizeof(u64) ? 0 :
			reg_part(model->registers.iotlb, at, size);
	if (at >= VTDM_FIXED_SIZE)
		return 0;
	return reg_part(vtdm_reg64(model, at & ~7u), at, size);
}

/**
 * vtd_model_read() - software reads a register
 * @model: the unit
 * @at: byte offset
 * @size: 4 or 8 bytes
 *
 * It is a counted read: what takes time goes on, before the value is taken.
 *
 * Return: the value; 0 where there is no register; all ones for an access that
 * no register takes.
 */
u64 vtd_model_read(struct vtd_model *model, u32 at, u32 size)
{
	vtd_model_advance(model, 1);
	if (!access_possible(model, at, size))
		return size == sizeof(u32) ? (u32)~0u : ~0ULL;
	return read_register(model, at, size);
}

static void check_reserved(struct vtd_model *model, u32 at, u64 wrong)
{
	if (wrong)
		vtdm_misuse(model, at, "reserved bits are written as 1");
}

static void write_iotlb(struct vtd_model *model, u32 at, u64 value, u64 given)
{
	bool iva = at - model->caps.iro < sizeof(u64);
	u64 now = iva ? model->registers.iva : model->registers.iotlb;

	check_reserved(model, at, value & ~(iva ? IVA_FIELDS : IOTLB_FIELDS));
	value |= now & ~given;
	if (iva)
		model->registers.iva = value & IVA_FIELDS;
	else
		vtdm_command_iotlb(model, value & IOTLB_FIELDS);
}

static void reg_store(struct vtd_model *model, const struct vtdm_register *reg,
		      u32 at, u64 value, u64 given)
{
	bool half = reg->size == sizeof(u32);
	u64 now = half ? vtdm_reg32(model, at) : vtdm_reg64(model, at);

	check_reserved(model, at, value & ~(reg->rw | reg->keep));
	value = (value | (now & ~given)) & reg->rw;
	if (reg->write)
		reg->write(model, at, value, given);
	else if (half)
		vtdm_set_reg32(model, at, value | (now & ~reg->rw));
	else
		vtdm_set_reg64(model, at, value | (now & ~reg->rw));
}

static void write_fixed(struct vtd_model *model, u32 at, u64 value, u64 given)
{
	const struct vtdm_register *reg = vtdm_map_find(at);

	if (!reg || !vtdm_map_has(&model->caps, reg->needs))
		check_reserved(model, at, value);
	else if (reg->size == sizeof(u32))
		reg_store(model, reg, at, value >> 8 * (at % 8), (u32)~0u);
	else
		reg_store(model, reg, at & ~7u, value, given);
}

/**
 * vtd_model_write() - software writes a register
 * @model: the unit
 * @at: byte offset
 * @size: 4 or 8 bytes
 * @value: the value
 */
void vtd_model_write(struct vtd_model *model, u32 at, u32 size, u64 value)
{
	u64 given = ~0ULL;

	if (!access_possible(model, at, size))
		return;
	if (size == sizeof(u32)) {
		given = (u64)(u32)~0u << 8 * (at % 8);
		value = (u64)(u32)value << 8 * (at % 8);
	}
	if (in_records(model, at))
		vtdm_record_write(model, (at - model->caps.fro) / 8, value);
	else if (in_iotlb(model, at))
		write_iotlb(model, at, value, given);
	else
		write_fixed(model, at, value, given);
}

static u32 next_event(const struct vtd_model *model, u32 reads)
{
	if (model->command.left && model->command.left < reads)
		reads = model->command.left;
	reads = vtdm_queue_next_event(model, reads);
	return vtdm_pages_next_event(model, reads);
}

/**
 * vtd_model_advance() - let time go by
 * @model: the unit
 * @reads: how much, in counted reads
 */
void vtd_model_advance(struct vtd_model *model, u32 reads)
{
	u32 step;

	while (reads) {
		step = next_event(model, reads);
		reads -= step;
		/* Each may start what those before it count. */
		vtdm_pages_pass(model, step);
		vtdm_queue_pass(model, step);
		vtdm_command_pass(model, step);
	}
}
