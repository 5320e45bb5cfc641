/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pure part of IOVA allocation.
 */
#ifndef __IOMMUFD_IOAS_IOVA_H
#define __IOMMUFD_IOAS_IOVA_H

#include <linux/maple_tree.h>
#include <linux/types.h>

/**
 * struct ioas_iova_wish - what an automatic IOVA has to satisfy
 * @length: bytes
 * @align: alignment derived from the source address and length
 * @modulus: IOVA modulo this is @offset; a power of two, PAGE_SIZE at least
 * @offset: offset of the source address in its page
 */
struct ioas_iova_wish {
	unsigned long length;
	unsigned long align;
	unsigned long modulus;
	unsigned long offset;
};

void ioas_iova_wish(struct ioas_iova_wish *wish, unsigned long addr,
		    unsigned long length);
bool ioas_iova_find(struct maple_tree *areas, const struct ioas_iova_wish *wish,
		    unsigned long first, unsigned long last,
		    unsigned long *iova);

#endif
