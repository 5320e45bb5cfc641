// SPDX-License-Identifier: GPL-2.0-only
/* Address spaces, what is in them, and the life of objects. */
#include <stdint.h>
#include <string.h>

#include "lib/harness.h"
#include "differ.h"

/* Beyond all open ones. */
#define FAR_FD 1000

void op_ioas_alloc(struct differ *d)
{
	struct iommu_ioas_alloc cmd = { .flags = chance(d, 5) };

	say("ioas_alloc flags=%u", cmd.flags);
	if (!ask_sized(d, IOMMU_IOAS_ALLOC, &cmd, sizeof(cmd)))
		remember(d, KIND_IOAS, cmd.out_ioas_id);
}

void op_ranges(struct differ *d)
{
	struct iommu_iova_range range[4] = {};
	struct iommu_ioas_iova_ranges cmd = {
		.ioas_id = any_id(d, KIND_IOAS),
		.num_iovas = roll(d, 4),
		.__reserved = any_reserved(d),
		.allowed_iovas = any_pointer(d, range),
	};
	size_t i;

	say("ranges ioas=%u num=%u reserved=%u array=%d", cmd.ioas_id,
	    cmd.num_iovas, cmd.__reserved,
	    cmd.allowed_iovas == (uintptr_t)range);
	ask_sized(d, IOMMU_IOAS_IOVA_RANGES, &cmd, sizeof(cmd));
	for (i = 0; i < ARRAY_LEN(range); i++)
		say(" 0x%llx-0x%llx", range[i].start, range[i].last);
}

void op_allow(struct differ *d)
{
	static const __u64 starts[] = {
		0, 0x1000000, 0x1000, 0x2000000, 0x1800000,
	};
	static const __u64 lasts[] = {
		0xfffff, 0x1ffffff, 0x1fff, 0x7fffffff, ~0ULL,
	};
	struct iommu_iova_range range[3];
	struct iommu_ioas_allow_iovas cmd = {
		.ioas_id = any_id(d, KIND_IOAS),
		.num_iovas = roll(d, ARRAY_LEN(range) + 1),
		.__reserved = any_reserved(d),
		.allowed_iovas = any_pointer(d, range),
	};
	size_t i;

	say("allow ioas=%u num=%u reserved=%u array=%d", cmd.ioas_id,
	    cmd.num_iovas, cmd.__reserved,
	    cmd.allowed_iovas == (uintptr_t)range);
	for (i = 0; i < ARRAY_LEN(range); i++) {
		range[i].start = one_of(d, starts);
		range[i].last = one_of(d, lasts);
		if (i < cmd.num_iovas)
			say(" range%zu=0x%llx-0x%llx", i, range[i].start,
			    range[i].last);
	}
	ask_sized(d, IOMMU_IOAS_ALLOW_IOVAS, &cmd, sizeof(cmd));
}

void op_map(struct differ *d)
{
	struct iommu_ioas_map cmd = {
		.flags = any_map_flags(d),
		.ioas_id = any_id(d, KIND_IOAS),
		.__reserved = any_reserved(d),
		.user_va = any_va(d),
		.length = any_length(d),
		.iova = any_iova(d),
	};

	say("map flags=0x%x ioas=%u reserved=%u va=0x%llx length=0x%llx iova=0x%llx",
	    cmd.flags, cmd.ioas_id, cmd.__reserved, cmd.user_va, cmd.length,
	    cmd.iova);
	ask_sized(d, IOMMU_IOAS_MAP, &cmd, sizeof(cmd));
}

void op_map_file(struct differ *d)
{
	const int fds[] = { d->memfd, -1, -1, FAR_FD, FAR_FD };
	struct iommu_ioas_map_file cmd = {
		.flags = any_map_flags(d),
		.ioas_id = any_id(d, KIND_IOAS),
		.fd = chance(d, 85) ? d->memfd : one_of(d, fds),
		.start = chance(d, 80) ? roll(d, 8) * 0x1000 : any_length(d),
		.length = any_length(d),
		.iova = any_iova(d),
	};

	say("map_file flags=0x%x ioas=%u fd=%s start=0x%llx length=0x%llx iova=0x%llx",
	    cmd.flags, cmd.ioas_id,
	    cmd.fd < 0 ? "none" : cmd.fd == FAR_FD ? "far" : "memfd",
	    cmd.start, cmd.length, cmd.iova);
	ask_sized(d, IOMMU_IOAS_MAP_FILE, &cmd, sizeof(cmd));
}

