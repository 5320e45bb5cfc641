// SPDX-License-Identifier: GPL-2.0-only
/* The complete program, without a device and with one. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"

#define main example_main
#include "Documentation/userspace-api/iommufd/example.c"
#undef main

#include "lib/harness.h"
#include "lib/vfio.h"

/* Runs the program; what it prints has to hold the words. */
static void run(int argc, char **argv, const char *const *words)
{
	char text[2048] = "";
	int old = dup(1);
	int line[2];
	ssize_t n;

	CHECK_EQ(pipe(line), 0);
	fflush(stdout);
	CHECK_EQ(dup2(line[1], 1), 1);
	CHECK_EQ(example_main(argc, argv), 0);
	fflush(stdout);
	CHECK_EQ(dup2(old, 1), 1);
	close(line[1]);
	n = read(line[0], text, sizeof(text) - 1);
	CHECK(n > 0);
	text[n] = 0;
	for (; *words; words++)
		if (!strstr(text, *words))
			harness_fail(__FILE__, __LINE__, "'%s' is not in: %s",
				     *words, text);
}

void example_alone(void)
{
	static const char *const words[] = {
		"can be mapped: 0x0..0xffffffffffffffff\n",
		"mapped at IOVA 0x", "unmapped 2097152 bytes\n", NULL,
	};
	char *argv[2] = { "iommufd-example" };

	if (access("/dev/iommu", F_OK))
		harness_skip("no /dev/iommu");
	run(1, argv, words);
}

void example_with_device(void)
{
	static const char *const words[] = {
		"device 2 translates through hwpt 3\n",
		"can be mapped: 0x0..0xfedfffff\n",
		"can be mapped: 0xfef00000..0x",
		"mapped at IOVA 0x", "unmapped 2097152 bytes\n", NULL,
	};
	char path[PATH_MAX];
	char *argv[3] = { "iommufd-example", path };

	vfio_find(path, sizeof(path));
	run(2, argv, words);
}
