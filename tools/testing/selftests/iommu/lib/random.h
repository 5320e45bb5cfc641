/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers that look random and follow from a seed. */
#ifndef SELFTEST_RANDOM_H
#define SELFTEST_RANDOM_H

#include <linux/types.h>

/* @state is not 0. */
__u64 random_next(__u64 *state);

/* For programs with one sequence. 0 is a seed, too. */
void random_begin(__u64 seed);
/* 0 to @n - 1, from what random_begin() began. */
__u64 random_below(__u64 n);

#endif
