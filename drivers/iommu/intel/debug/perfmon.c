// SPDX-License-Identifier: GPL-2.0-only
/*
 * Performance counters of VT-d 4.0: the perf PMU of a unit. What user space
 * meets is in Documentation/ABI/testing/sysfs-bus-event_source-devices-iommu.
 *
 * Owns: struct vtd_perfmon. Locks: the perf core serialises calls on the one
 * CPU of a system-wide PMU; the overflow interrupt takes the counter's event
 * under RCU-like rules of perf: it only updates counts, by cmpxchg.
 * Calls: unit/cmd.h for enhanced commands, unit/event.h for the interrupt.
 * Spec: 11.4.13 (performance monitoring), 6.6 (enhanced commands).
 */
#include <linux/bitfield.h>
#include <linux/bitmap.h>
#include <linux/bits.h>
#include <linux/perf_event.h>
#include <linux/slab.h>

#include "../hw/perf.h"
#include "../unit/cmd.h"
#include "../unit/event.h"
#include "../unit/regs.h"
#include "../unit/unit.h"
#include "perfmon.h"

#define MAX_COUNTERS		64
#define MAX_GROUPS		16

/**
 * struct vtd_perfmon - the counters of one unit
 * @pmu: what perf sees
 * @unit: the unit
 * @config_at: offset of the first configuration block
 * @counter_at: offset of the first counter
 * @overflow_at: offset of the overflow status
 * @stride: bytes from counter to counter
 * @ncounters: number of counters
 * @width: bits of each
 * @filters: bit k: filter k exists
 * @interrupts: counters tell when they overflow
 * @events: supported events of each group that all counters can count
 * @busy: counters in use
 * @event: what each counter counts
 */
struct vtd_perfmon {
	struct pmu pmu;
	struct vtd_unit *unit;

	/* Constant after init */
	u32 config_at;
	u32 counter_at;
	u32 overflow_at;
	u32 stride;
	unsigned int ncounters;
	unsigned int width;
	unsigned int filters;
	bool interrupts;
	u32 events[MAX_GROUPS];

	DECLARE_BITMAP(busy, MAX_COUNTERS);
	struct perf_event *event[MAX_COUNTERS];
};

PMU_FORMAT_ATTR(event, "config:0-27");
PMU_FORMAT_ATTR(event_group, "config:28-31");
PMU_FORMAT_ATTR(filter_requester_en, "config1:0");
PMU_FORMAT_ATTR(filter_domain_en, "config1:1");
PMU_FORMAT_ATTR(filter_pasid_en, "config1:2");
PMU_FORMAT_ATTR(filter_ats_en, "config1:3");
PMU_FORMAT_ATTR(filter_page_table_en, "config1:4");
PMU_FORMAT_ATTR(filter_requester_id, "config1:16-31");
PMU_FORMAT_ATTR(filter_domain, "config1:32-47");
PMU_FORMAT_ATTR(filter_pasid, "config2:0-21");
PMU_FORMAT_ATTR(filter_ats, "config2:24-28");
PMU_FORMAT_ATTR(filter_page_table, "config2:32-36");

static struct attribute *format_attrs[] = {
	&format_attr_event.attr,
	&format_attr_event_group.attr,
	&format_attr_filter_requester_en.attr,
	&format_attr_filter_domain_en.attr,
	&format_attr_filter_pasid_en.attr,
	&format_attr_filter_ats_en.attr,
	&format_attr_filter_page_table_en.attr,
	&format_attr_filter_requester_id.attr,
	&format_attr_filter_domain.attr,
	&format_attr_filter_pasid.attr,
	&format_attr_filter_ats.attr,
	&format_attr_filter_page_table.attr,
	NULL
};

static const struct attribute_group format_group = {
	.name = "format",
	.attrs = format_attrs,
};

static const struct attribute_group *attr_groups[] = {
	&format_group,
	NULL
};

#define CONFIG_EVENT		GENMASK_ULL(27, 0)
#define CONFIG_GROUP		GENMASK_ULL(31, 28)
#define CONFIG1_REQUESTER	GENMASK_ULL(31, 16)
#define CONFIG1_DOMAIN		GENMASK_ULL(47, 32)
#define CONFIG2_PASID		GENMASK_ULL(21, 0)
#define CONFIG2_ATS		GENMASK_ULL(28, 24)
#define CONFIG2_LEVEL		GENMASK_ULL(36, 32)

