// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What of the library needs no kernel: linked with --wrap=ioctl, a table plays
 * /dev/iommu. Prints one line of TAP for each case.
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

int unit_failed;

void unit_check_eq(const char *file, int line, const char *what, long long is,
		   long long want)
{
	if (is == want)
		return;
	printf("# %s:%d: %s is %lld, not %lld\n", file, line, what, is, want);
	unit_failed = 1;
}

struct unit_kernel kernel;

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	__u32 size;
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	/* VFIO_DEVICE_RESET has none. */
	size = 0;
	if (arg)
		memcpy(&size, arg, sizeof(size));
	kernel.fd = fd;
	kernel.request = request;
	kernel.size = size;
	kernel.calls++;
	memset(kernel.sent, 0, sizeof(kernel.sent));
	if (arg && size <= sizeof(kernel.sent))
		memcpy(kernel.sent, arg, size);
	if (kernel.answer)
		kernel.answer(arg);
	errno = kernel.error;
	return kernel.error ? -1 : kernel.result;
}

void kernel_answers(int error, void (*answer)(void *arg))
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.error = error;
	kernel.answer = answer;
}

static void answer_id(void *arg)
{
	((struct iommu_ioas_alloc *)arg)->out_ioas_id = 5;
}

static void errors(void)
{
	__u32 id = 77;

	kernel_answers(ENOMEM, answer_id);
	CHECK_EQ(iommufd_ioas_alloc(7, &id), -ENOMEM);
	CHECK_EQ(id, 77);
	kernel_answers(0, answer_id);
	CHECK_EQ(iommufd_ioas_alloc(7, &id), 0);
	CHECK_EQ(id, 5);
	SENT(IOMMU_IOAS_ALLOC, struct iommu_ioas_alloc, .size = 12);
	kernel_answers(0, NULL);
	kernel.result = 3;
	id = sizeof(id);
	CHECK_EQ(iommufd_call(7, VFIO_CHECK_EXTENSION, &id), 3);
	CHECK_EQ(iommufd_open("/nonexistent"), -ENOENT);
}

static void answer_option(void *arg)
{
	((struct iommu_option *)arg)->val64 = 1ULL << 40;
}

static void answer_vfio_ioas(void *arg)
{
	((struct iommu_vfio_ioas *)arg)->ioas_id = 3;
}

static void contexts(void)
{
	__u64 value = 9;
	__u32 ioas = 8;

	kernel_answers(0, NULL);
	CHECK_EQ(iommufd_destroy(7, 4), 0);
	SENT(IOMMU_DESTROY, struct iommu_destroy, .size = 8, .id = 4);
	CHECK_EQ(iommufd_option_set(7, IOMMU_OPTION_HUGE_PAGES, 2, 1), 0);
	SENT(IOMMU_OPTION, struct iommu_option, .size = 24, .option_id = 1,
	     .object_id = 2, .val64 = 1);
	kernel_answers(EPERM, answer_option);
	CHECK_EQ(iommufd_option_get(7, 0, 0, &value), -EPERM);
	CHECK_EQ(value, 9);
	kernel_answers(0, answer_option);
	CHECK_EQ(iommufd_option_get(7, 0, 0, &value), 0);
	CHECK_EQ(value, 1ULL << 40);
	SENT(IOMMU_OPTION, struct iommu_option, .size = 24, .op = 1);
	kernel_answers(ENODEV, answer_vfio_ioas);
	CHECK_EQ(iommufd_vfio_ioas_get(7, &ioas), -ENODEV);
	CHECK_EQ(ioas, 8);
	kernel_answers(0, answer_vfio_ioas);
	CHECK_EQ(iommufd_vfio_ioas_get(7, &ioas), 0);
	CHECK_EQ(ioas, 3);
	SENT(IOMMU_VFIO_IOAS, struct iommu_vfio_ioas, .size = 12);
	CHECK_EQ(iommufd_vfio_ioas_set(7, 6), 0);
	SENT(IOMMU_VFIO_IOAS, struct iommu_vfio_ioas, .size = 12, .ioas_id = 6,
	     .op = 1);
	CHECK_EQ(iommufd_vfio_ioas_clear(7), 0);
	SENT(IOMMU_VFIO_IOAS, struct iommu_vfio_ioas, .size = 12, .op = 2);
}

