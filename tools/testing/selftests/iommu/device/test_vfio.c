// SPDX-License-Identifier: GPL-2.0-only
/*
 * A real device through its VFIO character device: bind, attach, replace and
 * detach (DV1 to DV9). No test needs the mock here.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/fault.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "lib/uapi.h"
#include "lib/vfio.h"

/* Away from the x86 MSI window and inside of every aperture. */
#define IOVA 0x1000000ULL
#define MSI_WINDOW 0xfee00000ULL
#define MAX_NTH 400

struct bench {
	int fd;
	int device;
	char path[PATH_MAX];
	size_t page;
	char *va;
};

static struct bench bench_make(void)
{
	struct bench b = { .page = page_size() };

	vfio_find(b.path, sizeof(b.path));
	b.fd = iommu_open();
	b.device = vfio_open(b.path);
	b.va = mem_pages(16);
	return b;
}

static void bind_refusals(void)
{
	struct bench b = bench_make();
	struct vfio_device_bind_iommufd cmd = {
		.argsz = sizeof(cmd),
		.iommufd = b.fd,
		.flags = 0x80,
	};
	int null = open("/dev/null", O_RDWR);
	struct footprint before = footprint_take(b.fd);
	__u32 id;

	CHECK_ERR(__iommu_cmd(b.device, VFIO_DEVICE_BIND_IOMMUFD, &cmd),
		  EINVAL);
	cmd.flags = 0;
	cmd.argsz = 12;
	CHECK_ERR(__iommu_cmd(b.device, VFIO_DEVICE_BIND_IOMMUFD, &cmd),
		  EINVAL);
	CHECK_ERR(__vfio_bind(b.device, -1, &id), EINVAL);
	CHECK_ERR(__vfio_bind(b.device, 987, &id), EBADF);
	CHECK_ERR(__vfio_bind(b.device, null, &id), EBADFD);
	footprint_check(&before);
	vfio_bind(b.device, b.fd);
	CHECK_ERR(__vfio_bind(b.device, b.fd, &id), EINVAL);
	CHECK_EQ(close(b.device), 0);
	footprint_check(&before);
}

static void bound_device_is_an_object(void)
{
	struct bench b = bench_make();
	struct footprint before = footprint_take(b.fd);
	__u32 id = vfio_bind(b.device, b.fd);
	struct iommu_hw_info info = { .dev_id = id };
	int busy;

	CHECK_EQ(id, before.next_id);
	CHECK_ERR(__destroy(b.fd, id), EBUSY);
	CHECK_OK(__hw_info(b.fd, &info));
	CHECK_EQ(close(b.device), 0);
	busy = __hw_info(b.fd, &info);
	CHECK_ERR(busy, ENOENT);
	CHECK_ERR(__destroy(b.fd, id), ENOENT);
	footprint_check(&before);
}

/* One device has one owner: neither a second file nor a second context. */
static void bound_once(void)
{
	struct bench b = bench_make();
	int other_fd = iommu_open();
	int other = vfio_open(b.path);
	struct footprint before = footprint_take(other_fd);
	__u32 id;

	vfio_bind(b.device, b.fd);
	CHECK(__vfio_bind(other, other_fd, &id) != 0);
	footprint_check(&before);
	CHECK_EQ(close(b.device), 0);
	vfio_bind(other, other_fd);
}

/* What VT-d says of itself, or nothing where the device is behind another. */
static void vtd_info(void)
{
	struct bench b = bench_make();
	struct iommu_hw_info_vtd vtd = {};
	struct iommu_hw_info info = {
		.dev_id = vfio_bind(b.device, b.fd),
		.data_len = sizeof(vtd),
		.data_uptr = (uintptr_t)&vtd,
	};
	__u64 cap;

	CHECK_OK(__hw_info(b.fd, &info));
	if (info.out_data_type != IOMMU_HW_INFO_TYPE_INTEL_VTD)
		harness_skip("not behind VT-d");
	CHECK_EQ(info.data_len, sizeof(vtd));
	CHECK_EQ(vtd.flags, IOMMU_HW_INFO_VTD_ERRATA_772415_SPR17);
	CHECK(vtd.cap_reg && vtd.ecap_reg);
	cap = vtd.cap_reg;

	/* by its name, and by one that it does not have */
	memset(&vtd, 0, sizeof(vtd));
	info.flags = IOMMU_HW_INFO_FLAG_INPUT_TYPE;
	info.in_data_type = IOMMU_HW_INFO_TYPE_INTEL_VTD;
	CHECK_OK(__hw_info(b.fd, &info));
	CHECK_EQ(vtd.cap_reg, cap);
	info.in_data_type = IOMMU_HW_INFO_TYPE_ARM_SMMUV3;
	CHECK_ERR(__hw_info(b.fd, &info), EOPNOTSUPP);
}

