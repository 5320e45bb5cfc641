// SPDX-License-Identifier: GPL-2.0-only
/* A device in a slot: in use, out and in again. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/edu.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "lib/qmp.h"
#include "lib/uapi.h"
#include "hot.h"

#define IDS "/sys/class/iommu/dmar0/intel-iommu/domains_used"

/* Members of a JSON object, as they stand. */
#define JSON(...) #__VA_ARGS__

const struct hot hot_edu = {
	.model = EDU_MODEL,
	.id = "hot-edu",
	.add = JSON("driver" : "edu", "bus" : "rp-edu"),
};

const struct hot hot_igb = {
	.model = "0x8086:0x10c9",
	.id = "hot-igb",
	.add = JSON("driver" : "igb", "bus" : "rp-igb", "romfile" : ""),
};

const struct hot hot_virtio = {
	.model = "0x1af4:0x1042",
	.id = "hot-virtio",
	.add = JSON("driver" : "virtio-blk-pci", "bus" : "rp-virtio",
		    "drive" : "d-virtio", "ats" : true,
		    "iommu_platform" : true, "disable-legacy" : "on"),
};

static long used_ids(void)
{
	char text[32];

	CHECK(proc_read(IDS, text, sizeof(text)) > 0);
	return strtol(text, NULL, 10);
}

static bool is_present(const struct hot *hot, struct vfio_place *place)
{
	/* The kernel's driver has it. */
	if (hot == &hot_virtio)
		pci_take_model(hot->model);
	return !vfio_find_model(hot->model, place);
}

static void wait_present(const struct hot *hot, struct vfio_place *place)
{
	unsigned int waited;

	for (waited = 0; !is_present(hot, place); waited += STEP_MS) {
		CHECK(waited < LIMIT_MS);
		usleep(STEP_MS * 1000);
	}
}

/* In its old place: there may be another one of its model. */
static void wait_back(struct bench *b)
{
	struct vfio_place place;
	unsigned int waited;

	for (waited = 0; !is_present(b->hot, &place) ||
	     strcmp(place.dir, b->place.dir); waited += STEP_MS) {
		CHECK(waited < LIMIT_MS);
		usleep(STEP_MS * 1000);
	}
	b->place = place;
}

void wait_gone(const struct bench *b)
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

void wait_wish(const struct bench *b)
{
	struct pollfd ready = { .fd = b->wish, .events = POLLIN };

	CHECK_EQ(poll(&ready, 1, LIMIT_MS), 1);
}

void take(struct bench *b)
{
	b->device = vfio_open(b->place.node);
	vfio_bind(b->device, b->fd);
	b->wish = watch_wish(b->device);
	b->ioas = ioas_alloc(b->fd);
	vfio_attach(b->device, b->ioas);
	b->va = mem_pages(NPAGES);
	ioas_map_at(b->fd, b->ioas, b->va, NPAGES * b->page, IOVA);
	if (b->hot != &hot_virtio)
		b->regs = vfio_map_bar(b->device, REGS_SIZE);
}

void give_back(struct bench *b)
{
	if (b->regs)
		CHECK_EQ(munmap((void *)b->regs, REGS_SIZE), 0);
	CHECK_EQ(close(b->device), 0);
}

void bench_find(struct bench *b, const struct hot *hot)
{
	*b = (struct bench){ .hot = hot, .page = page_size() };
	qmp_open();
	wait_present(hot, &b->place);
	b->ids = used_ids();
}

struct bench bench_make(const struct hot *hot)
{
	struct bench b;

	bench_find(&b, hot);
	b.fd = iommu_open();
	take(&b);
	return b;
}

void use(const struct bench *b)
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

void ask_out(const struct bench *b)
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

void pull_out(const struct bench *b)
{
	char port[PATH_MAX];

	slot_pull_out(port_of(b, port));
}

void come_back(struct bench *b)
{
	char port[PATH_MAX];

	wait_gone(b);
	slot_wait_off(port_of(b, port));
	CHECK_OK(qmp("{\"execute\":\"device_add\",\"arguments\":{%s,\"id\":\"%s\"}}",
		     b->hot->add, b->hot->id));
	wait_back(b);
	take(b);
	use(b);
	ioas_unmap_all(b->fd, b->ioas);
	give_back(b);
	CHECK_EQ(used_ids(), b->ids);
}
