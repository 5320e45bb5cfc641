// SPDX-License-Identifier: GPL-2.0-only
/* Memory of files and dma-bufs, and who is charged for it. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/file.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "scene.h"

#define HUGE_SIZE (2UL << 20)

static void memfd(struct scene *s)
{
	scene_device(s);
	s->memory = scene_own_file(s, memfd_make(s->length));
}

static void memfd_touched(struct scene *s)
{
	void *view;
	size_t i;

	memfd(s);
	view = memfd_view(s->memory, s->length);
	for (i = 0; i < s->length; i += s->page)
		((char *)view)[i] = 1;
	CHECK_EQ(munmap(view, s->length), 0);
}

static void memfd_tables(struct scene *s)
{
	memfd_touched(s);
	s->hwpt[0] = hwpt_alloc(s->fd, s->dev[0].idev, s->ioas);
	s->hwpt[1] = hwpt_alloc(s->fd, s->dev[0].idev, s->ioas);
}

static void memfd_without_table(struct scene *s)
{
	scene_two_ioas(s);
	s->memory = scene_own_file(s, memfd_make(s->length));
}

static void memfd_huge(struct scene *s)
{
	scene_device(s);
	s->memory = s->kept;
	s->memory_size = HUGE_SIZE;
}

static void dmabuf(struct scene *s)
{
	scene_device(s);
	s->memory = scene_own_file(s, mock_dmabuf(s->fd, 8 * s->page));
	s->hwpt[0] = hwpt_alloc(s->fd, s->dev[0].idev, s->ioas);
}

static void dmabuf_mapped(struct scene *s)
{
	dmabuf(s);
	ioas_map_file(s->fd, file_at(s->ioas, s->memory, 0, 8 * s->page,
				     MOCK_IOVA));
}

static void dmabuf_lazy(struct scene *s)
{
	scene_two_ioas(s);
	s->memory = scene_own_file(s, mock_dmabuf(s->fd, 8 * s->page));
	ioas_map_file(s->fd, file_at(s->ioas, s->memory, 0, 8 * s->page,
				     MOCK_IOVA));
	s->dev[0] = mock_attach(s->fd, s->other);
}

static void file_mapped(struct scene *s)
{
	memfd_touched(s);
	ioas_map_file(s->fd, file_at(s->ioas, s->memory, 0, s->length,
				     MOCK_IOVA));
	ioas_map_file(s->fd, file_at(s->other, s->memory, s->page, s->page,
				     MOCK_IOVA));
}

static void file_with_access(struct scene *s)
{
	memfd_without_table(s);
	ioas_map_file(s->fd, file_at(s->ioas, s->memory, 0, s->length,
				     MOCK_IOVA));
	s->access = access_open(s->fd, s->ioas);
}

/* A process that is gone has mapped it, and pays. */
static void mapped_by_child(struct scene *s)
{
	pid_t pid;

	CHECK_OK(__option_rlimit_mode(s->fd, 1));
	memfd_touched(s);
	pid = harness_fork();
	if (!pid) {
		ioas_map_file(s->fd, file_at(s->ioas, s->memory, 0,
					     4 * s->page, MOCK_IOVA));
		ioas_map_file(s->fd, file_at(s->ioas, s->memory, 0,
					     3 * s->page,
					     MOCK_IOVA + s->length));
		_exit(0);
	}
	harness_join(pid);
}

static void charged(struct scene *s)
{
	CHECK_OK(__option_rlimit_mode(s->fd, 1));
	scene_device(s);
}

static int run_map_file(struct scene *s)
{
	__u64 length = s->memory_size ?: s->length;
	struct iommu_ioas_map_file map = file_at(s->ioas, s->memory, 0,
						 length, MOCK_IOVA);

	return __ioas_map_file(s->fd, &map);
}

static int run_map_part(struct scene *s)
{
	struct iommu_ioas_map_file map = file_any(s->ioas, s->memory,
						  s->page + MOCK_PAGE,
						  3 * s->page);

	return __ioas_map_file(s->fd, &map);
}

