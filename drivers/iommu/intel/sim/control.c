// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control device of simulated units, /dev/vtd-sim: see the header
 * uapi/linux/vtd_sim.h.
 *
 * Owns: the list of simulated units.
 * Locks: control_lock -> all others: one operation at a time.
 * Calls: sim_unit.c, bus.c, predict.c
 */
#define pr_fmt(fmt) "vtd-sim: " fmt

#include <linux/capability.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <uapi/linux/vtd_sim.h>

#include "../acpi/plug.h"
#include "bus.h"
#include "debugfs.h"
#include "function.h"
#include "predict.h"
#include "sim_unit.h"
#include "sva.h"
#include "window.h"

#define UNITS_MAX	16

static DEFINE_MUTEX(control_lock);
static LIST_HEAD(sim_units) __guarded_by(&control_lock);

static struct vtd_sim_unit *find_unit(u32 id)
	__must_hold(&control_lock)
{
	struct vtd_sim_unit *unit;

	list_for_each_entry(unit, &sim_units, node) {
		if (unit->id == id)
			return unit;
	}
	return NULL;
}

/* The lowest number that is free; -ENOSPC. */
static int free_id(void)
	__must_hold(&control_lock)
{
	u32 id;

	for (id = 0; id < UNITS_MAX; id++) {
		if (!find_unit(id))
			return id;
	}
	return -ENOSPC;
}

static int unit_add(void *arg)
	__must_hold(&control_lock)
{
	struct vtd_sim_unit_add *how = arg;
	struct vtd_sim_unit *unit;
	int id, segment, ret;

	if (how->profile >= VTD_SIM_PROFILES || how->retention > VTD_SIM_KEEP_SEEDED ||
	    how->flags || strnlen(how->caps, sizeof(how->caps)) == sizeof(how->caps))
		return -EINVAL;
	if (!vtd_plug_possible())
		return -EOPNOTSUPP;
	id = free_id();
	segment = vtd_sim_segment_find();
	if (id < 0 || segment < 0)
		return -ENOSPC;
	unit = vtd_sim_unit_create(how, segment);
	if (IS_ERR(unit))
		return PTR_ERR(unit);
	unit->id = id;
	ret = vtd_sim_bus_create(unit);
	if (ret) {
		/* Nothing is behind it; short of memory it stays, to be removed later. */
		if (vtd_sim_unit_destroy(unit))
			list_add_tail(&unit->node, &sim_units);
		return ret;
	}
	list_add_tail(&unit->node, &sim_units);
	vtd_sim_debugfs_add(unit);
	how->out_unit = id;
	how->out_segment = segment;
	pr_warn("unit %u in segment %04x: SIMULATED, but its functions do DMA as real ones do\n",
		id, segment);
	return 0;
}

static bool has_functions(const struct vtd_sim_unit *unit)
{
	unsigned int slot;

	for (slot = 0; slot < VTD_SIM_SLOTS; slot++) {
		if (unit->functions[slot])
			return true;
	}
	return false;
}

static int unit_remove(void *arg)
	__must_hold(&control_lock)
{
	struct vtd_sim_unit_remove *what = arg;
	struct vtd_sim_unit *unit = find_unit(what->unit);
	int ret;

	if (!unit)
		return -ENOENT;
	if (has_functions(unit))
		return -EBUSY;
	/* A unit that the driver keeps has lost its bus, and can only be removed. */
	if (unit->bus)
		vtd_sim_bus_destroy(unit);
	vtd_sim_debugfs_remove(unit);
	list_del(&unit->node);
	ret = vtd_sim_unit_destroy(unit);
	if (ret)
		list_add_tail(&unit->node, &sim_units);
	return ret;
}

static int function_add(void *arg)
	__must_hold(&control_lock)
{
	struct vtd_sim_function_add *how = arg;
	struct vtd_sim_unit *unit = find_unit(how->unit);
	int slot;

	if (how->type >= VTD_SIM_TYPES || how->__reserved ||
	    how->flags & ~(VTD_SIM_FUNCTION_NO_ATS | VTD_SIM_FUNCTION_NO_PASID |
			   VTD_SIM_FUNCTION_NO_PRI | VTD_SIM_FUNCTION_SRIOV))
		return -EINVAL;
	if (!unit || !unit->bus)
		return -ENOENT;
	slot = vtd_sim_bus_plug(unit, how);
	if (slot < 0)
		return slot;
	how->out_slot = slot;
	return 0;
}

