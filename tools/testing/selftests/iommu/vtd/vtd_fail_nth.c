// SPDX-License-Identifier: GPL-2.0-only
/*
 * On a simulated unit that nests: lets every allocation and user copy fail once inside of
 * each call that has to do with nested translation.
 *
 * For nth = 1, 2, ... until no failure is injected (FAIL_NTH_EVERY: every n-th) the call
 * runs with its nth step failing. It must either succeed or change nothing: the device
 * translates as before, and no table, domain id, pin or file is left. Then it works when
 * it is called again. Documentation/driver-api/vtd/attach.rst says what holds.
 *
 * Needs a kernel with CONFIG_FAULT_INJECTION, CONFIG_INTEL_IOMMU_SIM and vtd_sim=.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <iommufd.h>

#include "../../../../../include/uapi/linux/iommufd_vtd.h"
#include "lib/census.h"
#include "lib/event.h"
#include "lib/fault.h"
#include "lib/nest.h"
#include "lib/tenant.h"
#include "vtd_fail_nth/cases.h"

#define CASE_SECONDS	600
#define PASID		77
#define VIRT		0x0108
#define NENTRIES	300

static const struct profile full = { VTD_SIM_FULL, "", 0 };

/**
 * struct scene - a tenant, and what calls are made with
 * @t: the tenant; its function is attached to @a
 * @root: of the table of @a: all NPAGES, the last one first
 * @a: a nested hwpt
 * @b: another one: two pages, the last one first
 * @viommu: over the parent
 * @queue: for page requests
 * @made: what the call made
 * @file: the same, if it is a file; -1: none
 */
struct scene {
	struct tenant t;
	__u64 root;
	__u32 a, b;
	__u32 viommu;
	struct event_queue queue;
	__u32 made;
	int file;
};

/**
 * struct call - a call that may fail
 * @run: the call; 0 or -errno
 * @before: what holds before it, and after a failure
 * @after: what holds after it
 * @undo: takes its effect back
 * @untold: what to do, if the call did its work and could only not say so
 */
struct call {
	int (*run)(struct scene *s);
	void (*before)(struct scene *s);
	void (*after)(struct scene *s);
	void (*undo)(struct scene *s);
	void (*untold)(struct scene *s);
};

static void scene_make(struct scene *s)
{
	struct iommu_viommu_alloc cmd = { .type = IOMMU_VIOMMU_TYPE_VTD };

	memset(s, 0, sizeof(*s));
	s->file = -1;
	tenant_make(&s->t, &full);
	s->root = tenant_reversed(&s->t, NPAGES);
	s->a = tenant_hwpt(&s->t, s->root);
	s->b = tenant_hwpt(&s->t, tenant_reversed(&s->t, 2));
	cmd.dev_id = s->t.fn.id;
	cmd.hwpt_id = s->t.parent;
	CHECK_OK(__viommu_alloc(s->t.fd, &cmd));
	s->viommu = cmd.out_viommu_id;
	s->queue = fault_queue(s->t.fd);
	vfio_attach(s->t.fn.device, s->a);
}

static void scene_end(struct scene *s)
{
	close(s->queue.fd);
	tenant_end(&s->t);
}

static void by_a(struct scene *s)
{
	tenant_reversed_reached(&s->t, 0, NPAGES);
	tenant_reversed_reached(&s->t, VTD_SIM_OP_ATS, NPAGES);
}

static void by_b(struct scene *s)
{
	tenant_reversed_reached(&s->t, 0, 2);
	tenant_reversed_reached(&s->t, VTD_SIM_OP_ATS, 2);
	tenant_blocked(&s->t, 0, IOVA + 2 * PAGE);
}

static void destroy_made(struct scene *s)
{
	if (s->file >= 0)
		close(s->file);
	s->file = -1;
	destroy(s->t.fd, s->made);
}

static struct iommu_hwpt_vtd_s1 data_of(const struct scene *s)
{
	return (struct iommu_hwpt_vtd_s1){ .pgtbl_addr = s->root, .addr_width = 48 };
}

