// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * with rights: /dev/iommu is open, memory is charged to who maps it
 * without: user 65534 has 2 files, and may lock 64 KiB
 * without: mapped 64 KiB for the device
 * without: 64 KiB more: Cannot allocate memory
 */
/*
 * 07-pass-fds BDF: a VMM without rights. A process that has them opens
 * /dev/iommu and the device, has memory charged to the process that maps it,
 * and hands the files over. Run as root; the device is bound to vfio-pci.
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sample.h"

#define LENGTH (64UL << 10)

static void give(int socket, const char *bdf)
{
	int fds[2];

	fds[0] = sample_check(NULL, IOMMUFD_OPEN, iommufd_open(NULL));
	fds[1] = sample_check(NULL, IOMMUFD_VFIO_OPEN, iommufd_vfio_open(bdf));
	/* Takes CAP_SYS_RESOURCE, and a context that holds nothing yet. */
	sample_check(NULL, IOMMU_OPTION,
		     iommufd_option_set(fds[0], IOMMU_OPTION_RLIMIT_MODE, 0, 1));
	printf("with rights: /dev/iommu is open, memory is charged to who maps it\n");
	fflush(stdout);
	sample_need(!iommufd_fds_send(socket, fds, 2), "send");
	close(fds[0]);
	close(fds[1]);
}

static void drop_rights(void)
{
	struct rlimit limit = { .rlim_cur = LENGTH, .rlim_max = LENGTH };

	sample_need(!setrlimit(RLIMIT_MEMLOCK, &limit) && !setgid(65534) &&
		    !setuid(65534), "dropping of rights");
}

static int take(int socket)
{
	struct iommufd_memory memory;
	__u32 dev_id, ioas, pt;
	int fds[2], num, err;
	__u64 iova = 0x100000;

	drop_rights();
	num = iommufd_fds_receive(socket, fds, 2);
	printf("without: user %d has %d files, and may lock %lu KiB\n",
	       (int)getuid(), num, LENGTH >> 10);
	sample_need(num == 2, "receive");
	sample_check(NULL, VFIO_DEVICE_BIND_IOMMUFD,
		     iommufd_vfio_bind(fds[1], fds[0], &dev_id));
	sample_check(NULL, IOMMU_IOAS_ALLOC, iommufd_ioas_alloc(fds[0], &ioas));
	pt = ioas;
	sample_check(NULL, VFIO_DEVICE_ATTACH_IOMMUFD_PT,
		     iommufd_vfio_attach(fds[1], &pt));
	sample_need(!iommufd_memory_alloc(&memory, 2 * LENGTH,
					  IOMMUFD_PAGES_USUAL), "memory");
	sample_check(NULL, IOMMU_IOAS_MAP,
		     iommufd_ioas_map(fds[0], ioas, memory.va, LENGTH, FIXED,
				      &iova));
	printf("without: mapped %lu KiB for the device\n", LENGTH >> 10);
	iova += LENGTH;
	err = iommufd_ioas_map(fds[0], ioas, (char *)memory.va + LENGTH, LENGTH,
			       FIXED, &iova);
	printf("without: %lu KiB more: %s\n", LENGTH >> 10, strerror(-err));
	return 0;
}

int main(int argc, char **argv)
{
	int pair[2], status;
	pid_t child;

	sample_need(argc == 2, "usage: 07-pass-fds BDF");
	sample_need(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair),
		    "socket");
	child = fork();
	if (!child) {
		close(pair[0]);
		return take(pair[1]);
	}
	close(pair[1]);
	give(pair[0], argv[1]);
	sample_need(waitpid(child, &status, 0) == child, "wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
