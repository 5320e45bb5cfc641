// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel allocates for a user counts against the user's memory cgroup
 * (RL5): whoever makes objects without end meets the limit of the cgroup, and
 * not the end of the machine's memory.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/event.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/nest.h"
#include "lib/proc.h"

#define LIMIT "3M"
/* So many fit: it is not the process itself that meets the limit. */
#define STEPS_LEAST 8
#define NO_LIMIT_MET 3
#define OTHER_ERROR 4

#define CGROUP "/tmp/memcg"
#define GROUP CGROUP "/iommu"

struct bench {
	int fd;
	__u32 ioas;
	struct mock_dev dev;
	__u32 parent;
	__u32 viommu;
	void *va;
};

struct kind {
	/* One more of what the kernel allocates; 0 or -errno. */
	int (*step)(struct bench *b, unsigned int i);
	/* So often at most; the limit must be met before. */
	unsigned int steps;
};

static int one_ioas(struct bench *b, unsigned int i)
{
	__u32 id;

	(void)i;
	return __ioas_alloc(b->fd, &id);
}

/* Not next to each other, in an IOAS that nothing translates by. */
static int one_area(struct bench *b, unsigned int i)
{
	return __ioas_map_at(b->fd, b->ioas, b->va, page_size(),
			     MOCK_IOVA + 2 * i * page_size());
}

static int one_hwpt(struct bench *b, unsigned int i)
{
	struct iommu_hwpt_alloc hwpt = {
		.size = sizeof(hwpt),
		.pt_id = b->ioas,
	};

	if (!b->dev.idev)
		b->dev = mock_attach(b->fd, b->ioas);
	(void)i;
	hwpt.dev_id = b->dev.idev;
	return __hwpt_alloc(b->fd, &hwpt);
}

/* A page table of 64 leaf tables. */
static int many_tables(struct bench *b, unsigned int i)
{
	__u64 n;

	if (!i) {
		b->dev = mock_attach(b->fd, b->ioas);
		for (n = 0; n < 64; n++)
			ioas_map_at(b->fd, b->ioas, b->va, page_size(),
				    MOCK_IOVA + (n << 21));
	}
	return one_hwpt(b, i);
}

static int one_copy(struct bench *b, unsigned int i)
{
	struct iommu_ioas_copy copy;

	if (!b->parent) {
		ioas_map_at(b->fd, b->ioas, b->va, page_size(), MOCK_IOVA);
		b->parent = ioas_alloc(b->fd);
	}
	copy = copy_at(b->parent, b->ioas, page_size(), 2 * i * page_size(),
		       MOCK_IOVA);
	return __ioas_copy(b->fd, &copy);
}

static int many_allowed(struct bench *b, unsigned int i)
{
	struct iommu_iova_range list[64];
	__u32 id, n;
	int rc = __ioas_alloc(b->fd, &id);

	(void)i;
	for (n = 0; n < ARRAY_LEN(list); n++)
		list[n] = (struct iommu_iova_range) {
			.start = 2 * n * page_size(),
			.last = (2 * n + 1) * page_size() - 1,
		};
	return rc ?: __ioas_allow(b->fd, id, list, ARRAY_LEN(list));
}

static void parent_make(struct bench *b)
{
	b->dev = mock_attach(b->fd, b->ioas);
	b->parent = nest_parent_alloc(b->fd, b->dev.idev, b->ioas);
}

static int one_nested(struct bench *b, unsigned int i)
{
	__u32 id;

	if (!i)
		parent_make(b);
	return __nested_alloc(b->fd, b->dev.idev, b->parent, &id);
}

static int one_viommu(struct bench *b, unsigned int i)
{
	struct iommu_viommu_alloc cmd = {
		.size = sizeof(cmd),
		.type = IOMMU_VIOMMU_TYPE_SELFTEST,
	};

	if (!i)
		parent_make(b);
	cmd.dev_id = b->dev.idev;
	cmd.hwpt_id = b->parent;
	return __viommu_alloc(b->fd, &cmd);
}

static int one_fault_queue(struct bench *b, unsigned int i)
{
	struct iommu_fault_alloc cmd = { .size = sizeof(cmd) };

	(void)i;
	return __iommu_cmd(b->fd, IOMMU_FAULT_QUEUE_ALLOC, &cmd);
}

static void make_group(void)
{
	mkdir(CGROUP, 0700);
	if (mount("none", CGROUP, "cgroup2", 0, NULL) && errno != EBUSY)
		harness_skip("no cgroups in this kernel: %s", strerror(errno));
	if (proc_write(CGROUP "/cgroup.subtree_control", "+memory"))
		harness_skip("no memory cgroups in this kernel");
	CHECK(!mkdir(GROUP, 0700) || errno == EEXIST);
	CHECK_OK(proc_write(GROUP "/memory.max", LIMIT));
}

/*
 * Out of the small cgroup again: what the process does from here on is not what
 * counts, but who made the queue.
 */
static void leave_group(void)
{
	CHECK_OK(proc_write(CGROUP "/cgroup.procs", "0"));
}

static int many_vevents(struct bench *b, unsigned int i)
{
	unsigned int n;
	int rc = 0;

	if (!i) {
		struct guest guest;

		b->dev = mock_attach(b->fd, b->ioas);
		guest = guest_make(b->fd, b->dev.idev, b->ioas);
		veventq(b->fd, guest.viommu, 1 << 19);
		leave_group();
	}
	for (n = 0; n < 64 && !rc; n++)
		rc = __trigger_vevent(b->fd, b->dev.idev);
	return rc;
}

