// SPDX-License-Identifier: GPL-2.0-only
/* The page about dirty tracking: memory is copied while the mock writes. */
#include <string.h>
#include <sys/mman.h>

#include "cases.h"

#include "Documentation/userspace-api/iommufd/dirty-example.c"

#include "lib/dirty.h"
#include "lib/harness.h"
#include "lib/memory.h"

#define NPAGES 40

struct scene {
	struct dirty_bench b;
	struct migration m;
	char *memory;
};

static struct scene scene_make(void)
{
	struct scene s = { .b.fd = mock_open(), .b.page = page_size() };
	size_t length = NPAGES * s.b.page;

	s.b.ioas = ioas_alloc(s.b.fd);
	s.b.dev = mock_attach(s.b.fd, s.b.ioas);
	s.memory = dirty_map(&s.b, NPAGES);
	CHECK(can_track(s.b.fd, s.b.dev.idev));
	s.b.hwpt = tracked_hwpt(s.b.fd, s.b.dev.idev, s.b.ioas);
	mock_replace(s.b.fd, &s.b.dev, s.b.hwpt);
	s.m = (struct migration){
		.iommufd = s.b.fd,
		.hwpt = s.b.hwpt,
		.memory = s.memory,
		.length = length,
		.iova = MOCK_IOVA,
		.page_size = s.b.page,
		.copy = mem_pages(NPAGES),
	};
	return s;
}

/* DMA to the page, at its end. */
static void device_writes(struct scene *s, size_t page, char value)
{
	size_t at = (page + 1) * s->b.page - MOCK_PAGE;

	memset(s->memory + at, value, MOCK_PAGE);
	dirty_write(&s->b, MOCK_IOVA + at);
}

static void check_copy(const struct scene *s)
{
	CHECK(!memcmp(s->m.copy, s->memory, s->m.length));
}

void dirty_example(void)
{
	struct scene s = scene_make();

	/* before tracking begins it does not count */
	memset(s.memory, 1, s.b.page);
	migration_start(&s.m);
	check_copy(&s);
	CHECK_EQ(migration_pass(&s.m), 0);

	device_writes(&s, 0, 2);
	device_writes(&s, 7, 3);
	device_writes(&s, 7, 4);
	device_writes(&s, 8, 5);
	device_writes(&s, NPAGES - 1, 6);
	CHECK(memcmp(s.m.copy, s.memory, s.m.length));
	CHECK_EQ(migration_pass(&s.m), 4);
	check_copy(&s);
	CHECK_EQ(migration_pass(&s.m), 0);

	device_writes(&s, 20, 7);
	CHECK_EQ(migration_end(&s.m), 1);
	check_copy(&s);
	destroy(s.b.fd, s.b.dev.stdev);
	destroy(s.b.fd, s.b.hwpt);
	destroy(s.b.fd, s.b.ioas);
}

/* Where nobody can say what was written, all of it is copied. */
void dirty_example_error(void)
{
	struct scene s = scene_make();
	__u32 hwpt = s.m.hwpt;

	migration_start(&s.m);
	device_writes(&s, 3, 1);
	s.m.hwpt = s.b.ioas;
	CHECK_EQ(migration_pass(&s.m), NPAGES);
	check_copy(&s);
	s.m.hwpt = hwpt;
	CHECK_EQ(migration_end(&s.m), 1);
}
