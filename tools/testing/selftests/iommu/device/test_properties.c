// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything that iommufd asks of an IOMMU driver, asked of the driver of a real
 * device: what it has works, what it has not is refused when it is asked for, not
 * later. Documentation/driver-api/vtd/properties.rst is the list. No test needs the
 * mock here.
 */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/edu.h"
#include "lib/event.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/trace.h"
#include "lib/uapi.h"
#include "lib/vfio.h"

#define IOVA 0x1000000ULL

/* Bits of ECAP */
#define ECAP_SC		(1ULL << 7)
#define ECAP_NEST	(1ULL << 26)
#define ECAP_PASID	(1ULL << 40)
#define ECAP_SMTS	(1ULL << 43)

struct bench {
	int fd;
	int device;
	__u32 dev;
	__u32 ioas;
	__u64 ecap;
	char path[PATH_MAX];
};

static struct bench bench_of(const char *path)
{
	struct iommu_hw_info_vtd vtd = {};
	struct bench b = { .fd = iommu_open() };
	struct iommu_hw_info info = {
		.data_len = sizeof(vtd), .data_uptr = (uintptr_t)&vtd,
	};

	snprintf(b.path, sizeof(b.path), "%s", path);
	b.device = vfio_open(path);
	b.dev = vfio_bind(b.device, b.fd);
	b.ioas = ioas_alloc(b.fd);
	info.dev_id = b.dev;
	CHECK_OK(__hw_info(b.fd, &info));
	if (info.out_data_type != IOMMU_HW_INFO_TYPE_INTEL_VTD)
		harness_skip("not behind VT-d");
	b.ecap = vtd.ecap_reg;
	return b;
}

static struct bench bench_make(void)
{
	char path[PATH_MAX];

	vfio_find(path, sizeof(path));
	return bench_of(path);
}

#define REASON \
	"the hwpt reports faults, and the IOMMU driver cannot report those of the device (value: its id)"

/*
 * Page requests: the table can be made, as with the base; a device that has none is
 * never attached to it.
 */
static void page_requests(void)
{
	struct bench b = bench_make();
	struct trace trace = trace_open();
	struct event_queue queue = fault_queue(b.fd);
	__u32 hwpt = hwpt_fault(b.fd, b.dev, b.ioas, queue.id);
	bool named = !trace_enable_other(&trace, "intel_iommu/attach_refused");
	struct footprint before = footprint_take(b.fd);
	__u32 pt = hwpt;

	trace_clear(&trace);
	trace_check_refused(&trace, __vfio_attach(b.device, &pt), ENODEV, "pt_id",
			    REASON);
	if (named)
		CHECK_EQ(trace_lines(&trace, "page requests of the device cannot be reported"),
			 1);
	footprint_check(&before);

	/* In place of a table that is attached, which stays. */
	pt = b.ioas;
	CHECK_OK(__vfio_attach(b.device, &pt));
	before = footprint_take(b.fd);
	pt = hwpt;
	CHECK_ERR(__vfio_attach(b.device, &pt), ENODEV);
	footprint_check(&before);
	pt = b.ioas;
	CHECK_OK(__vfio_attach(b.device, &pt));
	CHECK_OK(__vfio_detach(b.device));
	destroy(b.fd, hwpt);
}

/* Every flag that there is or could be. */
static void alloc_flags(void)
{
	struct bench b = bench_make();
	struct event_queue queue = fault_queue(b.fd);
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		struct iommu_hwpt_alloc cmd = {
			.flags = 1U << bit, .dev_id = b.dev, .pt_id = b.ioas,
			.fault_id = queue.id,
		};
		int want = -EOPNOTSUPP, rc;

		if (cmd.flags == IOMMU_HWPT_FAULT_ID_VALID)
			want = 0;
		if (cmd.flags == IOMMU_HWPT_ALLOC_PASID && b.ecap & ECAP_PASID &&
		    b.ecap & ECAP_SMTS)
			want = 0;
		if (cmd.flags == IOMMU_HWPT_ALLOC_NEST_PARENT && b.ecap & ECAP_NEST &&
		    b.ecap & ECAP_SMTS)
			want = 0;
		rc = __hwpt_alloc(b.fd, &cmd);
		if (rc != want)
			harness_fail(__FILE__, __LINE__, "flag %#x: %d, not %d",
				     cmd.flags, rc, want);
		if (!rc)
			destroy(b.fd, cmd.out_hwpt_id);
	}
}

