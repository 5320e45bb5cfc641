// SPDX-License-Identifier: GPL-2.0-only
/*
 * A real device: whatever allocation or user copy of an attach, a replace, a
 * detach or a new page table fails, the device goes on with what it had, and
 * nothing is left behind (DV3, DV5, DV6, H1). Needs an edu, or ATTACH_MODEL in the
 * environment names another device, which is not asked to do DMA.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/census.h"
#include "lib/edu.h"
#include "lib/fault.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "lib/uapi.h"
#include "lib/vfio.h"

/* Away from the x86 MSI window, and within the 28 bits of edu. */
#define IOVA 0x1000000ULL
#define REGS_SIZE 0x1000
#define MAX_NTH 1000
#define SECONDS 600
#define NPAGES 4
#define SCRATCH 2

/* What a device can be attached to; each IOAS has memory of its own. */
enum target {
	NOTHING,
	FIRST_IOAS,
	SECOND_IOAS,
	FIRST_HWPT,
	SECOND_HWPT,
	FRESH_IOAS,
	NTARGETS,
};

struct scene {
	int fd;
	int ndevices;
	int device[2];
	__u32 dev[2];
	volatile void *regs[2];
	__u32 pt[NTARGETS];
	/* Of each target. Targets of one IOAS have the same. */
	char *va[NTARGETS];
	size_t page;
};

struct row {
	enum target before;
	enum target after;
	/* Page table to make, in place of an attach. */
	bool allocs;
	__u32 flags;
	/* Two devices of one group, both attached before. */
	bool pair;
};

static void open_devices(struct scene *s, bool pair)
{
	const char *model = getenv("ATTACH_MODEL");
	struct vfio_place place;
	struct vfio_pair two;
	int i;

	if (pair && model)
		harness_skip("of that model there is one device");
	if (model)
		pci_take_model(model);
	if (pair)
		vfio_find_pair(&two);
	else if (vfio_find_model(model ?: EDU_MODEL, &place))
		harness_skip("no such device that VFIO can use");
	s->ndevices = pair ? 2 : 1;
	for (i = 0; i < s->ndevices; i++) {
		s->device[i] = vfio_open(pair ? two.path[i] : place.node);
		s->dev[i] = vfio_bind(s->device[i], s->fd);
		if (!model)
			s->regs[i] = vfio_map_bar(s->device[i], REGS_SIZE);
	}
}

static void add_ioas(struct scene *s, enum target ioas, enum target hwpt)
{
	s->pt[ioas] = ioas_alloc(s->fd);
	s->va[ioas] = mem_pages(NPAGES);
	ioas_map_at(s->fd, s->pt[ioas], s->va[ioas], NPAGES * s->page, IOVA);
	if (!hwpt)
		return;
	s->pt[hwpt] = hwpt_alloc(s->fd, s->dev[0], s->pt[ioas]);
	s->va[hwpt] = s->va[ioas];
}

static struct scene scene_make(const struct row *row)
{
	struct scene s = { .fd = iommu_open(), .page = page_size() };

	open_devices(&s, row->pair);
	add_ioas(&s, FIRST_IOAS, FIRST_HWPT);
	add_ioas(&s, SECOND_IOAS, SECOND_HWPT);
	add_ioas(&s, FRESH_IOAS, NOTHING);
	return s;
}

static bool is_zero(const char *va, size_t nbytes)
{
	return !va[0] && !memcmp(va, va + 1, nbytes - 1);
}

static void put(struct scene *s, enum target target)
{
	int i;

	for (i = 0; i < s->ndevices; i++) {
		if (target)
			vfio_attach(s->device[i], s->pt[target]);
		else
			CHECK_OK(__vfio_detach(s->device[i]));
	}
}

/*
 * What the device has fetched before it writes here, and nowhere else. It is not
 * told to do DMA without a page table: QEMU may crash.
 */
static void check_dma(struct scene *s, int i, enum target where)
{
	enum target other;

	for (other = FIRST_IOAS; other < NTARGETS; other++)
		memset(s->va[other] + SCRATCH * s->page, 0, s->page);
	edu_write(s->regs[i], IOVA + SCRATCH * s->page, s->page);
	for (other = FIRST_IOAS; other < NTARGETS; other++) {
		char *got = s->va[other] + SCRATCH * s->page;

		if (s->va[other] == s->va[where])
			CHECK(!memcmp(got, s->va[where], s->page));
		else
			CHECK(is_zero(got, s->page));
	}
}

static void check_where(struct scene *s, enum target where, int ndevices)
{
	int i;

	for (i = 0; where && s->regs[0] && i < ndevices; i++)
		check_dma(s, i, where);
}

/* The same bytes in all memory, and in the device. */
static void load_device(struct scene *s)
{
	enum target t;
	size_t i;
	int d;

	for (t = FIRST_IOAS; t < NTARGETS; t++)
		for (i = 0; i < s->page; i++)
			s->va[t][i] = (char)(1 + i % 251);
	put(s, FIRST_IOAS);
	for (d = 0; s->regs[0] && d < s->ndevices; d++)
		edu_read(s->regs[d], IOVA, s->page);
	put(s, NOTHING);
}

