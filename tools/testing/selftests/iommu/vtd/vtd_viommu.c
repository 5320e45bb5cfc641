// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vIOMMU of VT-d: what happens to a guest's device comes as an event with the
 * source id that the guest knows, and the guest's invalidations name it likewise.
 *
 * On simulated units that nest and whose caches keep all they may.
 *
 * Documentation/userspace-api/iommufd/vtd-viommu.rst says what holds.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <linux/vfio.h>

#include <iommufd.h>

#include "../../../../../include/uapi/linux/iommufd_vtd.h"
#include "lib/event.h"
#include "lib/nest.h"
#include "lib/tenant.h"
#include "lib/uapi.h"

#define CASE_SECONDS	120
#define VIRT_A		0x0108
#define VIRT_B		0xabcd0210
#define PASID		77
#define DEPTH		1024
/* More faults than a small queue holds */
#define SMALL		8
#define FLOOD		300
#define EVENT_SECONDS	20

static const struct profile full = { VTD_SIM_FULL, "", 0 };
static const struct profile flat = { VTD_SIM_FULL, "-nest", 0 };

/**
 * struct house - a tenant with a vIOMMU, two functions and a queue of events
 * @g: the tenant; its function is VIRT_A
 * @other: VIRT_B
 * @viommu: the vIOMMU
 * @vdev: of @g.fn
 * @queue: the events
 */
struct house {
	struct tenant g;
	struct sim_function other;
	__u32 viommu;
	__u32 vdev;
	struct event_queue queue;
};

/* One record as it is read. */
struct record {
	struct iommufd_vevent_header header;
	struct iommu_vevent_vtd event;
};

static struct iommu_viommu_alloc viommu_args(const struct tenant *g, __u32 dev)
{
	return (struct iommu_viommu_alloc){
		.type = IOMMU_VIOMMU_TYPE_VTD, .dev_id = dev, .hwpt_id = g->parent,
	};
}

static void house_make_queue(struct house *h, __u32 depth)
{
	struct iommu_veventq_alloc queue = {
		.type = IOMMU_VEVENTQ_TYPE_VTD, .veventq_depth = depth,
	};
	struct iommu_viommu_alloc cmd;

	tenant_make(&h->g, &full);
	h->other = sim_function(&h->g.sim, VTD_SIM_ENGINE, 0);
	sim_function_open(&h->other, h->g.fd);
	cmd = viommu_args(&h->g, h->g.fn.id);
	CHECK_OK(__viommu_alloc(h->g.fd, &cmd));
	h->viommu = cmd.out_viommu_id;
	h->vdev = vdevice_alloc(h->g.fd, h->viommu, h->g.fn.id, VIRT_A);
	vdevice_alloc(h->g.fd, h->viommu, h->other.id, VIRT_B);
	queue.viommu_id = h->viommu;
	CHECK_OK(__veventq(h->g.fd, &queue));
	h->queue = (struct event_queue){ queue.out_veventq_id, queue.out_veventq_fd };
}

static void house_make(struct house *h)
{
	house_make_queue(h, DEPTH);
}

static void house_end(struct house *h)
{
	close(h->queue.fd);
	sim_function_close(&h->other);
	sim_function_remove(&h->other);
	tenant_end(&h->g);
}

/* A nested hwpt that is made by way of the vIOMMU. */
static __u32 nested(const struct house *h, __u64 root)
{
	const struct iommu_hwpt_vtd_s1 data = { .pgtbl_addr = root, .addr_width = 48 };
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_ALLOC_PASID,
		.dev_id = h->g.fn.id,
		.pt_id = h->viommu,
		.data_type = IOMMU_HWPT_DATA_VTD_S1,
		.data_len = sizeof(data),
		.data_uptr = (unsigned long)&data,
	};

	CHECK_OK(__hwpt_alloc(h->g.fd, &cmd));
	return cmd.out_hwpt_id;
}

/* The next event, which comes a little after what it reports. */
static struct record next_event(const struct house *h)
{
	struct pollfd pfd = { .fd = h->queue.fd, .events = POLLIN };
	struct record record = {};

	CHECK_EQ(poll(&pfd, 1, EVENT_SECONDS * 1000), 1);
	CHECK_EQ(__event_read(h->queue.fd, &record, sizeof(record)), sizeof(record));
	CHECK_EQ(record.event.__reserved, 0);
	return record;
}

static void no_event(const struct house *h)
{
	struct pollfd pfd = { .fd = h->queue.fd, .events = POLLIN };

	CHECK_EQ(poll(&pfd, 1, 200), 0);
}

