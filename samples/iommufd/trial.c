// SPDX-License-Identifier: GPL-2.0-only
/* The trial of one device: opening, the order of things, cleaning up. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "step.h"
#include "trial.h"

#define WINDOW_SIZE	((__u64)64 << 20)
#define IOVA_LOWEST	((__u64)1 << 20)

static int open_nodes(struct trial *t)
{
	char path[64];
	int err;

	if (step_begin("bind to vfio-pci"))
		return -1;
	if (pci_func_take(t->func))
		return -1;
	err = iommufd_vfio_path(t->func->bdf, path, sizeof(path));
	if (!err)
		err = vfio_dev_open(&t->vfio, t->func->bdf);
	if (err)
		return step_refused(NULL, IOMMUFD_VFIO_OPEN, err,
				    "cannot open the node of the device");
	step_say("vfio-pci took it from %s; its node is %s",
		 t->func->old_driver[0] ? t->func->old_driver : "no driver",
		 path);

	if (step_begin("open /dev/iommu"))
		return -1;
	err = iommufd_session_open(NULL, &t->session);
	if (err)
		return step_refused(NULL, IOMMUFD_OPEN, err,
				    "cannot open /dev/iommu");
	t->iommufd = iommufd_session_fd(t->session);
	/* Without it a refusal is explained by what it may be. */
	err = iommufd_session_trace(t->session);
	step_say("fd %d, refusals are %straced", t->iommufd, err ? "not " : "");

	if (step_begin("VFIO_DEVICE_BIND_IOMMUFD"))
		return -1;
	err = vfio_dev_bind(&t->vfio, t->iommufd);
	if (err)
		return step_refused(t->session, VFIO_DEVICE_BIND_IOMMUFD, err,
				    "cannot bind %s", path);
	step_say("device id %u", t->vfio.dev_id);
	return 0;
}

static int show_iommu(struct trial *t)
{
	struct iommu_hw_info_vtd vtd = { 0 };
	struct iommu_hw_info info = {
		.size = sizeof(info),
		.dev_id = t->vfio.dev_id,
		.data_len = sizeof(vtd),
		.data_uptr = (uintptr_t)&vtd,
	};
	int err;

	if (step_begin("IOMMU_GET_HW_INFO"))
		return -1;
	err = iommufd_hw_info(t->iommufd, &info);
	if (err)
		return step_refused(t->session, IOMMU_GET_HW_INFO, err,
				    "the call failed");
	t->iommu_type = info.out_data_type;
	if (t->iommu_type == IOMMU_HW_INFO_TYPE_INTEL_VTD)
		step_say("type 1 (Intel VT-d), cap 0x%llx, ecap 0x%llx, capabilities 0x%llx",
			 vtd.cap_reg,
			 vtd.ecap_reg,
			 info.out_capabilities);
	else
		step_say("type %u, capabilities 0x%llx", t->iommu_type,
			 info.out_capabilities);
	return 0;
}

static int enter_first(struct trial *t)
{
	int err;

	if (step_begin("IOMMU_IOAS_ALLOC"))
		return -1;
	err = iommufd_ioas_alloc(t->iommufd, &t->first);
	if (!err)
		err = iommufd_ioas_alloc(t->iommufd, &t->second);
	if (err)
		return step_refused(t->session, IOMMU_IOAS_ALLOC, err,
				    "the call failed");
	step_say("ids %u and %u", t->first, t->second);

	if (step_begin("VFIO_DEVICE_ATTACH_IOMMUFD_PT"))
		return -1;
	err = vfio_dev_attach(&t->vfio, t->first);
	if (err)
		return step_refused(t->session, VFIO_DEVICE_ATTACH_IOMMUFD_PT,
				    err, "cannot attach to IOAS %u", t->first);
	step_say("attached to IOAS %u", t->first);
	return 0;
}

/* First part of the usable ranges that the device reaches, 64 MiB long. */
static void choose_window(struct trial *t, const struct iommu_iova_range *range,
			  struct iommu_iova_range *window)
{
	__u64 first = range->start < IOVA_LOWEST ? IOVA_LOWEST : range->start;
	__u64 last = range->last;

	if (last > t->driver->iova_last)
		last = t->driver->iova_last;
	if (first > last || last - first + 1 < WINDOW_SIZE)
		return;
	window->start = first;
	window->last = first + WINDOW_SIZE - 1;
}

/* Automatic IOVAs come from @window only; there is none: @window is empty. */
static int allow_window(struct trial *t, const struct iommu_iova_range *window)
{
	int err;

	if (step_begin("IOMMU_IOAS_ALLOW_IOVAS"))
		return -1;
	if (!window->last)
		return step_fail(ENOSPC, "use another device",
				 "no usable range of 64 MiB below 0x%llx",
				 t->driver->iova_last);
	err = iommufd_ioas_allow(t->iommufd, t->first, window, 1);
	if (err)
		return step_refused(t->session, IOMMU_IOAS_ALLOW_IOVAS, err,
				    "the call failed");
	step_say("IOVAs from 0x%llx..0x%llx only (the device reaches 0x%llx)",
		 window->start, window->last, t->driver->iova_last);
	return 0;
}

