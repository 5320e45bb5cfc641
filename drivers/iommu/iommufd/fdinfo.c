// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/<pid>/fdinfo/<fd> of /dev/iommu: what a context holds.
 *
 * One line per object that has something to say, for so many objects; the
 * others are only counted.
 * Documentation/userspace-api/iommufd/fdinfo.rst tells what stands where;
 * words and numbers may be added at the end of a line.
 *
 * Locks: none across lines; each object is held by a running use while its
 *	line is made.
 */
#include <linux/iommufd.h>
#include <linux/seq_file.h>

#include "device/slot.h"
#include "event/fault.h"
#include "event/vevent.h"
#include "fdinfo.h"
#include "hwpt/nested.h"
#include "hwpt/noiommu.h"
#include "ioas/stats.h"
#include "object/ctx.h"

/*
 * A file in /proc is made in one piece, in memory, and from the start again
 * when the memory was too little.
 */
#define FDINFO_LINES 256

/**
 * struct fdinfo - what is passed on from object to object
 * @seq: where the lines go
 * @seen: memory that was counted
 * @nlines: objects that have a line
 * @nleft: objects that would have one if there were no bound
 * @count: objects by type
 */
struct fdinfo {
	struct seq_file *seq;
	struct xarray seen;
	unsigned int nlines;
	unsigned int nleft;
	unsigned int count[IOMMUFD_OBJ_MAX];
};

static void show_ioas(struct fdinfo *info, struct iommufd_ioas *ioas)
{
	struct ioas_stats stats;
	int rc = ioas_get_stats(ioas, &info->seen, &stats);

	seq_printf(info->seq,
		   "iommufd-ioas:\t%u areas %lu mapped %llu pinned %llu charged %llu tables %u flushes %lu reserved %lu alignment %lu%s\n",
		   ioas->obj.id, stats.nareas, stats.mapped, stats.pinned,
		   stats.charged, stats.ntables, stats.nflushes,
		   stats.nreserved, stats.alignment,
		   rc ? " incomplete" : "");
}

static void show_hwpt(struct fdinfo *info, struct iommufd_hw_pagetable *hwpt)
{
	struct iommufd_hwpt_paging *host = iommufd_hwpt_host(hwpt);
	bool nested = &host->common != hwpt;

	seq_printf(info->seq, "iommufd-hwpt:\t%u", hwpt->obj.id);
	if (nested)
		seq_printf(info->seq, " nested parent %u", host->common.obj.id);
	else
		seq_printf(info->seq, " paging ioas %u", host->ioas->obj.id);
	if (hwpt->fault)
		seq_printf(info->seq, " fault %u", hwpt->fault->file.obj.id);
	if (!nested && host->automatic)
		seq_puts(info->seq, " automatic");
	if (!nested && host->nest_parent)
		seq_puts(info->seq, " nest-parent");
	if (!nested && hwpt->domain->dirty_ops)
		seq_puts(info->seq, " dirty-tracking");
	if (hwpt->pasid_compat)
		seq_puts(info->seq, " pasid");
	if (iommufd_hwpt_is_noiommu(hwpt))
		seq_puts(info->seq, " noiommu");
	seq_printf(info->seq, " groups %d pasids %d\n", atomic_read(&hwpt->ngroups),
		   atomic_read(&hwpt->npasids));
}

static void show_device(struct fdinfo *info, struct iommufd_device *idev)
{
	struct device_state state;
	int rc = device_get_state(idev, &state);

	seq_printf(info->seq, "iommufd-device:\t%u %s", idev->obj.id,
		   dev_name(idev->dev));
	if (state.hwpt_id)
		seq_printf(info->seq, " hwpt %u", state.hwpt_id);
	seq_printf(info->seq, " pasids %u%s\n", state.npasids,
		   rc ? " incomplete" : "");
}

static void show_fault(struct fdinfo *info, struct fault_queue *queue)
{
	struct fault_queue_state state;

	fault_queue_get_state(queue, &state);
	seq_printf(info->seq,
		   "iommufd-fault:\t%u groups %llu queued %lu waiting %lu refused %llu\n",
		   queue->file.obj.id, state.ngroups, state.nqueued,
		   state.nwaiting, state.nrefused);
}

