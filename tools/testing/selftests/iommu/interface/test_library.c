// SPDX-License-Identifier: GPL-2.0-only
/*
 * tools/lib/iommufd with a kernel below it: errors explained, and what takes
 * more than one call or one record. Its own tests have the rest.
 * Documentation/userspace-api/iommufd/library.rst
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <iommufd.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lib/dirty.h"
#include "lib/event.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/nest.h"
#include "lib/proc.h"
#include "lib/trace.h"

#define INSTANCES "/sys/kernel/tracing/instances"
#define TAKEN "meets something mapped already (value: its start)"
#define RW (IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE)

/* A session with one page mapped at MOCK_IOVA. */
struct scene {
	struct iommufd_session *session;
	int fd;
	__u32 ioas;
	void *va;
	struct iommufd_explanation why;
};

static struct scene scene_make(void)
{
	struct scene s = { .va = mem_pages(1) };
	int rc = iommufd_session_open(getenv("IOMMU_NODE"), &s.session);

	if (rc)
		harness_skip("no /dev/iommu: %s", strerror(-rc));
	s.fd = iommufd_session_fd(s.session);
	s.ioas = ioas_alloc(s.fd);
	ioas_map_at(s.fd, s.ioas, s.va, page_size(), MOCK_IOVA);
	return s;
}

static struct scene scene_traced(void)
{
	struct scene s = scene_make();

	/* mounts tracefs, or skips */
	trace_open();
	CHECK_OK(iommufd_session_trace(s.session));
	CHECK_OK(iommufd_session_trace(s.session));
	return s;
}

static int map_again(struct scene *s)
{
	__u64 iova = MOCK_IOVA;
	int rc = iommufd_ioas_map(s->fd, s->ioas, s->va, page_size(),
				  RW | IOMMU_IOAS_MAP_FIXED_IOVA, &iova);

	CHECK_ERR(rc, EEXIST);
	return rc;
}

static void check_taken(const struct iommufd_explanation *why)
{
	CHECK_EQ(why->traced, 1);
	CHECK_EQ(why->num, 1);
	CHECK(!strcmp(why->meaning[0].field, "iova"));
	CHECK(!strcmp(why->meaning[0].reason, TAKEN));
	CHECK(strstr(why->meaning[0].cure, "unmap"));
	CHECK_EQ(why->value, MOCK_IOVA);
}

static void explain_traced(void)
{
	struct scene s = scene_traced();
	__u32 id;
	int rc = map_again(&s);

	CHECK_OK(iommufd_explain(s.session, IOMMU_IOAS_MAP, rc, &s.why));
	check_taken(&s.why);
	/* the same answer when asked again; not for what was not refused */
	CHECK_OK(iommufd_explain(s.session, IOMMU_IOAS_MAP, rc, &s.why));
	check_taken(&s.why);
	CHECK_OK(iommufd_explain(s.session, IOMMU_IOAS_MAP, -EINVAL, &s.why));
	CHECK_EQ(s.why.traced, 0);

	rc = iommufd_destroy(s.fd, 1000);
	CHECK_OK(iommufd_explain(s.session, IOMMU_DESTROY, rc, &s.why));
	CHECK_EQ(s.why.traced, 1);
	CHECK(!strcmp(s.why.meaning[0].reason, "no such object"));
	/* that was the last one */
	CHECK_OK(iommufd_explain(s.session, IOMMU_IOAS_MAP, -EEXIST, &s.why));
	CHECK_EQ(s.why.traced, 0);

	/* what the kernel does not note: no such file is an error of its own */
	rc = iommufd_ioas_alloc(-1, &id);
	CHECK_ERR(rc, EBADF);
	CHECK_OK(iommufd_explain(s.session, IOMMU_IOAS_ALLOC, rc, &s.why));
	CHECK_EQ(s.why.traced, 0);
	iommufd_session_close(s.session);
}

static void *refused_elsewhere(void *arg)
{
	struct scene *s = arg;

	CHECK_ERR(iommufd_destroy(s->fd, 1000), ENOENT);
	CHECK_OK(iommufd_explain(s->session, IOMMU_DESTROY, -ENOENT, &s->why));
	CHECK_EQ(s->why.traced, 1);
	return NULL;
}

/* Threads see what was refused to them. One's name is as bad as can be. */
static void explain_threads(void)
{
	struct scene s = scene_traced();
	struct scene other = s;
	pthread_t thread;
	pid_t pid;
	int rc;

	prctl(PR_SET_NAME, "a-1  [0] x: -2");
	rc = map_again(&s);
	CHECK_EQ(pthread_create(&thread, NULL, refused_elsewhere, &other), 0);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	pid = harness_fork();
	if (!pid) {
		CHECK_ERR(iommufd_destroy(s.fd, 1001), ENOENT);
		_exit(0);
	}
	harness_join(pid);
	CHECK_OK(iommufd_explain(s.session, IOMMU_IOAS_MAP, rc, &s.why));
	check_taken(&s.why);
	iommufd_session_close(s.session);
}

