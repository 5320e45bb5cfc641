// SPDX-License-Identifier: GPL-2.0-only
/* Mock devices, their page tables, dirty bits and page faults. */
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "lib/harness.h"
#include "differ.h"

/* Nested ones are few: they have half of what is left. */
static __u32 any_table(struct differ *d, unsigned int ioas_percent)
{
	if (chance(d, ioas_percent))
		return any_id(d, KIND_IOAS);
	return any_id(d, chance(d, 60) ? KIND_HWPT : KIND_NESTED);
}

void op_mock_domain(struct differ *d)
{
	static const __u32 flags[] = {
		MOCK_FLAGS_DEVICE_PASID, MOCK_FLAGS_DEVICE_PASID,
		MOCK_FLAGS_DEVICE_PASID, MOCK_FLAGS_DEVICE_NO_DIRTY,
	};
	struct iommu_test_cmd cmd = { .id = any_table(d, 70) };
	__u32 op = IOMMU_TEST_OP_MOCK_DOMAIN;

	if (d->nids[KIND_STDEV] >= MAX_STDEVS) {
		say("mock_domain nothing");
		return;
	}
	if (chance(d, 50)) {
		op = IOMMU_TEST_OP_MOCK_DOMAIN_FLAGS;
		cmd.mock_domain_flags.dev_flags =
			chance(d, 84) ? one_of(d, flags) : roll(d, 8);
	}
	say("mock_domain pt=%u flags=0x%x", cmd.id,
	    cmd.mock_domain_flags.dev_flags);
	if (ask_mock(d, op, &cmd))
		return;
	remember(d, KIND_STDEV, cmd.mock_domain.out_stdev_id);
	remember(d, KIND_DEVICE, cmd.mock_domain.out_idev_id);
	remember(d, KIND_HWPT, cmd.mock_domain.out_hwpt_id);
}

void op_replace(struct differ *d)
{
	struct iommu_test_cmd cmd = {
		.id = right_id(d, KIND_STDEV),
		.mock_domain_replace = { .pt_id = any_table(d, 50) },
	};

	say("replace stdev=%u pt=%u", cmd.id, cmd.mock_domain_replace.pt_id);
	ask_mock(d, IOMMU_TEST_OP_MOCK_DOMAIN_REPLACE, &cmd);
}

void op_pasid(struct differ *d)
{
	static const struct {
		const char *name;
		__u32 op;
	} ops[] = {
		{ "pasid_attach", IOMMU_TEST_OP_PASID_ATTACH },
		{ "pasid_replace", IOMMU_TEST_OP_PASID_REPLACE },
		{ "pasid_detach", IOMMU_TEST_OP_PASID_DETACH },
	};
	size_t n = roll(d, ARRAY_LEN(ops));
	struct iommu_test_cmd cmd = { .id = right_id(d, KIND_STDEV) };
	__u32 *pasid = &cmd.pasid_attach.pasid;
	bool ioas = false;

	if (chance(d, 80))
		*pasid = 100 + roll(d, 2);
	else
		*pasid = chance(d, 50) ? 1 << MOCK_PASID_WIDTH : 0;
	if (ops[n].op != IOMMU_TEST_OP_PASID_DETACH) {
		ioas = chance(d, 15);
		cmd.pasid_attach.pt_id = any_table(d, ioas ? 100 : 0);
	}
	say("%s stdev=%u pasid=%u pt=%u ioas=%d", ops[n].name, cmd.id, *pasid,
	    cmd.pasid_attach.pt_id, ioas);
	ask_mock(d, ops[n].op, &cmd);
}

void op_hw_info(struct differ *d)
{
	__u32 data[16];
	struct iommu_hw_info cmd = {
		.flags = chance(d, 80) ? 0 : any_flags(d, 1),
		.dev_id = any_id(d, KIND_DEVICE),
		.data_len = roll(d, 5) * 4,
		.data_uptr = any_pointer(d, data),
	};
	size_t i;

	memset(data, 7, sizeof(data));
	if (cmd.flags & IOMMU_HW_INFO_FLAG_INPUT_TYPE && chance(d, 50))
		cmd.in_data_type = chance(d, 60) ? IOMMU_HW_INFO_TYPE_SELFTEST :
						   roll(d, 4);
	say("hw_info flags=0x%x dev=%u length=%u type=0x%x data=%d", cmd.flags,
	    cmd.dev_id, cmd.data_len, cmd.in_data_type,
	    cmd.data_uptr == (uintptr_t)data);
	ask_sized(d, IOMMU_GET_HW_INFO, &cmd, sizeof(cmd));
	for (i = 0; i < 5; i++)
		say(" 0x%x", data[i]);
}

static __u32 any_hwpt_flags(struct differ *d)
{
	static const __u32 usual[] = {
		0, IOMMU_HWPT_ALLOC_NEST_PARENT,
		IOMMU_HWPT_ALLOC_DIRTY_TRACKING, IOMMU_HWPT_FAULT_ID_VALID,
	};
	__u32 flags = chance(d, 80) ? one_of(d, usual) : roll(d, 32);

	if (chance(d, 3))
		flags |= 1u << roll(d, 32);
	return flags;
}

static __u32 any_hwpt_parent(struct differ *d)
{
	if (chance(d, 60))
		return any_id(d, KIND_IOAS);
	return any_id(d, chance(d, 50) ? KIND_HWPT : KIND_VIOMMU);
}

