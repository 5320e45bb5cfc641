/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Looking inside: page tables and pins compared with user memory, and knobs
 * that drive product code into its corners.
 */
#ifndef __IOMMUFD_MOCK_CHECK_H
#define __IOMMUFD_MOCK_CHECK_H

struct iommufd_ucmd;
struct iommufd_why;
struct page;

int mock_check_pages(unsigned long uptr, struct page **pages,
		     unsigned long npages, struct iommufd_why *why);

/* handlers of test ops */
int mock_check_map_op(struct iommufd_ucmd *ucmd);
int mock_check_refs_op(struct iommufd_ucmd *ucmd);
int mock_add_reserved_op(struct iommufd_ucmd *ucmd);
int mock_limit_memory_op(struct iommufd_ucmd *ucmd);
int mock_check_cache_op(struct iommufd_ucmd *ucmd);

#endif
