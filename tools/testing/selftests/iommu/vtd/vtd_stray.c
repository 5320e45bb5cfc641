// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel log says of DMA that no mapping allows: device, access,
 * address and reason, word for word, on QEMU's unit (VM_PROFILE tells how it
 * translates). Needs an edu.
 *
 * Documentation/driver-api/vtd/failures.rst says what holds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/edu.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/uapi.h"
#include "lib/vfio.h"

#define IOVA 0x1000000ULL
#define NPAGES 16
#define READ_ONLY (IOVA + NPAGES * page_size())
#define MARK 0x5a

#define STEP_MS 20
#define LIMIT_MS 5000

/* How the architecture calls it, by what translates. */
struct reasons {
	const char *profile;
	const char *write;
	const char *read;
	const char *write_to_read_only;
	const char *blocked;
};

static const struct reasons all_reasons[] = {
	{
		.profile = "legacy",
		.write = "no write permission (reason 0x05)",
		.read = "no read permission (reason 0x06)",
		.write_to_read_only = "no write permission (reason 0x05)",
		.blocked = "context entry is not present (reason 0x02)",
	}, {
		.profile = "scalable",
		.write = "no write permission (reason 0x05)",
		.read = "no read permission (reason 0x06)",
		.write_to_read_only = "no write permission (reason 0x05)",
		.blocked = "PASID table entry is invalid (reason 0x5b)",
	}, {
		.profile = "first-stage",
		.write = "first-stage entry is not present (reason 0x71)",
		.read = "first-stage entry is not present (reason 0x71)",
		.write_to_read_only = "no write permission in the tables (reason 0x85)",
		.blocked = "PASID table entry is invalid (reason 0x5b)",
	},
};

struct bench {
	const struct reasons *reasons;
	struct vfio_place place;
	/* Of the device: 0000:00:05.0 */
	const char *name;
	int log;
	int fd;
	int device;
	__u32 ioas;
	unsigned char *va;
	volatile void *regs;
};

static const struct reasons *find_reasons(void)
{
	const char *profile = getenv("VM_PROFILE");
	size_t i;

	for (i = 0; i < ARRAY_LEN(all_reasons); i++)
		if (profile && !strcmp(all_reasons[i].profile, profile))
			return &all_reasons[i];
	harness_fail(__FILE__, __LINE__, "VM_PROFILE is not one that we know");
}

static struct bench bench_make(void)
{
	struct bench b = { .reasons = find_reasons() };
	struct iommu_ioas_map map;

	CHECK_OK(vfio_find_model(EDU_MODEL, &b.place));
	b.name = strrchr(b.place.dir, '/') + 1;
	b.fd = iommu_open();
	b.device = vfio_open(b.place.node);
	vfio_bind(b.device, b.fd);
	b.ioas = ioas_alloc(b.fd);
	vfio_attach(b.device, b.ioas);
	b.va = mem_pages(NPAGES);
	memset(b.va, MARK, NPAGES * page_size());
	ioas_map_at(b.fd, b.ioas, b.va, NPAGES * page_size(), IOVA);
	map = map_at(b.ioas, b.va, page_size(), READ_ONLY);
	map.flags = MAP_AT | PROT_RO;
	CHECK_OK(__ioas_map(b.fd, &map));
	b.regs = vfio_map_bar(b.device, 4096);
	b.log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	CHECK(b.log >= 0);
	CHECK(lseek(b.log, 0, SEEK_END) >= 0);
	return b;
}

/* Lines of the unit since the last call; the one that is wanted among them? */
static int look_for(const struct bench *b, const char *wanted)
{
	char record[2048];
	char *text;
	ssize_t n;
	int found = 0;

	for (;;) {
		n = read(b->log, record, sizeof(record) - 1);
		if (n < 0 && errno == EPIPE)
			continue;
		if (n <= 0)
			return found;
		record[n] = 0;
		text = strchr(record, ';');
		if (!text || strncmp(text, ";DMAR: ", 7))
			continue;
		text[strcspn(text, "\n")] = 0;
		harness_note("%s", text + 1);
		if (!strcmp(text + 1, wanted))
			found = 1;
		else
			CHECK(!strstr(text, "fault"));
	}
}

static void check_report(const struct bench *b, const char *access, __u64 iova,
			 const char *reason)
{
	unsigned int waited;
	char wanted[256];

	snprintf(wanted, sizeof(wanted),
		 "DMAR: dmar0: DMA fault: %s by %s at 0x%llx: %s", access,
		 b->name, (unsigned long long)iova, reason);
	for (waited = 0; !look_for(b, wanted); waited += STEP_MS) {
		if (waited >= LIMIT_MS)
			harness_fail(__FILE__, __LINE__, "no line \"%s\"",
				     wanted);
		usleep(STEP_MS * 1000);
	}
}

static void check_untouched(const struct bench *b)
{
	size_t i;

	for (i = 0; i < NPAGES * page_size(); i++)
		CHECK_EQ(b->va[i], MARK);
}

/* What is mapped is neither reported nor refused. */
static void allowed(void)
{
	struct bench b = bench_make();

	b.va[0] = 1;
	edu_copy(b.regs, IOVA + page_size(), IOVA, page_size());
	CHECK_EQ(b.va[page_size()], 1);
	CHECK_EQ(look_for(&b, ""), 0);
}

static void write_to_nothing(void)
{
	struct bench b = bench_make();
	__u64 where = IOVA - 0x7000;

	edu_write(b.regs, where, page_size());
	check_report(&b, "write", where, b.reasons->write);
	check_untouched(&b);
}

static void read_of_nothing(void)
{
	struct bench b = bench_make();
	__u64 where = IOVA + 0x345000;

	edu_read(b.regs, where, page_size());
	check_report(&b, "read", where, b.reasons->read);
}

/* The reported address is that of the page. */
static void write_to_what_was_unmapped(void)
{
	struct bench b = bench_make();
	__u64 where = IOVA + 3 * page_size();

	edu_write(b.regs, where, page_size());
	memset(b.va, MARK, NPAGES * page_size());
	ioas_unmap(b.fd, b.ioas, IOVA, NPAGES * page_size());
	edu_write(b.regs, where + 0x80, 16);
	check_report(&b, "write", where, b.reasons->write);
	check_untouched(&b);
}

static void write_to_read_only(void)
{
	struct bench b = bench_make();

	edu_write(b.regs, READ_ONLY, page_size());
	check_report(&b, "write", READ_ONLY, b.reasons->write_to_read_only);
	check_untouched(&b);
}

static void read_while_detached(void)
{
	struct bench b = bench_make();

	CHECK_OK(__vfio_detach(b.device));
	edu_read(b.regs, IOVA, page_size());
	check_report(&b, "read", IOVA, b.reasons->blocked);
}

static const struct test_case cases[] = {
	{ .name = "allowed", .fn = allowed },
	{ .name = "write_to_nothing", .fn = write_to_nothing },
	{ .name = "read_of_nothing", .fn = read_of_nothing },
	{ .name = "write_to_what_was_unmapped",
	  .fn = write_to_what_was_unmapped },
	{ .name = "write_to_read_only", .fn = write_to_read_only },
	{ .name = "read_while_detached", .fn = read_while_detached },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
