// SPDX-License-Identifier: GPL-2.0-only
/*
 * iommufd-demo-nested: what a virtual machine monitor does for a guest that has an
 * IOMMU of its own, each step in a line.
 *
 * The guest's first-stage tables are in the guest's memory. The unit walks them, and
 * translates what they lead to by a second stage that the kernel keeps. The hardware is
 * simulated (Documentation/driver-api/vtd/sim.rst), the calls are those for any.
 * See Documentation/userspace-api/iommufd/nesting.rst.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <iommufd.h>

#include "../../../include/uapi/linux/iommufd_vtd.h"
#include "../step.h"
#include "engine.h"
#include "guest.h"

/* Source ids that the guest knows: 00:05.0 and 00:06.0 */
#define VIRT_A		0x28
#define VIRT_B		0x30
#define PASIDS		3
#define WAIT_MS		20000

static struct {
	struct iommufd_session *session;
	int fd;
	struct guest guest;
	struct engine a, b;
	__u32 ioas, parent, viommu;
	int events;
	int faults;
	__u32 fault_id;
	__u64 root;		/* the table for requests without PASID */
	__u32 hwpt;
	__u64 lawful;		/* stale hits between a change and its invalidation */
} vm = { .a.fd = -1, .b.fd = -1, .events = -1, .faults = -1 };

static int refused(unsigned long request, int err, const char *what)
{
	return step_refused(vm.session, request, err, "%s", what);
}

static int hardware(void)
{
	if (step_begin("hardware") || engine_unit_make() || engine_make(&vm.a) ||
	    engine_make(&vm.b))
		return -1;
	step_say("a simulated VT-d unit that nests; %s and %s behind it, with vfio-pci",
		 vm.a.bdf, vm.b.bdf);
	return 0;
}

static int parent_alloc(void)
{
	struct iommu_hwpt_alloc cmd = {
		.size = sizeof(cmd),
		.flags = IOMMU_HWPT_ALLOC_NEST_PARENT | IOMMU_HWPT_ALLOC_PASID |
			 IOMMU_HWPT_ALLOC_DIRTY_TRACKING,
		.dev_id = vm.a.dev_id,
		.pt_id = vm.ioas,
	};
	int err = iommufd_hwpt_alloc(vm.fd, &cmd);

	if (err)
		return refused(IOMMU_HWPT_ALLOC, err, "the nest parent");
	vm.parent = cmd.out_hwpt_id;
	return 0;
}

static int second_stage(void)
{
	__u64 iova = GUEST_RAM;
	int err;

	if (step_begin("second stage") || guest_make(&vm.guest))
		return -1;
	err = iommufd_session_open(NULL, &vm.session);
	if (err)
		return step_fail(-err, "is CONFIG_IOMMUFD set?", "/dev/iommu");
	iommufd_session_trace(vm.session);
	vm.fd = iommufd_session_fd(vm.session);
	if (engine_open(&vm.a, vm.fd) || engine_open(&vm.b, vm.fd))
		return -1;
	err = iommufd_ioas_alloc(vm.fd, &vm.ioas);
	if (!err)
		err = iommufd_ioas_map(vm.fd, vm.ioas, vm.guest.memory,
				       GUEST_PAGES * GUEST_PAGE,
				       IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_READABLE |
				       IOMMU_IOAS_MAP_WRITEABLE, &iova);
	if (err)
		return refused(IOMMU_IOAS_MAP, err, "the guest's memory");
	if (parent_alloc())
		return -1;
	step_say("%llu KiB of the guest's memory in a nest parent, at guest address %#llx",
		 GUEST_PAGES * GUEST_PAGE >> 10, GUEST_RAM);
	return 0;
}

static int name_device(const struct engine *engine, __u64 virt_id)
{
	struct iommu_vdevice_alloc cmd = {
		.size = sizeof(cmd), .viommu_id = vm.viommu, .dev_id = engine->dev_id,
		.virt_id = virt_id,
	};
	int err = iommufd_vdevice_alloc(vm.fd, &cmd);

	return err ? refused(IOMMU_VDEVICE_ALLOC, err, engine->bdf) : 0;
}

