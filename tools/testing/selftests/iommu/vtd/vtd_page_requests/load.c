// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many requests at a time: from a function that does as it should, from one that floods,
 * and while everything else changes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/vfio.h>

#include <iommufd.h>

#include "cases.h"

/* The ring of a unit holds one less. */
#define RING 4096

static void *serve(void *arg)
{
	struct server *s = arg;
	struct pollfd p = { .fd = s->queue.fd, .events = POLLIN };
	struct iommu_hwpt_pgfault fault;
	int rc;

	while (!s->stop) {
		if (poll(&p, 1, 10) != 1 ||
		    iommufd_fault_read(s->queue.fd, &fault, 1) != 1)
			continue;
		rc = __ioas_map_at(s->b->fd, s->b->ioas, s->b->va, page_size(), fault.addr);
		CHECK(!rc || rc == -EEXIST);
		/* EINVAL: what ended meanwhile was answered then. */
		rc = __prq_answer(&s->queue, fault.cookie, GIVE);
		CHECK(!rc || rc == -EINVAL);
		s->served++;
	}
	return NULL;
}

pthread_t server_start(struct server *s)
{
	pthread_t thread;

	CHECK_EQ(pthread_create(&thread, NULL, serve, s), 0);
	return thread;
}

void server_stop(struct server *s, pthread_t thread)
{
	s->stop = true;
	CHECK_EQ(pthread_join(thread, NULL), 0);
}

/* As often as the ring overflows. */
void polled_read(const struct sim_function *fn, void *bar0, __u64 iova)
{
	volatile uint32_t *command = bar0 + VTD_SIM_ITEST_CMD;

	memset((void *)fn->memory, 0, page_size());
	do {
		*(volatile uint64_t *)(bar0 + VTD_SIM_ITEST_ADDR) = iova;
		*command = VTD_SIM_ITEST_IN;
		while (*command & VTD_SIM_ITEST_BUSY)
			usleep(200);
	} while (!fn->memory[0]);
}

/* The public test function: a page that is missing costs it a request and no error. */
void polled(const void *arg)
{
	const struct how *how = arg;
	struct server server = {};
	struct prq_bench b;
	pthread_t thread;
	unsigned int i;
	void *bar0;

	prq_bench_make(&b, sim_unit(how->profile, ""), VTD_SIM_ITEST, how->pasid);
	bar0 = vfio_map_bar(b.fn.device, page_size());
	memset(b.va, 0x77, page_size());
	server.b = &b;
	server.queue = b.queue;
	thread = server_start(&server);
	for (i = 0; i < 4; i++) {
		polled_read(&b.fn, bar0, PRQ_IOVA + i * page_size());
		CHECK_EQ(memcmp((void *)b.fn.memory, b.va, page_size()), 0);
	}
	server_stop(&server, thread);
	CHECK_EQ(server.served, i);
	CHECK_EQ(munmap(bar0, page_size()), 0);
	prq_bench_end(&b);
}

/* Its requests are refused from then on; the rest of it works. */
static void check_shut(struct prq_bench *b)
{
	struct iommu_hwpt_pgfault fault[64];
	int n, total = 0;

	while (prq_ask(b, 0, 0, 1) != VTD_SIM_PAGE_FAILED)
		usleep(500);
	while ((n = iommufd_fault_read(b->queue.fd, fault, ARRAY_LEN(fault))) > 0)
		total += n;
	/* Not more than it was promised */
	CHECK(total <= 32);
	prq_map(b, 5);
	prq_transfer(b, 5);
}

/* One that floods costs its neighbour some tries, and loses page requests. */
void flood(const void *arg)
{
	struct server server = {};
	struct sim_function other;
	struct prq_bench b, theirs;
	pthread_t thread;
	unsigned int i;
	void *bar0;

	make(&b, arg);
	other = sim_function(&b.sim, VTD_SIM_ITEST, 0);
	sim_function_open(&other, b.fd);
	bar0 = vfio_map_bar(other.device, page_size());
	theirs = b;
	theirs.pasid = PRQ_NO_PASID;
	theirs.fn = other;
	theirs.ioas = ioas_alloc(b.fd);
	theirs.queue = fault_queue(b.fd);
	prq_attach(&theirs, prq_hwpt(&theirs, theirs.queue.id));
	memset(b.va, 0x55, page_size());
	server.b = &theirs;
	server.queue = theirs.queue;
	thread = server_start(&server);

	sim_behave(&b.fn, VTD_SIM_MAY_FLOOD, 0);
	for (i = 0; i < 5; i++) {
		prq_ask(&b, VTD_SIM_OP_ALONE, 0, RING + 1000);
		polled_read(&other, bar0, PRQ_IOVA + i * page_size());
		CHECK_EQ(memcmp((void *)other.memory, b.va, page_size()), 0);
	}
	server_stop(&server, thread);
	CHECK(server.served >= i);
	check_shut(&b);
	prq_detach(&b);
	sim_behave(&b.fn, 0, 0);
	prq_attach(&b, b.hwpt);
	works_again(&b);

	CHECK_EQ(munmap(bar0, page_size()), 0);
	sim_function_close(&other);
	sim_function_remove(&other);
	close(theirs.queue.fd);
	prq_bench_end(&b);
}

/* Requests all the time; most of them end with something else. */
struct asker {
	struct prq_bench *b;
	atomic_bool stop;
	unsigned int given;
};

static void *ask(void *arg)
{
	struct asker *a = arg;
	unsigned int i;
	__u32 status;

	for (i = 0; !a->stop; i++) {
		status = prq_ask(a->b, i % 3 ? 0 : VTD_SIM_OP_MORE, i % PRQ_PAGES, 1 + i % 2);
		if (status == VTD_SIM_PENDING && i % 5 == 0)
			a->given += prq_result(&a->b->fn) == VTD_SIM_OK;
	}
	return NULL;
}

/* The domain changes under requests, answers and maps. */
void races(const void *arg)
{
	struct server server = {};
	struct asker asker = {};
	pthread_t thread[2];
	struct prq_bench b;
	unsigned int i;
	int rc;

	make(&b, arg);
	server.b = &b;
	server.queue = b.queue;
	asker.b = &b;
	thread[0] = server_start(&server);
	CHECK_EQ(pthread_create(&thread[1], NULL, ask, &asker), 0);
	for (i = 0; i < 100; i++) {
		prq_attach(&b, i % 2 ? b.hwpt : b.plain);
		if (i % 7 == 0)
			prq_detach(&b);
		if (i % 20 == 1)
			CHECK_OK(iommufd_vfio_reset(b.fn.device));
		/* EBUSY: a map is under way. */
		rc = __ioas_unmap(b.fd, b.ioas, 0, UINT64_MAX, NULL);
		CHECK(!rc || rc == -ENOENT || rc == -EBUSY);
	}
	asker.stop = true;
	CHECK_EQ(pthread_join(thread[1], NULL), 0);
	server_stop(&server, thread[0]);
	prq_attach(&b, b.plain);
	prq_attach(&b, b.hwpt);
	works_again(&b);
	prq_bench_end(&b);
}
