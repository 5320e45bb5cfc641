// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that share an iommu group: binding (DV1) and what the others of the
 * group have to follow (DV3 to DV6), with real devices.
 *
 * EBUSY of a bind (DV1) cannot be provoked: it takes a group that has no owner
 * and yet another translation than the kernel's, and whoever in the kernel
 * makes one of those becomes its owner first.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/edu.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "lib/trace.h"
#include "lib/uapi.h"
#include "lib/vfio.h"

/* Away from the x86 MSI window, and within the 28 bits of edu. */
#define IOVA 0x1000000ULL
#define MSI_WINDOW 0xfee00000ULL

#define GROUP_IN_USE "its iommu group is in use by somebody else"
#define OTHER_HWPT \
	"the group of the device is attached to another hwpt (value: its id)"
#define OTHER_IOAS \
	"the group of the device is attached to a hwpt that was not made automatically for this IOAS"

struct bench {
	struct vfio_pair pair;
	int fd;
	int device[2];
	__u32 id[2];
	__u32 ioas;
	size_t page;
	struct trace trace;
	struct footprint before;
};

static void mark(struct bench *b, int fd)
{
	b->before = footprint_take(fd);
	trace_clear(&b->trace);
}

/* Two devices, not bound. */
static struct bench bench_open(void)
{
	struct bench b = { .page = page_size() };
	int i;

	vfio_find_pair(&b.pair);
	b.trace = trace_open();
	b.fd = iommu_open();
	for (i = 0; i < 2; i++)
		b.device[i] = vfio_open(b.pair.path[i]);
	return b;
}

static struct bench bench_make(void)
{
	struct bench b = bench_open();
	int i;

	for (i = 0; i < 2; i++)
		b.id[i] = vfio_bind(b.device[i], b.fd);
	b.ioas = ioas_alloc(b.fd);
	mark(&b, b.fd);
	return b;
}

static void refused(struct bench *b, int rc, int errnum, const char *field,
		    const char *reason)
{
	trace_check_refused(&b->trace, rc, errnum, field, reason);
	footprint_check(&b->before);
	trace_clear(&b->trace);
}

static void attach_refused(struct bench *b, int i, __u32 pt, const char *reason)
{
	refused(b, __vfio_attach(b->device[i], &pt), EINVAL, "pt_id", reason);
}

static int bind(struct bench *b, int i, int fd)
{
	return __vfio_bind(b->device[i], fd, &b->id[i]);
}

/* All devices of a group have one owner. */
static void other_context(void)
{
	struct bench b = bench_open();
	int other = iommu_open();

	CHECK_OK(bind(&b, 0, b.fd));
	mark(&b, other);
	refused(&b, bind(&b, 1, other), EPERM, "device", GROUP_IN_USE);
	refused(&b, bind(&b, 1, other), EPERM, "device", GROUP_IN_USE);
	/* the second of one context is welcome, and keeps the group */
	CHECK_OK(bind(&b, 1, b.fd));
	CHECK_EQ(close(b.device[0]), 0);
	b.device[0] = vfio_open(b.pair.path[0]);
	mark(&b, other);
	refused(&b, bind(&b, 0, other), EPERM, "device", GROUP_IN_USE);
	/* until the last has left */
	CHECK_EQ(close(b.device[1]), 0);
	CHECK_OK(bind(&b, 0, other));
}

/* A driver of the kernel does DMA in the group, or wants to. */
static void kernel_driver(void)
{
	struct bench b = bench_open();

	if (!b.pair.sibling[0] || !vfio_sibling_probe(&b.pair))
		harness_skip("the group has no device with another driver");
	mark(&b, b.fd);
	refused(&b, bind(&b, 0, b.fd), EPERM, "device", GROUP_IN_USE);
	vfio_sibling_release(&b.pair);
	CHECK_OK(bind(&b, 0, b.fd));
	CHECK(!vfio_sibling_probe(&b.pair));
	CHECK_EQ(close(b.device[0]), 0);
	CHECK(vfio_sibling_probe(&b.pair));
	vfio_sibling_release(&b.pair);
}

/* The first device of the group chooses for the others. */
static void same_hwpt(void)
{
	struct bench b = bench_make();
	__u32 other = ioas_alloc(b.fd);
	__u32 manual = hwpt_alloc(b.fd, b.id[1], b.ioas);
	__u32 hwpt = vfio_attach(b.device[0], b.ioas);

	CHECK(hwpt != manual);
	mark(&b, b.fd);
	attach_refused(&b, 1, manual, OTHER_HWPT);
	attach_refused(&b, 1, other, OTHER_IOAS);
	CHECK_EQ(vfio_attach(b.device[1], hwpt), hwpt);
	CHECK_OK(__vfio_detach(b.device[1]));
	CHECK_EQ(vfio_attach(b.device[1], b.ioas), hwpt);

	CHECK_OK(__vfio_detach(b.device[0]));
	CHECK_ERR(__destroy(b.fd, hwpt), EBUSY);
	/* now the second one has chosen */
	mark(&b, b.fd);
	attach_refused(&b, 0, manual, OTHER_HWPT);
	CHECK_OK(__vfio_detach(b.device[1]));
	CHECK_ERR(__destroy(b.fd, hwpt), ENOENT);
	CHECK_EQ(vfio_attach(b.device[0], manual), manual);
	mark(&b, b.fd);
	/* the automatic one it would get is not what the group has */
	attach_refused(&b, 1, b.ioas, OTHER_IOAS);
	CHECK_OK(__vfio_detach(b.device[0]));
	destroy(b.fd, manual);
	destroy(b.fd, other);
	destroy(b.fd, b.ioas);
}