static int names(void)
{
	struct iommu_viommu_alloc viommu = {
		.size = sizeof(viommu), .type = IOMMU_VIOMMU_TYPE_VTD,
		.dev_id = vm.a.dev_id, .hwpt_id = vm.parent,
	};
	struct iommu_veventq_alloc queue = {
		.size = sizeof(queue), .type = IOMMU_VEVENTQ_TYPE_VTD,
		.veventq_depth = 256,
	};
	int err;

	if (step_begin("vIOMMU"))
		return -1;
	err = iommufd_viommu_alloc(vm.fd, &viommu);
	if (err)
		return refused(IOMMU_VIOMMU_ALLOC, err, "the vIOMMU");
	vm.viommu = viommu.out_viommu_id;
	queue.viommu_id = vm.viommu;
	err = iommufd_veventq_alloc(vm.fd, &queue);
	if (err)
		return refused(IOMMU_VEVENTQ_ALLOC, err, "the queue of events");
	vm.events = queue.out_veventq_fd;
	if (name_device(&vm.a, VIRT_A) || name_device(&vm.b, VIRT_B))
		return -1;
	step_say("%s is 00:05.0 in the guest, %s is 00:06.0", vm.a.bdf, vm.b.bdf);
	return 0;
}

/* A nested hwpt of a table of the guest; with @fault page requests are reported. */
static int nested_alloc(__u64 root, __u32 fault, __u32 *hwpt)
{
	const struct iommu_hwpt_vtd_s1 data = { .pgtbl_addr = root, .addr_width = 48 };
	struct iommu_hwpt_alloc cmd = {
		.size = sizeof(cmd),
		.flags = IOMMU_HWPT_ALLOC_PASID | (fault ? IOMMU_HWPT_FAULT_ID_VALID : 0),
		.dev_id = vm.a.dev_id,
		.pt_id = vm.viommu,
		.data_type = IOMMU_HWPT_DATA_VTD_S1,
		.data_len = sizeof(data),
		.data_uptr = (unsigned long)&data,
		.fault_id = fault,
	};
	int err = iommufd_hwpt_alloc(vm.fd, &cmd);

	if (err)
		return refused(IOMMU_HWPT_ALLOC, err, "a nested page table");
	*hwpt = cmd.out_hwpt_id;
	return 0;
}

static int attach(const struct engine *engine, __u32 pasid, __u32 hwpt)
{
	__u32 pt = hwpt;
	int err = pasid ? iommufd_vfio_pasid_attach(engine->fd, pasid, &pt) :
			  iommufd_vfio_attach(engine->fd, &pt);

	return err ? refused(VFIO_DEVICE_ATTACH_IOMMUFD_PT, err, engine->bdf) : 0;
}

/* Reads a page by DMA: is all of it @byte? */
static int reads(const struct engine *engine, __u32 flags, __u32 pasid, __u64 iova, int byte)
{
	__u32 status = engine_run(engine, VTD_SIM_OP_READ | flags, pasid, iova);

	if (status != VTD_SIM_OK)
		return step_fail(0, "vtd-sim trace 0 tells what the unit did",
				 "DMA at %#llx ended with status %u", iova, status);
	if (engine->memory[0] == byte && engine->memory[GUEST_PAGE - 1] == byte)
		return 0;
	return step_fail(0, "vtd-sim stale 0 tells whether an entry was stale",
			 "DMA at %#llx read %#x, not %#x", iova, engine->memory[0], byte);
}

static int is_blocked(const struct engine *engine, __u32 pasid, __u64 iova)
{
	__u32 status = engine_run(engine, VTD_SIM_OP_READ, pasid, iova);

	if (status == VTD_SIM_BLOCKED)
		return 0;
	return step_fail(0, "report this", "stray DMA at %#llx ended with status %u", iova,
			 status);
}

