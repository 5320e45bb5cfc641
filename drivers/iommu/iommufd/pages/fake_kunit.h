/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A source that only counts, for unit tests of what is pinned.
 */
#ifndef __IOMMUFD_PAGES_FAKE_KUNIT_H
#define __IOMMUFD_PAGES_FAKE_KUNIT_H

#include <kunit/test.h>

#include "pages.h"

#define CHUNK PAGES_CHUNK_NPAGES
#define FAKE_NPAGES (4 * CHUNK)
#define FAKE_START (7 * SZ_2M - 100 * PAGE_SIZE)
#define FAKE_NUSERS 8

/*
 * A source that counts. Page i is frame base + slot[i]; two pages may be in the
 * same frame.
 */
struct fake {
	struct pages_source_ops ops;
	struct kunit *test;
	struct iommufd_pages *pages;
	unsigned long base;
	unsigned int slot[FAKE_NPAGES];
	int pins[FAKE_NPAGES];
	unsigned long most;
	unsigned long refuse_at;
	unsigned int ncalls;
};

int fake_init(struct kunit *test);
void fake_exit(struct kunit *test);

void fake_expect_pinned(struct kunit *test, struct pages_user *users,
			unsigned long live);
void fake_expect_frames(struct kunit *test, unsigned long first,
			unsigned long last, unsigned int nruns);
int fake_add(struct kunit *test, struct pages_user *user, unsigned long first,
	     unsigned long last);

#endif
