// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that do not complete invalidation requests, or late, or twice, on simulated
 * units that report the time-out: who loses access, who goes on, and how it ends.
 *
 * Documentation/driver-api/vtd/failures.rst says what holds.
 *
 * Needs a kernel with CONFIG_INTEL_IOMMU_SIM and vtd_sim=.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>
#include <linux/vfio.h>

#include <iommufd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/prq.h"
#include "lib/uapi.h"
#include "lib/vfio.h"

#define IOVA 0x40000000ULL
#define NPAGES 16
#define CASE_SECONDS 60
/* A unit gives up on a device after so many reads of registers. */
#define TIMEOUT_READS 50
#define ROUNDS 3

static const __u32 legacy = VTD_SIM_LEGACY;
static const __u32 second = VTD_SIM_SECOND;
static const __u32 first = VTD_SIM_FIRST;
static const __u32 full = VTD_SIM_FULL;

/* A function, and what it translates by. */
struct user {
	struct sim_function fn;
	__u32 ioas;
	unsigned char *va;
};

struct bench {
	struct sim sim;
	int fd;
	/* The one that misbehaves, and its neighbour */
	struct user bad;
	struct user good;
};

static void user_make(struct bench *b, struct user *user)
{
	user->fn = sim_function(&b->sim, VTD_SIM_ENGINE, 0);
	sim_function_open(&user->fn, b->fd);
	user->ioas = ioas_alloc(b->fd);
	vfio_attach(user->fn.device, user->ioas);
	user->va = mem_pages(NPAGES);
}

static void bench_make(struct bench *b, const void *profile)
{
	memset(b, 0, sizeof(*b));
	b->sim = sim_unit_late(*(const __u32 *)profile, "", 0, TIMEOUT_READS);
	b->fd = iommu_open();
	user_make(b, &b->bad);
	user_make(b, &b->good);
}

/* A mute device may use what it has: the unit stops that. The unit itself never does. */
static void bench_end(struct bench *b)
{
	sim_check_clean_but(&b->sim, SIM_STALE_DEVICE);
	sim_function_close(&b->bad.fn);
	sim_function_close(&b->good.fn);
	close(b->fd);
	sim_function_remove(&b->bad.fn);
	sim_function_remove(&b->good.fn);
	sim_end(&b->sim);
}

static void map(const struct bench *b, const struct user *user)
{
	ioas_map_at(b->fd, user->ioas, user->va, NPAGES * page_size(), IOVA);
}

static void unmap(const struct bench *b, const struct user *user)
{
	ioas_unmap(b->fd, user->ioas, IOVA, NPAGES * page_size());
}

static __u32 dma(const struct user *user, __u32 op, unsigned int page)
{
	return sim_run(&user->fn, op, IOVA + page * page_size(), 64, 0);
}

/* With data, by the device TLB and without, then it is gone. */
static void works(const struct bench *b, const struct user *user, unsigned char seed)
{
	map(b, user);
	memset((void *)user->fn.memory, seed, 64);
	CHECK_EQ(dma(user, VTD_SIM_OP_WRITE | VTD_SIM_OP_ATS, 1), VTD_SIM_OK);
	CHECK_EQ(user->va[page_size()], seed);
	CHECK_EQ(user->va[page_size() + 63], seed);
	CHECK_EQ(dma(user, VTD_SIM_OP_WRITE, 2), VTD_SIM_OK);
	CHECK_EQ(user->va[2 * page_size()], seed);
	unmap(b, user);
	CHECK(dma(user, VTD_SIM_OP_READ | VTD_SIM_OP_ATS, 1) != VTD_SIM_OK);
	CHECK_EQ(dma(user, VTD_SIM_OP_READ, 2), VTD_SIM_BLOCKED);
}

/* After a reset its ATS stays off, until it has answered. */
static bool is_blocked(const struct user *user, unsigned int page)
{
	__u32 status = dma(user, VTD_SIM_OP_WRITE | VTD_SIM_OP_ATS, page);

	return status == VTD_SIM_BLOCKED || status == VTD_SIM_NO_CAP;
}

/* It reaches nothing, by no way: not what it remembers, and not what is mapped. */
static void is_cut_off(const struct bench *b, const struct user *user)
{
	CHECK(is_blocked(user, 1));
	map(b, user);
	CHECK_EQ(dma(user, VTD_SIM_OP_WRITE, 2), VTD_SIM_BLOCKED);
	CHECK(is_blocked(user, 3));
	unmap(b, user);
}