static void refusals(void)
{
	struct iommu_viommu_alloc cmd;
	struct house h;
	__u32 id;

	house_make(&h);
	cmd = viommu_args(&h.g, h.g.fn.id);
	cmd.data_len = 8;
	cmd.data_uptr = (unsigned long)&id;
	CHECK_ERR(__viommu_alloc(h.g.fd, &cmd), EOPNOTSUPP);
	cmd = viommu_args(&h.g, h.g.fn.id);
	cmd.type++;
	CHECK_ERR(__viommu_alloc(h.g.fd, &cmd), EOPNOTSUPP);
	cmd = viommu_args(&h.g, h.g.fn.id);
	cmd.hwpt_id = hwpt_alloc(h.g.fd, h.g.fn.id, h.g.ioas);
	CHECK_ERR(__viommu_alloc(h.g.fd, &cmd), EINVAL);
	/* One id for a device, one device for an id, of 32 bits. */
	CHECK_ERR(__vdevice_alloc(h.g.fd, h.viommu, h.g.fn.id, 5, &id), EEXIST);
	destroy(h.g.fd, h.vdev);
	CHECK_ERR(__vdevice_alloc(h.g.fd, h.viommu, h.g.fn.id, VIRT_B, &id), EEXIST);
	CHECK_ERR(__vdevice_alloc(h.g.fd, h.viommu, h.g.fn.id, 1ULL << 32, &id), EINVAL);
	CHECK_OK(__vdevice_alloc(h.g.fd, h.viommu, h.g.fn.id, 0xffffffff, &id));
	house_end(&h);
}

/* A unit that does not nest has no vIOMMU; nor has it a nest parent. */
static void not_there(void)
{
	struct sim sim = sim_unit(flat.profile, flat.caps);
	struct sim_function fn = sim_function(&sim, VTD_SIM_ENGINE, 0);
	struct iommu_viommu_alloc cmd = { .type = IOMMU_VIOMMU_TYPE_VTD };
	int fd = iommu_open();

	sim_function_open(&fn, fd);
	cmd.dev_id = fn.id;
	cmd.hwpt_id = hwpt_alloc(fd, fn.id, ioas_alloc(fd));
	CHECK_ERR(__viommu_alloc(fd, &cmd), EOPNOTSUPP);
	sim_function_close(&fn);
	close(fd);
	sim_function_remove(&fn);
	sim_end(&sim);
}

static void expect_fault(const struct house *h, __u64 virt_id, __u64 addr, __u32 flags,
			 __u32 pasid)
{
	struct record record = next_event(h);

	CHECK_EQ(record.event.kind, IOMMU_VEVENT_VTD_FAULT);
	CHECK_EQ(record.event.virt_id, virt_id);
	CHECK_EQ(record.event.addr, addr);
	CHECK_EQ(record.event.flags, flags);
	CHECK_EQ(record.event.pasid, pasid);
	CHECK(record.event.reason);
	CHECK_EQ(record.event.lost, 0);
	CHECK_EQ(record.header.flags, 0);
}

/* Which device, which PASID, which page, and whether it was a write. */
static void faults_by_virtual_id(void)
{
	struct house h;
	__u32 hwpt;

	house_make(&h);
	hwpt = nested(&h, tenant_reversed(&h.g, NPAGES));
	vfio_attach(h.g.fn.device, hwpt);
	vfio_attach(h.other.device, hwpt);
	tenant_pasid(&h.g, PASID, hwpt);
	tenant_reversed_reached(&h.g, 0, NPAGES);
	no_event(&h);

	CHECK_EQ(tenant_read(&h.g.fn, 0, IOVA + 99 * PAGE, 1), VTD_SIM_BLOCKED);
	expect_fault(&h, VIRT_A, IOVA + 99 * PAGE, 0, 0);
	CHECK_EQ(tenant_write(&h.other, 0, IOVA + 98 * PAGE, 1), VTD_SIM_BLOCKED);
	expect_fault(&h, VIRT_B, IOVA + 98 * PAGE, IOMMU_VEVENT_VTD_WRITE, 0);
	tenant_use(&h.g.fn, PASID);
	CHECK_EQ(tenant_write(&h.g.fn, VTD_SIM_OP_PASID, IOVA + 97 * PAGE, 1),
		 VTD_SIM_BLOCKED);
	expect_fault(&h, VIRT_A, IOVA + 97 * PAGE,
		     IOMMU_VEVENT_VTD_WRITE | IOMMU_VEVENT_VTD_PASID, PASID);
	no_event(&h);

	/* Who has no vDEVICE is not reported, and does not disturb. */
	destroy(h.g.fd, h.vdev);
	CHECK_EQ(tenant_read(&h.g.fn, 0, IOVA + 99 * PAGE, 1), VTD_SIM_BLOCKED);
	CHECK_EQ(tenant_read(&h.other, 0, IOVA + 98 * PAGE, 1), VTD_SIM_BLOCKED);
	expect_fault(&h, VIRT_B, IOVA + 98 * PAGE, 0, 0);
	no_event(&h);
	house_end(&h);
}

