/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory of the kinds a DMA target can have: scattered 4 KiB pages,
 * transparent huge pages, hugetlb pages.
 */
#ifndef DEMO_MEM_H
#define DEMO_MEM_H

#include <stddef.h>
#include <linux/types.h>

#define SIZE_4K		((size_t)4096)
#define SIZE_2M		((size_t)2 << 20)

enum mem_kind {
	MEM_SMALL,
	MEM_THP,
	MEM_HUGETLB,
};

struct mem {
	enum mem_kind kind;
	__u8 *base;
	size_t size;		/* multiple of mem_page(kind) */
	size_t guard;		/* bytes of ours before base and after the end */
	__u64 iova;		/* where a device sees it, once mapped */
	__u32 prot;		/* IOMMU_IOAS_MAP_* it was mapped with; 0: not mapped */
	void *map;		/* what mmap gave */
	size_t map_size;
};

/* Bytes in a page of this kind, and its name. */
size_t mem_page(enum mem_kind kind);
const char *mem_name(enum mem_kind kind);

/* Allocate and touch all of it. Returns 0, or -1 with the step failed. */
int mem_alloc(struct mem *mem, enum mem_kind kind, size_t size);
void mem_free(struct mem *mem);

/*
 * Print what the kernel really gave. Fails the step when the pages are not
 * of the kind that was asked for.
 */
int mem_verify(const struct mem *mem, const char *role);

/* Have at least @pages free hugetlb pages; restore undoes it. */
int mem_reserve_hugetlb(size_t pages);
void mem_restore_hugetlb(void);

#endif