static void show_veventq(struct fdinfo *info, struct veventq *queue)
{
	u32 events, held;

	scoped_guard(spinlock, &queue->lock) {
		events = queue->sequence;
		held = queue->held;
	}
	seq_printf(info->seq,
		   "iommufd-veventq:\t%u viommu %u type %u events %u held %u depth %u\n",
		   queue->file.obj.id, queue->viommu->obj.id, queue->type,
		   events, held, queue->depth);
}

static bool has_line(enum iommufd_object_type type)
{
	switch (type) {
	case IOMMUFD_OBJ_IOAS:
	case IOMMUFD_OBJ_HWPT_PAGING:
	case IOMMUFD_OBJ_HWPT_NESTED:
	case IOMMUFD_OBJ_DEVICE:
	case IOMMUFD_OBJ_FAULT:
	case IOMMUFD_OBJ_VEVENTQ:
		return true;
	default:
		return false;
	}
}

static void show_line(struct fdinfo *info, struct iommufd_object *obj)
{
	switch (obj->type) {
	case IOMMUFD_OBJ_IOAS:
		show_ioas(info, to_ioas(obj));
		break;
	case IOMMUFD_OBJ_HWPT_PAGING:
	case IOMMUFD_OBJ_HWPT_NESTED:
		show_hwpt(info, to_hwpt(obj));
		break;
	case IOMMUFD_OBJ_DEVICE:
		show_device(info, to_device(obj));
		break;
	case IOMMUFD_OBJ_FAULT:
		show_fault(info, to_fault_queue(obj));
		break;
	case IOMMUFD_OBJ_VEVENTQ:
		show_veventq(info, to_veventq(obj));
		break;
	default:
		break;
	}
}

static void show_object(struct fdinfo *info, struct iommufd_object *obj)
{
	info->count[obj->type]++;
	if (!has_line(obj->type))
		return;
	if (info->nlines == FDINFO_LINES) {
		info->nleft++;
		return;
	}
	info->nlines++;
	show_line(info, obj);
}

static const char *charge_mode_name(enum iommufd_charge_mode mode)
{
	switch (mode) {
	case IOMMUFD_CHARGE_USER:
		return "user";
	case IOMMUFD_CHARGE_MM:
		return "mm";
	case IOMMUFD_CHARGE_NONE:
		return "none";
	}
	return "unknown";
}

/**
 * iommufd_show_fdinfo() - the show_fdinfo operation of /dev/iommu
 * @seq: where the lines go
 * @filp: the open file
 *
 * Context: may sleep.
 */
void iommufd_show_fdinfo(struct seq_file *seq, struct file *filp)
{
	struct iommufd_ctx *ictx = filp->private_data;
	struct fdinfo info = { .seq = seq };
	struct iommufd_object *obj;
	unsigned long id;
	unsigned int type;

	xa_init(&info.seen);
	seq_printf(seq, "iommufd-charge:\t%s\n",
		   charge_mode_name(READ_ONCE(ictx->charge_mode)));
	xa_for_each(&ictx->objects, id, obj) {
		/* it may be gone, or be another one by now */
		struct iommufd_object *held __free(iommufd_put) =
			iommufd_object_get(ictx, id, IOMMUFD_OBJ_ANY);

		if (!IS_ERR(held))
			show_object(&info, held);
		if (seq_has_overflowed(seq))
			break;
		cond_resched();
	}
	if (info.nleft)
		seq_printf(seq, "iommufd-left-out:\t%u lines\n", info.nleft);
	seq_puts(seq, "iommufd-objects:\t");
	for (type = IOMMUFD_OBJ_ANY + 1; type < IOMMUFD_OBJ_MAX; type++)
		if (info.count[type])
			seq_printf(seq, "%s %u ",
				   iommufd_object_type_name(type),
				   info.count[type]);
	seq_putc(seq, '\n');
	xa_destroy(&info.seen);
}