/* Nobody reads: the queue holds what it may, says that it lost some, and goes on. */
static void faults_in_a_flood(void)
{
	struct record record;
	__u32 i, seen = 0;
	bool marked = false;
	struct house h;

	house_make_queue(&h, SMALL);
	vfio_attach(h.g.fn.device, nested(&h, tenant_reversed(&h.g, NPAGES)));
	for (i = 0; i < FLOOD; i++)
		CHECK_EQ(tenant_read(&h.g.fn, 0, IOVA + (99 + i) * PAGE, 1),
			 VTD_SIM_BLOCKED);
	usleep(300000);
	for (;;) {
		long n;

		memset(&record, 0, sizeof(record));
		n = __event_read(h.queue.fd, &record, sizeof(record));
		if (!n)
			break;
		if (n == sizeof(record.header)) {
			CHECK(record.header.flags & IOMMU_VEVENTQ_FLAG_LOST_EVENTS);
			marked = true;
			continue;
		}
		CHECK_EQ(n, sizeof(record));
		CHECK_EQ(record.event.virt_id, VIRT_A);
		seen++;
	}
	CHECK_EQ(seen, SMALL);
	CHECK(marked);
	CHECK_EQ(tenant_read(&h.g.fn, 0, IOVA + 5 * PAGE, 0), VTD_SIM_OK);
	CHECK_EQ(tenant_read(&h.g.fn, 0, IOVA + 9999 * PAGE, 1), VTD_SIM_BLOCKED);
	record = next_event(&h);
	CHECK_EQ(record.event.addr, IOVA + 9999 * PAGE);
	house_end(&h);
}

static int invalidate(const struct house *h, const struct iommu_viommu_vtd_invalidate *array,
		      __u32 n, __u32 *done)
{
	struct iommu_hwpt_invalidate cmd = {
		.hwpt_id = h->viommu,
		.data_uptr = (unsigned long)array,
		.data_type = IOMMU_VIOMMU_INVALIDATE_DATA_VTD,
		.entry_len = sizeof(*array),
		.entry_num = n,
	};
	int ret = __invalidate(h->g.fd, &cmd);

	*done = cmd.entry_num;
	return ret;
}

static struct iommu_viommu_vtd_invalidate page_of(__u64 virt_id, __u32 pasid, __u64 addr)
{
	return (struct iommu_viommu_vtd_invalidate){
		.addr = addr, .npages = 1, .virt_id = virt_id, .pasid = pasid,
		.flags = IOMMU_VTD_INV_FLAGS_LEAF,
	};
}

/*
 * Two devices, one with a PASID, each with a table of its own; in each a page moves. One
 * call tells all three.
 */
static void invalidate_by_virtual_id(void)
{
	const __u32 none = IOMMU_VIOMMU_VTD_NO_PASID;
	struct iommu_viommu_vtd_invalidate array[4];
	__u64 a, b, c;
	struct house h;
	__u32 done;

	house_make(&h);
	a = tenant_reversed(&h.g, NPAGES);
	b = tenant_reversed(&h.g, NPAGES);
	c = tenant_reversed(&h.g, NPAGES);
	vfio_attach(h.g.fn.device, nested(&h, a));
	vfio_attach(h.other.device, nested(&h, b));
	tenant_pasid(&h.g, PASID, nested(&h, c));
	tenant_use(&h.g.fn, PASID);
	memset(tenant_at(&h.g, tenant_data(NPAGES - 1)), 7, PAGE);
	memset(tenant_at(&h.g, tenant_data(20)), 8, PAGE);
	CHECK_EQ(tenant_read(&h.g.fn, 0, IOVA, 7), VTD_SIM_OK);
	CHECK_EQ(tenant_read(&h.other, 0, IOVA, 7), VTD_SIM_OK);
	CHECK_EQ(tenant_read(&h.g.fn, VTD_SIM_OP_PASID, IOVA, 7), VTD_SIM_OK);
	tenant_map(&h.g, a, IOVA, tenant_data(20));
	tenant_map(&h.g, b, IOVA, tenant_data(20));
	tenant_map(&h.g, c, IOVA, tenant_data(20));
	array[0] = page_of(VIRT_A, none, IOVA);
	array[1] = page_of(VIRT_B, none, IOVA);
	/* Attached nowhere: nothing to forget. */
	array[2] = page_of(VIRT_B, PASID, IOVA);
	array[3] = page_of(VIRT_A, PASID, IOVA);
	CHECK_OK(invalidate(&h, array, 4, &done));
	CHECK_EQ(done, 4);
	CHECK_EQ(tenant_read(&h.g.fn, 0, IOVA, 8), VTD_SIM_OK);
	CHECK_EQ(tenant_read(&h.other, 0, IOVA, 8), VTD_SIM_OK);
	CHECK_EQ(tenant_read(&h.g.fn, VTD_SIM_OP_PASID, IOVA, 8), VTD_SIM_OK);

	/* Those in front of the one that is in error are done. */
	tenant_map(&h.g, a, IOVA, tenant_data(NPAGES - 1));
	array[1].virt_id = 0x77;
	CHECK_ERR(invalidate(&h, array, 4, &done), ENOENT);
	CHECK_EQ(done, 1);
	CHECK_EQ(tenant_read(&h.g.fn, 0, IOVA, 7), VTD_SIM_OK);
	array[1] = page_of(VIRT_B, none, IOVA + 1);
	CHECK_ERR(invalidate(&h, array, 4, &done), EINVAL);
	CHECK_EQ(done, 1);
	array[1] = page_of(VIRT_B, none, IOVA);
	array[1].flags = 2;
	CHECK_ERR(invalidate(&h, array, 4, &done), EOPNOTSUPP);
	CHECK_EQ(done, 1);
	/* Is the type known? */
	CHECK_OK(invalidate(&h, NULL, 0, &done));
	CHECK_EQ(done, 0);
	house_end(&h);
}

