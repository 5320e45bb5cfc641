// SPDX-License-Identifier: GPL-2.0-only
/* A page that holds up whoever reads or writes it, by userfaultfd. */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness.h"
#include "memory.h"
#include "stall.h"

#define WAIT_MS 20000

static int open_userfaultfd(__u64 features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		harness_skip("no userfaultfd: %s", strerror(errno));
	if (ioctl(fd, UFFDIO_API, &api))
		harness_skip("userfaultfd lacks a feature: %s",
			     strerror(errno));
	return fd;
}

static char *new_page(void)
{
	char *page = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(page != MAP_FAILED);
	return page;
}

static struct stall stall_make(char *page, __u64 features, __u64 mode)
{
	struct stall stall = {
		.fd = open_userfaultfd(features),
		.page = page,
	};
	struct uffdio_register reg = {
		.range.start = (uintptr_t)page,
		.range.len = page_size(),
		.mode = mode,
	};

	CHECK_EQ(ioctl(stall.fd, UFFDIO_REGISTER, &reg), 0);
	return stall;
}

static void protect(const struct stall *stall, __u64 mode)
{
	struct uffdio_writeprotect cmd = {
		.range.start = (uintptr_t)stall->page,
		.range.len = page_size(),
		.mode = mode,
	};

	CHECK_EQ(ioctl(stall->fd, UFFDIO_WRITEPROTECT, &cmd), 0);
}

struct stall stall_page(char *page)
{
	return stall_make(page, 0, UFFDIO_REGISTER_MODE_MISSING);
}

struct stall stall_any(void)
{
	return stall_page(new_page());
}

struct stall stall_writes(const void *src, size_t nbytes)
{
	struct stall stall = stall_make(new_page(),
					UFFD_FEATURE_PAGEFAULT_FLAG_WP,
					UFFDIO_REGISTER_MODE_WP);

	stall.writes_only = 1;
	memset(stall.page, 0, page_size());
	memcpy(stall.page, src, nbytes);
	protect(&stall, UFFDIO_WRITEPROTECT_MODE_WP);
	return stall;
}

void stall_wait(const struct stall *stall)
{
	struct pollfd ready = { .fd = stall->fd, .events = POLLIN };
	struct uffd_msg msg;

	CHECK_EQ(poll(&ready, 1, WAIT_MS), 1);
	CHECK_EQ(read(stall->fd, &msg, sizeof(msg)), sizeof(msg));
	CHECK_EQ(msg.event, UFFD_EVENT_PAGEFAULT);
}

void stall_end(struct stall *stall)
{
	struct uffdio_zeropage zero = {
		.range.start = (uintptr_t)stall->page,
		.range.len = page_size(),
	};

	if (stall->writes_only)
		protect(stall, 0);
	else
		CHECK_EQ(ioctl(stall->fd, UFFDIO_ZEROPAGE, &zero), 0);
	CHECK_EQ(close(stall->fd), 0);
}