static void answer_map(void *arg)
{
	((struct iommu_ioas_map *)arg)->iova = 0x9000;
}

static void answer_unmap(void *arg)
{
	((struct iommu_ioas_unmap *)arg)->length = 0x3000;
}

static void maps(void)
{
	__u64 iova = 0x1234, bytes = 1;
	int va;

	kernel_answers(ENOSPC, answer_map);
	CHECK_EQ(iommufd_ioas_map(7, 1, &va, 4096, 6, &iova), -ENOSPC);
	CHECK_EQ(iova, 0x1234);
	kernel_answers(0, answer_map);
	CHECK_EQ(iommufd_ioas_map(7, 1, &va, 4096, 6, &iova), 0);
	/* where the kernel chooses, what was in the variable does not count */
	SENT(IOMMU_IOAS_MAP, struct iommu_ioas_map, .size = 40, .flags = 6,
	     .ioas_id = 1, .user_va = (uintptr_t)&va, .length = 4096);
	CHECK_EQ(iova, 0x9000);
	CHECK_EQ(iommufd_ioas_map(7, 1, &va, 4096, 7, &iova), 0);
	SENT(IOMMU_IOAS_MAP, struct iommu_ioas_map, .size = 40, .flags = 7,
	     .ioas_id = 1, .user_va = (uintptr_t)&va, .length = 4096,
	     .iova = 0x9000);
	kernel_answers(0, answer_unmap);
	CHECK_EQ(iommufd_ioas_unmap_all(7, 1, &bytes), 0);
	SENT(IOMMU_IOAS_UNMAP, struct iommu_ioas_unmap, .size = 24,
	     .ioas_id = 1, .length = UINT64_MAX);
	CHECK_EQ(bytes, 0x3000);
	CHECK_EQ(iommufd_ioas_unmap(7, 1, 8, 16, NULL), 0);
	kernel_answers(ENOENT, NULL);
	CHECK_EQ(iommufd_ioas_unmap(7, 1, 8, 16, &bytes), -ENOENT);
	CHECK_EQ(bytes, 0);
	SENT(IOMMU_IOAS_UNMAP, struct iommu_ioas_unmap, .size = 24,
	     .ioas_id = 1, .iova = 8, .length = 16);
	kernel_answers(0, NULL);
	CHECK_EQ(iommufd_ioas_change_process(7), 0);
	SENT(IOMMU_IOAS_CHANGE_PROCESS, struct iommu_ioas_change_process,
	     .size = 8);
}

/* The caller's struct, whatever its size says: it may be older or newer. */
static void structs(void)
{
	static const struct {
		unsigned long request;
		int (*call)(int fd, void *cmd);
	} calls[] = {
#define CALL(req, fn) { req, (int (*)(int, void *))(void (*)(void))fn }
		CALL(IOMMU_IOAS_MAP_FILE, iommufd_ioas_map_file),
		CALL(IOMMU_IOAS_COPY, iommufd_ioas_copy),
		CALL(IOMMU_IOAS_NOIOMMU_GET_PA, iommufd_ioas_noiommu_get_pa),
		CALL(IOMMU_HWPT_ALLOC, iommufd_hwpt_alloc),
		CALL(IOMMU_GET_HW_INFO, iommufd_hw_info),
		CALL(IOMMU_HWPT_GET_DIRTY_BITMAP, iommufd_dirty_read),
		CALL(IOMMU_VIOMMU_ALLOC, iommufd_viommu_alloc),
		CALL(IOMMU_VDEVICE_ALLOC, iommufd_vdevice_alloc),
		CALL(IOMMU_VEVENTQ_ALLOC, iommufd_veventq_alloc),
		CALL(IOMMU_HW_QUEUE_ALLOC, iommufd_hw_queue_alloc),
	};
	__u32 cmd[32];
	size_t i, j;

	for (j = 0; j < 32; j++)
		cmd[j] = (__u32)j + 100;
	cmd[0] = 96;
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		kernel_answers(EBADF, NULL);
		CHECK_EQ(calls[i].call(7, cmd), -EBADF);
		CHECK_EQ(kernel.request, calls[i].request);
		CHECK_EQ(kernel.fd, 7);
		CHECK(!memcmp(kernel.sent, cmd, 96));
	}
}