static struct vtd_perfmon *perfmon_of(struct perf_event *event)
{
	return container_of(event->pmu, struct vtd_perfmon, pmu);
}

static u32 config_block(const struct vtd_perfmon *p, unsigned int i)
{
	return p->config_at + i * VTD_PERF_CFG_SIZE;
}

/* At least one bit is asked for: see discover(). */
static u64 read_counter(const struct vtd_perfmon *p, unsigned int i)
{
	return vtd_read64(p->unit, p->counter_at + i * p->stride) &
	       GENMASK_ULL(p->width - 1, 0);
}

static int perfmon_event_init(struct perf_event *event)
{
	struct vtd_perfmon *p = perfmon_of(event);
	u64 config = event->attr.config;
	u32 bits;

	if (event->attr.type != event->pmu->type)
		return -ENOENT;
	if (event->attr.sample_period || event->cpu < 0)
		return -EINVAL;
	bits = FIELD_GET(CONFIG_EVENT, config);
	if (!bits || bits & ~p->events[FIELD_GET(CONFIG_GROUP, config)])
		return -EINVAL;
	if ((event->attr.config1 & GENMASK(4, 0)) & ~p->filters)
		return -EINVAL;
	/* With a filter hardware counts a single kind of event only. */
	if ((event->attr.config1 & GENMASK(4, 0)) && (bits & (bits - 1)))
		return -EINVAL;
	event->hw.config = config;
	return 0;
}

static void perfmon_read(struct perf_event *event)
{
	struct vtd_perfmon *p = perfmon_of(event);
	struct hw_perf_event *hw = &event->hw;
	unsigned int shift = 64 - p->width;
	u64 now, before;

	before = local64_read(&hw->prev_count);
	do {
		now = read_counter(p, hw->idx);
	} while (!local64_try_cmpxchg(&hw->prev_count, &before, now));
	/* Shifted up, a difference is right across one overflow. */
	local64_add(((now << shift) - (before << shift)) >> shift,
		    &event->count);
}

static void perfmon_start(struct perf_event *event, int flags)
{
	struct vtd_perfmon *p = perfmon_of(event);
	struct hw_perf_event *hw = &event->hw;

	if (WARN_ON_ONCE(!(hw->state & PERF_HES_STOPPED)))
		return;
	hw->state = 0;
	local64_set(&hw->prev_count, read_counter(p, hw->idx));
	vtd_unit_command(p->unit, VTD_ECMD_COUNTER_ENABLE, hw->idx, 0);
	perf_event_update_userpage(event);
}

static void perfmon_stop(struct perf_event *event, int flags)
{
	struct vtd_perfmon *p = perfmon_of(event);
	struct hw_perf_event *hw = &event->hw;

	if (hw->state & PERF_HES_STOPPED)
		return;
	vtd_unit_command(p->unit, VTD_ECMD_COUNTER_DISABLE, hw->idx, 0);
	perfmon_read(event);
	hw->state |= PERF_HES_STOPPED | PERF_HES_UPTODATE;
}

static void set_filter(struct vtd_perfmon *p, unsigned int i, unsigned int k,
		       bool on, u32 value)
{
	if (p->filters & BIT(k))
		vtd_write32(p->unit, config_block(p, i) + VTD_PERF_FILTER_AT(k),
			    on ? VTD_PERF_FILTER_EN | value : 0);
}

static void counter_configure(struct vtd_perfmon *p, unsigned int i,
			      struct perf_event *event)
{
	u64 c = event->attr.config, c1 = event->attr.config1;
	u64 c2 = event->attr.config2;

