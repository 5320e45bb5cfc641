// SPDX-License-Identifier: GPL-2.0-only
/* xorshift64: quick, and the same everywhere. */
#include "random.h"

static __u64 sequence = 1;

__u64 random_next(__u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

void random_begin(__u64 seed)
{
	sequence = seed * 0x9e3779b97f4a7c15ULL + 1;
}

__u64 random_below(__u64 n)
{
	return random_next(&sequence) % n;
}