static int run_map_dmabuf(struct scene *s)
{
	struct iommu_ioas_map_file map = file_at(s->ioas, s->memory, s->page,
						 5 * s->page, MOCK_IOVA);

	return __ioas_map_file(s->fd, &map);
}

static int run_dmabuf_get(struct scene *s)
{
	int rc = __mock_dmabuf(s->fd, 4 * s->page, O_RDWR | O_CLOEXEC);

	if (rc >= 0)
		scene_own_file(s, rc);
	return rc < 0 ? rc : 0;
}

static int run_revoke(struct scene *s)
{
	return __mock_revoke(s->fd, s->memory, 1);
}

static int run_unmap_file(struct scene *s)
{
	return __ioas_unmap(s->fd, s->ioas, 0, ~0ULL, NULL);
}

static int run_attach_other(struct scene *s)
{
	return __mock_replace(s->fd, s->dev[0].stdev, s->ioas, NULL);
}

static int run_copy_file(struct scene *s)
{
	struct iommu_ioas_copy copy = copy_at(s->other, s->ioas, 2 * s->page,
					      MOCK_IOVA + s->length,
					      MOCK_IOVA + s->page);

	return __ioas_copy(s->fd, &copy);
}

static int run_change_process(struct scene *s)
{
	return __change_process(s->fd);
}

static int run_map_charged(struct scene *s)
{
	return __ioas_map_at(s->fd, s->ioas, s->va, s->length, MOCK_IOVA);
}

static int run_pin_file(struct scene *s)
{
	struct access_pages pages = {
		.iova = MOCK_IOVA + s->page,
		.length = 5 * s->page,
		.flags = MOCK_FLAGS_ACCESS_WRITE | MOCK_FLAGS_ACCESS_SYZ,
	};

	return __access_pin(s->fd, s->access, &pages);
}

static int run_rw_file(struct scene *s)
{
	char buf[6000] = "";
	struct access_rw rw = {
		.iova = MOCK_IOVA + 4000,
		.length = sizeof(buf),
		.va = buf,
		.flags = MOCK_ACCESS_RW_WRITE,
	};

	return __access_rw(s->fd, s->access, &rw);
}

const struct command file_commands[] = {
	{ "MAP_FILE without a page table", memfd_without_table,
	  run_map_file, 0 },
	{ "MAP_FILE", memfd_touched, run_map_file, 0 },
	{ "MAP_FILE of a hole", memfd, run_map_file, 0 },
	{ "MAP_FILE into three page tables", memfd_tables, run_map_file, 0 },
	{ "MAP_FILE of half pages", memfd_touched, run_map_part, 0 },
	{ "MAP_FILE of a huge page", memfd_huge, run_map_file, HUGE_FILE },
	{ "MAP_FILE of a dma-buf", dmabuf, run_map_dmabuf, 0 },
	{ "UNMAP of a file", file_mapped, run_unmap_file, KEEPS | IDLE },
	{ "UNMAP of a dma-buf", dmabuf_mapped, run_unmap_file, KEEPS | IDLE },
	{ "COPY of a file", file_mapped, run_copy_file, 0 },
	{ "DMABUF_GET", scene_two_ioas, run_dmabuf_get, 0 },
	{ "DMABUF_REVOKE", dmabuf_mapped, run_revoke, KEEPS | IDLE },
	{ "attach that maps a dma-buf", dmabuf_lazy, run_attach_other, KEEPS },
	{ "CHANGE_PROCESS", mapped_by_child, run_change_process, CHARGES },
	{ "MAP that is charged", charged, run_map_charged, CHARGES },
	{ "access pin of a file", file_with_access, run_pin_file, 0 },
	{ "access write of a file", file_with_access, run_rw_file, 0 },
};

const size_t file_ncommands = ARRAY_LEN(file_commands);