/* An ordinary user gets no trace, but all that it can be. */
static void explain_without_trace(void)
{
	struct scene s = scene_make();
	unsigned int i, found = 0;
	int rc;

	trace_open();
	proc_become_user(1234);
	rc = iommufd_session_trace(s.session);
	CHECK_ERR(rc, EACCES);
	CHECK_OK(iommufd_explain(s.session, IOMMUFD_TRACE, rc, &s.why));
	CHECK_EQ(s.why.num, 1);
	CHECK_OK(iommufd_explain(s.session, IOMMU_IOAS_MAP, map_again(&s),
				 &s.why));
	CHECK_EQ(s.why.traced, 0);
	for (i = 0; i < s.why.num; i++)
		found += !strcmp(s.why.meaning[i].reason, TAKEN);
	CHECK_EQ(found, 1);
	iommufd_session_close(s.session);
}

/* Instances of the process. */
static unsigned int instances(pid_t pid)
{
	DIR *dir = opendir(INSTANCES);
	unsigned int found = 0;
	struct dirent *entry;
	char prefix[32];

	CHECK(dir);
	snprintf(prefix, sizeof(prefix), "libiommufd-%d-", (int)pid);
	while ((entry = readdir(dir)))
		found += !strncmp(entry->d_name, prefix, strlen(prefix));
	closedir(dir);
	return found;
}

static void trace_goes(void)
{
	struct scene s = scene_traced(), t = scene_traced(), u;
	int line[2];
	char byte;
	pid_t pid;

	CHECK_EQ(instances(getpid()), 2);
	iommufd_session_close(t.session);
	CHECK_EQ(instances(getpid()), 1);

	CHECK_EQ(pipe(line), 0);
	pid = harness_fork();
	if (!pid) {
		u = scene_traced();
		CHECK_EQ(write(line[1], "x", 1), 1);
		pause();
	}
	CHECK_EQ(read(line[0], &byte, 1), 1);
	kill(pid, SIGKILL);
	CHECK_EQ(waitpid(pid, NULL, 0), pid);
	CHECK_EQ(instances(pid), 1);
	/* the next one cleans up, and leaves alone what is in use */
	u = scene_traced();
	CHECK_EQ(instances(pid), 0);
	CHECK_EQ(instances(getpid()), 2);
	CHECK_OK(iommufd_explain(s.session, IOMMU_IOAS_MAP, map_again(&s),
				 &s.why));
	check_taken(&s.why);
	iommufd_session_close(u.session);
	iommufd_session_close(s.session);
	CHECK_EQ(instances(getpid()), 0);
}

/* More ranges than the first guess has room for. */
static void many_ranges(void)
{
	struct iommu_iova_range *list;
	int fd = mock_open();
	__u32 num, i, ioas = ioas_alloc(fd);
	__u64 alignment;

	for (i = 0; i < 50; i++)
		CHECK_OK(__mock_reserve(fd, ioas, i * 0x10000ULL, 0x1000));
	CHECK_OK(iommufd_ioas_ranges_all(fd, ioas, &list, &num, &alignment));
	CHECK_EQ(num, 50);
	CHECK(alignment);
	for (i = 0; i < num; i++) {
		CHECK_EQ(list[i].start, i * 0x10000ULL + 0x1000);
		CHECK_EQ(list[i].last, i < 49 ? (i + 1) * 0x10000ULL - 1 : ~0ULL);
	}
	free(list);
	num = 7;
	list = calloc(num, sizeof(*list));
	CHECK(list);
	CHECK_ERR(iommufd_ioas_ranges(fd, ioas, list, &num, NULL), EMSGSIZE);
	CHECK_EQ(num, 50);
	free(list);
	CHECK_ERR(iommufd_ioas_ranges_all(fd, 1000, &list, &num, NULL), ENOENT);
}

static void count_invalidated(void)
{
	struct iommu_hwpt_invalidate_selftest list[] = {
		{ .iotlb_id = 1 }, { .flags = 0x80 }, { .iotlb_id = 0 },
	};
	struct nest n = nest_make();
	__u32 nested = nested_alloc(n.fd, n.dev.idev, n.parent);
	__u32 num = ARRAY_LEN(list);

	CHECK_ERR(iommufd_hwpt_invalidate(n.fd, nested,
					  IOMMU_HWPT_INVALIDATE_DATA_SELFTEST,
					  list, sizeof(*list), &num),
		  EOPNOTSUPP);
	CHECK_EQ(num, 1);
	CHECK_OK(__check_iotlb(n.fd, nested, 1, 0));
	CHECK_OK(__check_iotlb(n.fd, nested, 0, NEST_IOTLB));
	num = 1;
	CHECK_OK(iommufd_hwpt_invalidate(n.fd, nested,
					 IOMMU_HWPT_INVALIDATE_DATA_SELFTEST,
					 &list[2], sizeof(*list), &num));
	CHECK_EQ(num, 1);
	CHECK_OK(__check_iotlb(n.fd, nested, 0, 0));
	nest_end(&n);
}