/*
 * A device does not answer: the guest hears which, the host cuts it off, the other one
 * goes on. It is reset, attached again, and hears of that.
 */
static void a_mute_device(void)
{
	struct iommu_viommu_vtd_invalidate entry =
		page_of(VIRT_A, IOMMU_VIOMMU_VTD_NO_PASID, IOVA);
	struct record record;
	struct house h;
	__u32 hwpt, done;

	house_make(&h);
	hwpt = nested(&h, tenant_reversed(&h.g, NPAGES));
	vfio_attach(h.g.fn.device, hwpt);
	vfio_attach(h.other.device, hwpt);
	tenant_reversed_reached(&h.g, VTD_SIM_OP_ATS, NPAGES);
	sim_behave(&h.g.fn, VTD_SIM_IGNORE_INVALIDATIONS, 0);
	CHECK_ERR(invalidate(&h, &entry, 1, &done), ETIMEDOUT);
	CHECK_EQ(done, 0);
	record = next_event(&h);
	CHECK_EQ(record.event.kind, IOMMU_VEVENT_VTD_CUT_OFF);
	CHECK_EQ(record.event.virt_id, VIRT_A);
	CHECK_EQ(record.event.reason, IOMMU_VEVENT_VTD_MUTE);
	CHECK_EQ(tenant_read(&h.g.fn, 0, IOVA, 7), VTD_SIM_BLOCKED);
	memset(tenant_at(&h.g, tenant_data(NPAGES - 1)), 7, PAGE);
	CHECK_EQ(tenant_read(&h.other, 0, IOVA, 7), VTD_SIM_OK);

	sim_behave(&h.g.fn, 0, 0);
	while (event_poll(h.queue.fd) & POLLIN)
		CHECK(__event_read(h.queue.fd, &record, sizeof(record)) > 0);
	CHECK_OK(iommufd_vfio_reset(h.g.fn.device));
	vfio_attach(h.g.fn.device, hwpt);
	do
		record = next_event(&h);
	while (record.event.kind == IOMMU_VEVENT_VTD_FAULT);
	CHECK_EQ(record.event.kind, IOMMU_VEVENT_VTD_RECOVERED);
	CHECK_EQ(record.event.virt_id, VIRT_A);
	CHECK_EQ(tenant_read(&h.g.fn, 0, IOVA, 7), VTD_SIM_OK);
	house_end(&h);
}

/* The file is closed, the device unbound, while events come. */
static void ends_in_any_order(void)
{
	struct house h;
	__u32 hwpt;
	int i;

	house_make(&h);
	hwpt = nested(&h, tenant_reversed(&h.g, NPAGES));
	vfio_attach(h.g.fn.device, hwpt);
	for (i = 0; i < 20; i++)
		tenant_read(&h.g.fn, 0, IOVA + 99 * PAGE, 1);
	CHECK_ERR(__destroy(h.g.fd, h.viommu), EBUSY);
	sim_function_close(&h.other);
	close(h.queue.fd);
	for (i = 0; i < 20; i++)
		tenant_read(&h.g.fn, 0, IOVA + 99 * PAGE, 1);
	sim_function_remove(&h.other);
	tenant_end(&h.g);
}

#define CASE(f)	{ .name = #f, .fn = f, .seconds = CASE_SECONDS }

static const struct test_case cases[] = {
	CASE(refusals),
	CASE(not_there),
	CASE(faults_by_virtual_id),
	CASE(faults_in_a_flood),
	CASE(invalidate_by_virtual_id),
	CASE(a_mute_device),
	CASE(ends_in_any_order),
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
