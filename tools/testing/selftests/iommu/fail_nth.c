// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lets every allocation and user copy inside of every command fail once.
 *
 * For nth = 1, 2, ... until no failure is injected: a fresh context is set up,
 * the command runs with its nth step failing, and must either succeed or leave
 * nothing behind. It then works when run again, and everything can be
 * destroyed in order, which brings back all ids, pins and charges.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/fault.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"
#include "lib/proc.h"

#define MAX_NTH 20000
#define MAX_DEVS 3
#define NPAGES 24

struct scene {
	int fd;
	__u32 ioas;
	__u32 other;
	struct mock_dev dev[MAX_DEVS];
	__u32 hwpt[2];
	int access;
	/* Scattered pages, every second one from elsewhere. */
	char *va;
	__u64 length;
	char *thp;
	char *untouched;
	size_t page;
	/* What the command made. */
	__u32 made;
	__u64 iova;
};

/* The effect of the command stays when only its answer cannot be written. */
#define KEEPS 1
/* The command may have no step that can fail. */
#define IDLE 2
/* A new device is probed: without memory it comes out without an IOMMU. */
#define PROBES 4

struct command {
	const char *name;
	void (*prepare)(struct scene *s);
	int (*run)(struct scene *s);
	unsigned int flags;
};

static void two_ioas(struct scene *s)
{
	s->ioas = ioas_alloc(s->fd);
	s->other = ioas_alloc(s->fd);
}

static void device(struct scene *s)
{
	two_ioas(s);
	s->dev[0] = mock_attach(s->fd, s->ioas);
}

/* One IOAS with three page tables. */
static void tables(struct scene *s)
{
	device(s);
	s->hwpt[0] = hwpt_alloc(s->fd, s->dev[0].idev, s->ioas);
	s->hwpt[1] = hwpt_alloc(s->fd, s->dev[0].idev, s->ioas);
	s->dev[1] = mock_attach(s->fd, s->hwpt[0]);
}

static void mapped(struct scene *s)
{
	device(s);
	ioas_map_at(s->fd, s->ioas, s->va, s->length, MOCK_IOVA);
}

static void mapped_tables(struct scene *s)
{
	tables(s);
	ioas_map_at(s->fd, s->ioas, s->va, s->length, MOCK_IOVA);
}

static void mapped_both(struct scene *s)
{
	mapped(s);
	s->dev[1] = mock_attach(s->fd, s->other);
	ioas_map_at(s->fd, s->other, s->va, s->page, MOCK_IOVA);
}

/* Areas that no page table has seen yet. */
static void lazy(struct scene *s)
{
	int i;

	two_ioas(s);
	ioas_map_at(s->fd, s->ioas, s->va, s->length, MOCK_IOVA);
	for (i = 1; i < 5; i++)
		ioas_map_at(s->fd, s->ioas, s->va + i * s->page, 3 * s->page,
			    MOCK_IOVA + i * s->length);
}

static void lazy_with_device(struct scene *s)
{
	lazy(s);
	s->dev[0] = mock_attach(s->fd, s->other);
}

static void lazy_with_access(struct scene *s)
{
	lazy(s);
	s->access = access_open(s->fd, s->ioas);
}

static void mapped_with_access(struct scene *s)
{
	mapped(s);
	s->access = access_open(s->fd, s->ioas);
}

static void pinned_by_access(struct scene *s)
{
	lazy_with_access(s);
	access_pin(s->fd, s->access, MOCK_IOVA + 2 * s->page, 7 * s->page,
		   s->va + 2 * s->page);
}

static int run_ioas_alloc(struct scene *s)
{
	return __ioas_alloc(s->fd, &s->made);
}

static int run_ranges(struct scene *s)
{
	struct iommu_iova_range list[4];
	struct iommu_ioas_iova_ranges cmd = {
		.num_iovas = ARRAY_LEN(list),
		.allowed_iovas = (uintptr_t)list,
	};

	return __ioas_ranges(s->fd, s->ioas, &cmd);
}

