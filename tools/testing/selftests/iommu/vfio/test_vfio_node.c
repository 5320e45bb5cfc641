// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/vfio/vfio as a node of iommufd (D2). All cases skip where the node is
 * VFIO's own: make container builds the kernel where it is not.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/container.h"
#include "lib/edu.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "lib/vfio.h"
#include "lib/vfio_group.h"

#define NODE "/dev/vfio/vfio"
#define MISC_MAJOR 10
#define VFIO_MINOR 196
/* A uid that nothing else in a test machine uses. */
#define USER_A 61031
/* Away from the x86 MSI window, and within the 28 bits of edu. */
#define IOVA 0x1000000ULL

static int node_open(void)
{
	int fd = open(NODE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		harness_skip(NODE ": %s", strerror(errno));
	/* who names the node says that it is ours: nothing to skip then */
	if (!getenv("IOMMU_NODE") && __destroy(fd, 1) != -ENOENT)
		harness_skip(NODE " is VFIO's own");
	CHECK_ERR(__destroy(fd, 1), ENOENT);
	return fd;
}

static void node(void)
{
	struct stat st;

	node_open();
	CHECK_OK(stat(NODE, &st));
	CHECK_EQ(st.st_mode, S_IFCHR | 0666);
	CHECK_EQ(major(st.st_rdev), MISC_MAJOR);
	CHECK_EQ(minor(st.st_rdev), VFIO_MINOR);
}

/* As with VFIO's own container, who has no privilege may open it. */
static void anybody_opens(void)
{
	int fd;

	node_open();
	proc_become_user(USER_A);
	fd = node_open();
	destroy(fd, ioas_alloc(fd));
}

/* Each open of either node is a context of its own. */
static void own_context(void)
{
	int fd = node_open();
	int same = node_open();
	int other = iommu_open();
	__u32 ioas = ioas_alloc(fd);

	CHECK_ERR(__destroy(same, ioas), ENOENT);
	CHECK_ERR(__destroy(other, ioas), ENOENT);
	CHECK_OK(__destroy(fd, ioas));
}

/* What VFIO's own container does: the limit is the process's, not the user's. */
static void charges_process(void)
{
	int fd = node_open();
	size_t page = page_size();
	char *va = mem_pages(5);
	__u32 ioas = ioas_alloc(fd);
	long locked;

	CHECK_EQ(option_rlimit_mode(fd), 1);
	mock_attach(fd, ioas);
	proc_limit_memlock(4 * page);
	proc_become_user(USER_A);
	locked = proc_status_kb("VmLck");
	CHECK_ERR(__ioas_map_at(fd, ioas, va, 5 * page, MOCK_IOVA), ENOMEM);
	ioas_map_at(fd, ioas, va, 4 * page, MOCK_IOVA);
	CHECK_EQ(proc_status_kb("VmLck") - locked, (long)(4 * page / 1024));
	ioas_unmap(fd, ioas, MOCK_IOVA, 4 * page);
	CHECK_EQ(proc_status_kb("VmLck"), locked);
}

/* A program that knows groups and containers only, from open to DMA. */
static void device_does_dma(void)
{
	struct vfio_place place;
	int container = node_open();
	size_t page = page_size();
	char *va = mem_pages(2);
	volatile void *regs;
	__u64 unmapped;
	int group, device;

	if (vfio_find_model(EDU_MODEL, &place))
		harness_skip("no edu that VFIO can use");
	group = vfio_group_open(place.node);
	CHECK_EQ(vcall(container, VFIO_GET_API_VERSION, 0), VFIO_API_VERSION);
	CHECK_EQ(vcall(container, VFIO_CHECK_EXTENSION, VFIO_TYPE1v2_IOMMU), 1);
	CHECK_ERR(vcall(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), ENODEV);
	CHECK_OK(__iommu_cmd(group, VFIO_GROUP_SET_CONTAINER, &container));
	CHECK_OK(vcall(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU));
	device = vfio_group_device(group, strrchr(place.dir, '/') + 1);
	regs = vfio_map_bar(device, page);

	memset(va, 0x5a, page);
	memset(va + page, 0, page);
	CHECK_OK(__vmap(container, va, IOVA, 2 * page, MAP_RW));
	edu_copy(regs, IOVA + page, IOVA, page);
	CHECK_EQ(memcmp(va, va + page, page), 0);
	CHECK_OK(__vunmap(container, IOVA, 2 * page, 0, &unmapped));
	CHECK_EQ(unmapped, 2 * page);

	/* what is not mapped any more is not reached */
	memset(va, 0x33, page);
	edu_write(regs, IOVA, page);
	CHECK_EQ(va[0], 0x33);
	CHECK_OK(close(device));
	CHECK_OK(__iommu_cmd(group, VFIO_GROUP_UNSET_CONTAINER, NULL));
}

static const struct test_case cases[] = {
	{ .name = "D2_node", .fn = node },
	{ .name = "D2_anybody_opens", .fn = anybody_opens },
	{ .name = "D2_own_context", .fn = own_context },
	{ .name = "D2_charges_process", .fn = charges_process },
	{ .name = "D2_device_does_dma", .fn = device_does_dma },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
