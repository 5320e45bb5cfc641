// SPDX-License-Identifier: GPL-2.0-only
/* Maps of all kinds, accesses, and the container calls. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>

#include "lib/container.h"
#include "lib/file.h"
#include "lib/harness.h"
#include "shared.h"

static __u64 any_iova(struct shared_worker *w)
{
	return MOCK_IOVA + shared_roll(w, 32) * 4 * w->shared->page;
}

static __u64 any_length(struct shared_worker *w)
{
	return (1 + shared_roll(w, 4)) * w->shared->page;
}

static void op_ioas(struct shared_worker *w)
{
	__u32 id;

	if (shared_outcome(w, "ioas alloc", __ioas_alloc(w->shared->fd, &id)))
		shared_put(w, SLOT_IOAS, id);
}

static void op_map(struct shared_worker *w)
{
	struct shared *s = w->shared;
	void *va = s->va + shared_roll(w, SHARED_PAGES - 4) * s->page;
	struct iommu_ioas_map map = map_at(shared_any(w, SLOT_IOAS), va,
					   any_length(w), any_iova(w));

	if (!shared_roll(w, 4))
		map.flags &= ~MAP_AT;
	shared_outcome(w, "map", __ioas_map(s->fd, &map));
}

static void op_map_file(struct shared_worker *w)
{
	struct iommu_ioas_map_file map =
		file_at(shared_any(w, SLOT_IOAS), w->shared->memfd,
			shared_roll(w, 4) * w->shared->page, any_length(w),
			any_iova(w));

	shared_outcome(w, "map file", __ioas_map_file(w->shared->fd, &map));
}

/* The file may be closed, or another one by now, which is too short. */
static void op_map_dmabuf(struct shared_worker *w)
{
	int file = shared_any_file(w, FILE_DMABUF);
	struct iommu_ioas_map_file map = file_at(shared_any(w, SLOT_IOAS), file,
						 0, w->shared->page,
						 any_iova(w));
	int rc = __ioas_map_file(w->shared->fd, &map);

	if (rc != -EACCES)
		shared_outcome(w, "map dma-buf", rc);
}

static void op_dmabuf(struct shared_worker *w)
{
	int file = __mock_dmabuf(w->shared->fd, 2 * w->shared->page,
				 O_RDWR | O_CLOEXEC);

	if (shared_outcome(w, "dma-buf", file))
		shared_put_file(w, FILE_DMABUF, file);
}

static void op_revoke(struct shared_worker *w)
{
	shared_outcome(w, "revoke",
		       __mock_revoke(w->shared->fd,
				     shared_any_file(w, FILE_DMABUF),
				     shared_roll(w, 2)));
}

static void op_copy(struct shared_worker *w)
{
	struct iommu_ioas_copy copy = copy_at(shared_any(w, SLOT_IOAS),
					      shared_any(w, SLOT_IOAS),
					      w->shared->page, any_iova(w),
					      any_iova(w));

	shared_outcome(w, "copy", __ioas_copy(w->shared->fd, &copy));
}

static void op_unmap(struct shared_worker *w)
{
	__u64 iova = any_iova(w);
	__u64 length = 4 * w->shared->page;

	if (!shared_roll(w, 4)) {
		iova = 0;
		length = ~0ULL;
	}
	shared_outcome(w, "unmap", __ioas_unmap(w->shared->fd,
						shared_any(w, SLOT_IOAS), iova,
						length, NULL));
}

static void op_change_process(struct shared_worker *w)
{
	shared_outcome(w, "change process", __change_process(w->shared->fd));
}

static void op_options(struct shared_worker *w)
{
	struct iommu_iova_range list[16];
	struct iommu_ioas_iova_ranges ranges = {
		.num_iovas = ARRAY_LEN(list),
		.allowed_iovas = (uintptr_t)list,
	};
	__u32 ioas = shared_any(w, SLOT_IOAS);
	int fd = w->shared->fd;

	shared_outcome(w, "ranges", __ioas_ranges(fd, ioas, &ranges));
	shared_outcome(w, "option", __option_huge_pages(fd, ioas,
							shared_roll(w, 2)));
}

static void op_access(struct shared_worker *w)
{
	int file;
	int rc = __access_open(w->shared->fd, shared_any(w, SLOT_IOAS),
			       MOCK_FLAGS_ACCESS_CREATE_NEEDS_PIN_PAGES,
			       &file);

	if (shared_outcome(w, "access", rc))
		shared_put_file(w, FILE_ACCESS, file);
}

static void op_access_use(struct shared_worker *w)
{
	int file = shared_any_file(w, FILE_ACCESS);
	struct access_pages pages = {
		.iova = any_iova(w),
		.length = any_length(w),
		.flags = MOCK_FLAGS_ACCESS_SYZ | MOCK_FLAGS_ACCESS_WRITE,
	};
	char buf[100] = "";
	struct access_rw rw = {
		.iova = any_iova(w) + shared_roll(w, 3000),
		.length = sizeof(buf),
		.va = buf,
		.flags = shared_roll(w, 2) * MOCK_ACCESS_RW_WRITE |
			 shared_roll(w, 2) * MOCK_ACCESS_RW_SLOW_PATH,
	};
	int fd = w->shared->fd;
	int rc = __access_pin(fd, file, &pages);

	if (shared_outcome(w, "pin", rc) && shared_roll(w, 2))
		shared_outcome(w, "unpin", __access_unpin(fd, file,
							  pages.out_id));
	shared_outcome(w, "rw", __access_rw(fd, file, &rw));
}

static void op_access_replace(struct shared_worker *w)
{
	shared_outcome(w, "access replace",
		       __access_replace(w->shared->fd,
					shared_any_file(w, FILE_ACCESS),
					shared_any(w, SLOT_IOAS)));
}

static void op_container(struct shared_worker *w)
{
	struct shared *s = w->shared;

	shared_outcome(w, "VFIO_IOAS", __vfio_ioas(s->fd, shared_roll(w, 3),
						   shared_any(w, SLOT_IOAS),
						   0));
	shared_outcome(w, "SET_IOMMU", vcall(s->fd, VFIO_SET_IOMMU,
					     VFIO_TYPE1_IOMMU));
	shared_outcome(w, "MAP_DMA", __vmap(s->fd, s->va, any_iova(w),
					    any_length(w), MAP_RW));
}

/* One page: cuts areas where large pages are off. */
static void op_container_unmap(struct shared_worker *w)
{
	__u64 iova = any_iova(w) + shared_roll(w, 4) * w->shared->page;

	shared_outcome(w, "UNMAP_DMA", __vunmap(w->shared->fd, iova,
						w->shared->page, 0, NULL));
}

const shared_op shared_memory_ops[] = {
	op_ioas, op_map, op_map, op_map, op_map_file, op_map_dmabuf, op_dmabuf,
	op_revoke, op_copy, op_unmap, op_unmap, op_change_process, op_options,
	op_access, op_access_use, op_access_use, op_access_replace,
	op_container, op_container_unmap,
};

const size_t shared_memory_nops = ARRAY_LEN(shared_memory_ops);