/* A replace takes all attached devices of the group along, or none. */
static void replace(void)
{
	struct bench b = bench_make();
	__u32 other = ioas_alloc(b.fd);
	__u32 bad = ioas_alloc(b.fd);
	__u32 hwpt = vfio_attach(b.device[0], b.ioas);
	__u32 next;

	CHECK_EQ(vfio_attach(b.device[1], b.ioas), hwpt);
	ioas_map_at(b.fd, bad, mem_pages(1), b.page, MSI_WINDOW);
	mark(&b, b.fd);
	next = bad;
	CHECK_ERR(__vfio_attach(b.device[1], &next), EADDRINUSE);
	footprint_check(&b.before);
	CHECK_ERR(__destroy(b.fd, hwpt), EBUSY);

	next = vfio_attach(b.device[1], other);
	CHECK(next != hwpt);
	CHECK_ERR(__destroy(b.fd, hwpt), ENOENT);
	destroy(b.fd, b.ioas);
	/* the first is there already */
	CHECK_EQ(vfio_attach(b.device[0], other), next);
	CHECK_OK(__vfio_detach(b.device[1]));
	CHECK_ERR(__destroy(b.fd, next), EBUSY);
	CHECK_OK(__vfio_detach(b.device[0]));
	CHECK_ERR(__destroy(b.fd, next), ENOENT);
	destroy(b.fd, other);
}

/* What one device reserves stays reserved until the last of them leaves. */
static void reserved_by_both(void)
{
	struct bench b = bench_make();
	char *va = mem_pages(1);
	int first;

	for (first = 0; first < 2; first++) {
		vfio_attach(b.device[first], b.ioas);
		vfio_attach(b.device[!first], b.ioas);
		CHECK_ERR(__ioas_map_at(b.fd, b.ioas, va, b.page, MSI_WINDOW),
			  EINVAL);
		CHECK_OK(__vfio_detach(b.device[first]));
		CHECK_ERR(__ioas_map_at(b.fd, b.ioas, va, b.page, MSI_WINDOW),
			  EINVAL);
		CHECK_OK(__vfio_detach(b.device[!first]));
		ioas_map_at(b.fd, b.ioas, va, b.page, MSI_WINDOW);
		ioas_unmap(b.fd, b.ioas, MSI_WINDOW, b.page);
	}
	footprint_check(&b.before);
}

/* The device copies the first page to the second. */
static void copies(struct bench *b, int i, volatile void *regs, char *va)
{
	size_t n;

	for (n = 0; n < b->page; n++)
		va[n] = (char)(n * 13 + i + va[n]);
	memset(va + b->page, 0, b->page);
	edu_copy(regs, IOVA + b->page, IOVA, b->page);
	CHECK(!memcmp(va, va + b->page, b->page));
}

/* One device leaves: the DMA of the other goes on, and ends with it. */
static void leave_one_by_one(void)
{
	struct bench b = bench_make();
	long pins = proc_pinned_pages();
	char *va = mem_pages(2);
	volatile void *regs[2];
	int i;

	ioas_map_at(b.fd, b.ioas, va, 2 * b.page, IOVA);
	for (i = 0; i < 2; i++)
		vfio_attach(b.device[i], b.ioas);
	for (i = 0; i < 2; i++) {
		regs[i] = vfio_map_bar(b.device[i], 4096);
		copies(&b, i, regs[i], va);
	}
	CHECK_OK(__vfio_detach(b.device[0]));
	copies(&b, 1, regs[1], va);
	/* the group is attached, so is in truth every device of it */
	vfio_attach(b.device[0], b.ioas);
	/* a mapping of its registers would keep the device open */
	CHECK_EQ(munmap((void *)regs[1], 4096), 0);
	CHECK_EQ(close(b.device[1]), 0);
	copies(&b, 0, regs[0], va);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins + 2));
	CHECK_OK(__vfio_detach(b.device[0]));
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins));
	memset(va + b.page, 0x5a, b.page);
	edu_copy(regs[0], IOVA + b.page, IOVA, b.page);
	CHECK_EQ(va[b.page], 0x5a);
	CHECK_EQ(va[2 * b.page - 1], 0x5a);
}

static const struct test_case cases[] = {
	{ .name = "DV1_other_context", .fn = other_context },
	{ .name = "DV1_kernel_driver", .fn = kernel_driver },
	{ .name = "DV3_same_hwpt", .fn = same_hwpt },
	{ .name = "DV4_reserved_by_both", .fn = reserved_by_both },
	{ .name = "DV5_replace", .fn = replace },
	{ .name = "DV6_leave_one_by_one", .fn = leave_one_by_one },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
