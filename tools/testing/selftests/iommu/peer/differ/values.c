// SPDX-License-Identifier: GPL-2.0-only
/* Values for the fields of an ioctl, most of them close to right. */
#include <stdint.h>

#include "lib/harness.h"
#include "differ.h"

/* No object of a sequence has it. */
#define NO_ID 0x7000000u

/* The generator "splitmix64": the same on every machine and libc. */
__u64 roll(struct differ *d, __u64 sides)
{
	__u64 z = d->dice += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	z ^= z >> 31;
	return z % sides;
}

bool chance(struct differ *d, unsigned int percent)
{
	return roll(d, 100) < percent;
}

void remember(struct differ *d, enum kind k, __u32 id)
{
	if (d->nids[k] < MAX_IDS)
		d->id[k][d->nids[k]++] = id;
	else
		d->id[k][roll(d, MAX_IDS)] = id;
}

__u32 right_id(struct differ *d, enum kind k)
{
	if (!d->nids[k])
		return NO_ID;
	return d->id[k][roll(d, d->nids[k])];
}

__u32 any_id(struct differ *d, enum kind k)
{
	static const __u32 nobody[] = { 0, 0x7fffff, ~0u };
	unsigned int n;

	if (!chance(d, d->wrong))
		return right_id(d, k);
	n = roll(d, ARRAY_LEN(nobody) + 1);
	return n < ARRAY_LEN(nobody) ? nobody[n] :
				       right_id(d, roll(d, NKINDS));
}

/* Mostly one of the first five. */
static __u64 first_or_any(struct differ *d, const __u64 *list, size_t n)
{
	return list[roll(d, chance(d, 75) ? 5 : n)];
}

__u64 any_iova(struct differ *d)
{
	static const __u64 iovas[] = {
		0x1000000, 0x1001000, 0x1002000, 0x1000800, 0x1010000,
		0x1ff000, 0, 0x800, 0x2000000, 0x7ffff000, 0x80000000,
		0xfffffffffffff000, ~0ULL, 0x1000001, 0x1100000, 0x1200000,
	};

	return first_or_any(d, iovas, ARRAY_LEN(iovas));
}

__u64 any_length(struct differ *d)
{
	static const __u64 lengths[] = {
		0x1000, 0x2000, 0x3000, 0x800, 0x10000, 0, 1, ~0ULL, 0x100000,
		0x8000000000000000, 0xfffffffffffff000, 0x1800,
	};

	return first_or_any(d, lengths, ARRAY_LEN(lengths));
}

__u64 any_va(struct differ *d)
{
	const __u64 mem = (uintptr_t)d->mem;
	/* The last two: no user address, and one map that leaves the memory. */
	const __u64 odd[] = {
		mem + 0x800, mem + 0x800, mem + 1, 0, (uintptr_t)d->readonly,
		~0ULL, 0xffff800000000000, mem + MEM_BYTES - 0x1000,
	};

	if (chance(d, 75))
		return mem + roll(d, 16) * 0x1000;
	return one_of(d, odd);
}

__u64 any_pointer(struct differ *d, const void *p)
{
	static const __u64 bad[] = { 0, 0x1000, ~0ULL };

	return chance(d, 88) ? (uintptr_t)p : one_of(d, bad);
}

__u32 any_flags(struct differ *d, __u32 good)
{
	__u32 flags = chance(d, 50) ? good : good & roll(d, 256);

	if (chance(d, 5))
		flags |= 1u << roll(d, 32);
	return flags;
}

__u32 any_map_flags(struct differ *d)
{
	return any_flags(d, chance(d, 50) ? PROT_RW | MAP_AT : PROT_RW);
}

__u32 any_reserved(struct differ *d)
{
	return chance(d, 4);
}