/* A kernel with this many ranges. */
static __u32 num_ranges;

static void answer_ranges(void *arg)
{
	struct iommu_ioas_iova_ranges *cmd = arg;
	struct iommu_iova_range *list = (void *)(uintptr_t)cmd->allowed_iovas;
	__u32 i;

	for (i = 0; i < cmd->num_iovas && i < num_ranges; i++)
		list[i] = (struct iommu_iova_range){ i * 8192, i * 8192 + 4095 };
	kernel.error = cmd->num_iovas < num_ranges ? EMSGSIZE : 0;
	cmd->num_iovas = num_ranges;
	cmd->out_iova_alignment = 4096;
}

/* One more comes up whenever somebody looks. */
static void answer_growing(void *arg)
{
	if (kernel.calls < 4)
		num_ranges++;
	answer_ranges(arg);
}

static void answer_liar(void *arg)
{
	(void)arg;
	kernel.error = EMSGSIZE;
}

static void ranges(void)
{
	struct iommu_iova_range few[2], *list = few;
	__u64 alignment = 0;
	__u32 num = 2;

	num_ranges = 300;
	kernel_answers(0, answer_ranges);
	CHECK_EQ(iommufd_ioas_ranges(7, 1, few, &num, NULL), -EMSGSIZE);
	CHECK_EQ(num, 300);
	CHECK_EQ(few[1].start, 8192);
	kernel_answers(0, answer_ranges);
	CHECK_EQ(iommufd_ioas_ranges_all(7, 1, &list, &num, &alignment), 0);
	CHECK_EQ(kernel.calls, 2);
	CHECK_EQ(num, 300);
	CHECK_EQ(alignment, 4096);
	CHECK_EQ(list[299].last, 299 * 8192 + 4095);
	free(list);
	num_ranges = 16;
	kernel_answers(0, answer_growing);
	CHECK_EQ(iommufd_ioas_ranges_all(7, 1, &list, &num, NULL), 0);
	CHECK_EQ(kernel.calls, 4);
	CHECK_EQ(num, 19);
	free(list);
	list = few;
	kernel_answers(0, answer_liar);
	CHECK_EQ(iommufd_ioas_ranges_all(7, 1, &list, &num, NULL), -EMSGSIZE);
	CHECK_EQ(kernel.calls, 1);
	kernel_answers(ENOENT, NULL);
	CHECK_EQ(iommufd_ioas_ranges_all(7, 1, &list, &num, NULL), -ENOENT);
	CHECK(list == few);
	kernel_answers(0, NULL);
	CHECK_EQ(iommufd_ioas_allow(7, 1, few, 2), 0);
	SENT(IOMMU_IOAS_ALLOW_IOVAS, struct iommu_ioas_allow_iovas, .size = 24,
	     .ioas_id = 1, .num_iovas = 2, .allowed_iovas = (uintptr_t)few);
}

static void answer_two_done(void *arg)
{
	((struct iommu_hwpt_invalidate *)arg)->entry_num = 2;
}

