// SPDX-License-Identifier: GPL-2.0-only
/* Virtual event queues (VE). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "lib/event.h"
#include "lib/harness.h"
#include "lib/memory.h"

#define HEADER sizeof(struct iommufd_vevent_header)
#define EVENT sizeof(struct event)
#define LOST IOMMU_VEVENTQ_FLAG_LOST_EVENTS

struct event {
	struct iommufd_vevent_header header;
	struct iommu_viommu_event_selftest data;
};

struct bench {
	int fd;
	__u32 ioas;
	struct mock_dev dev;
	struct guest guest;
	struct footprint before;
};

static struct bench bench_make(void)
{
	struct bench b = { .fd = mock_open() };

	b.ioas = ioas_alloc(b.fd);
	b.dev = mock_attach(b.fd, b.ioas);
	b.guest = guest_make(b.fd, b.dev.idev, b.ioas);
	b.before = footprint_take(b.fd);
	return b;
}

static struct iommu_veventq_alloc good(const struct bench *b)
{
	return (struct iommu_veventq_alloc){
		.viommu_id = b->guest.viommu,
		.type = IOMMU_VEVENTQ_TYPE_SELFTEST,
		.veventq_depth = 4,
	};
}

static void refuse(struct bench *b, struct iommu_veventq_alloc cmd, int errnum)
{
	CHECK_ERR(__veventq(b->fd, &cmd), errnum);
	footprint_check(&b->before);
}

static void check_event(const struct event *event, __u32 sequence)
{
	CHECK_EQ(event->header.flags, 0);
	CHECK_EQ(event->header.sequence, sequence);
	CHECK_EQ(event->data.virt_id, VIRT_ID);
}

static void refusals(void)
{
	struct bench b = bench_make();
	const __u32 ids[] = { 0, b.ioas, b.guest.parent, b.guest.vdev,
			      b.dev.idev, 1000, ~0U };
	struct iommu_veventq_alloc cmd;
	size_t i;

	for (i = 0; i < 32; i++) {
		cmd = good(&b);
		cmd.flags = 1U << i;
		refuse(&b, cmd, EOPNOTSUPP);
		cmd = good(&b);
		cmd.__reserved = 1U << i;
		refuse(&b, cmd, EOPNOTSUPP);
	}
	cmd = good(&b);
	cmd.type = IOMMU_VEVENTQ_TYPE_DEFAULT;
	refuse(&b, cmd, EOPNOTSUPP);
	cmd = good(&b);
	cmd.veventq_depth = 0;
	refuse(&b, cmd, EINVAL);
	cmd.veventq_depth = (1U << 19) + 1;
	refuse(&b, cmd, EINVAL);
	cmd.veventq_depth = ~0U;
	refuse(&b, cmd, EINVAL);
	for (i = 0; i < ARRAY_LEN(ids); i++) {
		cmd = good(&b);
		cmd.viommu_id = ids[i];
		refuse(&b, cmd, ENOENT);
	}
	cmd = good(&b);
	cmd.veventq_depth = 1U << 19;
	CHECK_OK(__veventq(b.fd, &cmd));
	close(cmd.out_veventq_fd);
	destroy(b.fd, cmd.out_veventq_id);
	footprint_check(&b.before);
}

static void one_of_a_type(void)
{
	struct bench b = bench_make();
	struct event_queue queue = veventq(b.fd, b.guest.viommu, 4);
	struct iommu_veventq_alloc cmd = good(&b);

	b.before = footprint_take(b.fd);
	refuse(&b, cmd, EEXIST);
	/* the core takes any type: a driver may report one later */
	cmd.type = IOMMU_VEVENTQ_TYPE_ARM_SMMUV3;
	CHECK_OK(__veventq(b.fd, &cmd));
	close(queue.fd);
	destroy(b.fd, queue.id);
	queue = veventq(b.fd, b.guest.viommu, 4);
}

static void answer_not_writable(void)
{
	struct bench b = bench_make();
	struct iommu_veventq_alloc cmd = good(&b);
	int probe = dup(b.fd);

	cmd.size = sizeof(cmd);
	CHECK_ERR(__iommu_cmd(b.fd, IOMMU_VEVENTQ_ALLOC,
			      mem_readonly(&cmd, sizeof(cmd))), EFAULT);
	footprint_check(&b.before);
	CHECK_EQ(dup(b.fd), probe + 1);
	/* the type is free again */
	veventq(b.fd, b.guest.viommu, 4);
}