static void reset(const struct user *user)
{
	CHECK_OK(iommufd_vfio_reset(user->fn.device));
}

/* It has a translation, and forgets nothing from now on. */
static void make_mute(const struct bench *b, const struct user *user)
{
	map(b, user);
	CHECK_EQ(dma(user, VTD_SIM_OP_WRITE | VTD_SIM_OP_ATS, 1), VTD_SIM_OK);
	sim_behave(&user->fn, VTD_SIM_IGNORE_INVALIDATIONS, 0);
}

/* An unmap convicts it; a reset is the cure, if it answers again. */
static void mute(const void *profile)
{
	struct bench b;
	int i;

	bench_make(&b, profile);
	for (i = 0; i < ROUNDS; i++) {
		works(&b, &b.bad, i + 1);
		make_mute(&b, &b.bad);
		memset(b.bad.va, 0xee, NPAGES * page_size());
		unmap(&b, &b.bad);
		memset((void *)b.bad.fn.memory, 0x11, 64);
		is_cut_off(&b, &b.bad);
		CHECK_EQ(b.bad.va[page_size()], 0xee);
		works(&b, &b.good, i + 1);
		sim_behave(&b.bad.fn, 0, 0);
		/* That it would answer now is not enough. */
		is_cut_off(&b, &b.bad);
		reset(&b.bad);
	}
	works(&b, &b.bad, 9);
	works(&b, &b.good, 9);
	bench_end(&b);
}

/* A reset that does not help, and an attach that is refused meanwhile. */
static void mute_after_reset(const void *profile)
{
	struct bench b;
	__u32 pt;

	bench_make(&b, profile);
	make_mute(&b, &b.bad);
	unmap(&b, &b.bad);
	reset(&b.bad);
	is_cut_off(&b, &b.bad);
	pt = ioas_alloc(b.fd);
	CHECK_ERR(__vfio_attach(b.bad.fn.device, &pt), EIO);
	CHECK_OK(__vfio_detach(b.bad.fn.device));
	pt = ioas_alloc(b.fd);
	CHECK_ERR(__vfio_attach(b.bad.fn.device, &pt), EIO);
	works(&b, &b.good, 3);
	sim_behave(&b.bad.fn, 0, 0);
	/* It was asked after it was blocked last: that has to be done once more. */
	CHECK_ERR(__vfio_attach(b.bad.fn.device, &pt), EIO);
	sim_function_close(&b.bad.fn);
	sim_function_open(&b.bad.fn, b.fd);
	vfio_attach(b.bad.fn.device, b.bad.ioas);
	works(&b, &b.bad, 4);
	bench_end(&b);
}

/* The end of an attachment convicts it, too, and does not fail. */
static void mute_at_detach(const void *profile)
{
	struct bench b;

	bench_make(&b, profile);
	make_mute(&b, &b.bad);
	CHECK_OK(__vfio_detach(b.bad.fn.device));
	CHECK_EQ(dma(&b.bad, VTD_SIM_OP_WRITE, 1), VTD_SIM_BLOCKED);
	works(&b, &b.good, 1);
	sim_behave(&b.bad.fn, 0, 0);
	reset(&b.bad);
	vfio_attach(b.bad.fn.device, b.bad.ioas);
	unmap(&b, &b.bad);
	works(&b, &b.bad, 2);
	bench_end(&b);
}

/* Its user goes while it is cut off; the next one has a device that works. */
static void mute_at_close(const void *profile)
{
	struct bench b;

	bench_make(&b, profile);
	make_mute(&b, &b.bad);
	unmap(&b, &b.bad);
	sim_behave(&b.bad.fn, 0, 0);
	sim_function_close(&b.bad.fn);
	sim_function_open(&b.bad.fn, b.fd);
	vfio_attach(b.bad.fn.device, b.bad.ioas);
	works(&b, &b.bad, 2);
	works(&b, &b.good, 3);
	bench_end(&b);
}

/* In time is in time, however late. */
static void late(const void *profile)
{
	struct bench b;

	bench_make(&b, profile);
	sim_behave(&b.bad.fn, 0, TIMEOUT_READS / 5);
	works(&b, &b.bad, 1);
	works(&b, &b.good, 2);
	works(&b, &b.bad, 3);
	bench_end(&b);
}

