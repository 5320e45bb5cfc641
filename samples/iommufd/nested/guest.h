/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest: memory, and first-stage tables that it keeps in there.
 *
 * Data is at the beginning of the memory, tables are taken from its end. A virtual
 * machine monitor has no such code: there the guest's own kernel writes the tables.
 */
#ifndef DEMO_NESTED_GUEST_H
#define DEMO_NESTED_GUEST_H

#include <stddef.h>
#include <linux/types.h>

#define GUEST_PAGE	4096ULL
#define GUEST_PAGES	256
/* Where the guest has its memory */
#define GUEST_RAM	0x10000000ULL
/* What a device of the guest calls a page */
#define GUEST_IOVA(n)	(0x7f0040000000ULL + (n) * GUEST_PAGE)

struct guest {
	__u8 *memory;
	size_t tables;
};

/* Return 0, or -1 with the step failed. */
int guest_make(struct guest *guest);
/* Guest address of page @n of data */
__u64 guest_data(size_t n);
__u8 *guest_at(const struct guest *guest, __u64 gpa);
/* An empty table; its guest address, 0 if the guest's memory is full */
__u64 guest_table(struct guest *guest);
/* @iova leads to @gpa from now on, or nowhere if that is 0. */
void guest_map(struct guest *guest, __u64 root, __u64 iova, __u64 gpa);
void guest_fill(const struct guest *guest, __u64 gpa, int byte);

#endif