static int first_stage(void)
{
	if (step_begin("first stage"))
		return -1;
	vm.root = guest_table(&vm.guest);
	guest_map(&vm.guest, vm.root, GUEST_IOVA(0), guest_data(0));
	guest_fill(&vm.guest, guest_data(0), 0x11);
	if (nested_alloc(vm.root, 0, &vm.hwpt) || attach(&vm.a, 0, vm.hwpt) ||
	    reads(&vm.a, 0, 0, GUEST_IOVA(0), 0x11) ||
	    is_blocked(&vm.a, 0, GUEST_IOVA(1)))
		return -1;
	step_say("the guest's table at %#llx leads %#llx to %#llx: DMA reads what is there",
		 vm.root, GUEST_IOVA(0), guest_data(0));
	return 0;
}

static int pasids(void)
{
	__u32 pasid, hwpt;
	__u64 root;

	if (step_begin("PASIDs"))
		return -1;
	for (pasid = 1; pasid <= PASIDS; pasid++) {
		root = guest_table(&vm.guest);
		guest_map(&vm.guest, root, GUEST_IOVA(0), guest_data(pasid));
		guest_fill(&vm.guest, guest_data(pasid), 0xa0 + pasid);
		if (nested_alloc(root, 0, &hwpt) || attach(&vm.a, pasid, hwpt))
			return -1;
	}
	for (pasid = 1; pasid <= PASIDS; pasid++)
		if (reads(&vm.a, 0, pasid, GUEST_IOVA(0), 0xa0 + pasid))
			return -1;
	step_say("%u PASIDs, each with its own table: one address reads %u different pages",
		 PASIDS, PASIDS);
	return 0;
}

static int invalidate(__u64 virt_id, __u64 iova)
{
	const struct iommu_viommu_vtd_invalidate entry = {
		.addr = iova, .npages = 1, .virt_id = virt_id,
		.pasid = IOMMU_VIOMMU_VTD_NO_PASID, .flags = IOMMU_VTD_INV_FLAGS_LEAF,
	};
	__u32 num = 1;

	return iommufd_hwpt_invalidate(vm.fd, vm.viommu, IOMMU_VIOMMU_INVALIDATE_DATA_VTD,
				       &entry, sizeof(entry), &num);
}

static int stale_then_fresh(void)
{
	struct vtd_sim_counters counters;
	__u32 status;
	__u8 before;
	int err;

	if (step_begin("invalidation"))
		return -1;
	guest_fill(&vm.guest, guest_data(8), 0x88);
	guest_map(&vm.guest, vm.root, GUEST_IOVA(0), guest_data(8));
	status = engine_run(&vm.a, VTD_SIM_OP_READ, 0, GUEST_IOVA(0));
	before = vm.a.memory[0];
	if (status != VTD_SIM_OK)
		return step_fail(0, "report this", "DMA ended with status %u", status);
	if (engine_counters(&counters))
		return -1;
	vm.lawful = counters.stale;
	err = invalidate(VIRT_A, GUEST_IOVA(0));
	if (err)
		return refused(IOMMU_HWPT_INVALIDATE, err, "the guest's invalidation");
	if (reads(&vm.a, 0, 0, GUEST_IOVA(0), 0x88))
		return -1;
	step_say("an entry changes: DMA reads %#x (%s); it is invalidated: DMA reads 0x88",
		 before, before == 0x11 ? "old, which is lawful" : "new");
	return 0;
}

static int wait_for(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return poll(&pfd, 1, WAIT_MS) == 1 ? 0 : -1;
}

