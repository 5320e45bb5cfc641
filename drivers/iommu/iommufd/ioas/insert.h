/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How new areas enter an IOAS, whatever memory they are for.
 */
#ifndef __IOMMUFD_IOAS_INSERT_H
#define __IOMMUFD_IOAS_INSERT_H

#include "ioas.h"

/**
 * struct ioas_insertion - areas that are to stand one after the other
 * @areas: list of struct ioas_area by item; @first and @last of each hold
 *	offsets from the first IOVA until it is chosen
 * @length: bytes of all
 * @addr: source address of the first byte: what an automatic IOVA is aligned
 *	with
 */
struct ioas_insertion {
	struct list_head areas;
	unsigned long length;
	unsigned long addr;
};

void ioas_insertion_init(struct ioas_insertion *ins);
void ioas_insertion_start(struct ioas_insertion *ins, struct iommufd_ioas *ioas,
			  struct iommufd_pages *pages, unsigned long length,
			  int prot);
int ioas_insertion_add(struct ioas_insertion *ins, struct iommufd_ioas *ioas,
		       struct iommufd_pages *pages, unsigned long start,
		       unsigned long length, int prot);
void ioas_insertion_cancel(struct ioas_insertion *ins);
int ioas_insert(struct iommufd_ioas *ioas, struct ioas_insertion *ins,
		struct ioas_map_args *args, struct iommufd_why *why);

#endif
