// SPDX-License-Identifier: GPL-2.0-only
/*
 * Latency histograms of invalidations, off until somebody asks.
 *
 * Owns: the samples, by number of the unit. Locks: latency_lock around
 * switching; each monitor has its own lock for samples.
 */
#include <linux/bitops.h>
#include <linux/cleanup.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/xarray.h>

#include "../acpi/table.h"
#include "../unit/list.h"
#include "../unit/unit.h"
#include "latency.h"
#include "observe.h"

/**
 * struct monitor - the samples of one unit
 * @lock: guards @histogram; raw, as invalidations happen below raw locks
 * @histogram: by kind
 * @rcu: a submission may still be adding to it
 */
struct monitor {
	raw_spinlock_t lock;
	struct vtd_histogram histogram[VTD_LATENCY_KINDS] __guarded_by(&lock);
	struct rcu_head rcu;
};

static DEFINE_MUTEX(latency_lock);
static DEFINE_XARRAY(monitors);
static unsigned long kinds_on;

void vtd_histogram_add(struct vtd_histogram *histogram, u64 ns)
{
	u64 limit = 100;
	unsigned int i = 0;

	while (i < VTD_LATENCY_BUCKETS - 1 && ns >= limit) {
		limit *= 10;
		i++;
	}
	histogram->bucket[i]++;
	histogram->min = histogram->count ? min(histogram->min, ns) : ns;
	histogram->max = max(histogram->max, ns);
	histogram->sum += ns;
	histogram->count++;
}

static void add_duration(struct vtd_unit *unit, enum vtd_desc_type type, u64 ns)
{
	enum vtd_latency_kind kind;
	struct monitor *monitor;

	switch ((unsigned int)type) {
	case VTD_DESC_IOTLB:
	case VTD_DESC_PASID_IOTLB:
		kind = VTD_LATENCY_IOTLB;
		break;
	case VTD_DESC_DEV_TLB:
	case VTD_DESC_PASID_DEV_TLB:
		kind = VTD_LATENCY_DEV_TLB;
		break;
	case VTD_DESC_IEC:
		kind = VTD_LATENCY_IEC;
		break;
	default:
		return;
	}
	if (!test_bit(kind, &kinds_on))
		return;

	guard(rcu)();
	monitor = xa_load(&monitors, unit->id);
	if (!monitor)
		return;
	guard(raw_spinlock_irqsave)(&monitor->lock);
	vtd_histogram_add(&monitor->histogram[kind], ns);
}

static int add_monitor(struct vtd_unit *unit)
{
	struct monitor *monitor;
	int ret;

	if (xa_load(&monitors, unit->id))
		return 0;
	monitor = kzalloc_obj(*monitor);
	if (!monitor)
		return -ENOMEM;
	raw_spin_lock_init(&monitor->lock);
	ret = xa_err(xa_store(&monitors, unit->id, monitor, GFP_KERNEL));
	if (ret)
		kfree(monitor);
	return ret;
}

int vtd_latency_enable(enum vtd_latency_kind kind)
{
	struct vtd_unit *unit;
	int ret;

	guard(rwsem_read)(&vtd_table_lock);
	guard(mutex)(&latency_lock);
	for_each_unit(unit) {
		ret = add_monitor(unit);
		if (ret)
			return ret;
	}
	if (!kinds_on) {
		ret = vtd_observe_latency(add_duration);
		if (ret)
			return ret;
	}
	set_bit(kind, &kinds_on);
	return 0;
}

void vtd_latency_disable(void)
{
	struct monitor *monitor;
	unsigned long id;

	guard(mutex)(&latency_lock);
	if (kinds_on)
		vtd_unobserve_latency();
	kinds_on = 0;
	xa_for_each(&monitors, id, monitor) {
		xa_erase(&monitors, id);
		kfree_rcu(monitor, rcu);
	}
}

static void show_kind(struct seq_file *m, const char *name,
		      const struct vtd_histogram *h)
{
	unsigned int i;

	seq_printf(m, "%-10s", name);
	for (i = 0; i < VTD_LATENCY_BUCKETS; i++)
		seq_printf(m, " %11llu", h->bucket[i]);
	seq_printf(m, " %11llu %11llu %11llu\n",
		   div_u64(h->min, NSEC_PER_USEC),
		   div_u64(h->max, NSEC_PER_USEC),
		   h->count ? div64_u64(div_u64(h->sum, NSEC_PER_USEC),
					h->count) : 0);
}

void vtd_latency_show(struct seq_file *m)
{
	static const char * const names[] = {
		[VTD_LATENCY_IOTLB] = "inv_iotlb",
		[VTD_LATENCY_DEV_TLB] = "inv_devtlb",
		[VTD_LATENCY_IEC] = "inv_iec",
	};
	struct vtd_histogram copy[VTD_LATENCY_KINDS];
	struct monitor *monitor;
	struct vtd_unit *unit;
	unsigned int kind;

	guard(rwsem_read)(&vtd_table_lock);
	guard(mutex)(&latency_lock);
	for_each_unit(unit) {
		seq_printf(m, "IOMMU: %s Register Base Address: %llx\n",
			   unit->name, unit->reg_phys);
		monitor = xa_load(&monitors, unit->id);
		if (!monitor)
			continue;
		scoped_guard(raw_spinlock_irqsave, &monitor->lock)
			memcpy(copy, monitor->histogram, sizeof(copy));
		seq_puts(m, "                <0.1us   0.1us-1us    1us-10us  10us-100us   100us-1ms    1ms-10ms      >=10ms     min(us)     max(us) average(us)\n");
		for (kind = 0; kind < VTD_LATENCY_KINDS; kind++)
			if (test_bit(kind, &kinds_on))
				show_kind(m, names[kind], &copy[kind]);
		seq_putc(m, '\n');
	}
}
