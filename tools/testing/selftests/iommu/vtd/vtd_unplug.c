// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device leaves the machine while user space holds it: bound, attached,
 * with mappings. Then it comes back and is used again.
 *
 * Documentation/driver-api/vtd/testing.rst has the rows.
 *
 * Needs vm-run --monitor and root ports named rp-edu, rp-igb and rp-virtio with
 * an edu, an igb and a virtio disk in them, named hot-edu, hot-igb and
 * hot-virtio; and a second edu behind them, which stays.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/edu.h"
#include "lib/harness.h"
#include "lib/qmp.h"
#include "lib/uapi.h"
#include "lib/vfio.h"
#include "vtd_unplug/hot.h"

#define CASE_SECONDS 120

/*
 * The kernel asks for the device and waits. Until it is given back all goes
 * on; what is left of the IOAS outlives it.
 */
static void asked_out(const void *hot)
{
	struct bench b = bench_make(hot);

	use(&b);
	ask_out(&b);
	wait_wish(&b);
	use(&b);
	ioas_map_at(b.fd, b.ioas, b.va, b.page, IOVA + NPAGES * b.page);
	give_back(&b);
	wait_gone(&b);
	ioas_unmap(b.fd, b.ioas, IOVA, NPAGES * b.page);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.page);
	destroy(b.fd, b.ioas);
	come_back(&b);
}

/*
 * No one asks. The user finds out late, and meanwhile changes mappings and
 * attachments of a device that is not there.
 */
static void pulled_out(const void *hot)
{
	struct bench b = bench_make(hot);
	__u64 more = IOVA + NPAGES * b.page;
	__u32 other = ioas_alloc(b.fd);

	use(&b);
	pull_out(&b);
	ioas_map_at(b.fd, b.ioas, b.va, b.page, more);
	ioas_unmap(b.fd, b.ioas, IOVA, NPAGES * b.page);
	wait_wish(&b);
	ioas_unmap(b.fd, b.ioas, more, b.page);
	ioas_map_at(b.fd, b.ioas, b.va, b.page, IOVA);
	vfio_attach(b.device, other);
	CHECK_OK(__vfio_detach(b.device));
	vfio_attach(b.device, b.ioas);
	give_back(&b);
	wait_gone(&b);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.page);
	destroy(b.fd, b.ioas);
	destroy(b.fd, other);
	come_back(&b);
}

/* The IOAS goes first, with its mappings, while the device is still held. */
static void pulled_out_and_closed(const void *hot)
{
	struct bench b = bench_make(hot);

	pull_out(&b);
	wait_wish(&b);
	close(b.fd);
	give_back(&b);
	wait_gone(&b);
	b.fd = iommu_open();
	come_back(&b);
}

/* In the middle of a transfer. */
static void pulled_out_in_dma(const void *hot)
{
	struct bench b = bench_make(hot);

	edu_start_write(b.regs, IOVA, b.page);
	pull_out(&b);
	ioas_unmap(b.fd, b.ioas, IOVA, NPAGES * b.page);
	give_back(&b);
	destroy(b.fd, b.ioas);
	come_back(&b);
}

/* Whoever held it is killed, not asked. */
static void pulled_out_and_killed(const void *hot)
{
	struct bench b;
	int ready[2];
	char byte;
	pid_t pid;

	CHECK_EQ(pipe(ready), 0);
	bench_find(&b, hot);
	pid = harness_fork();
	if (!pid) {
		b.fd = iommu_open();
		take(&b);
		CHECK_EQ(write(ready[1], "", 1), 1);
		for (;;)
			pause();
	}
	close(ready[1]);
	CHECK_EQ(read(ready[0], &byte, 1), 1);
	pull_out(&b);
	usleep(STEP_MS * 1000);
	kill(pid, SIGKILL);
	CHECK_EQ(waitpid(pid, NULL, 0), pid);
	b.fd = iommu_open();
	come_back(&b);
}

#define CASE(n, f, h)							\
	{ .name = n, .fn_arg = f, .arg = h, .seconds = CASE_SECONDS }

static const struct test_case cases[] = {
	CASE("edu_asked_out", asked_out, &hot_edu),
	CASE("edu_pulled_out", pulled_out, &hot_edu),
	CASE("edu_pulled_out_and_closed", pulled_out_and_closed, &hot_edu),
	CASE("edu_pulled_out_in_dma", pulled_out_in_dma, &hot_edu),
	CASE("edu_pulled_out_and_killed", pulled_out_and_killed, &hot_edu),
	CASE("edu_pulled_out_beside_others", pulled_out_beside, &hot_edu),
	CASE("edu_pulled_out_of_shared_ioas", pulled_out_of_shared, &hot_edu),
	CASE("igb_pulled_out_of_shared_ioas", pulled_out_of_shared, &hot_igb),
	CASE("ats_pulled_out_beside_others", pulled_out_beside, &hot_virtio),
	CASE("ats_pulled_out_of_shared_ioas", pulled_out_of_shared,
	     &hot_virtio),
	CASE("ats_pulled_out_and_killed", pulled_out_and_killed, &hot_virtio),
	CASE("igb_asked_out", asked_out, &hot_igb),
	CASE("igb_pulled_out", pulled_out, &hot_igb),
	CASE("igb_pulled_out_and_killed", pulled_out_and_killed, &hot_igb),
};

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "--pull")) {
		slot_pull_out(argv[2]);
		return 0;
	}
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