static int run_allow(struct scene *s)
{
	static const struct iommu_iova_range list[] = {
		{ MOCK_APERTURE_START, MOCK_APERTURE_START + 0xfffff },
		{ MOCK_APERTURE_START + 0x200000,
		  MOCK_APERTURE_START + 0x2fffff },
		{ MOCK_APERTURE_START + 0x400000,
		  MOCK_APERTURE_START + 0x4fffff },
	};

	return __ioas_allow(s->fd, s->ioas, list, ARRAY_LEN(list));
}

static int run_reserve(struct scene *s)
{
	return __mock_reserve(s->fd, s->ioas, 0x40000000, 0x1000);
}

static int run_small_pages(struct scene *s)
{
	return __option_huge_pages(s->fd, s->ioas, 0);
}

static int run_map(struct scene *s)
{
	return __ioas_map_at(s->fd, s->ioas, s->va, s->length, MOCK_IOVA);
}

static int run_map_auto(struct scene *s)
{
	struct iommu_ioas_map map = map_any(s->ioas, s->va, s->length);
	int rc = __ioas_map(s->fd, &map);

	s->iova = map.iova;
	return rc;
}

static int run_map_sub_page(struct scene *s)
{
	return __ioas_map_at(s->fd, s->ioas, s->va + MOCK_PAGE,
			     s->length - s->page, MOCK_IOVA);
}

static int run_map_huge(struct scene *s)
{
	return __ioas_map_at(s->fd, s->ioas, s->thp, 2 * thp_size(),
			     MOCK_IOVA);
}

/* Not touched yet: the page faults of the pin can fail too. */
static int run_map_untouched(struct scene *s)
{
	return __ioas_map_at(s->fd, s->ioas, s->untouched, 4 * s->page,
			     MOCK_IOVA);
}

static int run_copy(struct scene *s)
{
	struct iommu_ioas_copy copy = copy_at(s->other, s->ioas,
					      5 * s->page,
					      MOCK_IOVA + s->length,
					      MOCK_IOVA + 3 * s->page);

	return __ioas_copy(s->fd, &copy);
}

static int run_unmap(struct scene *s)
{
	return __ioas_unmap(s->fd, s->ioas, MOCK_IOVA, s->length, NULL);
}

static int run_unmap_all(struct scene *s)
{
	return __ioas_unmap(s->fd, s->ioas, 0, ~0ULL, NULL);
}

static int run_hwpt_alloc(struct scene *s)
{
	struct iommu_hwpt_alloc cmd = {
		.dev_id = s->dev[0].idev,
		.pt_id = s->ioas,
	};
	int rc = __hwpt_alloc(s->fd, &cmd);

	s->made = cmd.out_hwpt_id;
	return rc;
}

static int run_attach(struct scene *s)
{
	return __mock_attach(s->fd, s->ioas, &s->dev[2]);
}

static int run_attach_hwpt(struct scene *s)
{
	return __mock_attach(s->fd, s->hwpt[1], &s->dev[2]);
}

static int run_replace(struct scene *s)
{
	return __mock_replace(s->fd, s->dev[0].stdev, s->ioas, NULL);
}

static int run_replace_hwpt(struct scene *s)
{
	return __mock_replace(s->fd, s->dev[0].stdev, s->hwpt[1], NULL);
}

static int run_detach(struct scene *s)
{
	int rc = __destroy(s->fd, s->dev[0].stdev);

	if (!rc)
		s->dev[0].stdev = 0;
	return rc;
}

static int run_access_create(struct scene *s)
{
	return __access_open(s->fd, s->ioas,
			     MOCK_FLAGS_ACCESS_CREATE_NEEDS_PIN_PAGES,
			     &s->access);
}

static int run_access_pin(struct scene *s)
{
	struct access_pages pages = {
		.iova = MOCK_IOVA,
		.length = s->length,
		.va = s->va,
		.flags = MOCK_FLAGS_ACCESS_WRITE,
	};

	return __access_pin(s->fd, s->access, &pages);
}

