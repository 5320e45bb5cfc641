// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * 8192 bytes: the same by the file and by the address
 */
#include <iommufd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	struct iommufd_memory memory;
	char text[8] = "";

	if (iommufd_memory_alloc(&memory, 8192, IOMMUFD_PAGES_USUAL))
		return 1;
	strcpy(memory.va, "shared");
	if (pread(memory.fd, text, 7, 0) != 7)
		return 1;
	printf("%zu bytes: %s by the file and by the address\n", memory.length,
	       strcmp(text, memory.va) ? "not the same" : "the same");
	iommufd_memory_free(&memory);
	return 0;
}
