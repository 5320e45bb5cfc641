// SPDX-License-Identifier: GPL-2.0-only
/* What a guest has of an IOMMU, and its invalidations. */
#include <stdint.h>
#include <unistd.h>

#include "lib/harness.h"
#include "differ.h"

void op_viommu_alloc(struct differ *d)
{
	struct iommu_viommu_selftest data = { .in_data = 3 };
	struct iommu_viommu_alloc cmd = {
		.flags = chance(d, 5),
		.type = chance(d, 90) ? IOMMU_VIOMMU_TYPE_SELFTEST : roll(d, 3),
		.dev_id = any_id(d, KIND_DEVICE),
		.hwpt_id = any_id(d, KIND_HWPT),
		.__reserved = any_reserved(d),
		.data_uptr = (uintptr_t)&data,
	};

	if (chance(d, 40))
		cmd.data_len = chance(d, 80) ? sizeof(data) : roll(d, 20);
	say("viommu_alloc flags=%u type=0x%x dev=%u hwpt=%u reserved=%u length=%u",
	    cmd.flags, cmd.type, cmd.dev_id, cmd.hwpt_id, cmd.__reserved,
	    cmd.data_len);
	if (!ask_sized(d, IOMMU_VIOMMU_ALLOC, &cmd, sizeof(cmd)))
		remember(d, KIND_VIOMMU, cmd.out_viommu_id);
}

void op_vdevice_alloc(struct differ *d)
{
	struct iommu_vdevice_alloc cmd = {
		.viommu_id = any_id(d, KIND_VIOMMU),
		.dev_id = any_id(d, KIND_DEVICE),
		.virt_id = chance(d, 80) ? roll(d, 3) : ~0ULL,
	};

	say("vdevice_alloc viommu=%u dev=%u virt=0x%llx", cmd.viommu_id,
	    cmd.dev_id, cmd.virt_id);
	if (!ask_sized(d, IOMMU_VDEVICE_ALLOC, &cmd, sizeof(cmd)))
		remember(d, KIND_VDEVICE, cmd.out_vdevice_id);
}

void op_veventq_alloc(struct differ *d)
{
	static const __u32 depths[] = { 0, ~0u };
	struct iommu_veventq_alloc cmd = {
		.flags = chance(d, 5),
		.viommu_id = any_id(d, KIND_VIOMMU),
		.type = chance(d, 85) ? IOMMU_VEVENTQ_TYPE_SELFTEST :
					roll(d, 2),
		.veventq_depth = chance(d, 80) ? 2 : one_of(d, depths),
		.__reserved = any_reserved(d),
	};

	say("veventq_alloc flags=%u viommu=%u type=0x%x depth=0x%x reserved=%u",
	    cmd.flags, cmd.viommu_id, cmd.type, cmd.veventq_depth,
	    cmd.__reserved);
	if (ask_sized(d, IOMMU_VEVENTQ_ALLOC, &cmd, sizeof(cmd)))
		return;
	remember(d, KIND_VEVENTQ, cmd.out_veventq_id);
	close(cmd.out_veventq_fd);
}

void op_hw_queue_alloc(struct differ *d)
{
	struct iommu_hw_queue_alloc cmd = {
		.flags = chance(d, 5),
		.viommu_id = any_id(d, KIND_VIOMMU),
		.type = chance(d, 88) ? IOMMU_HW_QUEUE_TYPE_SELFTEST :
					roll(d, 2),
		.index = roll(d, IOMMU_TEST_HW_QUEUE_MAX + 1),
		.nesting_parent_iova = any_iova(d),
		.length = any_length(d),
	};

	say("hw_queue_alloc flags=%u viommu=%u type=0x%x index=%u iova=0x%llx length=0x%llx",
	    cmd.flags, cmd.viommu_id, cmd.type, cmd.index,
	    cmd.nesting_parent_iova, cmd.length);
	if (!ask_sized(d, IOMMU_HW_QUEUE_ALLOC, &cmd, sizeof(cmd)))
		remember(d, KIND_HW_QUEUE, cmd.out_hw_queue_id);
}