static int access_copy(struct scene *s, __u32 flags)
{
	char buf[6000] = "";
	struct access_rw rw = {
		.iova = MOCK_IOVA + 4000,
		.length = sizeof(buf),
		.va = buf,
		.flags = flags,
	};

	return __access_rw(s->fd, s->access, &rw);
}

static int run_access_read(struct scene *s)
{
	return access_copy(s, 0);
}

static int run_access_read_slow(struct scene *s)
{
	return access_copy(s, MOCK_ACCESS_RW_SLOW_PATH);
}

static int run_access_write_slow(struct scene *s)
{
	return access_copy(s, MOCK_ACCESS_RW_SLOW_PATH | MOCK_ACCESS_RW_WRITE);
}

static int run_access_replace(struct scene *s)
{
	return __access_replace(s->fd, s->access, s->other);
}

static const struct command commands[] = {
	{ "IOAS_ALLOC", two_ioas, run_ioas_alloc, 0 },
	{ "IOVA_RANGES", device, run_ranges, IDLE },
	{ "ALLOW_IOVAS", device, run_allow, 0 },
	{ "ADD_RESERVED", device, run_reserve, 0 },
	{ "HUGE_PAGES", device, run_small_pages, KEEPS | IDLE },
	{ "MAP without a page table", two_ioas, run_map, 0 },
	{ "MAP", device, run_map, 0 },
	{ "MAP into three page tables", tables, run_map, 0 },
	{ "MAP at an automatic IOVA", tables, run_map_auto, 0 },
	{ "MAP of half pages", device, run_map_sub_page, 0 },
	{ "MAP of huge pages", tables, run_map_huge, 0 },
	{ "MAP of untouched pages", device, run_map_untouched, 0 },
	{ "COPY without a page table", lazy, run_copy, 0 },
	{ "COPY", mapped_both, run_copy, 0 },
	{ "COPY that pins", lazy_with_device, run_copy, 0 },
	{ "UNMAP", mapped, run_unmap, KEEPS | IDLE },
	{ "UNMAP of three page tables", mapped_tables,
	  run_unmap, KEEPS | IDLE },
	{ "UNMAP of accessed pages", pinned_by_access,
	  run_unmap_all, KEEPS | IDLE },
	{ "HWPT_ALLOC", device, run_hwpt_alloc, 0 },
	{ "HWPT_ALLOC of a filled IOAS", mapped, run_hwpt_alloc, 0 },
	{ "HWPT_ALLOC that pins", lazy_with_device, run_hwpt_alloc, 0 },
	{ "attach", two_ioas, run_attach, PROBES },
	{ "attach that pins", lazy, run_attach, PROBES },
	{ "attach of a second device", mapped, run_attach, PROBES },
	{ "attach to a hwpt", mapped_tables, run_attach_hwpt, PROBES },
	{ "replace", lazy_with_device, run_replace, KEEPS },
	{ "replace by a hwpt", mapped_tables, run_replace_hwpt, KEEPS },
	{ "detach", mapped, run_detach, KEEPS | IDLE },
	{ "access create", mapped, run_access_create, 0 },
	{ "access pin", mapped_with_access, run_access_pin, 0 },
	{ "access pin without a page table", lazy_with_access,
	  run_access_pin, 0 },
	{ "access read", lazy_with_access, run_access_read, 0 },
	{ "access read of pages", lazy_with_access, run_access_read_slow, 0 },
	{ "access write of pages", mapped_with_access,
	  run_access_write_slow, 0 },
	{ "access replace", pinned_by_access, run_access_replace,
	  KEEPS | IDLE },
};

/* Destroys what the scene has in the order of the dependencies. */
static void strike(struct scene *s)
{
	size_t i;

	if (s->access >= 0)
		CHECK_EQ(close(s->access), 0);
	for (i = 0; i < MAX_DEVS; i++)
		if (s->dev[i].stdev)
			destroy(s->fd, s->dev[i].stdev);
	for (i = 0; i < ARRAY_LEN(s->hwpt); i++)
		if (s->hwpt[i])
			destroy(s->fd, s->hwpt[i]);
	if (s->made)
		destroy(s->fd, s->made);
	ioas_unmap_all(s->fd, s->ioas);
	destroy(s->fd, s->ioas);
	destroy(s->fd, s->other);
	CHECK_OK(__mock_check_refs(s->fd, s->va, s->length, 0));
}

