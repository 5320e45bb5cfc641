// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Files handed to another process by a UNIX socket. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "iommufd.h"

/* Room for the files, aligned as the kernel wants it. */
union control {
	char buf[CMSG_SPACE(IOMMUFD_FDS * sizeof(int))];
	struct cmsghdr align;
};

int iommufd_fds_send(int socket, const int *fds, unsigned int num)
{
	unsigned char count = (unsigned char)num;
	struct iovec data = { .iov_base = &count, .iov_len = 1 };
	union control control = { .buf = { 0 } };
	struct msghdr msg = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = CMSG_SPACE(num * sizeof(int)),
	};
	struct cmsghdr *head;

	if (!num || num > IOMMUFD_FDS)
		return -EINVAL;
	head = CMSG_FIRSTHDR(&msg);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(num * sizeof(int));
	memcpy(CMSG_DATA(head), fds, num * sizeof(int));
	return sendmsg(socket, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static unsigned int take(struct msghdr *msg, int *fds)
{
	struct cmsghdr *head = CMSG_FIRSTHDR(msg);
	unsigned int num;

	if (!head || head->cmsg_level != SOL_SOCKET ||
	    head->cmsg_type != SCM_RIGHTS)
		return 0;
	num = (unsigned int)((head->cmsg_len - CMSG_LEN(0)) / sizeof(int));
	memcpy(fds, CMSG_DATA(head), num * sizeof(int));
	return num;
}

int iommufd_fds_receive(int socket, int *fds, unsigned int room)
{
	unsigned char count = 0;
	struct iovec data = { .iov_base = &count, .iov_len = 1 };
	union control control;
	struct msghdr msg = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	int got[IOMMUFD_FDS];
	unsigned int num;
	ssize_t n;

	n = recvmsg(socket, &msg, MSG_CMSG_CLOEXEC);
	if (n < 0)
		return -errno;
	num = take(&msg, got);
	if (!n)
		return -ENOTCONN;
	if (num == count && num <= room && !(msg.msg_flags & MSG_CTRUNC)) {
		memcpy(fds, got, num * sizeof(int));
		return (int)num;
	}
	/* What the caller does not learn of would stay open for ever. */
	while (num--)
		close(got[num]);
	return count > room ? -EMSGSIZE : -EPROTO;
}
