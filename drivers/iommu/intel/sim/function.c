// SPDX-License-Identifier: GPL-2.0-only
/*
 * A simulated PCI function: what it has, and its reset.
 *
 * Owns: struct vtd_sim_function.
 * Locks: vtd_sim_unit.lock.
 * Calls: config.c, msi.c, page.c and stream.c, for what each has to forget.
 */
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/slab.h>

#include "config.h"
#include "function.h"
#include "msi.h"
#include "page.h"
#include "sim_unit.h"
#include "window.h"

static int bar_alloc(struct vtd_sim_bar *bar, u32 nbytes)
{
	bar->pa = vtd_sim_window_alloc(nbytes);
	if (!bar->pa)
		return -ENOSPC;
	bar->map = vtd_sim_window_at(bar->pa);
	return 0;
}

static int bars_alloc(struct vtd_sim_function *fn)
{
	int ret;

	ret = bar_alloc(&fn->bar0, VTD_SIM_BAR0_SIZE);
	if (!ret)
		ret = bar_alloc(&fn->bar2, VTD_SIM_BAR2_SIZE);
	if (!ret)
		ret = bar_alloc(&fn->bar4, VTD_SIM_BAR4_SIZE);
	return ret;
}

static const u32 bar_size[VTD_SIM_BARS] = {
	VTD_SIM_BAR0_SIZE, VTD_SIM_BAR2_SIZE, VTD_SIM_BAR4_SIZE,
};

/* The memory of a virtual function is a part of what its physical one has for them. */
static void vf_bars_take(struct vtd_sim_function *vf)
{
	struct vtd_sim_bar *bars[VTD_SIM_BARS] = { &vf->bar0, &vf->bar2, &vf->bar4 };
	unsigned int i;

	for (i = 0; i < VTD_SIM_BARS; i++) {
		bars[i]->pa = vf->pf->vf_bars[i].pa + (vf->vf - 1) * bar_size[i];
		bars[i]->map = vtd_sim_window_at(bars[i]->pa);
	}
}

static struct vtd_sim_function *vf_alloc(struct vtd_sim_function *pf, u8 number)
{
	struct vtd_sim_function *vf = kzalloc_obj(*vf);

	if (!vf)
		return NULL;
	vf->unit = pf->unit;
	vf->slot = pf->slot;
	vf->vf = number;
	vf->pf = pf;
	vf->type = VTD_SIM_ENGINE;
	/* These are the physical function's, for both. */
	vf->lacks = pf->lacks | VTD_SIM_FUNCTION_NO_PRI | VTD_SIM_FUNCTION_NO_PASID;
	vf_bars_take(vf);
	vtd_sim_msi_init(vf);
	vtd_sim_stream_init(vf);
	return vf;
}

static int vfs_alloc(struct vtd_sim_function *pf)
{
	unsigned int i;
	int ret;

	for (i = 0; i < VTD_SIM_BARS; i++) {
		ret = bar_alloc(&pf->vf_bars[i], VTD_SIM_VFS * bar_size[i]);
		if (ret)
			return ret;
	}
	for (i = 0; i < VTD_SIM_VFS; i++) {
		pf->vfs[i] = vf_alloc(pf, i + 1);
		if (!pf->vfs[i])
			return -ENOMEM;
	}
	return 0;
}

static void vfs_free(struct vtd_sim_function *pf)
{
	unsigned int i;

	for (i = 0; i < VTD_SIM_VFS; i++) {
		if (!pf->vfs[i])
			continue;
		vtd_sim_stream_exit(pf->vfs[i]);
		irq_work_sync(&pf->vfs[i]->msi_work);
		kfree(pf->vfs[i]);
	}
	for (i = 0; i < VTD_SIM_BARS; i++)
		vtd_sim_window_free(pf->vf_bars[i].pa, VTD_SIM_VFS * bar_size[i]);
}

static void bars_free(struct vtd_sim_function *fn)
{
	vtd_sim_window_free(fn->bar0.pa, VTD_SIM_BAR0_SIZE);
	vtd_sim_window_free(fn->bar2.pa, VTD_SIM_BAR2_SIZE);
	vtd_sim_window_free(fn->bar4.pa, VTD_SIM_BAR4_SIZE);
}

static void function_reset(struct vtd_sim_function *fn)
{
	vtd_sim_stream_stop(fn);
	vtd_sim_config_build(fn);
	memset_io(fn->bar0.map, 0, VTD_SIM_BAR0_SIZE);
	memset_io(fn->bar2.map, 0, VTD_SIM_BAR2_SIZE);
	vtd_sim_msi_reset(fn);
	vtd_model_dtlb_init(&fn->dtlb, vtd_sim_function_sid(fn), fn->entries,
			    VTD_SIM_DTLB_ENTRIES);
	fn->wanted = (struct vtd_model_request){};
	vtd_sim_page_reset(fn);
	fn->resets++;
}

/**
 * vtd_sim_function_create() - a function, which nobody sees yet
 * @unit: the unit in front of it
 * @slot: where on the bus
 * @how: what it is like
 *
 * Context: may sleep.
 * Return: the function; ERR_PTR: -ENOSPC, -ENOMEM.
 */
struct vtd_sim_function *vtd_sim_function_create(struct vtd_sim_unit *unit, u8 slot,
						 const struct vtd_sim_function_add *how)
{
	struct vtd_sim_function *fn = kzalloc_obj(*fn);
	int ret;

	if (!fn)
		return ERR_PTR(-ENOMEM);
	fn->unit = unit;
	fn->slot = slot;
	fn->type = how->type;
	fn->lacks = how->flags & ~VTD_SIM_FUNCTION_SRIOV;
	vtd_sim_msi_init(fn);
	vtd_sim_stream_init(fn);
	ret = bars_alloc(fn);
	if (!ret && how->flags & VTD_SIM_FUNCTION_SRIOV)
		ret = vfs_alloc(fn);
	if (ret) {
		vtd_sim_function_destroy(fn);
		return ERR_PTR(ret);
	}
	scoped_guard(raw_spinlock_irqsave, &unit->lock)
		vtd_sim_function_reset(fn);
	/* Firmware has given it its addresses. */
	vtd_sim_config_place(fn);
	return fn;
}

/**
 * vtd_sim_function_destroy() - forget a function
 * @fn: nobody sees it any more
 *
 * Context: may sleep.
 */
void vtd_sim_function_destroy(struct vtd_sim_function *fn)
{
	vtd_sim_stream_exit(fn);
	irq_work_sync(&fn->msi_work);
	vfs_free(fn);
	bars_free(fn);
	kfree(fn);
}

/**
 * vtd_sim_function_reset() - everything is as it was at the start
 * @fn: the function
 *
 * Its BARs have no address then, its memory is empty, and it remembers no
 * translation. The virtual functions of a physical one are off; those that were on are
 * reset. What it was told about its behaviour stays.
 *
 * Context: the unit's lock is held.
 */
void vtd_sim_function_reset(struct vtd_sim_function *fn)
{
	unsigned int nvfs = fn->nvfs;
	unsigned int i;

	function_reset(fn);
	fn->nvfs = 0;
	for (i = 0; i < nvfs; i++)
		function_reset(fn->vfs[i]);
}