/* Tables with data of a driver, over an IOAS and over another table. */
static void alloc_data(void)
{
	struct bench b = bench_make();
	__u32 parent = hwpt_alloc(b.fd, b.dev, b.ioas);
	char data[64] = {};
	__u32 type;

	for (type = 1; type < 16; type++) {
		struct iommu_hwpt_alloc cmd = {
			.dev_id = b.dev, .pt_id = b.ioas, .data_type = type,
			.data_len = sizeof(data), .data_uptr = (uintptr_t)data,
		};

		CHECK_ERR(__hwpt_alloc(b.fd, &cmd), EOPNOTSUPP);
		/* Not made as a parent. */
		cmd.pt_id = parent;
		CHECK_ERR(__hwpt_alloc(b.fd, &cmd), EINVAL);
	}
}

static void dirty_tracking(void)
{
	struct bench b = bench_make();
	__u64 bitmap = 0;
	struct iommu_hw_info info = { .dev_id = b.dev };
	struct iommu_hwpt_set_dirty_tracking track = {
		.size = sizeof(track), .flags = IOMMU_HWPT_DIRTY_TRACKING_ENABLE,
		.hwpt_id = hwpt_alloc(b.fd, b.dev, b.ioas),
	};
	struct iommu_hwpt_get_dirty_bitmap get = {
		.size = sizeof(get), .hwpt_id = track.hwpt_id, .iova = IOVA,
		.length = page_size(), .page_size = page_size(),
		.data = (uintptr_t)&bitmap,
	};

	CHECK_OK(__hw_info(b.fd, &info));
	CHECK(!(info.out_capabilities & IOMMU_HW_CAP_DIRTY_TRACKING));
	ioas_map_at(b.fd, b.ioas, mem_pages(1), page_size(), IOVA);
	CHECK_ERR(__iommu_cmd(b.fd, IOMMU_HWPT_SET_DIRTY_TRACKING, &track),
		  EOPNOTSUPP);
	CHECK_ERR(__iommu_cmd(b.fd, IOMMU_HWPT_GET_DIRTY_BITMAP, &get), EOPNOTSUPP);
}

/* vIOMMUs of every type, and what only tables and vIOMMUs of guests have. */
static void virtual_iommus(void)
{
	struct bench b = bench_make();
	__u32 hwpt = hwpt_alloc(b.fd, b.dev, b.ioas);
	struct iommu_hwpt_invalidate inval = {
		.size = sizeof(inval), .hwpt_id = hwpt,
		.data_type = IOMMU_HWPT_INVALIDATE_DATA_VTD_S1,
		.entry_len = sizeof(struct iommu_hwpt_vtd_s1_invalidate),
	};
	__u32 type;

	for (type = 0; type < 16; type++) {
		struct iommu_viommu_alloc cmd = {
			.size = sizeof(cmd), .type = type, .dev_id = b.dev,
			.hwpt_id = hwpt,
		};

		CHECK_ERR(__iommu_cmd(b.fd, IOMMU_VIOMMU_ALLOC, &cmd), EOPNOTSUPP);
	}
	CHECK_ERR(__iommu_cmd(b.fd, IOMMU_HWPT_INVALIDATE, &inval), EINVAL);
}