static int run(struct scene *s, const struct row *row, __u32 *made)
{
	struct iommu_hwpt_alloc alloc = {
		.flags = row->flags,
		.dev_id = s->dev[0],
		.pt_id = s->pt[FIRST_IOAS],
	};
	__u32 pt = s->pt[row->after];
	int rc;

	if (row->allocs) {
		rc = __hwpt_alloc(s->fd, &alloc);
		*made = rc ? 0 : alloc.out_hwpt_id;
		return rc;
	}
	if (row->after)
		return __vfio_attach(s->device[0], &pt);
	return __vfio_detach(s->device[0]);
}

/* As it was before a run that was successful, down to the ids. */
static void undo(struct scene *s, const struct row *row, __u32 made)
{
	if (made)
		destroy(s->fd, made);
	put(s, NOTHING);
	put(s, row->before);
}

/*
 * VFIO detaches the device if it cannot tell the id of the page table, which is
 * its last step; the first one reads the arguments.
 */
static bool answer_lost(const struct row *row, int rc, unsigned int nth)
{
	return row->after && rc == -EFAULT && nth > 1;
}

/* Returns false when there are fewer than @nth steps that can fail. */
static bool run_once(struct scene *s, const struct row *row,
		     const struct fault *fault, unsigned int nth)
{
	struct census before = census_take();
	struct footprint footprint = footprint_take(s->fd);
	bool injected;
	__u32 made = 0;
	int rc;

	fault_arm(fault, nth);
	rc = run(s, row, &made);
	injected = fault_disarm(fault);
	if (rc)
		CHECK(injected);
	if (rc && !answer_lost(row, rc, nth)) {
		/* A detach does not fail once its arguments are read. */
		if (rc != -ENOMEM || !(row->after || row->allocs))
			CHECK_ERR(rc, EFAULT);
		footprint_check(&footprint);
		check_where(s, row->before, s->ndevices);
	} else {
		if (!rc)
			check_where(s, row->allocs ? row->before : row->after, 1);
		undo(s, row, made);
		footprint_check(&footprint);
	}
	census_check(&before, "by step %u that failed", nth);
	return injected;
}

static void fails_anywhere(const void *arg)
{
	bool warned = proc_kernel_warned();
	const struct row *row = arg;
	struct fault fault = fault_open();
	struct scene s = scene_make(row);
	unsigned int nth;
	__u32 made = 0;

	load_device(&s);
	put(&s, row->before);
	/* What is made once and stays; and whether the device can at all. */
	if (row->allocs && run(&s, row, &made) == -EOPNOTSUPP)
		harness_skip("the device cannot have such a page table");
	else if (!row->allocs)
		CHECK_OK(run(&s, row, &made));
	undo(&s, row, made);
	for (nth = 1; nth < MAX_NTH; nth += fault_every())
		if (!run_once(&s, row, &fault, nth))
			break;
	harness_note("%u steps, of which one in %u failed", nth - 1, fault_every());
	CHECK(nth < MAX_NTH);
	/* A detach to nothing may need nothing. */
	CHECK(nth > 5 || !row->after);
	CHECK(warned || !proc_kernel_warned());
}

static const struct row attach = { .after = FRESH_IOAS };
static const struct row attach_hwpt = { .after = FIRST_HWPT };
static const struct row replace = { .before = FIRST_IOAS, .after = SECOND_IOAS };
static const struct row replace_by_hwpt = { .before = FIRST_IOAS, .after = SECOND_HWPT };
static const struct row replace_hwpt = { .before = FIRST_HWPT, .after = SECOND_HWPT };
static const struct row same_ioas = { .before = FIRST_IOAS, .after = FIRST_HWPT };
static const struct row detach = { .before = FIRST_IOAS };

static const struct row attach_group = {
	.after = FIRST_HWPT, .pair = true,
};

static const struct row replace_group = {
	.before = FIRST_IOAS, .after = SECOND_IOAS, .pair = true,
};

static const struct row hwpt_alone = { .allocs = true };
static const struct row hwpt_beside = { .before = FIRST_IOAS, .allocs = true };

static const struct row hwpt_pasid = {
	.before = FIRST_IOAS, .allocs = true, .flags = IOMMU_HWPT_ALLOC_PASID,
};

#define CASE(label, row) \
	{ .name = label, .fn_arg = fails_anywhere, .arg = &(row), \
	  .seconds = SECONDS }

static const struct test_case cases[] = {
	CASE("DV3_attach", attach),
	CASE("DV3_attach_hwpt", attach_hwpt),
	CASE("DV3_attach_group", attach_group),
	CASE("DV5_replace", replace),
	CASE("DV5_replace_by_hwpt", replace_by_hwpt),
	CASE("DV5_replace_hwpt", replace_hwpt),
	CASE("DV5_replace_same_ioas", same_ioas),
	CASE("DV5_replace_group", replace_group),
	CASE("DV6_detach", detach),
	CASE("H1_hwpt", hwpt_alone),
	CASE("H1_hwpt_beside", hwpt_beside),
	CASE("H1_hwpt_pasid", hwpt_pasid),
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
