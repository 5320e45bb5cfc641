// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel address is a hex number of 16 digits that begins with ff, with or
 * without 0x. Addresses on the bus and IOVAs are not: they are what a report of
 * a DMA fault is about.
 */
#include <ctype.h>
#include <string.h>

#include "mask.h"

static int is_hex(char c)
{
	return isxdigit((unsigned char)c);
}

unsigned int mask_addresses(char *line)
{
	unsigned int num = 0;
	char *at = line;

	while (*at) {
		size_t len;

		if (!is_hex(*at)) {
			at++;
			continue;
		}
		for (len = 1; is_hex(at[len]); len++)
			;
		if (len == 16 && (at[0] | 0x20) == 'f' && (at[1] | 0x20) == 'f') {
			memset(at, 'x', len);
			num++;
		}
		at += len;
	}
	return num;
}
