// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices without IOMMU (DV2) and IOMMU_IOAS_NOIOMMU_GET_PA (G1 to G8), up to
 * DMA to the address that it returns.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/capability.h>

#include "lib/edu.h"
#include "lib/file.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"
#include "lib/nest.h"
#include "lib/proc.h"
#include "lib/trace.h"
#include "lib/vfio.h"

#define IOVA 0x1000000ULL
#define GET_PA IOMMU_IOAS_NOIOMMU_GET_PA

#define MSI_WINDOW 0xfee00000ULL

#define NO_IOMMU "the device has no IOMMU"
#define NO_FLAGS NO_IOMMU ": its hwpts take neither flags nor data"
#define NO_IOMMU_HWPT \
	"the device has no IOMMU, and the hwpt was made for one (value: its id)"
#define IS_NO_IOMMU_HWPT \
	"the hwpt is for devices without IOMMU (value: its id)"

struct bench {
	int fd;
	int device;
	size_t page;
	__u32 dev;
	__u32 ioas;
	char path[64];
	struct trace trace;
	struct footprint before;
};

static struct bench bench_make(void)
{
	struct bench b = { .page = page_size() };

	vfio_find_noiommu(b.path, sizeof(b.path));
	CHECK(strstr(b.path, "noiommu-vfio"));
	b.trace = trace_open();
	b.fd = iommu_open();
	b.device = vfio_open(b.path);
	b.dev = vfio_bind(b.device, b.fd);
	b.ioas = ioas_alloc(b.fd);
	return b;
}

static struct iommu_ioas_noiommu_get_pa ask(__u32 ioas, __u64 iova,
					    __u64 length)
{
	return (struct iommu_ioas_noiommu_get_pa){
		.size = sizeof(struct iommu_ioas_noiommu_get_pa),
		.ioas_id = ioas,
		.iova = iova,
		.length = length,
	};
}

static struct iommu_ioas_noiommu_get_pa get_pa(const struct bench *b,
					       __u64 iova, __u64 length)
{
	struct iommu_ioas_noiommu_get_pa cmd = ask(b->ioas, iova, length);

	CHECK_OK(__iommu_cmd(b->fd, GET_PA, &cmd));
	CHECK(cmd.length >= 1 && cmd.length <= length);
	return cmd;
}

/* Every byte of the map is asked for, piece by piece. */
static void check_pieces(const struct bench *b, const char *va, size_t nbytes)
{
	size_t done = 0;

	while (done < nbytes) {
		struct iommu_ioas_noiommu_get_pa cmd =
			get_pa(b, IOVA + done, nbytes - done);
		size_t i;

		for (i = 0; i < cmd.length; i += b->page)
			CHECK_EQ(cmd.out_phys + i, proc_phys(va + done + i));
		done += cmd.length;
		if (done < nbytes)
			CHECK(proc_phys(va + done) != cmd.out_phys + cmd.length);
	}
	CHECK_EQ(done, nbytes);
}

static void pages_are_found(void)
{
	struct bench b = bench_make();
	char *va = mem_pages_odd(9);
	struct footprint before = footprint_take(b.fd);
	struct iommu_ioas_noiommu_get_pa cmd;

	vfio_attach(b.device, b.ioas);
	ioas_map_at(b.fd, b.ioas, va, 9 * b.page, IOVA);
	check_pieces(&b, va, 9 * b.page);

	/* in the middle of a page, and less than a page */
	cmd = get_pa(&b, IOVA + b.page + 5, 7);
	CHECK_EQ(cmd.out_phys, proc_phys(va + b.page + 5));
	CHECK_EQ(cmd.length, 7);
	/* no further than the area */
	cmd = get_pa(&b, IOVA + 9 * b.page - 3, ~0ULL);
	CHECK_EQ(cmd.length, 3);
	CHECK_OK(__vfio_detach(b.device));
	ioas_unmap(b.fd, b.ioas, IOVA, 9 * b.page);
	footprint_check(&before);
}

