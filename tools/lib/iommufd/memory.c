// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Memory to map: a file that can be shared, and its pages in the program. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "iommufd.h"

#ifndef MFD_HUGE_2MB
#define MFD_HUGE_2MB (21U << 26)
#define MFD_HUGE_1GB (30U << 26)
#endif

static unsigned int memfd_flags(enum iommufd_pages pages)
{
	switch (pages) {
	case IOMMUFD_PAGES_2M:
		return MFD_HUGETLB | MFD_HUGE_2MB;
	case IOMMUFD_PAGES_1G:
		return MFD_HUGETLB | MFD_HUGE_1GB;
	case IOMMUFD_PAGES_USUAL:
		break;
	}
	return 0;
}

int iommufd_memory_alloc(struct iommufd_memory *memory, size_t length,
			 enum iommufd_pages pages)
{
	int fd = memfd_create("libiommufd", MFD_CLOEXEC | memfd_flags(pages));
	void *va;
	int rc;

	if (fd < 0)
		return -errno;
	/* What cannot be had is refused here, not by a signal at first use. */
	rc = ftruncate(fd, (off_t)length) ? -errno : 0;
	if (!rc && pages != IOMMUFD_PAGES_USUAL && fallocate(fd, 0, 0, (off_t)length))
		rc = -errno;
	if (rc) {
		close(fd);
		return rc;
	}
	va = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (va == MAP_FAILED) {
		rc = -errno;
		close(fd);
		return rc;
	}
	memory->va = va;
	memory->length = length;
	memory->fd = fd;
	return 0;
}

void iommufd_memory_free(struct iommufd_memory *memory)
{
	if (memory->fd < 0)
		return;
	munmap(memory->va, memory->length);
	close(memory->fd);
	memory->fd = -1;
	memory->va = NULL;
}
