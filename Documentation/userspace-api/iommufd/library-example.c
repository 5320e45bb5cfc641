// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Gives a device an address space with 2 MiB of our memory in it, and has the
 * kernel say why it refuses to map the same again.
 *
 *   cc -o example library-example.c $(pkg-config --cflags --libs libiommufd)
 *   ./example [0000:01:00.0]
 *
 * Without a device it shows the address space alone.
 */
#include <iommufd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define LENGTH (2UL << 20)
#define RIGHTS (IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE)

static void explain(struct iommufd_session *session, unsigned long request,
		    int error)
{
	struct iommufd_explanation why;
	char text[4096];

	if (iommufd_explain(session, request, error, &why))
		return;
	iommufd_explain_text(&why, text, sizeof(text));
	fputs(text, stdout);
}

/* Ends the program where a call failed. */
static void check(struct iommufd_session *session, unsigned long request,
		  int error)
{
	if (error >= 0)
		return;
	explain(session, request, error);
	iommufd_session_close(session);
	exit(1);
}

static int attach(struct iommufd_session *session, const char *bdf, __u32 ioas)
{
	int device = iommufd_vfio_open(bdf);
	__u32 dev_id, pt = ioas;

	check(session, IOMMUFD_VFIO_OPEN, device);
	check(session, VFIO_DEVICE_BIND_IOMMUFD,
	      iommufd_vfio_bind(device, iommufd_session_fd(session), &dev_id));
	check(session, VFIO_DEVICE_ATTACH_IOMMUFD_PT,
	      iommufd_vfio_attach(device, &pt));
	printf("device %u translates through hwpt %u\n", dev_id, pt);
	return device;
}

static void show_ranges(struct iommufd_session *session, __u32 ioas)
{
	struct iommu_iova_range *list;
	__u32 num, i;

	check(session, IOMMU_IOAS_IOVA_RANGES,
	      iommufd_ioas_ranges_all(iommufd_session_fd(session), ioas, &list,
				      &num, NULL));
	for (i = 0; i < num; i++)
		printf("can be mapped: 0x%llx..0x%llx\n",
		       (unsigned long long)list[i].start,
		       (unsigned long long)list[i].last);
	free(list);
}

int main(int argc, char **argv)
{
	struct iommufd_session *session = NULL;
	__u64 iova, unmapped;
	int device = -1, fd;
	void *memory;
	__u32 ioas;

	check(NULL, IOMMUFD_OPEN, iommufd_session_open(NULL, &session));
	/* Without rights to the trace an explanation lists what can be wrong. */
	iommufd_session_trace(session);
	fd = iommufd_session_fd(session);
	check(session, IOMMU_IOAS_ALLOC, iommufd_ioas_alloc(fd, &ioas));
	if (argc > 1)
		device = attach(session, argv[1], ioas);
	show_ranges(session, ioas);

	memory = mmap(NULL, LENGTH, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return 1;
	check(session, IOMMU_IOAS_MAP,
	      iommufd_ioas_map(fd, ioas, memory, LENGTH, RIGHTS, &iova));
	printf("mapped at IOVA 0x%llx\n", (unsigned long long)iova);

	/* Here the device is told the IOVA and does its DMA. */

	explain(session, IOMMU_IOAS_MAP,
		iommufd_ioas_map(fd, ioas, memory, LENGTH,
				 RIGHTS | IOMMU_IOAS_MAP_FIXED_IOVA, &iova));

	check(session, IOMMU_IOAS_UNMAP,
	      iommufd_ioas_unmap(fd, ioas, iova, LENGTH, &unmapped));
	printf("unmapped %llu bytes\n", (unsigned long long)unmapped);

	/* Closing the device detaches and unbinds it. */
	if (device >= 0)
		close(device);
	check(session, IOMMU_DESTROY, iommufd_destroy(fd, ioas));
	iommufd_session_close(session);
	return 0;
}
