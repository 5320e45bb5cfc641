// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device is reset while it is attached and detached (DV3, DV6): the core blocks its DMA
 * for as long as the reset takes, and puts back what is right by then.
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include <iommufd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "lib/uapi.h"
#include "lib/vfio.h"

#define ROUNDS 8
#define IOVA 0x10000000ULL

struct resetter {
	int device;
	atomic_uint rounds;
	atomic_int stop;
};

static void *reset_thread(void *arg)
{
	struct resetter *r = arg;

	while (!atomic_load(&r->stop)) {
		CHECK_OK(iommufd_vfio_reset(r->device));
		atomic_fetch_add(&r->rounds, 1);
	}
	return NULL;
}

static bool can_be_reset(int device)
{
	struct vfio_device_info info;

	CHECK_OK(iommufd_vfio_info(device, &info));
	return info.flags & VFIO_DEVICE_FLAGS_RESET;
}

/* Nothing that must succeed fails, and no page table is kept or lost. */
static void attach_beside_reset(void)
{
	char path[PATH_MAX], *va = mem_pages(1);
	int fd = iommu_open();
	__u32 one = ioas_alloc(fd), two = ioas_alloc(fd);
	struct resetter r = {};
	pthread_t thread;
	unsigned int seen;
	int i;

	vfio_find(path, sizeof(path));
	r.device = vfio_open(path);
	vfio_bind(r.device, fd);
	if (!can_be_reset(r.device))
		harness_skip("the device has no reset");
	ioas_map_at(fd, one, va, page_size(), IOVA);
	ioas_map_at(fd, two, va, page_size(), IOVA);
	CHECK_EQ(pthread_create(&thread, NULL, reset_thread, &r), 0);
	for (i = 0; i < ROUNDS; i++) {
		seen = atomic_load(&r.rounds);
		do {
			vfio_attach(r.device, one);
			vfio_attach(r.device, two);
			CHECK_ERR(__destroy(fd, two), EBUSY);
			CHECK_OK(__vfio_detach(r.device));
			/* not attached, and no count is lost by it */
			CHECK_OK(__vfio_detach(r.device));
		} while (atomic_load(&r.rounds) == seen);
	}
	vfio_attach(r.device, two);
	atomic_store(&r.stop, 1);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	CHECK_OK(__vfio_detach(r.device));
	ioas_unmap(fd, two, IOVA, page_size());
	destroy(fd, two);
	ioas_unmap(fd, one, IOVA, page_size());
	destroy(fd, one);
	CHECK_EQ(close(r.device), 0);
	CHECK(!proc_kernel_warned());
}

static const struct test_case cases[] = {
	{ .name = "attach_beside_reset", .fn = attach_beside_reset,
	  .seconds = 300 },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