static void file_properties(void)
{
	struct bench b = bench_make();
	struct event_queue queue = veventq(b.fd, b.guest.viommu, 4);
	char bytes[16] = {};

	CHECK_EQ(fcntl(queue.fd, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(fcntl(queue.fd, F_GETFL) & O_ACCMODE, O_RDWR);
	CHECK(lseek(queue.fd, 0, SEEK_CUR) < 0 && errno == ESPIPE);
	CHECK(pread(queue.fd, bytes, sizeof(bytes), 8) < 0 && errno == ESPIPE);
	CHECK_ERR(__event_write(queue.fd, bytes, sizeof(bytes)), EINVAL);
	CHECK_EQ(event_poll(queue.fd), 0);
}

static void dependencies(void)
{
	struct bench b = bench_make();
	struct event_queue queue = veventq(b.fd, b.guest.viommu, 4);

	CHECK_ERR(__destroy(b.fd, queue.id), EBUSY);
	close(queue.fd);
	CHECK_ERR(__destroy(b.fd, b.guest.viommu), EBUSY);
	destroy(b.fd, queue.id);
	CHECK_ERR(__destroy(b.fd, queue.id), ENOENT);
	footprint_check(&b.before);
	destroy(b.fd, b.guest.vdev);
	destroy(b.fd, b.guest.viommu);
}

static void read_sizes(void)
{
	struct bench b = bench_make();
	struct event_queue queue = veventq(b.fd, b.guest.viommu, 4);
	struct event events[3];
	size_t len;

	for (len = 0; len <= sizeof(events); len++)
		CHECK_EQ(__event_read(queue.fd, events, len),
			 len < HEADER ? -EINVAL : 0);
	trigger_vevents(b.fd, b.dev.idev, 3);
	for (len = 0; len < EVENT; len++)
		CHECK_ERR(__event_read(queue.fd, events, len), EINVAL);
	CHECK_EQ(__event_read(queue.fd, events, 2 * EVENT - 1), EVENT);
	check_event(&events[0], 0);
	CHECK_EQ(__event_read(queue.fd, events, sizeof(events)), 2 * EVENT);
	check_event(&events[0], 1);
	check_event(&events[1], 2);
	CHECK_EQ(__event_read(queue.fd, events, sizeof(events)), 0);
}

static void overflow(void)
{
	struct bench b = bench_make();
	struct event_queue queue = veventq(b.fd, b.guest.viommu, 2);
	struct {
		struct event events[2];
		struct iommufd_vevent_header lost;
	} got;

	trigger_vevents(b.fd, b.dev.idev, 2);
	trigger_vevents(b.fd, b.dev.idev, 3);
	CHECK_EQ(__event_read(queue.fd, &got, sizeof(got)), sizeof(got));
	check_event(&got.events[0], 0);
	check_event(&got.events[1], 1);
	CHECK_EQ(got.lost.flags, LOST);
	/* the newest of those that were dropped */
	CHECK_EQ(got.lost.sequence, 4);
	CHECK_EQ(event_poll(queue.fd), 0);
	trigger_vevents(b.fd, b.dev.idev, 1);
	CHECK_EQ(__event_read(queue.fd, &got, sizeof(got)), EVENT);
	check_event(&got.events[0], 5);
}

/* The marker does not count, and goes when a later event shows the loss. */
static void marker_goes(void)
{
	struct bench b = bench_make();
	struct event_queue queue = veventq(b.fd, b.guest.viommu, 1);
	struct iommufd_vevent_header lost;
	struct event events[3];

	trigger_vevents(b.fd, b.dev.idev, 3);
	CHECK_EQ(__event_read(queue.fd, events, EVENT), EVENT);
	check_event(&events[0], 0);
	CHECK_EQ(event_poll(queue.fd), POLLIN | POLLRDNORM);
	trigger_vevents(b.fd, b.dev.idev, 1);
	CHECK_EQ(__event_read(queue.fd, events, sizeof(events)), EVENT);
	check_event(&events[0], 3);

	trigger_vevents(b.fd, b.dev.idev, 2);
	CHECK_EQ(__event_read(queue.fd, events, EVENT), EVENT);
	CHECK_EQ(__event_read(queue.fd, &lost, HEADER), HEADER);
	CHECK_EQ(lost.flags, LOST);
	CHECK_EQ(lost.sequence, 5);
	CHECK_EQ(__event_read(queue.fd, &lost, HEADER), 0);
}

static void read_faults(void)
{
	struct bench b = bench_make();
	struct event_queue queue = veventq(b.fd, b.guest.viommu, 2);
	struct event events[3] = {}, *part;
	struct iommufd_vevent_header lost;

	trigger_vevents(b.fd, b.dev.idev, 4);
	CHECK_ERR(__event_read(queue.fd, mem_nowhere(), 100), EFAULT);
	CHECK_ERR(__event_read(queue.fd, mem_readonly(events, EVENT), 100),
		  EFAULT);
	part = mem_before_hole(events, EVENT + HEADER);
	CHECK_EQ(__event_read(queue.fd, part, 100), EVENT);
	check_event(&part[0], 0);
	CHECK_EQ(__event_read(queue.fd, events, EVENT), EVENT);
	check_event(&events[0], 1);
	/* the marker is put back as well */
	CHECK_ERR(__event_read(queue.fd, mem_nowhere(), 100), EFAULT);
	CHECK_EQ(__event_read(queue.fd, &lost, HEADER), HEADER);
	CHECK_EQ(lost.flags, LOST);
	CHECK_EQ(lost.sequence, 3);
	CHECK_EQ(event_poll(queue.fd), 0);
}

static void sequence_starts_at_zero(void)
{
	struct bench b = bench_make();
	struct event event;
	int i;

	for (i = 0; i < 3; i++) {
		struct event_queue queue = veventq(b.fd, b.guest.viommu, 2);

		trigger_vevents(b.fd, b.dev.idev, i + 1);
		CHECK_EQ(__event_read(queue.fd, &event, EVENT), EVENT);
		check_event(&event, 0);
		close(queue.fd);
		destroy(b.fd, queue.id);
	}
	footprint_check(&b.before);
}

static void no_queue(void)
{
	struct bench b = bench_make();
	struct mock_dev stranger = mock_attach(b.fd, b.ioas);
	const __u32 ids[] = { 0, b.ioas, b.guest.viommu, 1000, stranger.idev };
	struct event_queue queue;
	size_t i;

	CHECK_ERR(__trigger_vevent(b.fd, b.dev.idev), EOPNOTSUPP);
	queue = veventq(b.fd, b.guest.viommu, 2);
	for (i = 0; i < ARRAY_LEN(ids); i++)
		CHECK_ERR(__trigger_vevent(b.fd, ids[i]), ENOENT);
	/* a guest that has lost the device hears nothing of it */
	destroy(b.fd, b.guest.vdev);
	CHECK_ERR(__trigger_vevent(b.fd, b.dev.idev), ENOENT);
	CHECK_EQ(event_poll(queue.fd), 0);
}

static void *poll_for_event(void *arg)
{
	struct pollfd p = { .fd = *(int *)arg, .events = POLLIN };

	CHECK_EQ(poll(&p, 1, 10000), 1);
	CHECK_EQ(p.revents, POLLIN);
	return NULL;
}

static void pollers(void)
{
	struct bench b = bench_make();
	struct event_queue queue = veventq(b.fd, b.guest.viommu, 2);
	pthread_t thread[3];
	size_t i;

	for (i = 0; i < ARRAY_LEN(thread); i++)
		CHECK_OK(pthread_create(&thread[i], NULL, poll_for_event,
					&queue.fd));
	usleep(20000);
	trigger_vevents(b.fd, b.dev.idev, 1);
	for (i = 0; i < ARRAY_LEN(thread); i++)
		CHECK_OK(pthread_join(thread[i], NULL));
}

static void context_closed_first(void)
{
	struct bench b = bench_make();
	struct event_queue queue = veventq(b.fd, b.guest.viommu, 2);
	struct event events[3];

	trigger_vevents(b.fd, b.dev.idev, 1);
	close(b.fd);
	CHECK_EQ(__event_read(queue.fd, events, sizeof(events)), EVENT);
	check_event(&events[0], 0);
}

struct race {
	struct bench b;
	struct event_queue queue;
	atomic_bool stop;
};

static void *race_trigger(void *arg)
{
	struct race *r = arg;

	while (!r->stop)
		trigger_vevents(r->b.fd, r->b.dev.idev, 1);
	return NULL;
}

/* One reader sees the numbers ascend, whatever is lost. */
static void numbers_ascend(void)
{
	struct race r = { .b = bench_make() };
	char buf[5 * EVENT + HEADER];
	pthread_t thread[2];
	long long last = -1;
	long n, at;
	int rounds;
	size_t i;

	r.queue = veventq(r.b.fd, r.b.guest.viommu, 3);
	for (i = 0; i < ARRAY_LEN(thread); i++)
		CHECK_OK(pthread_create(&thread[i], NULL, race_trigger, &r));
	/* the threads may be late: not before there was something to read */
	for (rounds = 0; rounds < 2000 || last <= 0; rounds++) {
		n = __event_read(r.queue.fd, buf, sizeof(buf));
		CHECK(n >= 0);
		for (at = 0; at < n;) {
			struct iommufd_vevent_header header;

			memcpy(&header, buf + at, HEADER);
			CHECK(header.sequence > last);
			CHECK(!(header.flags & ~LOST));
			last = header.sequence;
			at += header.flags & LOST ? HEADER : EVENT;
		}
		CHECK_EQ(at, n);
	}
	r.stop = true;
	for (i = 0; i < ARRAY_LEN(thread); i++)
		CHECK_OK(pthread_join(thread[i], NULL));
	CHECK(last > 0);
}

static const struct test_case cases[] = {
	{ .name = "VE1_VE2_VE3_refusals", .fn = refusals },
	{ .name = "VE4_one_of_a_type", .fn = one_of_a_type },
	{ .name = "answer_not_writable", .fn = answer_not_writable },
	{ .name = "file_properties", .fn = file_properties },
	{ .name = "dependencies", .fn = dependencies },
	{ .name = "read_sizes", .fn = read_sizes },
	{ .name = "VE5_overflow", .fn = overflow },
	{ .name = "VE5_marker_goes", .fn = marker_goes },
	{ .name = "VE5_sequence_starts_at_zero", .fn = sequence_starts_at_zero },
	{ .name = "read_faults", .fn = read_faults },
	{ .name = "no_queue", .fn = no_queue },
	{ .name = "pollers", .fn = pollers },
	{ .name = "context_closed_first", .fn = context_closed_first },
	{ .name = "numbers_ascend", .fn = numbers_ascend, .seconds = 60 },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
