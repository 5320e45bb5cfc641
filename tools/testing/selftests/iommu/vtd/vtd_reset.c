// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device with a translation cache is reset while user space holds it. While
 * nothing is translated its ATS is off, so that nobody can ask it anything; with
 * the translation it comes back, also after a reset.
 *
 * Documentation/driver-api/vtd/failures.rst says what holds.
 *
 * Needs a virtio-rng with ats=on behind a unit with device-iotlb=on.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/pci_regs.h>

#include <iommufd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "lib/uapi.h"
#include "lib/vfio.h"

#define MODEL "0x1af4:0x1044"
#define IOVA 0x1000000ULL
#define NPAGES 64
#define RESETS 5
#define CASE_SECONDS 60

struct bench {
	struct vfio_place place;
	int fd;
	int device;
	__u32 ioas;
	size_t nbytes;
	char *va;
};

/* Takes it away from the kernel's virtio driver. */
static void give_to_vfio(void)
{
	char path[PATH_MAX], id[16];
	glob_t found;
	size_t i;

	CHECK_EQ(glob("/sys/bus/pci/devices/*", 0, NULL, &found), 0);
	for (i = 0; i < found.gl_pathc; i++) {
		snprintf(path, sizeof(path), "%s/device", found.gl_pathv[i]);
		if (proc_read(path, id, sizeof(id)) > 0 && !strncmp(id, "0x1044", 6))
			pci_give_to(strrchr(found.gl_pathv[i], '/') + 1, "vfio-pci");
	}
	globfree(&found);
}

static struct bench bench_make(void)
{
	struct bench b = { .nbytes = NPAGES * page_size() };

	give_to_vfio();
	CHECK_OK(vfio_find_model(MODEL, &b.place));
	b.fd = iommu_open();
	b.device = vfio_open(b.place.node);
	vfio_bind(b.device, b.fd);
	b.ioas = ioas_alloc(b.fd);
	b.va = mem_pages(NPAGES);
	return b;
}

static uint32_t config_dword(int fd, off_t at)
{
	uint32_t value;

	CHECK_EQ(pread(fd, &value, sizeof(value), at), sizeof(value));
	return value;
}

/* What the device itself says, past VFIO. */
static bool ats_is_on(const struct bench *b)
{
	off_t at = PCI_CFG_SPACE_SIZE;
	char path[PATH_MAX + 8];
	uint32_t header;
	int fd;

	snprintf(path, sizeof(path), "%s/config", b->place.dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	while (header = config_dword(fd, at), PCI_EXT_CAP_ID(header) != PCI_EXT_CAP_ID_ATS) {
		at = PCI_EXT_CAP_NEXT(header);
		CHECK(at);
	}
	header = config_dword(fd, at + 4);
	close(fd);
	return header >> 16 & PCI_ATS_CTRL_ENABLE;
}

static void reset(const struct bench *b)
{
	CHECK_OK(iommufd_vfio_reset(b->device));
}

static void map_and_unmap(const struct bench *b)
{
	ioas_map_at(b->fd, b->ioas, b->va, b->nbytes, IOVA);
	ioas_unmap(b->fd, b->ioas, IOVA, b->nbytes);
}

static void ats_goes_with_translation(void)
{
	struct bench b = bench_make();
	int i;

	CHECK(!ats_is_on(&b));
	for (i = 0; i < 2; i++) {
		vfio_attach(b.device, b.ioas);
		CHECK(ats_is_on(&b));
		map_and_unmap(&b);
		CHECK_OK(__vfio_detach(b.device));
		CHECK(!ats_is_on(&b));
	}
}

static void reset_while_attached(void)
{
	struct bench b = bench_make();
	int i;

	vfio_attach(b.device, b.ioas);
	for (i = 0; i < RESETS; i++) {
		ioas_map_at(b.fd, b.ioas, b.va, b.nbytes, IOVA);
		reset(&b);
		CHECK(ats_is_on(&b));
		ioas_unmap(b.fd, b.ioas, IOVA, b.nbytes);
	}
}

static void reset_while_detached(void)
{
	struct bench b = bench_make();

	reset(&b);
	CHECK(!ats_is_on(&b));
	vfio_attach(b.device, b.ioas);
	CHECK(ats_is_on(&b));
	CHECK_OK(__vfio_detach(b.device));
	reset(&b);
	CHECK(!ats_is_on(&b));
}

struct mapper {
	const struct bench *b;
	atomic_bool stop;
	unsigned int rounds;
};

static void *map_all_the_time(void *arg)
{
	struct mapper *mapper = arg;

	for (; !mapper->stop; mapper->rounds++)
		map_and_unmap(mapper->b);
	return NULL;
}

static void reset_while_unmapping(void)
{
	struct bench b = bench_make();
	struct mapper mapper = { .b = &b };
	pthread_t thread;
	int i;

	vfio_attach(b.device, b.ioas);
	CHECK_EQ(pthread_create(&thread, NULL, map_all_the_time, &mapper), 0);
	for (i = 0; i < RESETS; i++)
		reset(&b);
	mapper.stop = true;
	CHECK_EQ(pthread_join(thread, NULL), 0);
	CHECK(mapper.rounds);
	CHECK(ats_is_on(&b));
}

#define CASE(f)	{ .name = #f, .fn = f, .seconds = CASE_SECONDS }

static const struct test_case cases[] = {
	CASE(ats_goes_with_translation),
	CASE(reset_while_attached),
	CASE(reset_while_detached),
	CASE(reset_while_unmapping),
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