static int show_ranges(struct trial *t)
{
	struct iommu_iova_range *ranges, window = { 0 };
	__u32 count, i;
	__u64 alignment;
	int err;

	if (step_begin("IOMMU_IOAS_IOVA_RANGES"))
		return -1;
	err = iommufd_ioas_ranges_all(t->iommufd, t->first, &ranges, &count,
				      &alignment);
	if (err)
		return step_refused(t->session, IOMMU_IOAS_IOVA_RANGES, err,
				    "the call failed");
	for (i = 0; i < count; i++) {
		step_say("0x%llx..0x%llx usable, alignment %llu",
			 ranges[i].start,
			 ranges[i].last,
			 alignment);
		if (!window.last)
			choose_window(t, &ranges[i], &window);
	}
	free(ranges);
	return allow_window(t, &window);
}

int trial_map(struct trial *t, struct mem *mem, const char *what,
	      __u32 prot)
{
	int err = iommufd_ioas_map(t->iommufd, t->first, mem->base, mem->size,
				   prot, &mem->iova);

	if (err)
		return step_refused(t->session, IOMMU_IOAS_MAP, err,
				    "cannot map %s: %zu bytes at address %p",
				    what, mem->size, mem->base);
	mem->prot = prot;
	step_say("%s: %zu bytes at address %p are IOVA 0x%llx..0x%llx, %s",
		 what, mem->size, mem->base, mem->iova,
		 (mem->iova + mem->size - 1),
		 prot & IOMMU_IOAS_MAP_WRITEABLE ? "read-write" : "read-only");
	return 0;
}

/* The driver's own memory, the scratch page, and the device itself. */
static int start_device(struct trial *t)
{
	__u32 prot = IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE;
	int err;

	if (step_begin("start the device"))
		return -1;
	if (mem_alloc(&t->scratch, MEM_SMALL, TRANSFER_MAX) ||
	    trial_map(t, &t->scratch, "scratch", prot))
		return -1;
	if (t->driver->work_size &&
	    (mem_alloc(&t->dma.work, MEM_SMALL, t->driver->work_size) ||
	     trial_map(t, &t->dma.work, "descriptor rings", prot)))
		return -1;

	err = vfio_dev_map_bar0(&t->vfio);
	if (err)
		return step_fail(-err, "see dmesg", "cannot map BAR 0");
	err = vfio_dev_set_master(&t->vfio, 1);
	if (err)
		return step_fail(-err, "see dmesg",
				 "cannot make the device a bus master");
	t->dma.driver = t->driver;
	t->dma.bar = t->vfio.bar0;
	t->running = 1;
	err = t->driver->init(&t->dma);
	if (err)
		return step_fail(-err, "see dmesg for faults of the device",
				 "the device does not start");
	step_say("BAR 0 of %zu KiB mapped, bus master on; it copies %s",
		 t->vfio.bar0_size / 1024, t->driver->how);
	return 0;
}

static int open_all(struct trial *t)
{
	int err;

	if (step_begin("open the kernel log"))
		return -1;
	err = kmsg_open(&t->kmsg);
	if (err)
		return step_fail(-err, "mount devtmpfs on /dev, run as root",
				 "cannot read /dev/kmsg");
	if (open_nodes(t) || enter_first(t) || show_iommu(t) || show_ranges(t))
		return -1;
	return start_device(t);
}

static void close_all(struct trial *t)
{
	size_t i;

	if (t->running)
		t->driver->stop(&t->dma);
	if (t->vfio.fd >= 0)
		vfio_dev_set_master(&t->vfio, 0);
	if (t->vfio.attached)
		vfio_dev_detach(&t->vfio);
	if (t->first)
		iommufd_destroy(t->iommufd, t->first);
	if (t->second)
		iommufd_destroy(t->iommufd, t->second);
	vfio_dev_close(&t->vfio);
	iommufd_session_close(t->session);
	kmsg_close(&t->kmsg);
	for (i = 0; i < TRIAL_PAIRS; i++) {
		mem_free(&t->pairs[i].src);
		mem_free(&t->pairs[i].dst);
	}
	mem_free(&t->scratch);
	mem_free(&t->dma.work);
	pci_func_give_back(t->func);
}

/* A detach that works is part of the demo; close_all() cannot fail. */
static int detach(struct trial *t)
{
	int err;

	if (step_begin("VFIO_DEVICE_DETACH_IOMMUFD_PT"))
		return -1;
	t->driver->stop(&t->dma);
	t->running = 0;
	err = vfio_dev_detach(&t->vfio);
	if (err)
		return step_refused(t->session, VFIO_DEVICE_DETACH_IOMMUFD_PT,
				    err, "the call failed");
	step_say("detached");
	return 0;
}

int trial_run(struct pci_func *func, const struct dma_driver *driver,
	      const struct trial_options *options)
{
	struct trial *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return step_fail(ENOMEM, "give the machine more memory",
				 "cannot allocate the trial");
	t->options = options;
	t->func = func;
	t->driver = driver;
	t->iommufd = -1;
	t->kmsg.fd = -1;
	t->vfio.fd = -1;

	step_subject("%s %s", driver->name, func->bdf);
	err = open_all(t);
	if (!err)
		err = trial_memory(t);
	if (!err)
		err = trial_move(t);
	if (!err)
		err = trial_stray(t);
	if (!err)
		err = detach(t);
	close_all(t);
	step_subject("%s", "");
	free(t);
	return err;
}