static void huge_page_is_one_piece(void)
{
	struct bench b = bench_make();
	char *va = mem_hugetlb(1);
	size_t nbytes = 2UL << 20;

	vfio_attach(b.device, b.ioas);
	ioas_map_at(b.fd, b.ioas, va, nbytes, IOVA);
	CHECK_EQ(get_pa(&b, IOVA, nbytes).length, nbytes);
	CHECK_EQ(get_pa(&b, IOVA + 5, ~0ULL).length, nbytes - 5);
	check_pieces(&b, va, nbytes);
}

/* The errno, one event with this field and reason, nothing left behind. */
static void check_refused(struct bench *b, int rc, int errnum,
			  const char *field, const char *reason)
{
	trace_check_refused(&b->trace, rc, errnum, field, reason);
	footprint_check(&b->before);
	trace_clear(&b->trace);
}

static void mark(struct bench *b)
{
	b->before = footprint_take(b->fd);
	trace_clear(&b->trace);
}

static void pa_refused(struct bench *b, struct iommu_ioas_noiommu_get_pa cmd,
		       int errnum, const char *field, const char *reason)
{
	check_refused(b, __iommu_cmd(b->fd, GET_PA, &cmd), errnum, field,
		      reason);
}

static void refused(void)
{
	struct bench b = bench_make();
	__u64 iova = ioas_map(b.fd, map_any(b.ioas, mem_pages(1), b.page));
	const struct iommu_ioas_noiommu_get_pa good =
		ask(b.ioas, iova, b.page);
	struct iommu_ioas_noiommu_get_pa cmd = good;

	mark(&b);
	pa_refused(&b, ask(b.ioas, iova + b.page, b.page), ENOENT, "iova",
		   "nothing is mapped there");
	pa_refused(&b, good, EOPNOTSUPP, "ioas_id",
		   "no page table of a device without IOMMU maps the IOAS");
	vfio_attach(b.device, b.ioas);
	CHECK_OK(__iommu_cmd(b.fd, GET_PA, &cmd));

	mark(&b);
	cmd = good;
	cmd.flags = 1;
	pa_refused(&b, cmd, EOPNOTSUPP, "flags", "an unknown flag is set");
	cmd = good;
	cmd.__reserved = 1;
	pa_refused(&b, cmd, EOPNOTSUPP, "__reserved", "must be zero");
	pa_refused(&b, ask(b.ioas, iova, 0), EINVAL, "length", "zero");
	pa_refused(&b, ask(b.ioas, ~0ULL, 1), EOVERFLOW, "iova",
		   "beyond the address space");
	pa_refused(&b, ask(b.ioas, iova + b.page, b.page), ENOENT, "iova",
		   "nothing is mapped there");
	pa_refused(&b, ask(b.dev, iova, b.page), ENOENT, "ioas_id",
		   "no object of the type wanted has this id");
	check_refused(&b, __iommu_cmd(b.fd, GET_PA,
				      mem_readonly(&good, sizeof(good))),
		      EFAULT, "argument",
		      "the answer cannot be written to the struct");
	proc_drop_cap(CAP_SYS_RAWIO);
	cmd = good;
	cmd.flags = 1;
	CHECK_ERR(__iommu_cmd(b.fd, GET_PA, &cmd), EPERM);
	/* VFIO's answer: such a device is not for everybody to open */
	CHECK(open(b.path, O_RDWR) < 0);
	CHECK_EQ(errno, EPERM);
}

/* H12 */
static void hwpt_refused(void)
{
	struct bench b = bench_make();
	const struct iommu_hwpt_alloc good = {
		.dev_id = b.dev, .pt_id = b.ioas,
	};
	static const __u32 flags[] = {
		IOMMU_HWPT_ALLOC_NEST_PARENT, IOMMU_HWPT_ALLOC_DIRTY_TRACKING,
		IOMMU_HWPT_ALLOC_PASID, 1U << 31,
	};
	struct iommu_hwpt_alloc hwpt;
	__u32 data = 0;
	size_t i;

	mark(&b);
	for (i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		hwpt = good;
		hwpt.flags = flags[i];
		check_refused(&b, __hwpt_alloc(b.fd, &hwpt), EOPNOTSUPP,
			      "dev_id", NO_FLAGS);
	}
	hwpt = good;
	hwpt.data_type = IOMMU_HWPT_DATA_VTD_S1;
	hwpt.data_len = sizeof(data);
	hwpt.data_uptr = (uintptr_t)&data;
	check_refused(&b, __hwpt_alloc(b.fd, &hwpt), EOPNOTSUPP, "dev_id",
		      NO_FLAGS);
	hwpt = good;
	hwpt.pt_id = hwpt_alloc(b.fd, b.dev, b.ioas);
	mark(&b);
	check_refused(&b, __hwpt_alloc(b.fd, &hwpt), EOPNOTSUPP, "dev_id",
		      NO_IOMMU);
}