	set_filter(p, i, VTD_PERF_FILTER_RID, c1 & BIT(VTD_PERF_FILTER_RID),
		   FIELD_GET(CONFIG1_REQUESTER, c1));
	set_filter(p, i, VTD_PERF_FILTER_DOMAIN,
		   c1 & BIT(VTD_PERF_FILTER_DOMAIN),
		   FIELD_GET(CONFIG1_DOMAIN, c1));
	set_filter(p, i, VTD_PERF_FILTER_PASID,
		   c1 & BIT(VTD_PERF_FILTER_PASID),
		   FIELD_GET(CONFIG2_PASID, c2));
	set_filter(p, i, VTD_PERF_FILTER_ATS, c1 & BIT(VTD_PERF_FILTER_ATS),
		   FIELD_GET(CONFIG2_ATS, c2));
	set_filter(p, i, VTD_PERF_FILTER_LEVEL,
		   c1 & BIT(VTD_PERF_FILTER_LEVEL),
		   FIELD_GET(CONFIG2_LEVEL, c2));
	vtd_write64(p->unit, config_block(p, i) + VTD_PERF_CFG_AT,
		    FIELD_PREP(VTD_PERF_CFG_GROUP, FIELD_GET(CONFIG_GROUP, c)) |
		    FIELD_PREP(VTD_PERF_CFG_SELECT, FIELD_GET(CONFIG_EVENT, c)) |
		    (p->interrupts ? VTD_PERF_CFG_INTR : 0));
}

static int perfmon_add(struct perf_event *event, int flags)
{
	struct vtd_perfmon *p = perfmon_of(event);
	unsigned int i = find_first_zero_bit(p->busy, p->ncounters);

	if (i == p->ncounters)
		return -EAGAIN;
	__set_bit(i, p->busy);
	event->hw.idx = i;
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
	counter_configure(p, i, event);
	WRITE_ONCE(p->event[i], event);
	if (flags & PERF_EF_START)
		perfmon_start(event, 0);
	return 0;
}

static void perfmon_del(struct perf_event *event, int flags)
{
	struct vtd_perfmon *p = perfmon_of(event);
	unsigned int i = event->hw.idx;

	perfmon_stop(event, PERF_EF_UPDATE);
	WRITE_ONCE(p->event[i], NULL);
	vtd_write64(p->unit, config_block(p, i) + VTD_PERF_CFG_AT, 0);
	__clear_bit(i, p->busy);
	perf_event_update_userpage(event);
}

static void perfmon_enable(struct pmu *pmu)
{
	struct vtd_perfmon *p = container_of(pmu, struct vtd_perfmon, pmu);

	vtd_unit_command(p->unit, VTD_ECMD_UNFREEZE, 0, 0);
}

static void perfmon_disable(struct pmu *pmu)
{
	struct vtd_perfmon *p = container_of(pmu, struct vtd_perfmon, pmu);

	vtd_unit_command(p->unit, VTD_ECMD_FREEZE, 0, 0);
}

static irqreturn_t counters_overflowed(int irq, void *data)
{
	struct vtd_perfmon *p = data;
	struct perf_event *event;
	unsigned int i;
	u64 status;

	if (!(vtd_read32(p->unit, VTD_PERFINTRSTS) & VTD_PERFINTRSTS_PIS))
		return IRQ_NONE;
	while ((status = vtd_read64(p->unit, p->overflow_at)) &&
	       !p->unit->dead) {
		for_each_set_bit(i, (unsigned long *)&status, p->ncounters) {
			event = READ_ONCE(p->event[i]);
			if (event)
				perfmon_read(event);
		}
		vtd_write64(p->unit, p->overflow_at, status);
	}
	vtd_write32(p->unit, VTD_PERFINTRSTS, VTD_PERFINTRSTS_PIS);
	return IRQ_HANDLED;
}

/* A counter may know fewer events than the unit: offer what all of them know. */
static void limit_to_counter(struct vtd_perfmon *p, unsigned int i)
{
	u32 at = config_block(p, i), cap, row, seen[MAX_GROUPS] = { };
	unsigned int width, j;

	cap = vtd_read32(p->unit, at + VTD_PERF_CNTCAP_AT);
	if (!(cap & VTD_PERF_CNTCAP_VALID))
		return;
	width = FIELD_GET(VTD_PERF_CNTCAP_WIDTH, cap);
	p->width = min(p->width, width);
	p->interrupts &= !!(cap & VTD_PERF_CNTCAP_INTR);
	for (j = 0; j < FIELD_GET(VTD_PERF_CNTCAP_GROUPS, cap); j++) {
		row = vtd_read32(p->unit, at + VTD_PERF_CNTEVCAP_AT(j));
		seen[FIELD_GET(VTD_PERF_CNTEVCAP_GROUP, row)] |=
			FIELD_GET(VTD_PERF_CNTEVCAP_EVENTS, row);
	}
	for (j = 0; j < MAX_GROUPS; j++)
		p->events[j] &= seen[j];
}