void op_copy(struct differ *d)
{
	struct iommu_ioas_copy cmd = {
		.flags = any_map_flags(d),
		.dst_ioas_id = any_id(d, KIND_IOAS),
		.src_ioas_id = any_id(d, KIND_IOAS),
		.length = any_length(d),
		.dst_iova = any_iova(d),
		.src_iova = any_iova(d),
	};

	say("copy flags=0x%x to=%u from=%u length=0x%llx iova=0x%llx source=0x%llx",
	    cmd.flags, cmd.dst_ioas_id, cmd.src_ioas_id, cmd.length,
	    cmd.dst_iova, cmd.src_iova);
	ask_sized(d, IOMMU_IOAS_COPY, &cmd, sizeof(cmd));
}

void op_unmap(struct differ *d)
{
	struct iommu_ioas_unmap cmd = {
		.ioas_id = any_id(d, KIND_IOAS),
		.iova = any_iova(d),
		.length = any_length(d),
	};

	if (chance(d, 15)) {
		cmd.iova = 0;
		cmd.length = ~0ULL;
	}
	say("unmap ioas=%u iova=0x%llx length=0x%llx", cmd.ioas_id, cmd.iova,
	    cmd.length);
	ask_sized(d, IOMMU_IOAS_UNMAP, &cmd, sizeof(cmd));
}

void op_option(struct differ *d)
{
	struct iommu_option cmd = {
		.option_id = roll(d, chance(d, 90) ? 2 : 5),
		.op = chance(d, 92) ? roll(d, 2) : 2,
		.__reserved = any_reserved(d),
		.object_id = chance(d, 30) ? 0 : any_id(d, KIND_IOAS),
		.val64 = roll(d, 3),
	};

	say("option id=%u op=%u reserved=%u object=%u value=%llu",
	    cmd.option_id, cmd.op, cmd.__reserved, cmd.object_id, cmd.val64);
	ask_sized(d, IOMMU_OPTION, &cmd, sizeof(cmd));
}

void op_change_process(struct differ *d)
{
	struct iommu_ioas_change_process cmd = {
		.__reserved = any_reserved(d),
	};

	say("change_process reserved=%u", cmd.__reserved);
	ask_sized(d, IOMMU_IOAS_CHANGE_PROCESS, &cmd, sizeof(cmd));
}

void op_get_pa(struct differ *d)
{
	struct iommu_ioas_noiommu_get_pa cmd = {
		.flags = chance(d, 5),
		.ioas_id = any_id(d, KIND_IOAS),
		.__reserved = any_reserved(d),
		.iova = any_iova(d),
		.length = any_length(d),
	};

	say("get_pa flags=%u ioas=%u reserved=%u iova=0x%llx length=0x%llx",
	    cmd.flags, cmd.ioas_id, cmd.__reserved, cmd.iova, cmd.length);
	ask_sized(d, IOMMU_IOAS_NOIOMMU_GET_PA, &cmd, sizeof(cmd));
}

void op_reserve(struct differ *d)
{
	struct iommu_test_cmd cmd = {
		.id = right_id(d, KIND_IOAS),
		.add_reserved = {
			.start = any_iova(d),
			.length = any_length(d),
		},
	};

	say("reserve ioas=%u iova=0x%llx length=0x%llx", cmd.id,
	    cmd.add_reserved.start, cmd.add_reserved.length);
	ask_mock(d, IOMMU_TEST_OP_ADD_RESERVED, &cmd);
}

void op_destroy(struct differ *d)
{
	enum kind kind = roll(d, NKINDS);
	struct iommu_destroy cmd = {};

	/* A mock device goes with its stdev. */
	if (kind == KIND_DEVICE)
		kind = KIND_STDEV;
	/* Without these little is left to ask for. */
	if (kind <= KIND_NESTED && chance(d, 60)) {
		say("destroy nothing");
		return;
	}
	cmd.id = right_id(d, chance(d, 90) ? kind : roll(d, NKINDS));
	say("destroy id=%u", cmd.id);
	ask_sized(d, IOMMU_DESTROY, &cmd, sizeof(cmd));
}

/* A number of an ioctl, with an argument that is too short for all of them. */
void op_unknown(struct differ *d)
{
	unsigned long request = _IO(IOMMUFD_TYPE,
				    IOMMUFD_CMD_BASE + roll(d, 32));
	__u32 arg[16] = { roll(d, 3) ? 0 : 4 };

	say("unknown request=0x%lx size=%u", request, arg[0]);
	ask(d, request, arg, sizeof(arg));
}