static void nothing_else_works(void)
{
	struct bench b = bench_make();
	struct iommu_hw_info info = { .size = sizeof(info), .dev_id = b.dev };
	struct iommu_viommu_alloc viommu = {
		.size = sizeof(viommu), .type = 1, .dev_id = b.dev,
	};
	struct vfio_device_attach_iommufd_pt pasid = {
		.argsz = sizeof(pasid), .flags = VFIO_DEVICE_ATTACH_PASID,
		.pasid = 1,
	};
	__u32 pt = hwpt_alloc(b.fd, b.dev, b.ioas);

	mark(&b);
	check_refused(&b, __hw_info(b.fd, &info), EOPNOTSUPP, "dev_id",
		      NO_IOMMU);
	viommu.hwpt_id = pt;
	check_refused(&b, __iommu_cmd(b.fd, IOMMU_VIOMMU_ALLOC, &viommu),
		      EOPNOTSUPP, "dev_id", NO_IOMMU);
	/* VFIO knows no PASIDs of the device, and does not get as far as here */
	pasid.pt_id = pt;
	CHECK(__iommu_cmd(b.device, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &pasid) < 0);

	/* the hwpt itself is as good as one of a device with IOMMU */
	CHECK_OK(__vfio_attach(b.device, &pt));
	CHECK_ERR(__destroy(b.fd, pt), EBUSY);
	CHECK_OK(__vfio_detach(b.device));
	destroy(b.fd, pt);
}

/* A device is no guest's either: its id is no use in a vIOMMU of the mock. */
static void no_vdevice(void)
{
	struct bench b = bench_make();
	struct mock_dev mock;
	__u32 parent, viommu, id;

	close(mock_open());
	mock = mock_attach(b.fd, b.ioas);
	parent = nest_parent_alloc(b.fd, mock.idev, b.ioas);
	viommu = viommu_alloc(b.fd, mock.idev, parent);
	mark(&b);
	check_refused(&b, __vdevice_alloc(b.fd, viommu, b.dev, 5, &id),
		      EOPNOTSUPP, "dev_id", NO_IOMMU);
}

/* Nothing looks at the device's DMA: no range is reserved. */
static void not_isolated(void)
{
	struct bench b = bench_make();
	int other_fd = iommu_open();
	struct iommu_iova_range list[2];
	struct iommu_ioas_iova_ranges cmd = {
		.num_iovas = 2,
		.allowed_iovas = (uintptr_t)list,
	};
	__u32 pt = b.ioas;

	ioas_map_at(b.fd, b.ioas, mem_pages(1), b.page, MSI_WINDOW);
	CHECK_OK(__vfio_attach(b.device, &pt));
	CHECK_EQ(get_pa(&b, MSI_WINDOW, b.page).length, b.page);
	CHECK_OK(__ioas_ranges(b.fd, b.ioas, &cmd));
	CHECK_EQ(cmd.num_iovas, 1);
	CHECK_EQ(list[0].start, 0);
	CHECK_EQ(list[0].last, ~0ULL);
	/* the device is one context's all the same: VFIO sees to that */
	CHECK(__vfio_bind(b.device, other_fd, &pt) != 0);
}

static void replaced(void)
{
	struct bench b = bench_make();
	char *va = mem_pages(4);
	struct bench other = b;

	other.ioas = ioas_alloc(b.fd);
	vfio_attach(b.device, b.ioas);
	ioas_map_at(b.fd, b.ioas, va, 4 * b.page, IOVA);
	ioas_copy(b.fd, copy_at(other.ioas, b.ioas, 2 * b.page, IOVA,
				IOVA + b.page));
	vfio_attach(b.device, other.ioas);
	check_pieces(&other, va + b.page, 2 * b.page);
	CHECK_OK(__vfio_detach(b.device));
}