static int alloc_nested(struct scene *s)
{
	struct iommu_hwpt_vtd_s1 data = data_of(s);

	return __tenant_hwpt(&s->t, &data, &s->made);
}

static int alloc_by_viommu(struct scene *s)
{
	struct iommu_hwpt_vtd_s1 data = data_of(s);
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_ALLOC_PASID, .dev_id = s->t.fn.id,
		.pt_id = s->viommu, .data_type = IOMMU_HWPT_DATA_VTD_S1,
		.data_len = sizeof(data), .data_uptr = (unsigned long)&data,
	};
	int rc = __hwpt_alloc(s->t.fd, &cmd);

	s->made = cmd.out_hwpt_id;
	return rc;
}

static int alloc_parent(struct scene *s)
{
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_ALLOC_NEST_PARENT | IOMMU_HWPT_ALLOC_DIRTY_TRACKING,
		.dev_id = s->t.fn.id, .pt_id = s->t.ioas,
	};
	int rc = __hwpt_alloc(s->t.fd, &cmd);

	s->made = cmd.out_hwpt_id;
	return rc;
}

static int alloc_viommu(struct scene *s)
{
	struct iommu_viommu_alloc cmd = {
		.type = IOMMU_VIOMMU_TYPE_VTD, .dev_id = s->t.fn.id, .hwpt_id = s->t.parent,
	};
	int rc = __viommu_alloc(s->t.fd, &cmd);

	s->made = cmd.out_viommu_id;
	return rc;
}

static int alloc_vdevice(struct scene *s)
{
	return __vdevice_alloc(s->t.fd, s->viommu, s->t.fn.id, VIRT, &s->made);
}

static int alloc_events(struct scene *s)
{
	struct iommu_veventq_alloc cmd = {
		.type = IOMMU_VEVENTQ_TYPE_VTD, .veventq_depth = 8, .viommu_id = s->viommu,
	};
	int rc = __veventq(s->t.fd, &cmd);

	if (!rc)
		s->file = cmd.out_veventq_fd;
	s->made = cmd.out_veventq_id;
	return rc;
}

static int attach(struct scene *s, __u32 hwpt)
{
	return __vfio_attach(s->t.fn.device, &hwpt);
}

static int replace(struct scene *s)
{
	return attach(s, s->b);
}

static int replace_by_parent(struct scene *s)
{
	return attach(s, s->t.parent);
}

static void by_parent(struct scene *s)
{
	tenant_reaches(&s->t, 0, tenant_data(0), tenant_data(0));
	tenant_blocked(&s->t, 0, IOVA);
}

static void back_to_a(struct scene *s)
{
	CHECK_OK(attach(s, s->a));
}

/* Requests without PASID are blocked before. */
static int attach_first(struct scene *s)
{
	return attach(s, s->a);
}

static void detach(struct scene *s)
{
	CHECK_OK(__vfio_detach(s->t.fn.device));
}

static void is_blocked(struct scene *s)
{
	tenant_blocked(&s->t, 0, IOVA);
}

/* One that wants page requests, made by the call itself. */
static int attach_hearing(struct scene *s)
{
	struct iommu_hwpt_vtd_s1 data = data_of(s);
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_FAULT_ID_VALID, .fault_id = s->queue.id,
		.dev_id = s->t.fn.id, .pt_id = s->t.parent,
		.data_type = IOMMU_HWPT_DATA_VTD_S1,
		.data_len = sizeof(data), .data_uptr = (unsigned long)&data,
	};
	int rc = __hwpt_alloc(s->t.fd, &cmd);

	if (rc)
		return rc;
	s->made = cmd.out_hwpt_id;
	rc = attach(s, s->made);
	if (rc)
		destroy(s->t.fd, s->made);
	return rc;
}

static void stop_hearing(struct scene *s)
{
	back_to_a(s);
	destroy(s->t.fd, s->made);
}

static int pasid_attach(struct scene *s, __u32 hwpt)
{
	return iommufd_vfio_pasid_attach(s->t.fn.device, PASID, &hwpt);
}