static int answer_fault(__u64 iova)
{
	struct iommu_hwpt_page_response answer = { .code = IOMMUFD_PAGE_RESP_SUCCESS };
	struct iommu_hwpt_pgfault fault;

	if (wait_for(vm.faults) || iommufd_fault_read(vm.faults, &fault, 1) != 1)
		return step_fail(0, "see dmesg", "no page request was reported");
	if (fault.addr != iova || fault.dev_id != vm.a.dev_id)
		return step_fail(0, "report this", "a page request for %#llx", fault.addr);
	guest_map(&vm.guest, vm.root, iova, guest_data(9));
	answer.cookie = fault.cookie;
	if (iommufd_fault_respond(vm.faults, &answer, 1) != 1)
		return step_fail(errno, "see dmesg", "the answer");
	return 0;
}

static int page_fault(void)
{
	const __u64 iova = GUEST_IOVA(9);
	__u32 hwpt, status;
	int err;

	if (step_begin("page fault"))
		return -1;
	err = iommufd_fault_queue_alloc(vm.fd, &vm.fault_id, &vm.faults);
	if (err)
		return refused(IOMMU_FAULT_QUEUE_ALLOC, err, "the fault queue");
	guest_fill(&vm.guest, guest_data(9), 0x99);
	if (nested_alloc(vm.root, vm.fault_id, &hwpt) || attach(&vm.a, 0, hwpt))
		return -1;
	vm.hwpt = hwpt;
	status = engine_run(&vm.a, VTD_SIM_OP_PAGE, 0, iova);
	if (status != VTD_SIM_PENDING && status != VTD_SIM_OK)
		return step_fail(0, "see dmesg", "the page request ended with status %u",
				 status);
	if (answer_fault(iova))
		return -1;
	if (engine_status(&vm.a) != VTD_SIM_OK)
		return step_fail(0, "report this", "the device got no answer (status %u)",
				 engine_status(&vm.a));
	if (reads(&vm.a, VTD_SIM_OP_ATS, 0, iova, 0x99))
		return -1;
	step_say("00:05.0 asks for %#llx; the guest maps it and answers; DMA reads 0x99",
		 iova);
	return 0;
}

static int dirty_read(__u64 *bits)
{
	struct iommu_hwpt_get_dirty_bitmap cmd = {
		.size = sizeof(cmd), .hwpt_id = vm.parent, .iova = GUEST_RAM,
		.length = 64 * GUEST_PAGE, .page_size = GUEST_PAGE,
		.data = (unsigned long)bits,
	};

	*bits = 0;
	return iommufd_dirty_read(vm.fd, &cmd);
}

static int dirty_pages(void)
{
	__u64 first, second;
	int err;

	if (step_begin("dirty pages"))
		return -1;
	err = iommufd_dirty_track(vm.fd, vm.parent, IOMMU_HWPT_DIRTY_TRACKING_ENABLE);
	if (err)
		return refused(IOMMU_HWPT_SET_DIRTY_TRACKING, err, "dirty tracking");
	if (engine_run(&vm.a, VTD_SIM_OP_WRITE, 0, GUEST_IOVA(0)) != VTD_SIM_OK ||
	    engine_run(&vm.a, VTD_SIM_OP_WRITE, 2, GUEST_IOVA(0)) != VTD_SIM_OK)
		return step_fail(0, "report this", "DMA failed");
	err = dirty_read(&first);
	if (!err)
		err = dirty_read(&second);
	if (err)
		return refused(IOMMU_HWPT_GET_DIRTY_BITMAP, err, "the bitmap");
	if (first != (1 << 8 | 1 << 2) || second)
		return step_fail(0, "report this", "bitmaps %#llx and %#llx", first, second);
	step_say("two writes: pages 2 and 8 are dirty, and clean after they were read");
	iommufd_dirty_track(vm.fd, vm.parent, 0);
	return 0;
}

static const char *kind_of(const struct iommu_vevent_vtd *event)
{
	switch (event->kind) {
	case IOMMU_VEVENT_VTD_FAULT:
		return "fault";
	case IOMMU_VEVENT_VTD_CUT_OFF:
		return "cut off";
	case IOMMU_VEVENT_VTD_RECOVERED:
		return "recovered";
	}
	return "unknown";
}