/* Both kinds of table map the IOAS; a device can use one of them only. */
static void with_mock_in_one_ioas(void)
{
	struct bench b = bench_make();
	char *va = mem_pages(2);
	struct mock_dev mock;
	struct reject reject;
	__u32 mine, theirs;

	if (close(mock_open()))
		return;
	mock = mock_attach(b.fd, b.ioas);
	mine = vfio_attach(b.device, b.ioas);
	CHECK(mine != mock.hwpt);
	ioas_map_at(b.fd, b.ioas, va, 2 * b.page, IOVA);
	mock_check_map(b.fd, mock.hwpt, IOVA, va, 2 * b.page);
	check_pieces(&b, va, 2 * b.page);
	mock_check_refs(b.fd, va, 2 * b.page, 1);

	theirs = mock.hwpt;
	mark(&b);
	check_refused(&b, __vfio_attach(b.device, &theirs), EINVAL, "pt_id",
		      NO_IOMMU_HWPT);
	CHECK_ERR(__mock_replace(b.fd, mock.stdev, mine, &theirs), EINVAL);
	CHECK(trace_find(&b.trace, EINVAL, "pt_id", &reject));
	CHECK(!strcmp(reject.reason, IS_NO_IOMMU_HWPT));
	footprint_check(&b.before);
	check_pieces(&b, va, 2 * b.page);
}

static void revoked(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_noiommu_get_pa cmd;
	int dmabuf;

	close(mock_open());
	dmabuf = mock_dmabuf(b.fd, 2 * b.page);
	vfio_attach(b.device, b.ioas);
	CHECK_EQ(ioas_map_file(b.fd, file_at(b.ioas, dmabuf, 0, 2 * b.page,
					     IOVA)), IOVA);
	cmd = ask(b.ioas, IOVA, b.page);
	CHECK_OK(__iommu_cmd(b.fd, GET_PA, &cmd));
	mock_revoke(b.fd, dmabuf, 1);
	cmd = ask(b.ioas, IOVA, b.page);
	CHECK_ERR(__iommu_cmd(b.fd, GET_PA, &cmd), EINVAL);
	ioas_unmap(b.fd, b.ioas, IOVA, 2 * b.page);
}

static void device_reaches_it(void)
{
	struct bench b = bench_make();
	volatile void *regs = vfio_map_bar(b.device, 4096);
	char *va = mem_pages(2);
	__u64 from, to;
	size_t i;

	vfio_attach(b.device, b.ioas);
	ioas_map_at(b.fd, b.ioas, va, 2 * b.page, IOVA);
	from = get_pa(&b, IOVA, b.page).out_phys;
	to = get_pa(&b, IOVA + b.page, b.page).out_phys;
	for (i = 0; i < b.page; i++)
		va[i] = (char)(i * 31 + 7);
	memset(va + b.page, 0, b.page);
	edu_copy(regs, to, from, b.page);
	CHECK(!memcmp(va, va + b.page, b.page));
}

static const struct test_case cases[] = {
	{ .name = "G8_pages_are_found", .fn = pages_are_found },
	{ .name = "G8_huge_page_is_one_piece", .fn = huge_page_is_one_piece },
	{ .name = "G1_G7_refused", .fn = refused },
	{ .name = "G6_revoked", .fn = revoked },
	{ .name = "H12_hwpt_refused", .fn = hwpt_refused },
	{ .name = "GI3_VI3_nothing_else_works", .fn = nothing_else_works },
	{ .name = "VD3_no_vdevice", .fn = no_vdevice },
	{ .name = "DV2_not_isolated", .fn = not_isolated },
	{ .name = "DV2_replaced", .fn = replaced },
	{ .name = "DV2_with_mock_in_one_ioas", .fn = with_mock_in_one_ioas },
	{ .name = "DV2_device_reaches_it", .fn = device_reaches_it },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