static int function_remove(void *arg)
	__must_hold(&control_lock)
{
	struct vtd_sim_function_remove *what = arg;
	struct vtd_sim_unit *unit = find_unit(what->unit);

	if (what->__reserved)
		return -EINVAL;
	if (!unit || !unit->bus)
		return -ENOENT;
	return vtd_sim_bus_unplug(unit, what->slot);
}

static int unit_behave(void *arg)
	__must_hold(&control_lock)
{
	struct vtd_sim_behave *how = arg;
	struct vtd_sim_unit *unit = find_unit(how->unit);
	struct vtd_sim_function *fn;

	if (how->vf > VTD_SIM_VFS || how->late == U32_MAX ||
	    how->flags & ~(VTD_SIM_IGNORE_INVALIDATIONS | VTD_SIM_KEEP_TRANSLATIONS |
			   VTD_SIM_COMPLETE_TWICE | VTD_SIM_MAY_FORGE |
			   VTD_SIM_MAY_FLOOD | VTD_SIM_ASK_AGAIN))
		return -EINVAL;
	fn = unit && how->slot < VTD_SIM_SLOTS ? unit->functions[how->slot] : NULL;
	if (fn && how->vf)
		fn = fn->vfs[how->vf - 1];
	if (!fn)
		return -ENOENT;
	guard(raw_spinlock_irqsave)(&unit->lock);
	fn->behave = how->flags;
	fn->late = how->late;
	return 0;
}

static int unit_counters(void *arg)
	__must_hold(&control_lock)
{
	struct vtd_sim_counters *out = arg;
	struct vtd_sim_unit *unit = find_unit(out->unit);
	u32 size = out->size, id = out->unit, i;

	if (!unit)
		return -ENOENT;
	guard(raw_spinlock_irqsave)(&unit->lock);
	*out = unit->counters;
	out->size = size;
	out->unit = id;
	for (i = 0; i < VTD_MODEL_CACHES; i++)
		out->dropped += unit->model->caches.dropped[i];
	return 0;
}

/**
 * struct ring - a log of a unit
 * @entries: they
 * @size: of one
 * @n: how many were ever written
 */
struct ring {
	const void *entries;
	size_t size;
	u64 n;
};

/* The last @nr entries into @copy, the newest last. Returns how many. */
static u32 ring_copy(const struct ring *ring, void *copy, u32 nr)
{
	u32 n = min_t(u64, min_t(u64, ring->n, VTD_SIM_LOG_MAX), nr), i;

	for (i = 0; i < n; i++)
		memcpy(copy + i * ring->size,
		       ring->entries + (ring->n - n + i) % VTD_SIM_LOG_MAX * ring->size,
		       ring->size);
	return n;
}

