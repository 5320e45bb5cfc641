/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random ioctls whose answers are printed, to compare two kernels.
 *
 * There is no model: nothing here knows what must come out. A number decides
 * the whole of a sequence, together with the ids that the kernel hands out, so
 * two kernels get the same ioctls for as long as they give the same answers.
 * Addresses that ioctls pass are the same in every run, or are not printed.
 */
#ifndef IOMMU_SELFTEST_DIFFER_H
#define IOMMU_SELFTEST_DIFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/mock.h"

#define MEM_BYTES 0x100000ul
#define FILE_BYTES 0x400000ul
#define MAX_IDS 6
#define MAX_FAULT_FILES 3
#define MAX_STDEVS 5

enum kind {
	KIND_IOAS,
	KIND_HWPT,
	KIND_NESTED,
	KIND_DEVICE,
	KIND_STDEV,
	KIND_FAULT,
	KIND_VIOMMU,
	KIND_VDEVICE,
	KIND_VEVENTQ,
	KIND_HW_QUEUE,
	NKINDS,
};

struct differ {
	int fd;
	int memfd;
	/* At fixed addresses: 1 MiB, and 64 KiB that are only readable. */
	char *mem;
	char *readonly;
	__u64 dice;
	/* Percent of the ids that are wrong on purpose. */
	unsigned int wrong;
	__u32 id[NKINDS][MAX_IDS];
	unsigned int nids[NKINDS];
	int fault_fd[MAX_FAULT_FILES];
	unsigned int nfault_fds;
};

/* values.c */
__u64 roll(struct differ *d, __u64 sides);
bool chance(struct differ *d, unsigned int percent);
#define one_of(d, list) ((list)[roll(d, sizeof(list) / sizeof((list)[0]))])

void remember(struct differ *d, enum kind k, __u32 id);
/* An id of that kind, or one that nothing has. */
__u32 right_id(struct differ *d, enum kind k);
/* The same, and now and then another one. */
__u32 any_id(struct differ *d, enum kind k);

__u64 any_iova(struct differ *d);
__u64 any_length(struct differ *d);
__u64 any_va(struct differ *d);
/* Mostly @p. */
__u64 any_pointer(struct differ *d, const void *p);
/* Some of the bits of @good, and now and then another one. */
__u32 any_flags(struct differ *d, __u32 good);
__u32 any_map_flags(struct differ *d);
/* For what has to be 0: mostly 0. */
__u32 any_reserved(struct differ *d);

/*
 * ask.c: a line is 'SEED.STEP op field=value... -> errno @offset=value...'. The
 * caller prints it up to the arrow with say(). What follows are the 32 bit
 * words of the argument that the ioctl changed.
 */
[[gnu::format(printf, 1, 2)]]
void say(const char *fmt, ...);
int ask(struct differ *d, unsigned long request, void *arg, size_t nbytes);
/* The argument begins with its size, which is not always right. */
int ask_sized(struct differ *d, unsigned long request, void *cmd,
	      size_t nbytes);
int ask_mock(struct differ *d, __u32 op, struct iommu_test_cmd *cmd);
/* The argument is a number; so may be the answer. */
void ask_number(struct differ *d, unsigned long request, unsigned long number);

/* op_space.c */
void op_ioas_alloc(struct differ *d);
void op_ranges(struct differ *d);
void op_allow(struct differ *d);
void op_map(struct differ *d);
void op_map_file(struct differ *d);
void op_copy(struct differ *d);
void op_unmap(struct differ *d);
void op_option(struct differ *d);
void op_change_process(struct differ *d);
void op_get_pa(struct differ *d);
void op_reserve(struct differ *d);
void op_destroy(struct differ *d);
void op_unknown(struct differ *d);

/* op_device.c */
void op_mock_domain(struct differ *d);
void op_replace(struct differ *d);
void op_pasid(struct differ *d);
void op_hw_info(struct differ *d);
void op_hwpt_alloc(struct differ *d);
void op_set_dirty(struct differ *d);
void op_get_dirty(struct differ *d);
void op_write_dirty(struct differ *d);
void op_fault_alloc(struct differ *d);
void op_iopf(struct differ *d);

/* op_guest.c */
void op_viommu_alloc(struct differ *d);
void op_vdevice_alloc(struct differ *d);
void op_veventq_alloc(struct differ *d);
void op_hw_queue_alloc(struct differ *d);
void op_invalidate(struct differ *d);
/* A nest parent, a vIOMMU, a table with dirty bits and a nested one. */
void op_guest(struct differ *d);

/* op_container.c */
void op_vfio_ioas(struct differ *d);
void op_vfio_map(struct differ *d);
void op_vfio_unmap(struct differ *d);
void op_vfio_info(struct differ *d);
void op_vfio_extension(struct differ *d);
void op_vfio_set(struct differ *d);

#endif
