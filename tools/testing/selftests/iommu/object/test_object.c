// SPDX-License-Identifier: GPL-2.0-only
/* Ids and the life of objects (D4, D5, O1 to O7). */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"
#include "lib/proc.h"
#include "lib/stall.h"

static void lowest_free_id(void)
{
	int fd = iommu_open();
	__u32 id[4];
	int i;

	for (i = 0; i < 4; i++) {
		id[i] = ioas_alloc(fd);
		CHECK_EQ(id[i], i + 1);
	}
	destroy(fd, id[1]);
	CHECK_EQ(ioas_alloc(fd), id[1]);
	CHECK_EQ(ioas_alloc(fd), 5);
}

static void contexts_are_apart(void)
{
	int one = iommu_open();
	int two = iommu_open();
	__u32 id = ioas_alloc(one);

	CHECK_ERR(__destroy(two, id), ENOENT);
	CHECK_EQ(ioas_alloc(two), id);
	destroy(one, id);
	destroy(two, id);
}

static void destroyed_once(void)
{
	int fd = iommu_open();
	__u32 id = ioas_alloc(fd);

	destroy(fd, id);
	CHECK_ERR(__destroy(fd, id), ENOENT);
}

/* The response cannot be written: the new object must go again. */
static void alloc_copy_out_fails(void)
{
	struct iommu_ioas_alloc cmd = { .size = sizeof(cmd) };
	int fd = iommu_open();
	struct footprint before = footprint_take(fd);

	CHECK_ERR(__iommu_cmd(fd, IOMMU_IOAS_ALLOC,
			      mem_readonly(&cmd, sizeof(cmd))), EFAULT);
	footprint_check(&before);
	CHECK_ERR(__destroy(fd, before.next_id), ENOENT);
}

static void hwpt_copy_out_fails(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	struct mock_dev dev = mock_attach(fd, ioas);
	struct iommu_hwpt_alloc cmd = {
		.size = sizeof(cmd),
		.dev_id = dev.idev,
		.pt_id = ioas,
	};
	struct footprint before;

	ioas_map_at(fd, ioas, mem_pages(4), 4 * page_size(), MOCK_IOVA);
	before = footprint_take(fd);
	CHECK_ERR(__iommu_cmd(fd, IOMMU_HWPT_ALLOC,
			      mem_readonly(&cmd, sizeof(cmd))), EFAULT);
	footprint_check(&before);
}

static void wrong_type_is_unknown(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	struct mock_dev dev = mock_attach(fd, ioas);
	const __u32 not_ioas[] = { dev.hwpt, dev.idev, dev.stdev };
	struct iommu_hwpt_alloc hwpt = { .dev_id = ioas, .pt_id = ioas };
	struct iommu_hw_info info = { .dev_id = ioas };
	struct iommu_ioas_iova_ranges ranges = {};
	size_t i;

	for (i = 0; i < ARRAY_LEN(not_ioas); i++) {
		__u32 id = not_ioas[i];
		void *va = mem_pages(1);
		struct iommu_ioas_map map = map_any(id, va, page_size());
		struct iommu_ioas_copy from = copy_any(ioas, id, 4096, 4096);
		struct iommu_ioas_copy to = copy_any(id, ioas, 4096, 4096);

		CHECK_ERR(__ioas_map(fd, &map), ENOENT);
		CHECK_ERR(__ioas_copy(fd, &from), ENOENT);
		CHECK_ERR(__ioas_copy(fd, &to), ENOENT);
		CHECK_ERR(__ioas_unmap(fd, id, 0, ~0ULL, NULL), ENOENT);
		CHECK_ERR(__ioas_ranges(fd, id, &ranges), ENOENT);
		CHECK_ERR(__ioas_allow(fd, id, NULL, 0), ENOENT);
		CHECK_ERR(__option_huge_pages(fd, id, 1), ENOENT);
	}
	CHECK_ERR(__hwpt_alloc(fd, &hwpt), ENOENT);
	CHECK_ERR(__hw_info(fd, &info), ENOENT);
}