static int log_read(struct vtd_sim_log *log, struct vtd_sim_unit *unit, struct ring ring,
		    const u64 *n)
{
	void *copy __free(kvfree) = NULL;

	if (log->__reserved)
		return -EINVAL;
	copy = kvcalloc(VTD_SIM_LOG_MAX, ring.size, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	scoped_guard(raw_spinlock_irqsave, &unit->lock) {
		ring.n = *n;
		log->nr = ring_copy(&ring, copy, log->nr);
	}
	return copy_to_user(u64_to_user_ptr(log->entries), copy, log->nr * ring.size) ?
	       -EFAULT : 0;
}

static int trace_read(void *arg)
	__must_hold(&control_lock)
{
	struct vtd_sim_log *log = arg;
	struct vtd_sim_unit *unit = find_unit(log->unit);

	if (!unit)
		return -ENOENT;
	return log_read(log, unit, (struct ring){ unit->traces, sizeof(unit->traces[0]) },
			&unit->ntraces);
}

static int stale_read(void *arg)
	__must_hold(&control_lock)
{
	struct vtd_sim_log *log = arg;
	struct vtd_sim_unit *unit = find_unit(log->unit);

	if (!unit)
		return -ENOENT;
	return log_read(log, unit, (struct ring){ unit->stales, sizeof(unit->stales[0]) },
			&unit->nstales);
}

union argument {
	struct vtd_sim_unit_add unit_add;
	struct vtd_sim_function_add function_add;
	struct vtd_sim_counters counters;
	struct vtd_sim_log log;
	struct vtd_sim_behave behave;
	struct vtd_sim_predict predict;
	struct vtd_sim_spoil spoil;
};

/**
 * struct call - an operation that somebody asks for
 * @arg: what with; the answers are in it, too
 * @file: a file that is an answer; NULL for none
 * @fd: its number, which is not in use before the answers have been written
 */
struct call {
	union argument arg;
	struct file *file;
	int fd;
};

/* Nobody else finds the file before the caller can know of it. */
static int sva_bind(void *arg)
	__must_hold(&control_lock)
{
	struct call *call = container_of(arg, struct call, arg);
	struct vtd_sim_sva_bind *how = arg;
	struct vtd_sim_unit *unit = find_unit(how->unit);
	int fd;

	if (!unit)
		return -ENOENT;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	call->file = vtd_sim_sva_bind(unit->segment, how);
	if (IS_ERR(call->file)) {
		put_unused_fd(fd);
		return PTR_ERR(call->file);
	}
	call->fd = fd;
	how->out_fd = fd;
	return 0;
}

static int request_predict(void *arg)
	__must_hold(&control_lock)
{
	struct vtd_sim_predict *what = arg;

	if (memchr_inv(what->__reserved, 0, sizeof(what->__reserved)))
		return -EINVAL;
	return vtd_sim_predict(what);
}

static int request_spoil(void *arg)
	__must_hold(&control_lock)
{
	struct vtd_sim_spoil *how = arg;

	return how->__reserved ? -EINVAL : vtd_sim_spoil(how);
}

static const struct operation {
	unsigned int cmd;
	u32 size;
	int (*run)(void *arg);
} operations[] = {
	{ VTD_SIM_UNIT_ADD, sizeof(struct vtd_sim_unit_add), unit_add },
	{ VTD_SIM_UNIT_REMOVE, sizeof(struct vtd_sim_unit_remove), unit_remove },
	{ VTD_SIM_FUNCTION_ADD, sizeof(struct vtd_sim_function_add), function_add },
	{ VTD_SIM_FUNCTION_REMOVE, sizeof(struct vtd_sim_function_remove), function_remove },
	{ VTD_SIM_BEHAVE, sizeof(struct vtd_sim_behave), unit_behave },
	{ VTD_SIM_COUNTERS, sizeof(struct vtd_sim_counters), unit_counters },
	{ VTD_SIM_TRACE, sizeof(struct vtd_sim_log), trace_read },
	{ VTD_SIM_STALE, sizeof(struct vtd_sim_log), stale_read },
	{ VTD_SIM_SVA_BIND, sizeof(struct vtd_sim_sva_bind), sva_bind },
	{ VTD_SIM_PREDICT, sizeof(struct vtd_sim_predict), request_predict },
	{ VTD_SIM_SPOIL, sizeof(struct vtd_sim_spoil), request_spoil },
};

static void file_give(const struct call *call, int ret)
{
	if (!ret) {
		fd_install(call->fd, call->file);
		return;
	}
	put_unused_fd(call->fd);
	fput(call->file);
}

static int operation_run(const struct operation *op, void __user *user)
{
	struct call call = {};
	u32 size;
	int ret;

	static_assert(sizeof(struct vtd_sim_unit_remove) <= sizeof(call.arg));
	static_assert(sizeof(struct vtd_sim_function_remove) <= sizeof(call.arg));
	static_assert(sizeof(struct vtd_sim_sva_bind) <= sizeof(call.arg));
	if (get_user(size, (u32 __user *)user))
		return -EFAULT;
	if (size < op->size)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	ret = copy_struct_from_user(&call.arg, op->size, user, size);
	if (ret)
		return ret;
	scoped_guard(mutex, &control_lock)
		ret = op->run(&call.arg);
	if (ret)
		return ret;
	ret = copy_to_user(user, &call.arg, op->size) ? -EFAULT : 0;
	if (call.file)
		file_give(&call, ret);
	return ret;
}

static long control_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(operations); i++) {
		if (operations[i].cmd == cmd)
			return operation_run(&operations[i], (void __user *)arg);
	}
	return -ENOTTY;
}

static int control_open(struct inode *inode, struct file *file)
{
	if (!capable(CAP_SYS_ADMIN) || !capable(CAP_SYS_RAWIO))
		return -EPERM;
	/* A function that lies writes to any memory, as /dev/mem does. */
	return security_locked_down(LOCKDOWN_DEV_MEM);
}

static const struct file_operations control_fops = {
	.owner = THIS_MODULE,
	.open = control_open,
	.unlocked_ioctl = control_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice control_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "vtd-sim",
	.fops = &control_fops,
	.mode = 0600,
};

static int __init control_init(void)
{
	if (!vtd_sim_window_exists())
		return 0;
	pr_warn("/dev/vtd-sim can add SIMULATED VT-d units and PCI functions to this machine (vtd_sim=): DMA masters with the power of real ones\n");
	return misc_register(&control_device);
}
late_initcall(control_init);
