/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kinds of source share: making an object.
 */
#ifndef __IOMMUFD_PAGES_SOURCE_H
#define __IOMMUFD_PAGES_SOURCE_H

#include "pages.h"

/**
 * struct pages_desc - what a new object describes
 * @source: ops of the source kind
 * @start: source address of the first byte; any alignment
 * @length: bytes, not 0, @start + @length does not wrap
 * @writable: pins are taken for writing
 * @charge_mode: see pages_alloc_user()
 */
struct pages_desc {
	const struct pages_source_ops *source;
	unsigned long start;
	unsigned long length;
	bool writable;
	enum iommufd_charge_mode charge_mode;
};

struct iommufd_pages *pages_alloc(const struct pages_desc *desc);

#endif