/* A driver that does not nest says so, of the parent and of what is nested. */
static void no_nesting(void)
{
	struct bench b = bench_make();
	struct iommu_hwpt_vtd_s1 table = { .addr_width = 48 };
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_ALLOC_NEST_PARENT,
		.dev_id = vfio_bind(b.device, b.fd),
		.pt_id = ioas_alloc(b.fd),
	};
	struct footprint before = footprint_take(b.fd);
	int rc = __hwpt_alloc(b.fd, &cmd);

	if (!rc)
		harness_skip("the IOMMU driver nests");
	CHECK_ERR(rc, EOPNOTSUPP);
	footprint_check(&before);
	cmd.flags = 0;
	cmd.pt_id = hwpt_alloc(b.fd, cmd.dev_id, cmd.pt_id);
	cmd.data_type = IOMMU_HWPT_DATA_VTD_S1;
	cmd.data_len = sizeof(table);
	cmd.data_uptr = (uintptr_t)&table;
	before = footprint_take(b.fd);
	/* Without a parent there is nothing to nest in. */
	CHECK_ERR(__hwpt_alloc(b.fd, &cmd), EINVAL);
	footprint_check(&before);
}

static void attach_refusals(void)
{
	struct bench b = bench_make();
	__u32 dev = vfio_bind(b.device, b.fd);
	struct vfio_device_attach_iommufd_pt cmd = {
		.argsz = 8,
		.pt_id = ioas_alloc(b.fd),
	};
	struct footprint before = footprint_take(b.fd);
	__u32 pt;

	CHECK_ERR(__iommu_cmd(b.device, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &cmd),
		  EINVAL);
	cmd.argsz = sizeof(cmd);
	cmd.flags = 0x80;
	CHECK_ERR(__iommu_cmd(b.device, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &cmd),
		  EINVAL);
	pt = 0;
	CHECK_ERR(__vfio_attach(b.device, &pt), ENOENT);
	pt = 1000;
	CHECK_ERR(__vfio_attach(b.device, &pt), ENOENT);
	pt = dev;
	CHECK_ERR(__vfio_attach(b.device, &pt), EINVAL);
	footprint_check(&before);
	/* Detaching what is not attached is no error. */
	CHECK_OK(__vfio_detach(b.device));
	cmd.flags = 0;
	CHECK_ERR(__iommu_cmd(b.device, VFIO_DEVICE_ATTACH_IOMMUFD_PT,
			      mem_readonly(&cmd, sizeof(cmd))), EFAULT);
	footprint_check(&before);
}

static void attach_and_map(void)
{
	struct bench b = bench_make();
	__u32 dev = vfio_bind(b.device, b.fd);
	__u32 ioas = ioas_alloc(b.fd);
	long pins = proc_pinned_pages();
	__u32 hwpt;

	ioas_map_at(b.fd, ioas, b.va, 8 * b.page, IOVA);
	hwpt = vfio_attach(b.device, ioas);
	CHECK(hwpt != ioas && hwpt != dev);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins + 8));
	ioas_map_at(b.fd, ioas, b.va + 8 * b.page, 8 * b.page,
		    IOVA + 8 * b.page);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins + 16));
	CHECK_ERR(__destroy(b.fd, ioas), EBUSY);
	CHECK_ERR(__destroy(b.fd, hwpt), EBUSY);
	CHECK_OK(__vfio_detach(b.device));
	CHECK_ERR(__destroy(b.fd, hwpt), ENOENT);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins));
	destroy(b.fd, ioas);
}

static void missing_memory(void)
{
	struct bench b = bench_make();
	__u32 pt = ioas_alloc(b.fd);
	__u32 ioas = pt;
	struct footprint before;

	vfio_bind(b.device, b.fd);
	ioas_map_at(b.fd, ioas, b.va, 4 * b.page, IOVA);
	ioas_map_at(b.fd, ioas, mem_nowhere(), b.page, IOVA + 8 * b.page);
	before = footprint_take(b.fd);
	CHECK_ERR(__vfio_attach(b.device, &pt), EFAULT);
	footprint_check(&before);
	ioas_unmap(b.fd, ioas, IOVA + 8 * b.page, b.page);
	vfio_attach(b.device, ioas);
	before = footprint_take(b.fd);
	CHECK_ERR(__ioas_map_at(b.fd, ioas, mem_nowhere(), b.page,
				IOVA + 8 * b.page), EFAULT);
	footprint_check(&before);
}