static void invalidations(void)
{
	__u32 num = 5;
	int entries;

	kernel_answers(EINVAL, answer_two_done);
	CHECK_EQ(iommufd_hwpt_invalidate(7, 4, 1, &entries, 24, &num), -EINVAL);
	SENT(IOMMU_HWPT_INVALIDATE, struct iommu_hwpt_invalidate, .size = 32,
	     .hwpt_id = 4, .data_uptr = (uintptr_t)&entries, .data_type = 1,
	     .entry_len = 24, .entry_num = 5);
	CHECK_EQ(num, 2);
	num = 5;
	kernel_answers(EBADF, NULL);
	CHECK_EQ(iommufd_hwpt_invalidate(7, 4, 1, &entries, 24, &num), -EBADF);
	CHECK_EQ(num, 0);
	num = 5;
	kernel_answers(0, NULL);
	CHECK_EQ(iommufd_hwpt_invalidate(7, 4, 1, &entries, 24, &num), 0);
	CHECK_EQ(num, 5);
}

static void dirty_bits(void)
{
	unsigned char bits[24] = { [0] = 0x80, [8] = 0x01, [9] = 0x10 };

	kernel_answers(0, NULL);
	CHECK_EQ(iommufd_dirty_track(7, 3, 1), 0);
	SENT(IOMMU_HWPT_SET_DIRTY_TRACKING,
	     struct iommu_hwpt_set_dirty_tracking, .size = 16, .flags = 1,
	     .hwpt_id = 3);
	CHECK_EQ(iommufd_dirty_bitmap_size(4096, 4096), 8);
	CHECK_EQ(iommufd_dirty_bitmap_size(64 * 4096, 4096), 8);
	CHECK_EQ(iommufd_dirty_bitmap_size(65 * 4096, 4096), 16);
	CHECK_EQ(iommufd_dirty_bitmap_size(128 * 4096, 0x3000), 16);
	CHECK_EQ(iommufd_dirty_bitmap_size(4096, 0), 0);
	CHECK_EQ(iommufd_dirty_bitmap_size(0, 4096), 0);
	CHECK_EQ(iommufd_dirty_bitmap_size(UINT64_MAX, 1), 1ULL << 61);
	CHECK_EQ(iommufd_dirty_next(bits, 192, 0), 7);
	CHECK_EQ(iommufd_dirty_next(bits, 192, 7), 7);
	CHECK_EQ(iommufd_dirty_next(bits, 192, 8), 64);
	CHECK_EQ(iommufd_dirty_next(bits, 192, 65), 76);
	CHECK_EQ(iommufd_dirty_next(bits, 192, 77), 192);
	CHECK_EQ(iommufd_dirty_next(bits, 76, 65), 76);
	CHECK_EQ(iommufd_dirty_next(bits, 3, 0), 3);
	CHECK_EQ(iommufd_dirty_next(bits, 0, 0), 0);
}

static void faults(void)
{
	struct iommu_hwpt_page_response responses[3] = { { .cookie = 1 } };
	struct iommu_hwpt_pgfault list[4] = { { .grpid = 4 } };
	int line[2], id_fd = -1;
	__u32 id = 0;

	CHECK_EQ(pipe(line), 0);
	CHECK_EQ(write(line[1], list, 2 * sizeof(*list)), 2 * sizeof(*list));
	list[0].grpid = 0;
	CHECK_EQ(iommufd_fault_read(line[0], list, 4), 2);
	CHECK_EQ(list[0].grpid, 4);
	/* half a record is none of ours */
	CHECK_EQ(write(line[1], list, 20), 20);
	CHECK_EQ(iommufd_fault_read(line[0], list, 4), -EPROTO);
	CHECK_EQ(iommufd_fault_read(-1, list, 4), -EBADF);
	CHECK_EQ(iommufd_fault_read(line[0], list, UINT_MAX), -EINVAL);
	CHECK_EQ(iommufd_fault_respond(line[1], responses, 3), 3);
	CHECK_EQ(iommufd_fault_respond(line[0], responses, 3), -EBADF);
	CHECK_EQ(iommufd_fault_respond(line[1], responses, UINT_MAX), -EINVAL);
	close(line[1]);
	CHECK_EQ(read(line[0], list, sizeof(list)), sizeof(responses));
	CHECK_EQ(iommufd_fault_read(line[0], list, 4), 0);
	close(line[0]);
	kernel_answers(EMFILE, NULL);
	CHECK_EQ(iommufd_fault_queue_alloc(7, &id, &id_fd), -EMFILE);
	CHECK_EQ(id_fd, -1);
	SENT(IOMMU_FAULT_QUEUE_ALLOC, struct iommu_fault_alloc, .size = 16);
}