/* Reads events until one of the kind comes for the device. */
static int wait_event(__u32 kind, __u64 virt_id)
{
	char buf[64 * 64];

	while (!wait_for(vm.events)) {
		struct iommufd_vevents events = {
			.buf = buf, .data_len = sizeof(struct iommu_vevent_vtd),
		};
		struct iommufd_vevent one;
		int n = iommufd_vevent_read(vm.events, buf, sizeof(buf));

		events.bytes = n > 0 ? n : 0;
		while (iommufd_vevent_next(&events, &one) == 1) {
			const struct iommu_vevent_vtd *event = one.data;

			if (!event)
				continue;
			step_say("event: %s, device %02llx:%02llx.%llx, address %#llx, reason %#x",
				 kind_of(event), event->virt_id >> 8,
				 event->virt_id >> 3 & 31, event->virt_id & 7,
				 event->addr, event->reason);
			if (event->kind == kind && event->virt_id == virt_id)
				return 0;
		}
	}
	return step_fail(0, "report this", "the event did not come");
}

/* The guest's stray DMA of the first stage is reported by now, too. */
static int who_failed(void)
{
	int err;

	if (step_begin("who failed"))
		return -1;
	guest_fill(&vm.guest, guest_data(8), 0x55);
	if (attach(&vm.b, 0, vm.hwpt) || reads(&vm.b, VTD_SIM_OP_ATS, 0, GUEST_IOVA(0), 0x55) ||
	    engine_behave(&vm.b, VTD_SIM_IGNORE_INVALIDATIONS))
		return -1;
	err = invalidate(VIRT_B, GUEST_IOVA(0));
	if (err != -ETIMEDOUT)
		return step_fail(-err, "report this", "the invalidation did not time out");
	if (wait_event(IOMMU_VEVENT_VTD_CUT_OFF, VIRT_B) ||
	    is_blocked(&vm.b, 0, GUEST_IOVA(0)) ||
	    reads(&vm.a, 0, 0, GUEST_IOVA(0), 0x55))
		return -1;
	step_say("00:06.0 does not answer: its DMA is blocked; 00:05.0 goes on");
	if (engine_behave(&vm.b, 0))
		return -1;
	err = iommufd_vfio_reset(vm.b.fd);
	if (err)
		return step_fail(-err, "see dmesg", "the reset");
	if (attach(&vm.b, 0, vm.hwpt) || wait_event(IOMMU_VEVENT_VTD_RECOVERED, VIRT_B))
		return -1;
	step_say("after a reset it works again");
	return reads(&vm.b, 0, 0, GUEST_IOVA(0), 0x55);
}

static int honest(void)
{
	struct vtd_sim_counters counters;

	if (step_begin("caches") || engine_counters(&counters))
		return -1;
	if (counters.stale != vm.lawful || counters.stale_device || counters.misuse)
		return step_fail(0, "vtd-sim stale 0 names them",
				 "%llu stale hits, %llu of device TLBs, %llu rules broken",
				 counters.stale - vm.lawful, counters.stale_device,
				 counters.misuse);
	step_say("%llu requests, and no cache of the unit was used that should have been empty",
		 counters.requests);
	return 0;
}

int main(void)
{
	int failed;

	step_init();
	step_subject("nested");
	failed = hardware() || second_stage() || names() || first_stage() || pasids() ||
		 stale_then_fresh() || page_fault() || dirty_pages() || who_failed() || honest();
	engine_close(&vm.a);
	engine_close(&vm.b);
	if (vm.events >= 0)
		close(vm.events);
	if (vm.faults >= 0)
		close(vm.faults);
	if (vm.session)
		iommufd_session_close(vm.session);
	engine_remove(&vm.a);
	engine_remove(&vm.b);
	engine_unit_remove();
	(void)failed;
	return step_verdict();
}
