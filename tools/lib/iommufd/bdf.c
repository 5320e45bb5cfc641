// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Addresses of PCI functions. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "bdf.h"

/* Digits are "x", and the function is below 8. */
static int matches(const char *text, const char *pattern)
{
	for (; *pattern; text++, pattern++)
		if (*pattern == 'x' ? !isxdigit((unsigned char)*text) :
				      *text != *pattern)
			return 0;
	return 1;
}

int iommufd_bdf_normalize(const char *text, char bdf[BDF_SIZE])
{
	static const char tail[] = "xx:xx.x";
	size_t len = strlen(text), domain, i;

	if (len < sizeof(tail) - 1 || len >= BDF_SIZE)
		return -EINVAL;
	domain = len - (sizeof(tail) - 1);
	if (!matches(text + domain, tail) || text[len - 1] > '7' ||
	    text[domain + 3] > '1')
		return -EINVAL;
	if (domain && (domain < 5 || text[domain - 1] != ':'))
		return -EINVAL;
	for (i = 0; i + 1 < domain; i++)
		if (!isxdigit((unsigned char)text[i]))
			return -EINVAL;
	if (!domain) {
		memcpy(bdf, "0000:", 5);
		bdf += 5;
	}
	for (i = 0; i <= len; i++)
		bdf[i] = (char)tolower((unsigned char)text[i]);
	return 0;
}