static int pasid_first(struct scene *s)
{
	return pasid_attach(s, s->b);
}

static int pasid_replace(struct scene *s)
{
	return pasid_attach(s, s->a);
}

static __u32 with_pasid(struct scene *s)
{
	return tenant_use(&s->t.fn, PASID);
}

static void pasid_blocked(struct scene *s)
{
	tenant_blocked(&s->t, with_pasid(s), IOVA);
	by_a(s);
}

static void pasid_by_b(struct scene *s)
{
	tenant_reversed_reached(&s->t, with_pasid(s), 2);
	by_a(s);
}

static void pasid_by_a(struct scene *s)
{
	tenant_reversed_reached(&s->t, with_pasid(s), NPAGES);
	by_a(s);
}

static void pasid_detach(struct scene *s)
{
	CHECK_OK(iommufd_vfio_pasid_detach(s->t.fn.device, PASID));
}

static void pasid_back(struct scene *s)
{
	CHECK_OK(pasid_first(s));
}

/* More than are carried out at a time. */
static int invalidate(struct scene *s)
{
	static struct iommu_hwpt_vtd_s1_invalidate entries[NENTRIES];
	struct iommu_hwpt_invalidate cmd = {
		.hwpt_id = s->a, .data_uptr = (unsigned long)entries,
		.data_type = IOMMU_HWPT_INVALIDATE_DATA_VTD_S1,
		.entry_len = sizeof(entries[0]), .entry_num = NENTRIES,
	};
	unsigned int i;
	int rc;

	for (i = 0; i < NENTRIES; i++)
		entries[i] = (struct iommu_hwpt_vtd_s1_invalidate){
			.addr = IOVA + i % NPAGES * PAGE, .npages = 1,
		};
	rc = __invalidate(s->t.fd, &cmd);
	/* How far it came is an answer, too, which may be what fails. */
	CHECK(rc == -EFAULT || (rc ? cmd.entry_num < NENTRIES : cmd.entry_num == NENTRIES));
	return rc;
}

/* Its children are in use: by requests without PASID, and by one with. */
static int track(struct scene *s, __u32 flags)
{
	struct iommu_hwpt_set_dirty_tracking cmd = {
		.size = sizeof(cmd), .flags = flags, .hwpt_id = s->made,
	};

	return ioctl(s->t.fd, IOMMU_HWPT_SET_DIRTY_TRACKING, &cmd) ? -errno : 0;
}

/* VFIO detaches requests without PASID if it cannot write the id, whatever it attached. */
static void rid_detached(struct scene *s)
{
	is_blocked(s);
	back_to_a(s);
}

static void pasid_stays(struct scene *s)
{
	rid_detached(s);
	pasid_detach(s);
}

static void pasid_stays_replaced(struct scene *s)
{
	rid_detached(s);
	pasid_back(s);
}

static const struct call calls[] = {
	{ alloc_nested, by_a, by_a, destroy_made, NULL },
	{ alloc_by_viommu, by_a, by_a, destroy_made, NULL },
	{ alloc_parent, by_a, by_a, destroy_made, NULL },
	{ alloc_viommu, by_a, by_a, destroy_made, NULL },
	{ alloc_vdevice, by_a, by_a, destroy_made, NULL },
	{ alloc_events, by_a, by_a, destroy_made, NULL },
	{ replace, by_a, by_b, back_to_a, rid_detached },
	{ replace_by_parent, by_a, by_parent, back_to_a, rid_detached },
	{ attach_first, is_blocked, by_a, detach, NULL },
	{ attach_hearing, by_a, by_a, stop_hearing, rid_detached },
	{ pasid_first, pasid_blocked, pasid_by_b, pasid_detach, pasid_stays },
	{ pasid_replace, pasid_by_b, pasid_by_a, pasid_back, pasid_stays_replaced },
	{ invalidate, by_a, by_a, by_a, NULL },
};