static int is_reserved(int fd, __u32 ioas, __u64 iova)
{
	struct iommu_iova_range list[64];
	struct iommu_ioas_iova_ranges cmd = {
		.num_iovas = ARRAY_LEN(list),
		.allowed_iovas = (uintptr_t)list,
	};
	__u32 i;

	CHECK_OK(__ioas_ranges(fd, ioas, &cmd));
	for (i = 0; i < cmd.num_iovas; i++)
		if (list[i].start <= iova && iova <= list[i].last)
			return 0;
	return 1;
}

/* The MSI window of the platform is no memory while a device is attached. */
static void reserved_regions(void)
{
	struct bench b = bench_make();
	__u32 ioas = ioas_alloc(b.fd);
	struct footprint before;
	__u32 pt = ioas;

	vfio_bind(b.device, b.fd);
	CHECK(!is_reserved(b.fd, ioas, MSI_WINDOW));
	vfio_attach(b.device, ioas);
	if (!is_reserved(b.fd, ioas, MSI_WINDOW))
		harness_skip("no MSI window at 0x%llx", MSI_WINDOW);
	before = footprint_take(b.fd);
	CHECK_ERR(__ioas_map_at(b.fd, ioas, b.va, b.page, MSI_WINDOW), EINVAL);
	footprint_check(&before);
	CHECK_OK(__vfio_detach(b.device));
	CHECK(!is_reserved(b.fd, ioas, MSI_WINDOW));
	ioas_map_at(b.fd, ioas, b.va, b.page, MSI_WINDOW);
	before = footprint_take(b.fd);
	CHECK_ERR(__vfio_attach(b.device, &pt), EADDRINUSE);
	footprint_check(&before);
	ioas_unmap(b.fd, ioas, MSI_WINDOW, b.page);
	ioas_allow(b.fd, ioas, MSI_WINDOW, MSI_WINDOW + 0xfff);
	CHECK_ERR(__vfio_attach(b.device, &pt), EADDRINUSE);
	footprint_check(&before);
	CHECK_OK(__ioas_allow(b.fd, ioas, NULL, 0));
	vfio_attach(b.device, ioas);
}

static void replace(void)
{
	struct bench b = bench_make();
	__u32 dev = vfio_bind(b.device, b.fd);
	__u32 one = ioas_alloc(b.fd);
	__u32 two = ioas_alloc(b.fd);
	__u32 manual = hwpt_alloc(b.fd, dev, two);
	__u32 first = vfio_attach(b.device, one);
	struct footprint before;
	__u32 pt;

	CHECK_EQ(vfio_attach(b.device, one), first);
	CHECK_EQ(vfio_attach(b.device, first), first);
	CHECK_EQ(vfio_attach(b.device, manual), manual);
	CHECK_ERR(__destroy(b.fd, first), ENOENT);
	CHECK_ERR(__destroy(b.fd, manual), EBUSY);
	destroy(b.fd, one);

	one = ioas_alloc(b.fd);
	ioas_map_at(b.fd, one, b.va, b.page, MSI_WINDOW);
	before = footprint_take(b.fd);
	pt = one;
	CHECK_ERR(__vfio_attach(b.device, &pt), EADDRINUSE);
	pt = dev;
	CHECK_ERR(__vfio_attach(b.device, &pt), EINVAL);
	pt = 1000;
	CHECK_ERR(__vfio_attach(b.device, &pt), ENOENT);
	footprint_check(&before);
	CHECK_ERR(__destroy(b.fd, manual), EBUSY);
	CHECK_OK(__vfio_detach(b.device));
	destroy(b.fd, manual);
	destroy(b.fd, two);
}

/* The device file is closed while its IOAS maps. */
static void unbind_while_mapped(void)
{
	struct bench b = bench_make();
	__u32 ioas = ioas_alloc(b.fd);
	long pins = proc_pinned_pages();
	int round;

	ioas_map_at(b.fd, ioas, b.va, 16 * b.page, IOVA);
	for (round = 0; round < 5; round++) {
		vfio_bind(b.device, b.fd);
		vfio_attach(b.device, ioas);
		CHECK_EQ(close(b.device), 0);
		if (pins >= 0)
			CHECK(proc_pinned_settle(pins));
		b.device = vfio_open(b.path);
	}
	ioas_unmap(b.fd, ioas, IOVA, 16 * b.page);
	destroy(b.fd, ioas);
}