static void depended_on_is_busy(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	struct mock_dev dev = mock_attach(fd, ioas);
	__u32 hwpt = hwpt_alloc(fd, dev.idev, ioas);

	CHECK_ERR(__destroy(fd, ioas), EBUSY);
	CHECK_ERR(__destroy(fd, dev.hwpt), EBUSY);
	CHECK_ERR(__destroy(fd, dev.idev), EBUSY);
	mock_replace(fd, &dev, hwpt);
	CHECK_EQ(dev.hwpt, hwpt);
	CHECK_ERR(__destroy(fd, hwpt), EBUSY);
	destroy(fd, dev.stdev);
	CHECK_ERR(__destroy(fd, dev.idev), ENOENT);
	CHECK_ERR(__destroy(fd, ioas), EBUSY);
	destroy(fd, hwpt);
	destroy(fd, ioas);
	CHECK_EQ(ioas_alloc(fd), ioas);
}

static void access_holds_ioas(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	int access = access_open(fd, ioas);

	CHECK_ERR(__destroy(fd, ioas), EBUSY);
	CHECK_EQ(close(access), 0);
	destroy(fd, ioas);
}

/* Everything in use, then the file is closed in one go. */
static void close_releases_all(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	struct mock_dev dev = mock_attach(fd, ioas);
	__u32 hwpt = hwpt_alloc(fd, dev.idev, ioas);
	struct mock_dev second = mock_attach(fd, hwpt);
	size_t length = 16 * page_size();
	char *va = mem_pages(16);
	int probe = mock_open();

	CHECK_EQ(second.hwpt, hwpt);
	ioas_map_at(fd, ioas, va, length, MOCK_IOVA);
	ioas_copy(fd, copy_at(ioas, ioas, length, MOCK_IOVA + length,
			      MOCK_IOVA));
	mock_check_refs(probe, va, length, 1);
	CHECK_EQ(close(fd), 0);
	mock_check_refs(probe, va, length, 0);
}

/* The access has its own file, which keeps the context. */
static void access_outlives_fd(void)
{
	int fd = mock_open();
	int probe = mock_open();
	__u32 ioas = ioas_alloc(fd);
	char *va = mem_pages(2);
	int access = access_open(fd, ioas);

	ioas_map_at(fd, ioas, va, 2 * page_size(), MOCK_IOVA);
	access_pin(fd, access, MOCK_IOVA, 2 * page_size(), va);
	mock_check_refs(probe, va, 2 * page_size(), 1);
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(close(access), 0);
	mock_check_refs(probe, va, 2 * page_size(), 0);
}

struct racer {
	int fd;
	__u32 ioas;
	atomic_int stop;
};

static void *query_until_gone(void *arg)
{
	struct racer *racer = arg;
	struct iommu_ioas_iova_ranges ranges;
	int rc = 0;

	while (!atomic_load(&racer->stop)) {
		ranges = (struct iommu_ioas_iova_ranges){};
		rc = __ioas_ranges(racer->fd, racer->ioas, &ranges);
		CHECK(rc == -EMSGSIZE || rc == -ENOENT);
	}
	return NULL;
}

static void destroy_against_users(void)
{
	struct racer racer = { .fd = iommu_open() };
	unsigned int round;
	pthread_t thread;
	int rc;

	racer.ioas = ioas_alloc(racer.fd);
	CHECK_EQ(pthread_create(&thread, NULL, query_until_gone, &racer), 0);
	for (round = 0; round < 500; round++) {
		do {
			rc = __destroy(racer.fd, racer.ioas);
			CHECK(rc == 0 || rc == -EBUSY);
		} while (rc);
		CHECK_EQ(ioas_alloc(racer.fd), racer.ioas);
	}
	atomic_store(&racer.stop, 1);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	destroy(racer.fd, racer.ioas);
}