unsigned int nfiles(void)
{
	unsigned int n = 0;
	int fd;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

void check_failure(int rc, unsigned int nth)
{
	if (rc != -ENOMEM && rc != -EFAULT && rc != -EMFILE && rc != -ENFILE)
		harness_fail(__FILE__, __LINE__, "step %u: unexpected %s", nth,
			     strerrorname_np(-rc) ?: "?");
}

static bool is_detached(const struct scene *s)
{
	return sim_run(&s->t.fn, VTD_SIM_OP_READ, IOVA, PAGE, 0) != VTD_SIM_OK;
}

/* Returns whether the nth step was there to fail. */
static bool fail_once(struct scene *s, const struct call *call, const struct fault *fault,
		      unsigned int nth)
{
	struct census census = census_take();
	unsigned int files = nfiles();
	bool injected;
	int rc;

	fault_arm(fault, nth);
	rc = call->run(s);
	injected = fault_disarm(fault);
	if (rc) {
		if (!injected)
			harness_fail(__FILE__, __LINE__, "step %u: %s without a failure", nth,
				     strerrorname_np(-rc) ?: "?");
		check_failure(rc, nth);
		CHECK_EQ(nfiles(), files);
		if (rc == -EFAULT && call->untold && is_detached(s))
			call->untold(s);
		census_check(&census, "after the failure of step %u", nth);
		call->before(s);
		CHECK_OK(call->run(s));
	}
	call->after(s);
	call->undo(s);
	CHECK_EQ(nfiles(), files);
	return injected;
}

static void fails(const void *arg)
{
	const struct call *call = arg;
	struct fault fault = fault_open();
	unsigned int nth, n = 0;
	struct scene s;

	scene_make(&s);
	if (call->run == attach_first)
		detach(&s);
	if (call->run == pasid_replace)
		CHECK_OK(pasid_first(&s));
	call->before(&s);
	/* Once without: what is allocated only once is there then. */
	CHECK_OK(call->run(&s));
	call->after(&s);
	call->undo(&s);
	for (nth = 1; nth < MAX_NTH; nth += fault_every(), n++) {
		if (!fail_once(&s, call, &fault, nth))
			break;
	}
	CHECK(nth < MAX_NTH);
	harness_note("%u steps failed", n);
	scene_end(&s);
}

/* On and off, with children in use; a failure leaves it as it was. */
static void tracking(void)
{
	struct fault fault = fault_open();
	__u32 flags, on = IOMMU_HWPT_DIRTY_TRACKING_ENABLE;
	unsigned int nth, n = 0;
	struct scene s;
	bool more;
	int rc;

	scene_make(&s);
	CHECK_OK(alloc_parent(&s));
	CHECK_OK(attach(&s, s.made));
	for (flags = 0; flags <= on; flags += on) {
		for (nth = 1, more = true; more && nth < MAX_NTH; nth += fault_every()) {
			CHECK_OK(track(&s, on - flags));
			fault_arm(&fault, nth);
			rc = track(&s, flags);
			more = fault_disarm(&fault);
			if (rc)
				check_failure(rc, nth);
			n += more;
			tenant_reaches(&s.t, 0, tenant_data(1), tenant_data(1));
		}
	}
	harness_note("%u steps failed", n);
	CHECK_OK(track(&s, 0));
	back_to_a(&s);
	destroy(s.t.fd, s.made);
	scene_end(&s);
}

#define ON(i, f) { .name = #f, .fn_arg = fails, .arg = &calls[i], .seconds = CASE_SECONDS }
#define CASE(f)	 { .name = #f, .fn = f, .seconds = CASE_SECONDS }

static const struct test_case cases[] = {
	ON(0, alloc_nested), ON(1, alloc_by_viommu), ON(2, alloc_parent),
	ON(3, alloc_viommu), ON(4, alloc_vdevice), ON(5, alloc_events),
	ON(6, replace), ON(7, replace_by_parent), ON(8, attach_first),
	ON(9, attach_hearing), ON(10, pasid_first), ON(11, pasid_replace),
	ON(12, invalidate),
	CASE(tracking), CASE(bind_process),
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