void op_hwpt_alloc(struct differ *d)
{
	/* Not MOCK_IOMMUPT_HUGE: there the two mocks are not alike. */
	struct iommu_hwpt_selftest data = {
		.iotlb = 5,
		.pagetable_type = chance(d, 33) ? 2 : MOCK_IOMMUPT_DEFAULT,
	};
	struct iommu_hwpt_alloc cmd = {
		.flags = any_hwpt_flags(d),
		.dev_id = any_id(d, KIND_DEVICE),
		.pt_id = any_hwpt_parent(d),
		.__reserved = any_reserved(d),
		.__reserved2 = any_reserved(d),
	};

	if (chance(d, 30)) {
		cmd.data_type = chance(d, 85) ? IOMMU_HWPT_DATA_SELFTEST :
						roll(d, 3);
		cmd.data_len = chance(d, 85) ? sizeof(data) : roll(d, 20);
		cmd.data_uptr = any_pointer(d, &data);
	} else if (chance(d, 5)) {
		cmd.data_len = sizeof(data);
	}
	if (cmd.flags & IOMMU_HWPT_FAULT_ID_VALID || chance(d, 60))
		cmd.fault_id = any_id(d, KIND_FAULT);
	say("hwpt_alloc flags=0x%x dev=%u pt=%u reserved=%u reserved2=%u type=0x%x",
	    cmd.flags, cmd.dev_id, cmd.pt_id, cmd.__reserved, cmd.__reserved2,
	    cmd.data_type);
	say(" length=%u data=%d table=%u fault=%u", cmd.data_len,
	    cmd.data_uptr == (uintptr_t)&data, data.pagetable_type,
	    cmd.fault_id);
	if (!ask_sized(d, IOMMU_HWPT_ALLOC, &cmd, sizeof(cmd)))
		remember(d, cmd.data_type ? KIND_NESTED : KIND_HWPT,
			 cmd.out_hwpt_id);
}

void op_set_dirty(struct differ *d)
{
	struct iommu_hwpt_set_dirty_tracking cmd = {
		.flags = any_flags(d, IOMMU_HWPT_DIRTY_TRACKING_ENABLE),
		.hwpt_id = any_id(d, KIND_HWPT),
		.__reserved = any_reserved(d),
	};

	say("set_dirty flags=0x%x hwpt=%u reserved=%u", cmd.flags, cmd.hwpt_id,
	    cmd.__reserved);
	ask_sized(d, IOMMU_HWPT_SET_DIRTY_TRACKING, &cmd, sizeof(cmd));
}

void op_get_dirty(struct differ *d)
{
	static const __u64 odd_sizes[] = { 0x800, 0x800, 0, 3, 6, 9 };
	static unsigned char bits[4096];
	struct iommu_hwpt_get_dirty_bitmap cmd = {
		.hwpt_id = any_id(d, KIND_HWPT),
		.flags = any_flags(d, IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR),
		.__reserved = any_reserved(d),
		.iova = any_iova(d),
		.length = any_length(d),
		.page_size = chance(d, 70) ? 0x1000 : one_of(d, odd_sizes),
		.data = any_pointer(d, bits),
	};

	memset(bits, 0, sizeof(bits));
	say("get_dirty flags=0x%x hwpt=%u reserved=%u iova=0x%llx length=0x%llx",
	    cmd.flags, cmd.hwpt_id, cmd.__reserved, cmd.iova, cmd.length);
	say(" page=0x%llx bitmap=%d", cmd.page_size,
	    cmd.data == (uintptr_t)bits);
	/* One that failed may have found some bits before it did. */
	if (!ask_sized(d, IOMMU_HWPT_GET_DIRTY_BITMAP, &cmd, sizeof(cmd)))
		say(" bits=0x%x", bits[0]);
}

/* As a device would. */
void op_write_dirty(struct differ *d)
{
	static const __u64 all = ~0ULL;
	struct iommu_test_cmd cmd = {
		.id = any_id(d, KIND_HWPT),
		.dirty = {
			.iova = any_iova(d),
			.length = any_length(d),
			.page_size = MOCK_PAGE,
			.uptr = (uintptr_t)&all,
		},
	};

	/* There are no more bits. */
	if (cmd.dirty.length > 0x10000)
		cmd.dirty.length = 0x10000;
	say("write_dirty hwpt=%u iova=0x%llx length=0x%llx", cmd.id,
	    cmd.dirty.iova, cmd.dirty.length);
	ask_mock(d, IOMMU_TEST_OP_DIRTY, &cmd);
}

void op_fault_alloc(struct differ *d)
{
	struct iommu_fault_alloc cmd = { .flags = chance(d, 6) };

	say("fault_alloc flags=%u", cmd.flags);
	if (ask_sized(d, IOMMU_FAULT_QUEUE_ALLOC, &cmd, sizeof(cmd)))
		return;
	remember(d, KIND_FAULT, cmd.out_fault_id);
	/* An open one keeps its queue from being destroyed. */
	if (d->nfault_fds < MAX_FAULT_FILES)
		d->fault_fd[d->nfault_fds++] = cmd.out_fault_fd;
	else
		close(cmd.out_fault_fd);
}

void op_iopf(struct differ *d)
{
	struct iommu_test_cmd cmd = {
		.trigger_iopf = {
			.dev_id = any_id(d, KIND_DEVICE),
			.grpid = 1,
		},
	};

	say("iopf dev=%u", cmd.trigger_iopf.dev_id);
	ask_mock(d, IOMMU_TEST_OP_TRIGGER_IOPF, &cmd);
}