/* Why the counters cannot be used; NULL if they can. */
static const char *perfmon_discover(struct vtd_perfmon *p)
{
	struct vtd_unit *unit = p->unit;
	u64 cap = vtd_read64(unit, VTD_PERFCAP);
	unsigned int groups = FIELD_GET(VTD_PERFCAP_GROUPS, cap), i;

	if ((vtd_read64(unit, VTD_ECCAP(3)) & VTD_ECCAP3_PERF) !=
	    VTD_ECCAP3_PERF)
		return "commands for them are missing";
	p->ncounters = FIELD_GET(VTD_PERFCAP_COUNTERS, cap);
	p->ncounters = min(p->ncounters, MAX_COUNTERS);
	p->width = FIELD_GET(VTD_PERFCAP_WIDTH, cap);
	p->filters = FIELD_GET(VTD_PERFCAP_FILTERS, cap);
	p->interrupts = cap & VTD_PERFCAP_OVF_INTR;
	p->stride = VTD_PERF_STRIDE(FIELD_GET(VTD_PERFCAP_STRIDE, cap));
	p->config_at = vtd_read32(unit, VTD_PERFCFGOFF);
	p->counter_at = vtd_read32(unit, VTD_PERFCNTROFF);
	p->overflow_at = vtd_read32(unit, VTD_PERFOVFOFF);
	if (!p->ncounters || !groups)
		return "there are none";
	if (config_block(p, p->ncounters) > unit->reg_size ||
	    (u64)p->counter_at + (p->ncounters - 1) * p->stride + 8 >
	    unit->reg_size || (u64)p->overflow_at + 8 > unit->reg_size)
		return "their registers are outside of the unit's";

	for (i = 0; i < min(groups, MAX_GROUPS); i++)
		p->events[i] = FIELD_GET(VTD_PERFEVNTCAP_EVENTS,
					 vtd_read64(unit, VTD_PERFEVNTCAP(i)));
	if (cap & VTD_PERFCAP_PER_CNT)
		for (i = 0; i < p->ncounters; i++)
			limit_to_counter(p, i);
	return in_range(p->width, 8, 57) ? NULL : "their width makes no sense";
}

void vtd_perfmon_add(struct vtd_unit *unit)
{
	struct vtd_perfmon *p;
	const char *why;
	int ret;

	if (!unit->caps.pms || !unit->caps.ecmds || unit->perfmon)
		return;
	p = kzalloc_obj(*p);
	if (!p)
		return;
	p->unit = unit;
	why = perfmon_discover(p);
	if (why) {
		vtd_info(unit, "performance counters are not used: %s\n", why);
		goto undo_alloc;
	}
	vtd_unit_command(unit, VTD_ECMD_CONFIG_RESET, 0, 0);
	vtd_unit_command(unit, VTD_ECMD_VALUE_RESET, 0, 0);
	if (p->interrupts) {
		ret = vtd_event_request(unit, VTD_EVENT_PERF, counters_overflowed, NULL,
					p);
		if (ret)
			goto undo_alloc;
	}
	p->pmu = (struct pmu) {
		.module = THIS_MODULE,
		.name = unit->name,
		.parent = unit->iommu.dev,
		.task_ctx_nr = perf_invalid_context,
		.scope = PERF_PMU_SCOPE_SYS_WIDE,
		.capabilities = PERF_PMU_CAP_NO_EXCLUDE,
		.attr_groups = attr_groups,
		.event_init = perfmon_event_init,
		.pmu_enable = perfmon_enable,
		.pmu_disable = perfmon_disable,
		.add = perfmon_add,
		.del = perfmon_del,
		.start = perfmon_start,
		.stop = perfmon_stop,
		.read = perfmon_read,
	};
	ret = perf_pmu_register(&p->pmu, unit->name, -1);
	if (ret)
		goto undo_irq;
	unit->perfmon = p;
	return;

undo_irq:
	if (p->interrupts)
		vtd_event_free(unit, VTD_EVENT_PERF, p);
undo_alloc:
	kfree(p);
}

void vtd_perfmon_remove(struct vtd_unit *unit)
{
	struct vtd_perfmon *p = unit->perfmon;

	if (!p)
		return;
	unit->perfmon = NULL;
	perf_pmu_unregister(&p->pmu);
	if (p->interrupts)
		vtd_event_free(unit, VTD_EVENT_PERF, p);
	kfree(p);
}