static void check_failure(const struct command *cmd, const struct fault *fault,
			  int rc, unsigned int nth)
{
	if (rc == -ENOMEM || rc == -EFAULT ||
	    (cmd->flags & PROBES && rc == -ENODEV) ||
	    (fault->has_hooks && (rc == -ENOENT || rc == -EINVAL)))
		return;
	harness_fail(__FILE__, __LINE__, "step %u: unexpected %s", nth,
		     strerrorname_np(-rc) ?: "?");
}

/* Returns false when the command had less than @nth steps that can fail. */
static bool run_once(const struct command *cmd, const struct fault *fault,
		     struct scene *s, unsigned int nth)
{
	struct footprint empty;
	struct footprint before;
	bool injected;
	int rc;

	s->fd = mock_open();
	empty = footprint_take(s->fd);
	cmd->prepare(s);
	s->untouched = mem_untouched(4);
	before = footprint_take(s->fd);
	fault_arm(fault, nth);
	rc = cmd->run(s);
	injected = fault_disarm(fault);
	if (rc) {
		CHECK(injected);
		check_failure(cmd, fault, rc, nth);
		s->made = 0;
		if (s->dev[2].stdev)
			memset(&s->dev[2], 0, sizeof(s->dev[2]));
	}
	if (rc && !(cmd->flags & KEEPS)) {
		footprint_check(&before);
		CHECK_OK(cmd->run(s));
	}
	strike(s);
	CHECK_EQ(munmap(s->untouched, 4 * s->page), 0);
	footprint_check(&empty);
	CHECK_EQ(close(s->fd), 0);
	return injected;
}

static void run_command(const void *arg)
{
	const struct command *cmd = arg;
	struct fault fault = fault_open();
	struct scene blank = { .access = -1, .page = page_size() };
	struct scene s;
	unsigned int nth;
	size_t i;

	blank.length = NPAGES * blank.page;
	blank.va = mem_pages(NPAGES);
	for (i = 0; i < NPAGES; i += 2)
		CHECK(mremap(mem_pages(1), blank.page, blank.page,
			     MREMAP_MAYMOVE | MREMAP_FIXED,
			     blank.va + i * blank.page) != MAP_FAILED);
	if (cmd->run == run_map_huge)
		blank.thp = mem_thp(2);
	for (nth = 1; nth < MAX_NTH; nth++) {
		s = blank;
		if (!run_once(cmd, &fault, &s, nth))
			break;
	}
	harness_note("%s: %u steps failed one by one", cmd->name, nth - 1);
	CHECK(nth < MAX_NTH);
	CHECK(nth > 1 || cmd->flags & IDLE);
}

/* What the runs before have leaked, as far as the kernel can tell. */
static void no_memory_leaked(void)
{
	static const char path[] = "/sys/kernel/debug/kmemleak";
	char report[4096];
	int scan;

	if (access(path, R_OK | W_OK))
		harness_skip("no kmemleak");
	/* Only memory of a certain age is reported, on its second scan. */
	for (scan = 0; scan < 3; scan++) {
		sleep(3);
		CHECK_OK(proc_write(path, "scan"));
	}
	CHECK(proc_read(path, report, sizeof(report)) >= 0);
	if (!report[0])
		return;
	harness_fail(__FILE__, __LINE__, "kmemleak: %s", report);
}

int main(int argc, char **argv)
{
	struct test_case cases[ARRAY_LEN(commands) + 1] = {};
	size_t i;

	for (i = 0; i < ARRAY_LEN(commands); i++) {
		cases[i].name = commands[i].name;
		cases[i].seconds = 600;
		cases[i].fn_arg = run_command;
		cases[i].arg = &commands[i];
	}
	cases[i].name = "no memory leaked";
	cases[i].seconds = 300;
	cases[i].fn = no_memory_leaked;
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
