// SPDX-License-Identifier: GPL-2.0-only
/*
 * A user of /dev/iommu for the tests of iommufdctl.
 *
 *   user refused      maps the same twice; the kernel refuses that
 *   user fine         maps and unmaps
 *   user hold BDF     attaches the device, maps 2 MiB at 0x10000000, says
 *                     "ready", and holds all that until its input ends
 */
#include <iommufd.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LENGTH (2UL << 20)
#define FLAGS (IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE | \
	       IOMMU_IOAS_MAP_FIXED_IOVA)

static int fail(const char *what, int rc)
{
	fprintf(stderr, "user: %s: %s\n", what, strerror(-rc));
	return 1;
}

static int hold(int fd, __u32 ioas, const char *bdf)
{
	int device = iommufd_vfio_open(bdf), rc;
	__u32 dev_id, pt = ioas;
	char byte;

	if (device < 0)
		return fail("open the device", device);
	rc = iommufd_vfio_bind(device, fd, &dev_id);
	if (!rc)
		rc = iommufd_vfio_attach(device, &pt);
	if (rc)
		return fail("attach", rc);
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}

int main(int argc, char **argv)
{
	__u64 iova = 0x10000000, unmapped;
	int fd = iommufd_open(NULL), rc;
	void *memory;
	__u32 ioas;

	if (fd < 0)
		return fail("open /dev/iommu", fd);
	rc = iommufd_ioas_alloc(fd, &ioas);
	if (rc)
		return fail("allocate", rc);
	memory = mmap(NULL, LENGTH, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	rc = iommufd_ioas_map(fd, ioas, memory, LENGTH, FLAGS, &iova);
	if (rc)
		return fail("map", rc);
	if (argc > 2 && !strcmp(argv[1], "hold"))
		return hold(fd, ioas, argv[2]);
	if (argc > 1 && !strcmp(argv[1], "refused"))
		return iommufd_ioas_map(fd, ioas, memory, LENGTH, FLAGS, &iova) ?
		       42 : 0;
	rc = iommufd_ioas_unmap(fd, ioas, iova, LENGTH, &unmapped);
	return rc ? fail("unmap", rc) : 0;
}