/* The context lives on behind the device after its own file is closed. */
static void iommufd_closed_first(void)
{
	struct bench b = bench_make();
	__u32 ioas = ioas_alloc(b.fd);
	long pins = proc_pinned_pages();

	vfio_bind(b.device, b.fd);
	vfio_attach(b.device, ioas);
	ioas_map_at(b.fd, ioas, b.va, 16 * b.page, IOVA);
	CHECK_EQ(close(b.fd), 0);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins + 16));
	CHECK_OK(__vfio_detach(b.device));
	CHECK_EQ(close(b.device), 0);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins));
}

static void two_tables_one_ioas(void)
{
	struct bench b = bench_make();
	__u32 dev = vfio_bind(b.device, b.fd);
	__u32 ioas = ioas_alloc(b.fd);
	long pins = proc_pinned_pages();
	__u32 hwpt;

	vfio_attach(b.device, ioas);
	ioas_map_at(b.fd, ioas, b.va, 16 * b.page, IOVA);
	hwpt = hwpt_alloc(b.fd, dev, ioas);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins + 16));
	CHECK_EQ(vfio_attach(b.device, hwpt), hwpt);
	CHECK_EQ(ioas_unmap_all(b.fd, ioas), 16 * b.page);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins));
}

static void huge_memory(void)
{
	struct bench b = bench_make();
	__u32 ioas = ioas_alloc(b.fd);
	size_t length = 4 * thp_size();
	char *va = mem_thp(4);
	long pins = proc_pinned_pages();

	vfio_bind(b.device, b.fd);
	vfio_attach(b.device, ioas);
	ioas_map_at(b.fd, ioas, va, length, IOVA);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins + length / b.page));
	CHECK_EQ(munmap(va, length), 0);
	ioas_unmap(b.fd, ioas, IOVA, length);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins));
}

/* Memory whose frames follow each other nowhere. */
static char *scattered(size_t npages)
{
	size_t page = page_size();
	char *va = mem_untouched(npages);
	size_t i;

	for (i = 0; i < npages; i++)
		va[i * 257 % npages * page] = 1;
	return va;
}

/*
 * Across the border of two leaf tables of the IOMMU, any step may fail: nothing
 * is left in the table then, so the same place can be mapped.
 */
static void map_fails_anywhere(void)
{
	struct fault fault = fault_open();
	struct bench b = bench_make();
	__u32 ioas = ioas_alloc(b.fd);
	size_t npages = 700, length = npages * b.page;
	__u64 iova = 0x40000000ULL - 100 * b.page;
	char *va = scattered(npages);
	struct footprint before;
	bool injected = true;
	unsigned int nth;
	int rc;

	vfio_bind(b.device, b.fd);
	vfio_attach(b.device, ioas);
	before = footprint_take(b.fd);
	for (nth = 1; nth < MAX_NTH && injected; nth++) {
		fault_arm(&fault, nth);
		rc = __ioas_map_at(b.fd, ioas, va, length, iova);
		injected = fault_disarm(&fault);
		CHECK(!rc || injected);
		if (!rc)
			ioas_unmap(b.fd, ioas, iova, length);
		else if (rc != -EFAULT)
			CHECK_ERR(rc, ENOMEM);
		footprint_check(&before);
	}
	harness_note("%u steps", nth - 2);
	CHECK(nth > 5 && nth < MAX_NTH);
}

static const struct test_case cases[] = {
	{ .name = "DV9_bind_refusals", .fn = bind_refusals },
	{ .name = "DV1_bound_device_is_an_object",
	  .fn = bound_device_is_an_object },
	{ .name = "DV1_bound_once", .fn = bound_once },
	{ .name = "GI4_vtd_info", .fn = vtd_info },
	{ .name = "H6_no_nesting", .fn = no_nesting },
	{ .name = "DV3_attach_refusals", .fn = attach_refusals },
	{ .name = "DV3_attach_and_map", .fn = attach_and_map },
	{ .name = "DV3_missing_memory", .fn = missing_memory },
	{ .name = "DV3_two_tables_one_ioas", .fn = two_tables_one_ioas },
	{ .name = "DV3_huge_memory", .fn = huge_memory },
	{ .name = "DV3_map_fails_anywhere", .fn = map_fails_anywhere },
	{ .name = "DV4_reserved_regions", .fn = reserved_regions },
	{ .name = "DV5_replace", .fn = replace },
	{ .name = "DV6_unbind_while_mapped", .fn = unbind_while_mapped },
	{ .name = "DV6_iommufd_closed_first", .fn = iommufd_closed_first },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