static void walk_dirty(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	size_t nbytes = iommufd_dirty_bitmap_size(300 * b.page, b.page);
	struct iommu_hwpt_get_dirty_bitmap cmd = {
		.size = sizeof(cmd),
		.hwpt_id = b.hwpt,
		.iova = MOCK_IOVA,
		.length = 300 * b.page,
		.page_size = b.page,
	};
	unsigned char *bits = calloc(1, nbytes);

	CHECK(bits);
	CHECK_EQ(nbytes, 40);
	cmd.data = (uintptr_t)bits;
	dirty_map(&b, 300);
	dirty_track(&b);
	dirty_write(&b, MOCK_IOVA + 3 * b.page);
	dirty_write(&b, MOCK_IOVA + 131 * b.page + MOCK_PAGE);
	dirty_write(&b, MOCK_IOVA + 299 * b.page);
	CHECK_OK(iommufd_dirty_read(b.fd, &cmd));
	CHECK_EQ(iommufd_dirty_next(bits, 300, 0), 3);
	CHECK_EQ(iommufd_dirty_next(bits, 300, 4), 131);
	CHECK_EQ(iommufd_dirty_next(bits, 300, 132), 299);
	CHECK_EQ(iommufd_dirty_next(bits, 299, 132), 299);
	CHECK_OK(iommufd_dirty_track(b.fd, b.hwpt, 0));
	CHECK_ERR(iommufd_dirty_read(b.fd, &cmd), EINVAL);
	free(bits);
}

static void walk_vevents(void)
{
	const size_t size = sizeof(struct iommu_viommu_event_selftest);
	struct iommufd_vevents events = { .data_len = size };
	struct event_queue queue;
	struct iommufd_vevent event;
	int fd = mock_open(), n;
	__u32 ioas = ioas_alloc(fd);
	struct mock_dev dev = mock_attach(fd, ioas);
	struct guest guest = guest_make(fd, dev.idev, ioas);
	char buf[256];

	queue = veventq(fd, guest.viommu, 2);
	CHECK_EQ(iommufd_vevent_read(queue.fd, buf, sizeof(buf)), 0);
	trigger_vevents(fd, dev.idev, 5);
	n = iommufd_vevent_read(queue.fd, buf, sizeof(buf));
	CHECK_EQ(n, 2 * (8 + size) + 8);
	events.buf = buf;
	events.bytes = n;
	CHECK_EQ(iommufd_vevent_next(&events, &event), 1);
	CHECK_EQ(event.sequence, 0);
	CHECK(!memcmp(event.data, &(__u32){ VIRT_ID }, sizeof(__u32)));
	CHECK_EQ(iommufd_vevent_next(&events, &event), 1);
	CHECK_EQ(event.sequence, 1);
	CHECK_EQ(event.lost, 0);
	CHECK_EQ(iommufd_vevent_next(&events, &event), 1);
	CHECK_EQ(event.lost, 1);
	CHECK_EQ(iommufd_vevent_gap(1, event.sequence) + 1, 3);
	CHECK_EQ(iommufd_vevent_next(&events, &event), 0);
	CHECK_ERR(iommufd_vevent_read(queue.fd, buf, 0), EINVAL);
}

static void answer_faults(void)
{
	struct fault_bench b = fault_bench_make();
	struct iommu_hwpt_page_response responses[2] = {};
	struct iommu_hwpt_pgfault list[4];

	CHECK_EQ(iommufd_fault_read(b.queue.fd, list, 4), 0);
	trigger_iopf_group(b.fd, b.dev.idev, 1, 3);
	trigger_iopf(b.fd, b.dev.idev, 2);
	CHECK_ERR(iommufd_fault_read(b.queue.fd, list, 2), EINVAL);
	CHECK_EQ(iommufd_fault_read(b.queue.fd, list, 3), 3);
	CHECK_EQ(list[0].flags & IOMMU_PGFAULT_FLAGS_LAST_PAGE, 0);
	CHECK(list[2].flags & IOMMU_PGFAULT_FLAGS_LAST_PAGE);
	responses[0].cookie = list[2].cookie;
	responses[1].cookie = list[2].cookie;
	/* the second one is for a group that is answered already */
	CHECK_EQ(iommufd_fault_respond(b.queue.fd, responses, 2), 1);
	CHECK_ERR(iommufd_fault_respond(b.queue.fd, responses + 1, 1), EINVAL);
	CHECK_EQ(iommufd_fault_read(b.queue.fd, list, 4), 1);
	responses[0].cookie = list[0].cookie;
	CHECK_EQ(iommufd_fault_respond(b.queue.fd, responses, 1), 1);
}

static const struct test_case cases[] = {
	{ .name = "explain_traced", .fn = explain_traced },
	{ .name = "explain_threads", .fn = explain_threads },
	{ .name = "explain_without_trace", .fn = explain_without_trace },
	{ .name = "trace_goes", .fn = trace_goes },
	{ .name = "many_ranges", .fn = many_ranges },
	{ .name = "count_invalidated", .fn = count_invalidated },
	{ .name = "walk_dirty", .fn = walk_dirty },
	{ .name = "walk_vevents", .fn = walk_vevents },
	{ .name = "answer_faults", .fn = answer_faults },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
