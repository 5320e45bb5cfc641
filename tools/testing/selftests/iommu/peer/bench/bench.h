/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What it costs to map memory for a device, in ns of CLOCK_MONOTONIC. In a VM
 * whose clock counts instructions (vm-run --icount) that is the number of
 * executed instructions, the same on every run and every machine.
 *
 * Only the public uAPI is used, and for dirty bits the test ABI of 7.3: the
 * program runs on any kernel.
 *
 * What is counted calls ioctl() itself, as a wrapper's instructions would count as
 * well. All else is done by tools/lib/iommufd.
 */
#ifndef IOMMU_BENCH_H
#define IOMMU_BENCH_H

#include <stddef.h>
#include <linux/types.h>

/* Away from the x86 MSI window and inside of every aperture. */
#define BENCH_IOVA 0x100000000ULL

/* An address space of a real device, by one of the two interfaces. */
struct space {
	const struct space_ops *ops;
	int device;
	int fd;
	/* iommufd */
	__u32 dev_id, ioas, second;
};

struct space_ops {
	const char *name;
	void (*open)(struct space *space, const char *vfio_path);
	/* At @iova; where it is 0 and the interface can, anywhere. */
	__u64 (*map)(struct space *space, void *va, size_t nbytes, __u64 iova);
	void (*unmap)(struct space *space, __u64 iova, size_t nbytes);
	void (*unmap_all)(struct space *space);
	/* To a second address space with a table of its own. */
	void (*copy)(struct space *space, __u64 iova, size_t nbytes);
	void (*drop_copy)(struct space *space);
};

extern const struct space_ops iommufd_ops, type1_ops;

__u64 bench_now(void);
void bench_print(const char *group, const char *row, __u64 ns, __u64 count);

/* The kernel's own benchmark of the DMA API, with a PCI device. */
void bench_dma_api(const char *bdf);
void bench_dirty(void);
/* @n copies of one page. */
void bench_users(unsigned long n);

#endif