static void answer_device(void *arg)
{
	((struct vfio_device_bind_iommufd *)arg)->out_devid = 11;
}

static void answer_hwpt(void *arg)
{
	((struct vfio_device_attach_iommufd_pt *)arg)->pt_id = 12;
}

static void devices(void)
{
	struct vfio_region_info info = { .size = 1 };
	__u32 id = 2;

	kernel_answers(0, answer_device);
	CHECK_EQ(iommufd_vfio_bind(7, 9, &id), 0);
	SENT(VFIO_DEVICE_BIND_IOMMUFD, struct vfio_device_bind_iommufd,
	     .argsz = sizeof(struct vfio_device_bind_iommufd), .iommufd = 9);
	CHECK_EQ(id, 11);
	kernel_answers(EBUSY, answer_hwpt);
	CHECK_EQ(iommufd_vfio_attach(7, &id), -EBUSY);
	CHECK_EQ(id, 11);
	kernel_answers(0, answer_hwpt);
	CHECK_EQ(iommufd_vfio_attach(7, &id), 0);
	SENT(VFIO_DEVICE_ATTACH_IOMMUFD_PT,
	     struct vfio_device_attach_iommufd_pt, .argsz = 16, .pt_id = 11);
	CHECK_EQ(id, 12);
	CHECK_EQ(iommufd_vfio_pasid_attach(7, 3, &id), 0);
	SENT(VFIO_DEVICE_ATTACH_IOMMUFD_PT,
	     struct vfio_device_attach_iommufd_pt, .argsz = 16,
	     .flags = VFIO_DEVICE_ATTACH_PASID, .pt_id = 12, .pasid = 3);
	kernel_answers(0, NULL);
	CHECK_EQ(iommufd_vfio_detach(7), 0);
	SENT(VFIO_DEVICE_DETACH_IOMMUFD_PT,
	     struct vfio_device_detach_iommufd_pt, .argsz = 12);
	CHECK_EQ(iommufd_vfio_pasid_detach(7, 3), 0);
	SENT(VFIO_DEVICE_DETACH_IOMMUFD_PT,
	     struct vfio_device_detach_iommufd_pt, .argsz = 12,
	     .flags = VFIO_DEVICE_DETACH_PASID, .pasid = 3);
	CHECK_EQ(iommufd_vfio_region(7, 2, &info), 0);
	SENT(VFIO_DEVICE_GET_REGION_INFO, struct vfio_region_info,
	     .argsz = sizeof(info), .index = 2);
}

static const struct {
	const char *name;
	void (*fn)(void);
} cases[] = {
	{ "errors", errors },
	{ "contexts", contexts },
	{ "maps", maps },
	{ "structs", structs },
	{ "ranges", ranges },
	{ "invalidations", invalidations },
	{ "dirty_bits", dirty_bits },
	{ "faults", faults },
	{ "vevents", unit_vevents },
	{ "addresses", unit_addresses },
	{ "devices", devices },
	{ "device_parts", unit_device_parts },
	{ "memory", unit_memory },
	{ "files", unit_files },
	{ "meanings", unit_meanings },
	{ "every_meaning", unit_every_meaning },
	{ "traces", unit_traces },
	{ "lines", unit_lines },
	{ "sessions", unit_sessions },
};

int main(void)
{
	const unsigned int num = sizeof(cases) / sizeof(cases[0]);
	int status = 0;
	unsigned int i;

	printf("1..%u\n", num);
	for (i = 0; i < num; i++) {
		unit_failed = 0;
		cases[i].fn();
		printf("%sok %u - %s\n", unit_failed ? "not " : "", i + 1,
		       cases[i].name);
		status |= unit_failed;
	}
	return status;
}