/*
 * Entries for either: those of a hwpt begin with flags and slot, those of a
 * vIOMMU have the virtual id of a device between.
 */
static void any_entries(struct differ *d, __u32 *entries, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		entries[i] = chance(d, 80) ? roll(d, 2) : roll(d, 5);
		say(" %u", entries[i]);
	}
}

void op_invalidate(struct differ *d)
{
	bool viommu = chance(d, 40);
	__u32 entries[9];
	struct iommu_hwpt_invalidate cmd = {
		.hwpt_id = any_id(d, viommu ? KIND_VIOMMU : KIND_NESTED),
		.data_uptr = any_pointer(d, entries),
		.data_type = chance(d, 90) ?
			IOMMU_HWPT_INVALIDATE_DATA_SELFTEST : roll(d, 3),
		.entry_num = roll(d, 4),
		.__reserved = any_reserved(d),
	};

	if (chance(d, 12))
		cmd.entry_len = roll(d, sizeof(entries) + 4);
	else if (viommu)
		cmd.entry_len = sizeof(struct iommu_viommu_invalidate_selftest);
	else
		cmd.entry_len = sizeof(struct iommu_hwpt_invalidate_selftest);
	say("invalidate id=%u type=0x%x length=%u num=%u reserved=%u array=%d entries",
	    cmd.hwpt_id, cmd.data_type, cmd.entry_len, cmd.entry_num,
	    cmd.__reserved, cmd.data_uptr == (uintptr_t)entries);
	any_entries(d, entries, ARRAY_LEN(entries));
	ask_sized(d, IOMMU_HWPT_INVALIDATE, &cmd, sizeof(cmd));
}

static __u32 hwpt(struct differ *d, struct iommu_hwpt_alloc cmd, enum kind k)
{
	cmd.size = sizeof(cmd);
	say("; hwpt_alloc flags=0x%x pt=%u type=0x%x", cmd.flags, cmd.pt_id,
	    cmd.data_type);
	if (!ask(d, IOMMU_HWPT_ALLOC, &cmd, sizeof(cmd)))
		remember(d, k, cmd.out_hwpt_id);
	return cmd.out_hwpt_id;
}

void op_guest(struct differ *d)
{
	__u32 dev = right_id(d, KIND_DEVICE);
	__u32 ioas = right_id(d, KIND_IOAS);
	struct iommu_hwpt_selftest data = { .iotlb = 5 };
	struct iommu_viommu_alloc cmd = {
		.size = sizeof(cmd),
		.type = IOMMU_VIOMMU_TYPE_SELFTEST,
		.dev_id = dev,
	};

	say("guest dev=%u ioas=%u", dev, ioas);
	cmd.hwpt_id = hwpt(d, (struct iommu_hwpt_alloc) {
		.flags = IOMMU_HWPT_ALLOC_NEST_PARENT,
		.dev_id = dev,
		.pt_id = ioas,
	}, KIND_HWPT);
	say("; viommu_alloc");
	if (!ask(d, IOMMU_VIOMMU_ALLOC, &cmd, sizeof(cmd)))
		remember(d, KIND_VIOMMU, cmd.out_viommu_id);
	hwpt(d, (struct iommu_hwpt_alloc) {
		.flags = IOMMU_HWPT_ALLOC_DIRTY_TRACKING,
		.dev_id = dev,
		.pt_id = ioas,
	}, KIND_HWPT);
	hwpt(d, (struct iommu_hwpt_alloc) {
		.dev_id = dev,
		.pt_id = chance(d, 50) ? cmd.out_viommu_id : cmd.hwpt_id,
		.data_type = IOMMU_HWPT_DATA_SELFTEST,
		.data_len = sizeof(data),
		.data_uptr = (uintptr_t)&data,
	}, KIND_NESTED);
}
