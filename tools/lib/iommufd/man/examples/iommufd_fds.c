// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * 1 file came, and it is /dev/iommu
 */
#include <iommufd.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* The two ends of the socket belong to two processes. */
int main(void)
{
	int fd = iommufd_open(NULL);
	int ends[2], got, num;
	__u32 ioas;

	if (fd < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) ||
	    iommufd_fds_send(ends[0], &fd, 1))
		return 1;
	close(fd);
	num = iommufd_fds_receive(ends[1], &got, 1);
	if (num != 1 || iommufd_ioas_alloc(got, &ioas))
		return 1;
	printf("%d file came, and it is /dev/iommu\n", num);
	close(got);
	return 0;
}
