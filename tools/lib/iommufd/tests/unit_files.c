// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Memory and the handing on of files, which need no /dev/iommu. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

void unit_memory(void)
{
	struct iommufd_memory memory = { .fd = -7 };
	struct stat st;
	char *again;
	int fd;

	CHECK_EQ(iommufd_memory_alloc(&memory, 8192, IOMMUFD_PAGES_USUAL), 0);
	CHECK(memory.fd >= 0 && memory.length == 8192);
	CHECK_EQ(fcntl(memory.fd, F_GETFD), FD_CLOEXEC);
	CHECK(!fstat(memory.fd, &st) && st.st_size == 8192);
	/* shared: whoever gets the file sees the same */
	memset(memory.va, 0x5a, 8192);
	again = mmap(NULL, 8192, PROT_READ, MAP_SHARED, memory.fd, 0);
	CHECK(again != MAP_FAILED && again[8191] == 0x5a);
	munmap(again, 8192);
	fd = memory.fd;
	iommufd_memory_free(&memory);
	CHECK_EQ(memory.fd, -1);
	CHECK_EQ(fcntl(fd, F_GETFD), -1);
	iommufd_memory_free(&memory);
	/* more than any pool has; no file is left behind */
	memory.fd = -7;
	CHECK(iommufd_memory_alloc(&memory, 1UL << 46, IOMMUFD_PAGES_1G) < 0);
	CHECK_EQ(memory.fd, -7);
	CHECK(iommufd_memory_alloc(&memory, 0, IOMMUFD_PAGES_USUAL) < 0);
	CHECK_EQ(open("/dev/null", O_RDONLY), fd);
	close(fd);
}

static int same_file(int a, int b)
{
	struct stat one, two;

	return !fstat(a, &one) && !fstat(b, &two) && one.st_ino == two.st_ino &&
	       one.st_dev == two.st_dev;
}

void unit_files(void)
{
	int pair[2], other[2], sent[IOMMUFD_FDS + 1], got[IOMMUFD_FDS], i, next;

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	CHECK_EQ(pipe(other), 0);
	for (i = 0; i <= IOMMUFD_FDS; i++)
		sent[i] = other[i & 1];
	CHECK_EQ(iommufd_fds_send(pair[0], sent, 0), -EINVAL);
	CHECK_EQ(iommufd_fds_send(pair[0], sent, IOMMUFD_FDS + 1), -EINVAL);
	CHECK_EQ(iommufd_fds_send(pair[0], other, 2), 0);
	CHECK_EQ(iommufd_fds_send(pair[0], sent, IOMMUFD_FDS), 0);
	/* one message after the other, however many wait */
	CHECK_EQ(iommufd_fds_receive(pair[1], got, IOMMUFD_FDS), 2);
	CHECK(same_file(got[0], other[0]) && same_file(got[1], other[1]));
	CHECK_EQ(fcntl(got[0], F_GETFD), FD_CLOEXEC);
	close(got[0]);
	close(got[1]);
	CHECK_EQ(iommufd_fds_receive(pair[1], got, IOMMUFD_FDS), IOMMUFD_FDS);
	for (i = 0; i < IOMMUFD_FDS; i++) {
		CHECK(same_file(got[i], sent[i]));
		close(got[i]);
	}
	/* too many, or no files at all: none stays open */
	next = dup(0);
	close(next);
	CHECK_EQ(iommufd_fds_send(pair[0], sent, 5), 0);
	CHECK_EQ(iommufd_fds_receive(pair[1], got, 4), -EMSGSIZE);
	CHECK_EQ(write(pair[0], "\003", 1), 1);
	CHECK_EQ(iommufd_fds_receive(pair[1], got, 4), -EPROTO);
	CHECK_EQ(dup(0), next);
	close(next);
	/* the other side is gone: an error, no signal */
	close(pair[0]);
	CHECK_EQ(iommufd_fds_receive(pair[1], got, 4), -ENOTCONN);
	CHECK(iommufd_fds_send(pair[1], sent, 1) == -EPIPE);
	CHECK_EQ(iommufd_fds_receive(other[0], got, 4), -ENOTSOCK);
	close(pair[1]);
	close(other[0]);
	close(other[1]);
}
