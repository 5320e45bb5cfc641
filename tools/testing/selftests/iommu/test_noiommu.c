// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices without IOMMU (DV2) and IOMMU_IOAS_NOIOMMU_GET_PA (G1 to G8), up to
 * DMA to the address that it returns.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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
#include "lib/proc.h"
#include "lib/vfio.h"

#define IOVA 0x1000000ULL
#define GET_PA IOMMU_IOAS_NOIOMMU_GET_PA

struct bench {
	int fd;
	int device;
	size_t page;
	__u32 dev;
	__u32 ioas;
};

static struct bench bench_make(void)
{
	struct bench b = { .page = page_size() };
	char path[PATH_MAX];

	vfio_find_noiommu(path, sizeof(path));
	CHECK(strstr(path, "noiommu-vfio"));
	b.fd = iommu_open();
	b.device = vfio_open(path);
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

/* The physical address behind @va, as /proc says. */
static __u64 phys_of(const void *va)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	size_t page = page_size();
	__u64 entry;

	CHECK(fd >= 0);
	CHECK_EQ(pread(fd, &entry, sizeof(entry),
		       (off_t)((uintptr_t)va / page * sizeof(entry))),
		 sizeof(entry));
	close(fd);
	return (entry & ((1ULL << 55) - 1)) * page + (uintptr_t)va % page;
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
			CHECK_EQ(cmd.out_phys + i, phys_of(va + done + i));
		done += cmd.length;
		if (done < nbytes)
			CHECK(phys_of(va + done) != cmd.out_phys + cmd.length);
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
	CHECK_EQ(cmd.out_phys, phys_of(va + b.page + 5));
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

static void refused(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_noiommu_get_pa cmd;
	__u64 iova = ioas_map(b.fd, map_any(b.ioas, mem_pages(1), b.page));

	/* G7: no page table yet */
	cmd = ask(b.ioas, iova, b.page);
	CHECK_ERR(__iommu_cmd(b.fd, GET_PA, &cmd), EOPNOTSUPP);
	vfio_attach(b.device, b.ioas);
	CHECK_OK(__iommu_cmd(b.fd, GET_PA, &cmd));

	cmd = ask(b.ioas, iova, b.page);
	cmd.flags = 1;
	CHECK_ERR(__iommu_cmd(b.fd, GET_PA, &cmd), EOPNOTSUPP);
	cmd = ask(b.ioas, iova, b.page);
	cmd.__reserved = 1;
	CHECK_ERR(__iommu_cmd(b.fd, GET_PA, &cmd), EOPNOTSUPP);
	cmd = ask(b.ioas, iova, 0);
	CHECK_ERR(__iommu_cmd(b.fd, GET_PA, &cmd), EINVAL);
	cmd = ask(b.ioas, ~0ULL, 1);
	CHECK_ERR(__iommu_cmd(b.fd, GET_PA, &cmd), EOVERFLOW);
	cmd = ask(b.ioas, iova + b.page, b.page);
	CHECK_ERR(__iommu_cmd(b.fd, GET_PA, &cmd), ENOENT);
	cmd = ask(b.dev, iova, b.page);
	CHECK_ERR(__iommu_cmd(b.fd, GET_PA, &cmd), ENOENT);
	cmd = ask(b.ioas, iova, b.page);
	CHECK_ERR(__iommu_cmd(b.fd, GET_PA,
			      mem_readonly(&cmd, sizeof(cmd))), EFAULT);
	proc_drop_cap(CAP_SYS_RAWIO);
	cmd.flags = 1;
	CHECK_ERR(__iommu_cmd(b.fd, GET_PA, &cmd), EPERM);
}

static void nothing_else_works(void)
{
	struct bench b = bench_make();
	struct iommu_hw_info info = { .size = sizeof(info), .dev_id = b.dev };
	struct iommu_hwpt_alloc hwpt = {
		.size = sizeof(hwpt), .dev_id = b.dev, .pt_id = b.ioas,
	};
	struct iommu_viommu_alloc viommu = {
		.size = sizeof(viommu), .type = 1, .dev_id = b.dev,
	};
	struct vfio_device_attach_iommufd_pt pasid = {
		.argsz = sizeof(pasid), .flags = VFIO_DEVICE_ATTACH_PASID,
		.pasid = 1,
	};
	__u32 pt;

	CHECK_ERR(__hw_info(b.fd, &info), EOPNOTSUPP);
	hwpt.flags = IOMMU_HWPT_ALLOC_DIRTY_TRACKING;
	CHECK_ERR(__hwpt_alloc(b.fd, &hwpt), EOPNOTSUPP);
	hwpt.flags = 0;
	hwpt.data_type = 1;
	hwpt.data_len = sizeof(info);
	hwpt.data_uptr = (uintptr_t)&info;
	CHECK_ERR(__hwpt_alloc(b.fd, &hwpt), EOPNOTSUPP);
	pt = hwpt_alloc(b.fd, b.dev, b.ioas);
	viommu.hwpt_id = pt;
	CHECK_ERR(__iommu_cmd(b.fd, IOMMU_VIOMMU_ALLOC, &viommu), EOPNOTSUPP);
	hwpt.data_type = 0;
	hwpt.data_len = 0;
	hwpt.pt_id = pt;
	CHECK_ERR(__hwpt_alloc(b.fd, &hwpt), EOPNOTSUPP);
	pasid.pt_id = pt;
	CHECK(__iommu_cmd(b.device, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &pasid) < 0);

	/* the hwpt itself is as good as one of a device with IOMMU */
	CHECK_OK(__vfio_attach(b.device, &pt));
	CHECK_ERR(__destroy(b.fd, pt), EBUSY);
	CHECK_OK(__vfio_detach(b.device));
	destroy(b.fd, pt);
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
	CHECK_ERR(__vfio_attach(b.device, &theirs), EINVAL);
	CHECK_ERR(__mock_replace(b.fd, mock.stdev, mine, &theirs), EINVAL);
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
	{ .name = "pages_are_found", .fn = pages_are_found },
	{ .name = "huge_page_is_one_piece", .fn = huge_page_is_one_piece },
	{ .name = "refused", .fn = refused },
	{ .name = "nothing_else_works", .fn = nothing_else_works },
	{ .name = "replaced", .fn = replaced },
	{ .name = "with_mock_in_one_ioas", .fn = with_mock_in_one_ioas },
	{ .name = "revoked", .fn = revoked },
	{ .name = "device_reaches_it", .fn = device_reaches_it },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