struct slow_query {
	int fd;
	__u32 ioas;
	struct stall stall;
};

static void *slow_query_thread(void *arg)
{
	struct slow_query *query = arg;
	struct iommu_ioas_iova_ranges ranges = {
		.num_iovas = 1,
		.allowed_iovas = (uintptr_t)query->stall.page,
	};

	CHECK_OK(__ioas_ranges(query->fd, query->ioas, &ranges));
	return NULL;
}

/* A process that shares the context, and waits in DESTROY of the object. */
static pid_t destroyer(int fd, __u32 id)
{
	pid_t pid = harness_fork();

	if (!pid) {
		__destroy(fd, id);
		_exit(1);
	}
	proc_await_blocked(pid);
	return pid;
}

static void kill_and_wait(pid_t pid)
{
	int status;

	CHECK_EQ(kill(pid, SIGKILL), 0);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/*
 * What a killed DESTROY leaves behind is not stuck until the file is closed:
 * whoever shares the context can end it.
 */
static void killed_destroy_is_taken_over(void)
{
	struct slow_query query = {
		.fd = mock_open(),
		.stall = stall_any(),
	};
	char *va = mem_pages(1);
	int probe = mock_open();
	pthread_t thread;
	pid_t pid;

	query.ioas = ioas_alloc(query.fd);
	ioas_map_at(query.fd, query.ioas, va, page_size(), MOCK_IOVA);
	CHECK_EQ(pthread_create(&thread, NULL, slow_query_thread, &query), 0);
	stall_wait(&query.stall);
	pid = destroyer(query.fd, query.ioas);
	/* somebody waits for it already */
	CHECK_ERR(__destroy(query.fd, query.ioas), ENOENT);
	kill_and_wait(pid);
	/* and so does the next, until it is killed as well */
	kill_and_wait(destroyer(query.fd, query.ioas));
	CHECK_ERR(__ioas_map_at(query.fd, query.ioas, va, page_size(),
				MOCK_IOVA + 2 * page_size()), ENOENT);
	/* its id is not given away meanwhile */
	CHECK(ioas_alloc(query.fd) != query.ioas);

	stall_end(&query.stall);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	destroy(query.fd, query.ioas);
	CHECK_ERR(__destroy(query.fd, query.ioas), ENOENT);
	mock_check_refs(probe, va, page_size(), 0);
	CHECK_EQ(ioas_alloc(query.fd), query.ioas);
}

static void many_objects(void)
{
	int fd = iommu_open();
	__u32 id;

	for (id = 1; id <= 2000; id++)
		CHECK_EQ(ioas_alloc(fd), id);
	for (id = 1; id <= 2000; id += 2)
		destroy(fd, id);
	for (id = 1; id <= 2000; id += 2)
		CHECK_EQ(ioas_alloc(fd), id);
}

static const struct test_case cases[] = {
	{ .name = "D4_lowest_free_id", .fn = lowest_free_id },
	{ .name = "D4_contexts_are_apart", .fn = contexts_are_apart },
	{ .name = "D4_many_objects", .fn = many_objects },
	{ .name = "D5_close_releases_all", .fn = close_releases_all },
	{ .name = "D5_access_outlives_fd", .fn = access_outlives_fd },
	{ .name = "O2_alloc_copy_out_fails", .fn = alloc_copy_out_fails },
	{ .name = "O2_hwpt_copy_out_fails", .fn = hwpt_copy_out_fails },
	{ .name = "O3_destroyed_once", .fn = destroyed_once },
	{ .name = "O3_destroy_against_users", .fn = destroy_against_users },
	{ .name = "O3_killed_destroy_is_taken_over",
	  .fn = killed_destroy_is_taken_over },
	{ .name = "O7_depended_on_is_busy", .fn = depended_on_is_busy },
	{ .name = "O7_access_holds_ioas", .fn = access_holds_ioas },
	{ .name = "A9_wrong_type_is_unknown", .fn = wrong_type_is_unknown },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