/* An answer that comes after the unit has given up changes nothing. */
static void too_late(const void *profile)
{
	struct bench b;

	bench_make(&b, profile);
	map(&b, &b.bad);
	CHECK_EQ(dma(&b.bad, VTD_SIM_OP_WRITE | VTD_SIM_OP_ATS, 1), VTD_SIM_OK);
	sim_behave(&b.bad.fn, 0, 2 * TIMEOUT_READS);
	unmap(&b, &b.bad);
	is_cut_off(&b, &b.bad);
	works(&b, &b.good, 2);
	sim_behave(&b.bad.fn, 0, 0);
	reset(&b.bad);
	works(&b, &b.bad, 3);
	bench_end(&b);
}

/* A completion that nobody waits for is logged, and that is all. */
static void twice(const void *profile)
{
	struct bench b;
	int i;

	bench_make(&b, profile);
	sim_behave(&b.bad.fn, VTD_SIM_COMPLETE_TWICE, 0);
	for (i = 0; i < ROUNDS; i++) {
		works(&b, &b.bad, i);
		works(&b, &b.good, i);
	}
	bench_end(&b);
}

struct neighbour {
	const struct bench *b;
	atomic_bool stop;
	atomic_uint rounds;
};

static void *go_on(void *arg)
{
	struct neighbour *n = arg;

	for (; !n->stop; n->rounds++)
		works(n->b, &n->b->good, n->rounds);
	return NULL;
}

/* A neighbour loses nothing but time while it happens again and again. */
static void others_go_on(const void *profile)
{
	struct neighbour n = {};
	unsigned int i, before;
	pthread_t thread;
	struct bench b;

	bench_make(&b, profile);
	n.b = &b;
	CHECK_EQ(pthread_create(&thread, NULL, go_on, &n), 0);
	for (i = 0; i < 2 * ROUNDS; i++) {
		make_mute(&b, &b.bad);
		unmap(&b, &b.bad);
		is_cut_off(&b, &b.bad);
		for (before = n.rounds; n.rounds == before;)
			usleep(1000);
		sim_behave(&b.bad.fn, 0, 0);
		reset(&b.bad);
	}
	n.stop = true;
	CHECK_EQ(pthread_join(thread, NULL), 0);
	works(&b, &b.bad, 7);
	bench_end(&b);
}

/* It has page requests outstanding, and does not answer the drain. */
static void mute_at_drain(const void *profile)
{
	struct prq_bench b;

	prq_bench_make(&b, sim_unit_late(*(const __u32 *)profile, "", 0, TIMEOUT_READS),
		       VTD_SIM_ENGINE, PRQ_NO_PASID);
	prq_ask_pending(&b, 0, 1);
	sim_behave(&b.fn, VTD_SIM_IGNORE_INVALIDATIONS, 0);
	prq_detach(&b);
	CHECK_EQ(prq_result(&b.fn), VTD_SIM_PAGE_FAILED);
	CHECK_EQ(event_poll(b.queue.fd) & POLLIN, 0);
	CHECK_ERR(__prq_attach(&b, &b.fn, b.plain), EIO);
	/* It gets its old domain back, but stays blocked until it answers. */
	prq_attach(&b, b.hwpt);
	CHECK(prq_ask(&b, 0, 1, 1) != VTD_SIM_PENDING);
	sim_behave(&b.fn, 0, 0);
	CHECK_OK(iommufd_vfio_reset(b.fn.device));
	prq_ask_pending(&b, 1, 1);
	prq_map(&b, 1);
	prq_serve(&b.queue, IOMMUFD_PAGE_RESP_SUCCESS);
	CHECK_EQ(prq_result(&b.fn), VTD_SIM_OK);
	prq_transfer(&b, 1);
	prq_bench_end(&b);
}

#define ON(f, p) { .name = #f " " #p, .fn_arg = f, .arg = &(p), .seconds = CASE_SECONDS }

static const struct test_case cases[] = {
	ON(mute, legacy), ON(mute, second), ON(mute, first), ON(mute, full),
	ON(mute_after_reset, first),
	ON(mute_at_detach, first),
	ON(mute_at_close, first),
	ON(mute_at_drain, full),
	ON(late, legacy), ON(late, full),
	ON(too_late, second),
	ON(twice, full),
	ON(others_go_on, full),
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
