// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device leaves the machine while user space holds it: bound, attached,
 * with mappings. Then it comes back and is used again.
 *
 * Needs vm-run --monitor and root ports named rp-edu and rp-igb with an edu
 * and an igb in them, named hot-edu and hot-igb.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/edu.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "lib/qmp.h"
#include "lib/uapi.h"
#include "lib/vfio.h"

#define IOVA 0x1000000ULL
#define NPAGES 64
#define REGS_SIZE 4096
#define IDS "/sys/class/iommu/dmar0/intel-iommu/domains_used"

/* The guest blinks for five seconds before it lets a device go. */
#define STEP_MS 100
#define LIMIT_MS 30000
#define CASE_SECONDS 120

struct hot {
	const char *model;
	const char *id;
	const char *add;
};

static const struct hot hot_edu = {
	.model = EDU_MODEL,
	.id = "hot-edu",
	.add = "\"driver\":\"edu\",\"bus\":\"rp-edu\"",
};

static const struct hot hot_igb = {
	.model = "0x8086:0x10c9",
	.id = "hot-igb",
	.add = "\"driver\":\"igb\",\"bus\":\"rp-igb\",\"romfile\":\"\"",
};

struct bench {
	const struct hot *hot;
	struct vfio_place place;
	/* What must be the same after the device has come back. */
	long ids;
	int fd;
	int device;
	/* The kernel's wish to have the device back. */
	int wish;
	__u32 ioas;
	size_t page;
	char *va;
	volatile void *regs;
};

static long used_ids(void)
{
	char text[32];

	CHECK(proc_read(IDS, text, sizeof(text)) > 0);
	return strtol(text, NULL, 10);
}

static void wait_present(const struct hot *hot, struct vfio_place *place)
{
	unsigned int waited;

	for (waited = 0; vfio_find_model(hot->model, place);
	     waited += STEP_MS) {
		CHECK(waited < LIMIT_MS);
		usleep(STEP_MS * 1000);
	}
}

static void wait_gone(const struct bench *b)
{
	unsigned int waited;

	for (waited = 0; !access(b->place.dir, F_OK); waited += STEP_MS) {
		CHECK(waited < LIMIT_MS);
		usleep(STEP_MS * 1000);
	}
}

static int watch_wish(int device)
{
	struct {
		struct vfio_irq_set set;
		__s32 fd;
	} irq = {
		.set = {
			.argsz = sizeof(irq),
			.flags = VFIO_IRQ_SET_DATA_EVENTFD |
				 VFIO_IRQ_SET_ACTION_TRIGGER,
			.index = VFIO_PCI_REQ_IRQ_INDEX,
			.count = 1,
		},
		.fd = eventfd(0, EFD_CLOEXEC),
	};

	CHECK(irq.fd >= 0);
	CHECK_OK(__iommu_cmd(device, VFIO_DEVICE_SET_IRQS, &irq));
	return irq.fd;
}

static void wait_wish(const struct bench *b)
{
	struct pollfd ready = { .fd = b->wish, .events = POLLIN };

	CHECK_EQ(poll(&ready, 1, LIMIT_MS), 1);
}

static void take(struct bench *b)
{
	b->device = vfio_open(b->place.node);
	vfio_bind(b->device, b->fd);
	b->wish = watch_wish(b->device);
	b->ioas = ioas_alloc(b->fd);
	vfio_attach(b->device, b->ioas);
	b->va = mem_pages(NPAGES);
	ioas_map_at(b->fd, b->ioas, b->va, NPAGES * b->page, IOVA);
	b->regs = vfio_map_bar(b->device, REGS_SIZE);
}

/* A mapping of the BAR holds the device as well as a descriptor does. */
static void give_back(struct bench *b)
{
	CHECK_EQ(munmap((void *)b->regs, REGS_SIZE), 0);
	CHECK_EQ(close(b->device), 0);
}

static struct bench bench_make(const struct hot *hot)
{
	struct bench b = { .hot = hot, .page = page_size() };

	qmp_open();
	wait_present(hot, &b.place);
	b.ids = used_ids();
	b.fd = iommu_open();
	take(&b);
	return b;
}

/* The device copies a page, if it is one that we can tell to. */
static void use(const struct bench *b)
{
	size_t i;

	if (b->hot != &hot_edu)
		return;
	for (i = 0; i < b->page; i++)
		b->va[i] = (char)(i * 13 + 5);
	memset(b->va + b->page, 0, b->page);
	edu_copy(b->regs, IOVA + b->page, IOVA, b->page);
	CHECK(!memcmp(b->va, b->va + b->page, b->page));
}

static void ask_out(const struct bench *b)
{
	CHECK_OK(qmp("{\"execute\":\"device_del\",\"arguments\":{\"id\":\"%s\"}}",
		     b->hot->id));
}

static char *port_of(const struct bench *b, char *port)
{
	strcpy(port, b->place.dir);
	*strrchr(port, '/') = 0;
	return port;
}

static void pull_out(const struct bench *b)
{
	char port[PATH_MAX];

	slot_pull_out(port_of(b, port));
}

/* Once it is gone: back in, and all of it works as at first. */
static void come_back(struct bench *b)
{
	char port[PATH_MAX];

	wait_gone(b);
	slot_wait_off(port_of(b, port));
	CHECK_OK(qmp("{\"execute\":\"device_add\",\"arguments\":{%s,\"id\":\"%s\"}}",
		     b->hot->add, b->hot->id));
	wait_present(b->hot, &b->place);
	take(b);
	use(b);
	ioas_unmap_all(b->fd, b->ioas);
	give_back(b);
	CHECK_EQ(used_ids(), b->ids);
}

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
	struct bench b = { .hot = hot, .page = page_size() };
	int ready[2];
	char byte;
	pid_t pid;

	CHECK_EQ(pipe(ready), 0);
	qmp_open();
	wait_present(hot, &b.place);
	b.ids = used_ids();
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