/* What is said of the device is what it gets. */
static void hw_info(void)
{
	struct bench b = bench_make();
	struct iommu_hw_info info = { .dev_id = b.dev };
	__u32 type;

	CHECK_OK(__hw_info(b.fd, &info));
	/* QEMU's igb and edu have neither ATS nor PASID. */
	CHECK_EQ(info.out_capabilities, IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED);
	CHECK_EQ(info.out_max_pasid_log2, 0);
	for (type = 0; type < 16; type++) {
		info = (struct iommu_hw_info){
			.dev_id = b.dev, .in_data_type = type,
			.flags = IOMMU_HW_INFO_FLAG_INPUT_TYPE,
		};
		CHECK_EQ(__hw_info(b.fd, &info),
			 type == IOMMU_HW_INFO_TYPE_DEFAULT ||
			 type == IOMMU_HW_INFO_TYPE_INTEL_VTD ? 0 : -EOPNOTSUPP);
	}
}

/* A PASID of a device that has none, whatever table it is offered. */
static void pasids(void)
{
	struct bench b = bench_make();
	struct vfio_device_attach_iommufd_pt cmd = {
		.argsz = sizeof(cmd), .flags = VFIO_DEVICE_ATTACH_PASID, .pasid = 1,
	};
	struct iommu_hwpt_alloc alloc = {
		.flags = IOMMU_HWPT_ALLOC_PASID, .dev_id = b.dev, .pt_id = b.ioas,
	};
	struct footprint before;
	int rc;

	if (__hwpt_alloc(b.fd, &alloc))
		alloc.out_hwpt_id = hwpt_alloc(b.fd, b.dev, b.ioas);
	before = footprint_take(b.fd);
	cmd.pt_id = alloc.out_hwpt_id;
	rc = __iommu_cmd(b.device, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &cmd);
	/* vfio-pci itself knows no PASIDs of a device without the capability. */
	CHECK(rc == -EOPNOTSUPP || rc == -EINVAL);
	footprint_check(&before);
}

/* Snooping can be enforced where the unit can; the container says so. */
static void coherency(void)
{
	struct bench b = bench_make();
	struct iommu_vfio_ioas set = {
		.size = sizeof(set), .op = IOMMU_VFIO_IOAS_SET, .ioas_id = b.ioas,
	};
	int rc;

	vfio_attach(b.device, b.ioas);
	CHECK_OK(__iommu_cmd(b.fd, IOMMU_VFIO_IOAS, &set));
	rc = __iommu_cmd(b.fd, VFIO_CHECK_EXTENSION, (void *)VFIO_DMA_CC_IOMMU);
	CHECK_EQ(rc, b.ecap & ECAP_SC ? 1 : 0);
}

/* Attached, blocked, attached: memory is reached when it should be, and only then. */
static void blocked(void)
{
	size_t page = page_size();
	char path[PATH_MAX];
	unsigned char *va;
	struct bench b;
	void *regs;

	vfio_find_edu(path, sizeof(path));
	b = bench_of(path);
	regs = vfio_map_bar(b.device, 0x1000);
	va = mem_pages(2);
	ioas_map_at(b.fd, b.ioas, va, 2 * page, IOVA);
	memset(va, 0x5a, page);
	vfio_attach(b.device, b.ioas);
	edu_copy(regs, IOVA + page, IOVA, page);
	CHECK_EQ(va[page], 0x5a);

	CHECK_OK(__vfio_detach(b.device));
	memset(va + page, 0, page);
	edu_write(regs, IOVA + page, page);
	CHECK_EQ(va[page], 0);

	vfio_attach(b.device, b.ioas);
	edu_copy(regs, IOVA + page, IOVA, page);
	CHECK_EQ(va[page], 0x5a);
}

static const struct test_case cases[] = {
	{ .name = "DV3_page_requests", .fn = page_requests },
	{ .name = "H6_alloc_flags", .fn = alloc_flags },
	{ .name = "H6_alloc_data", .fn = alloc_data },
	{ .name = "SD1_dirty_tracking", .fn = dirty_tracking },
	{ .name = "VI1_virtual_iommus", .fn = virtual_iommus },
	{ .name = "GI4_hw_info", .fn = hw_info },
	{ .name = "DV7_pasids", .fn = pasids },
	{ .name = "H15_coherency", .fn = coherency },
	{ .name = "DV6_blocked", .fn = blocked },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
