// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * a fault of device 0x28 at 0x40000000: write, reason 0x79
 * nothing is lost
 */
/*
 * What happens to a guest's devices, under the names that the guest has for
 * them: a vIOMMU, a virtual device, a queue of events. The device is one that
 * the kernel simulates (vtd_sim=8M).
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/iommufd_vtd.h>

#include "../nested/engine.h"
#include "sample.h"

#define VIRT_ID 0x28	/* 00:05.0 in the guest */
#define STRAY 0x40000000ULL

static struct iommufd_session *session;
static struct engine engine = { .fd = -1 };
static int fd;

static __u32 host_table(void)
{
	struct iommu_hwpt_alloc cmd = {
		.size = sizeof(cmd), .flags = IOMMU_HWPT_ALLOC_NEST_PARENT,
		.dev_id = engine.dev_id,
	};

	sample_check(session, IOMMU_IOAS_ALLOC, iommufd_ioas_alloc(fd, &cmd.pt_id));
	sample_check(session, IOMMU_HWPT_ALLOC, iommufd_hwpt_alloc(fd, &cmd));
	return cmd.out_hwpt_id;
}

/* The guest's unit, its name for the device, and a file of events. */
static int event_queue(__u32 parent)
{
	struct iommu_viommu_alloc viommu = {
		.size = sizeof(viommu), .type = IOMMU_VIOMMU_TYPE_VTD,
		.dev_id = engine.dev_id, .hwpt_id = parent,
	};
	struct iommu_veventq_alloc queue = {
		.size = sizeof(queue), .type = IOMMU_VEVENTQ_TYPE_VTD,
		.veventq_depth = 64,
	};
	struct iommu_vdevice_alloc name = {
		.size = sizeof(name), .dev_id = engine.dev_id, .virt_id = VIRT_ID,
	};

	sample_check(session, IOMMU_VIOMMU_ALLOC, iommufd_viommu_alloc(fd, &viommu));
	queue.viommu_id = viommu.out_viommu_id;
	sample_check(session, IOMMU_VEVENTQ_ALLOC,
		     iommufd_veventq_alloc(fd, &queue));
	name.viommu_id = viommu.out_viommu_id;
	sample_check(session, IOMMU_VDEVICE_ALLOC, iommufd_vdevice_alloc(fd, &name));
	return (int)queue.out_veventq_fd;
}

static void show(int queue)
{
	struct iommufd_vevents events = {
		.data_len = sizeof(struct iommu_vevent_vtd),
	};
	struct pollfd ready = { .fd = queue, .events = POLLIN };
	struct iommu_vevent_vtd what;
	struct iommufd_vevent event;
	char buf[1024];
	int n;

	sample_need(poll(&ready, 1, 10000) == 1, "no event has come");
	n = iommufd_vevent_read(queue, buf, sizeof(buf));
	sample_need(n > 0, "read");
	events.buf = buf;
	events.bytes = (size_t)n;
	sample_need(iommufd_vevent_next(&events, &event) == 1 && !event.lost,
		    "an event");
	memcpy(&what, event.data, sizeof(what));
	sample_need(what.kind == IOMMU_VEVENT_VTD_FAULT, "another event");
	printf("a fault of device 0x%llx at 0x%llx: %s, reason 0x%x\n",
	       (unsigned long long)what.virt_id, (unsigned long long)what.addr,
	       what.flags & IOMMU_VEVENT_VTD_WRITE ? "write" : "read",
	       what.reason);
	printf("nothing is lost\n");
}

int main(void)
{
	__u32 parent, pt;
	int queue;

	session = sample_open();
	fd = iommufd_session_fd(session);
	sample_need(!engine_unit_make() && !engine_make(&engine) &&
		    !engine_open(&engine, fd), "a simulated device");
	parent = host_table();
	queue = event_queue(parent);
	pt = parent;
	sample_check(session, VFIO_DEVICE_ATTACH_IOMMUFD_PT,
		     iommufd_vfio_attach(engine.fd, &pt));
	/* Nothing is mapped: the unit refuses it. */
	sample_need(engine_run(&engine, VTD_SIM_OP_WRITE, 0, STRAY), "DMA passed");
	show(queue);
	close(queue);
	engine_close(&engine);
	iommufd_session_close(session);
	engine_remove(&engine);
	engine_unit_remove();
	return 0;
}
