// SPDX-License-Identifier: GPL-2.0-only
/* The page about the library, without a device and with one. */
#include <glob.h>
#include <limits.h>
#include <string.h>
#include <sys/wait.h>

#include "cases.h"

#define main library_main
#include "Documentation/userspace-api/iommufd/library-example.c"
#undef main

#include "lib/harness.h"
#include "lib/trace.h"
#include "lib/vfio.h"

/* Runs the program; what it prints has to hold the words. */
static void run(int status, int argc, char **argv, const char *const *words)
{
	char text[4096] = "";
	int line[2];
	pid_t pid;
	ssize_t n;

	CHECK_EQ(pipe(line), 0);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		dup2(line[1], 1);
		exit(library_main(argc, argv));
	}
	CHECK_EQ(waitpid(pid, &argc, 0), pid);
	close(line[1]);
	n = read(line[0], text, sizeof(text) - 1);
	CHECK(n > 0);
	text[n] = 0;
	harness_note("%s", text);
	CHECK_EQ(argc, status << 8);
	for (; *words; words++)
		if (!strstr(text, *words))
			harness_fail(__FILE__, __LINE__, "'%s' is not in: %s",
				     *words, text);
}

static const char explained[] =
	"IOMMU_IOAS_MAP: EEXIST:\n"
	"  iova: meets something mapped already (value: its start) [0x";

void library_example(void)
{
	static const char *const words[] = {
		"can be mapped: 0x0..0xffffffffffffffff\n",
		"mapped at IOVA 0x", explained,
		"    what to do: unmap that first, or choose another IOVA\n",
		"unmapped 2097152 bytes\n", NULL,
	};
	char *argv[2] = { "example" };

	if (access("/dev/iommu", F_OK))
		harness_skip("no /dev/iommu");
	trace_open();
	run(0, 1, argv, words);
}

void library_example_with_device(void)
{
	static const char *const words[] = {
		"device 2 translates through hwpt 3\n",
		"can be mapped: 0x0..0xfedfffff\n",
		"can be mapped: 0xfef00000..0x", explained,
		"unmapped 2097152 bytes\n", NULL,
	};
	struct vfio_place place;
	char *argv[3] = { "example" };

	if (vfio_find_model("0x1234:0x11e8", &place))
		harness_skip("no edu that VFIO can use");
	trace_open();
	argv[1] = strrchr(place.dir, '/') + 1;
	run(0, 2, argv, words);
}

/* The address of a PCI device that no VFIO driver has. */
static char *without_vfio(void)
{
	char path[PATH_MAX];
	glob_t found;
	size_t i;

	if (glob("/sys/bus/pci/devices/*", 0, NULL, &found))
		harness_skip("no PCI devices");
	for (i = 0; i < found.gl_pathc; i++) {
		snprintf(path, sizeof(path), "%s/vfio-dev", found.gl_pathv[i]);
		if (access(path, F_OK))
			return strrchr(found.gl_pathv[i], '/') + 1;
	}
	harness_skip("VFIO drivers have all PCI devices");
}

/* What a user types, and what the program makes of it. */
void library_example_errors(void)
{
	static const char *const no_address[] = {
		"IOMMUFD_VFIO_OPEN: EINVAL:\n  bdf: not a PCI address\n", NULL,
	};
	static const char *const no_device[] = {
		"IOMMUFD_VFIO_OPEN: ENODEV:\n  bdf: no PCI device has this address\n",
		NULL,
	};
	static const char *const no_driver[] = {
		"IOMMUFD_VFIO_OPEN: ENXIO:\n  bdf: no VFIO driver has the device\n",
		"driver_override", NULL,
	};
	char *argv[3] = { "example" };

	if (access("/dev/iommu", F_OK))
		harness_skip("no /dev/iommu");
	argv[1] = "01-00.0";
	run(1, 2, argv, no_address);
	argv[1] = "ffff:ff:1f.7";
	run(1, 2, argv, no_device);
	argv[1] = without_vfio();
	run(1, 2, argv, no_driver);
}
