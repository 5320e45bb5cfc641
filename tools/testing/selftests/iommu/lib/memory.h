/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory to map, of every kind that a test needs. */
#ifndef IOMMU_SELFTEST_MEMORY_H
#define IOMMU_SELFTEST_MEMORY_H

#include <stddef.h>

size_t page_size(void);

/*
 * Private anonymous memory in single pages (no THP), every page written with
 * its own pattern. Aligned to the next power of two of its size.
 */
void *mem_pages(size_t npages);
/* The same, never touched. */
void *mem_untouched(size_t npages);
/* Page aligned, but to nothing more. */
void *mem_pages_odd(size_t npages);

/* Bytes of one PMD sized page; 0 without THP. */
size_t thp_size(void);
/* @nhuge PMD sized pages, touched; skips the case where THP gives none. */
void *mem_thp(size_t nhuge);
/* Explicit huge pages of 2 MiB; reserves them, skips when there are none. */
void *mem_hugetlb(size_t nhuge);
long hugetlb_free(void);

/*
 * Copies the last @nbytes of @src right before an unmapped page, so that a
 * reader of anything beyond faults.
 */
void *mem_before_hole(const void *src, size_t nbytes);
/* A copy of @src that the kernel can read and not write. */
void *mem_readonly(const void *src, size_t nbytes);

/* Shared memory in single pages, and the same memory at a second address. */
void *mem_shared(size_t nbytes);
void *mem_alias(void *va, size_t nbytes);

/* An address that no user mapping can have at this moment. */
void *mem_nowhere(void);
/* A page of a PCI device's BAR (VM_PFNMAP); skips where there is none. */
void *mem_bar(void);

#endif
