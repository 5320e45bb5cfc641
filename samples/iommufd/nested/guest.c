// SPDX-License-Identifier: GPL-2.0-only
/* The memory and the tables of a guest. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "../step.h"
#include "guest.h"

/* Bits of a first-stage entry: present, writable, user. */
#define ENTRY_ALL	0x7ULL
#define ENTRY_PRESENT	0x1ULL
#define ENTRY_ADDR	0x000ffffffffff000ULL
#define LEVELS		4

int guest_make(struct guest *guest)
{
	*guest = (struct guest){
		.memory = mmap(NULL, GUEST_PAGES * GUEST_PAGE, PROT_READ | PROT_WRITE,
			       MAP_ANONYMOUS | MAP_SHARED, -1, 0),
	};
	if (guest->memory == MAP_FAILED)
		return step_fail(errno, "free some memory", "memory for the guest");
	return 0;
}

__u64 guest_data(size_t n)
{
	return GUEST_RAM + n * GUEST_PAGE;
}

__u8 *guest_at(const struct guest *guest, __u64 gpa)
{
	return guest->memory + (gpa - GUEST_RAM);
}

__u64 guest_table(struct guest *guest)
{
	__u64 gpa = guest_data(GUEST_PAGES - 1 - guest->tables);

	if (guest->tables == GUEST_PAGES / 2)
		return 0;
	guest->tables++;
	memset(guest_at(guest, gpa), 0, GUEST_PAGE);
	return gpa;
}

void guest_map(struct guest *guest, __u64 root, __u64 iova, __u64 gpa)
{
	__u64 *table = (__u64 *)guest_at(guest, root);
	int level;

	for (level = LEVELS - 1; level; level--) {
		__u64 *entry = &table[iova >> (12 + 9 * level) & 511];

		if (!(*entry & ENTRY_PRESENT)) {
			__u64 below = guest_table(guest);

			if (!below)
				return;
			*entry = below | ENTRY_ALL;
		}
		table = (__u64 *)guest_at(guest, *entry & ENTRY_ADDR);
	}
	table[iova >> 12 & 511] = gpa ? gpa | ENTRY_ALL : 0;
}

void guest_fill(const struct guest *guest, __u64 gpa, int byte)
{
	memset(guest_at(guest, gpa), byte, GUEST_PAGE);
}