/* Page faults that are read and not answered. */
static int one_fault(struct bench *b, unsigned int i)
{
	static struct event_queue queue;
	struct iommu_hwpt_pgfault faults[2];
	long n;

	if (!i) {
		b->dev = mock_attach(b->fd, b->ioas);
		queue = fault_queue(b->fd);
		mock_replace(b->fd, &b->dev,
			     hwpt_fault(b->fd, b->dev.idev, b->ioas, queue.id));
		leave_group();
	}
	trigger_iopf_group(b->fd, b->dev.idev, i % 1000, 2);
	n = __event_read(queue.fd, faults, sizeof(faults));
	/* the mock does not say that the fault found no place */
	return n > 0 ? 0 : n ?: -ENOMEM;
}

/* Each processor has some of the cgroup's memory in stock. */
static void use_up(const struct bench *b)
{
	unsigned int failed = 0;

	while (failed < 100)
		failed += __trigger_vevent(b->fd, b->dev.idev) == -ENOMEM;
}

/*
 * The owner of a fault queue has no memory left: some faults find their place even so,
 * again and again, and nobody waits for the cgroup.
 */
static void fault_at_limit(void)
{
	struct iommu_hwpt_page_response response = { .code = IOMMUFD_PAGE_RESP_SUCCESS };
	struct iommu_hwpt_pgfault fault;
	struct event_queue queue;
	struct guest guest;
	struct bench b = {};
	unsigned int i;

	make_group();
	CHECK_OK(proc_write(GROUP "/cgroup.procs", "0"));
	b.fd = mock_open();
	b.ioas = ioas_alloc(b.fd);
	b.dev = mock_attach(b.fd, b.ioas);
	guest = guest_make(b.fd, b.dev.idev, b.ioas);
	veventq(b.fd, guest.viommu, 1 << 19);
	queue = fault_queue(b.fd);
	mock_replace(b.fd, &b.dev, hwpt_fault(b.fd, b.dev.idev, b.ioas, queue.id));
	leave_group();
	use_up(&b);
	/* What is freed in between must not be what the next one lives on. */
	for (i = 0; i < 100; i++) {
		trigger_iopf(b.fd, b.dev.idev, i);
		CHECK_EQ(__event_read(queue.fd, &fault, sizeof(fault)), sizeof(fault));
		use_up(&b);
		response.cookie = fault.cookie;
		CHECK_EQ(__event_write(queue.fd, &response, sizeof(response)),
			 sizeof(response));
	}
	/* Not without end */
	for (i = 0; i < 1000; i++)
		trigger_iopf(b.fd, b.dev.idev, i);
	for (i = 0; __event_read(queue.fd, &fault, sizeof(fault)) > 0; i++)
		;
	harness_note("%u faults found a place", i);
	CHECK(i && i < 200);
	close(queue.fd);
	close(b.fd);
	CHECK_EQ(rmdir(GROUP), 0);
}

/* A context for each. */
static int one_file(struct bench *b, unsigned int i)
{
	__u32 id;
	int fd = iommu_open();

	(void)b;
	(void)i;
	return __ioas_alloc(fd, &id);
}

/* Ends by SIGKILL of the cgroup, or says how it came to an end. */
[[gnu::noreturn]] static void run_until_refused(const struct kind *kind,
						unsigned int *steps)
{
	const struct rlimit files = { .rlim_cur = 100000, .rlim_max = 100000 };
	struct bench b = { .va = mem_pages(1) };
	int rc = 0;

	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
	CHECK_OK(proc_write(GROUP "/cgroup.procs", "0"));
	b.fd = mock_open();
	b.ioas = ioas_alloc(b.fd);
	for (; !rc && *steps < kind->steps; (*steps)++)
		rc = kind->step(&b, *steps);
	harness_note("step %u ended with %d", *steps, rc);
	_exit(!rc ? NO_LIMIT_MET : rc == -ENOMEM ? 0 : OTHER_ERROR);
}

static void limit_is_met(const void *arg)
{
	unsigned int *steps = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t pid;

	CHECK(steps != MAP_FAILED);
	make_group();

	pid = fork();
	CHECK(pid >= 0);
	if (!pid)
		run_until_refused(arg, steps);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		CHECK_EQ(WTERMSIG(status), SIGKILL);
	else
		CHECK_EQ(WEXITSTATUS(status), 0);
	CHECK(*steps >= STEPS_LEAST);
	harness_note("met after %u steps", *steps);
	CHECK_EQ(rmdir(GROUP), 0);
}

#define MOST 30000

#define UNTIL_LIMIT(noun, times)				\
	{							\
		.name = "RL5_" #noun,				\
		.fn_arg = limit_is_met,				\
		.arg = &(const struct kind) { noun, times },	\
		.seconds = 300,					\
	}

static const struct test_case cases[] = {
	UNTIL_LIMIT(one_ioas, MOST),
	UNTIL_LIMIT(one_area, MOST),
	UNTIL_LIMIT(one_copy, MOST),
	UNTIL_LIMIT(many_allowed, MOST),
	UNTIL_LIMIT(one_hwpt, MOST),
	UNTIL_LIMIT(many_tables, 200),
	UNTIL_LIMIT(one_nested, MOST),
	UNTIL_LIMIT(one_viommu, MOST),
	UNTIL_LIMIT(one_fault_queue, MOST),
	UNTIL_LIMIT(many_vevents, MOST),
	UNTIL_LIMIT(one_fault, MOST),
	{ .name = "RL5_fault_at_limit", .fn = fault_at_limit, .seconds = 300 },
	UNTIL_LIMIT(one_file, MOST),
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
