// SPDX-License-Identifier: GPL-2.0-only
/*
 * For each refusal: the errno, an event iommufd:iommufd_reject that names the
 * field at fault and a reason, and nothing left behind.
 *
 * The tables are in test_refusals/, one row for each refusal of the rules in
 * Documentation/userspace-api/iommufd/rules.rst and rules-devices.rst.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/container.h"
#include "lib/event.h"
#include "lib/file.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/nest.h"
#include "lib/trace.h"
#include "test_refusals/row.h"

#define MAX_CASES 256

struct bench {
	int fd;
	struct trace trace;
	__u32 ref[REF_COUNT];
	struct footprint before;
};

static __u32 *ref(struct bench *b, enum ref which)
{
	return &b->ref[which - REF_FIRST];
}

static void add_device(struct bench *b, enum ref stdev, enum ref dev,
		       __u32 flags)
{
	struct iommu_test_cmd cmd = {
		.id = *ref(b, REF_IOAS),
		.mock_domain_flags = { .dev_flags = flags },
	};

	CHECK_OK(__mock_cmd(b->fd, IOMMU_TEST_OP_MOCK_DOMAIN_FLAGS, &cmd));
	*ref(b, stdev) = cmd.mock_domain_flags.out_stdev_id;
	*ref(b, dev) = cmd.mock_domain_flags.out_idev_id;
	*ref(b, REF_AUTO) = cmd.mock_domain_flags.out_hwpt_id;
}

static void add_hwpt(struct bench *b, enum ref which, __u32 flags)
{
	struct iommu_hwpt_alloc cmd = {
		.flags = flags,
		.dev_id = *ref(b, REF_DEV),
		.pt_id = *ref(b, REF_IOAS),
	};

	CHECK_OK(__hwpt_alloc(b->fd, &cmd));
	*ref(b, which) = cmd.out_hwpt_id;
}

static void add_hwpts(struct bench *b)
{
	struct iommu_hwpt_set_dirty_tracking track = {
		.size = sizeof(track),
		.flags = IOMMU_HWPT_DIRTY_TRACKING_ENABLE,
	};

	add_hwpt(b, REF_PLAIN, 0);
	add_hwpt(b, REF_PASID, IOMMU_HWPT_ALLOC_PASID);
	add_hwpt(b, REF_PARENT, IOMMU_HWPT_ALLOC_NEST_PARENT);
	add_hwpt(b, REF_DIRTY, IOMMU_HWPT_ALLOC_DIRTY_TRACKING);
	add_hwpt(b, REF_IDLE_DIRTY, IOMMU_HWPT_ALLOC_DIRTY_TRACKING);
	*ref(b, REF_NESTED) = nested_alloc(b->fd, *ref(b, REF_DEV),
					   *ref(b, REF_PARENT));
	track.hwpt_id = *ref(b, REF_DIRTY);
	CHECK_OK(__iommu_cmd(b->fd, IOMMU_HWPT_SET_DIRTY_TRACKING, &track));
}

static void add_guest(struct bench *b)
{
	__u32 dev = *ref(b, REF_DEV);
	__u32 viommu = viommu_alloc(b->fd, dev, *ref(b, REF_PARENT));

	*ref(b, REF_VIOMMU) = viommu;
	*ref(b, REF_GUEST_NESTED) = nested_alloc(b->fd, dev, viommu);
	*ref(b, REF_VDEVICE) = vdevice_alloc(b->fd, viommu, dev, 1);
	*ref(b, REF_VEVENTQ) = veventq(b->fd, viommu, 1).id;
	*ref(b, REF_FAULT) = fault_queue(b->fd).id;
}

static void attach_pasid(struct bench *b)
{
	struct iommu_test_cmd cmd = {
		.id = *ref(b, REF_STDEV),
		.pasid_attach = { .pasid = 1, .pt_id = *ref(b, REF_PASID) },
	};

	CHECK_OK(__mock_replace(b->fd, cmd.id, *ref(b, REF_PASID), NULL));
	CHECK_OK(__mock_cmd(b->fd, IOMMU_TEST_OP_PASID_ATTACH, &cmd));
}

static void add_files(struct bench *b)
{
	size_t page = page_size();
	int zero = open("/dev/zero", O_RDWR | O_CLOEXEC);
	int rw;

	CHECK(zero >= 0);
	*ref(b, REF_ZERO) = zero;
	*ref(b, REF_MEMFD) = memfd_make(MEMFD_PAGES * page);
	*ref(b, REF_DMABUF) = mock_dmabuf(b->fd, DMABUF_PAGES * page);
	*ref(b, REF_REVOKED) = mock_dmabuf(b->fd, DMABUF_PAGES * page);
	mock_revoke(b->fd, *ref(b, REF_REVOKED), 1);
	*ref(b, REF_ACCESS) = access_open(b->fd, *ref(b, REF_LAZY));
	CHECK_OK(__access_replace(b->fd, *ref(b, REF_ACCESS),
				  *ref(b, REF_IOAS)));
	CHECK_OK(__access_open(b->fd, *ref(b, REF_IOAS), 0, &rw));
	*ref(b, REF_RW_ACCESS) = rw;
}

static struct bench bench_make(const struct row *row)
{
	struct bench b = { .trace = trace_open(), .fd = mock_open() };

	if (page_size() != 4096)
		harness_skip("the rows are written for pages of 4 KiB");
	*ref(&b, REF_IOAS) = ioas_alloc(b.fd);
	*ref(&b, REF_LAZY) = ioas_alloc(b.fd);
	if (row->has_container)
		CHECK_OK(__vfio_ioas(b.fd, IOMMU_VFIO_IOAS_SET,
				     *ref(&b, REF_IOAS), 0));
	if (row->version1)
		CHECK_OK(vcall(b.fd, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU));
	add_device(&b, REF_STDEV, REF_DEV, MOCK_FLAGS_DEVICE_PASID);
	add_device(&b, REF_NODIRTY_STDEV, REF_NODIRTY,
		   MOCK_FLAGS_DEVICE_NO_DIRTY);
	ioas_map_at(b.fd, *ref(&b, REF_IOAS), mem_pages(2), 2 * page_size(),
		    MOCK_IOVA);
	add_hwpts(&b);
	add_guest(&b);
	attach_pasid(&b);
	if (!row->version1)
		add_files(&b);
	b.before = footprint_take(b.fd);
	trace_clear(&b.trace);
	return b;
}

/* The argument with the objects of the bench put in. */
static void fill_in(struct bench *b, const struct row *row, __u32 *words)
{
	size_t i;

	memcpy(words, &row->arg, sizeof(row->arg));
	for (i = 0; i < sizeof(row->arg) / sizeof(*words); i++)
		if (words[i] - REF_FIRST < REF_COUNT)
			words[i] = b->ref[words[i] - REF_FIRST];
	/* The structs of VFIO bring a size of their own. */
	if (row->size && _IOC_NR(row->request) >= IOMMUFD_CMD_BASE)
		words[0] = row->size;
}

/* An errno that is part of the protocol has an event that is no reject. */
static void check_answer(struct bench *b)
{
	struct reject found;

	CHECK_EQ(trace_rejects(&b->trace, &found), 0);
	CHECK_EQ(trace_count(&b->trace, "expected", ""), 1);
}

static void check_reason(struct bench *b, const struct row *row)
{
	struct reject found;

	if (!trace_find(&b->trace, row->errnum, row->field, &found)) {
		trace_rejects(&b->trace, &found);
		harness_fail(__FILE__, __LINE__,
			     "no event for the field %s; last is %s: %s",
			     row->field, found.field, found.reason);
	}
	harness_note("%s: %s", found.field, found.reason);
	CHECK(found.reason[0]);
	/* A test command has no reason beyond that of the call it makes. */
	if (row->request != IOMMU_TEST_CMD)
		CHECK_EQ(trace_rejects(&b->trace, &found), 1);
}

static void refused(const void *arg)
{
	const struct row *row = arg;
	struct bench b = bench_make(row);
	__u64 words[sizeof(row->arg) / sizeof(__u64) + 1] = {};
	int rc;

	if (row->is_answer)
		trace_enable(&b.trace, "expected");
	fill_in(&b, row, (__u32 *)words);
	if (row->size)
		rc = __iommu_cmd(b.fd, row->request, words);
	else
		rc = vcall(b.fd, row->request, words[0]);
	CHECK_ERR(rc, row->errnum);
	if (row->is_answer)
		check_answer(&b);
	else
		check_reason(&b, row);
	footprint_check(&b.before);
}

struct table {
	const struct row *rows;
	const size_t *nrows;
};

static const struct table tables[] = {
	{ hwpt_rows, &hwpt_nrows },
	{ guest_rows, &guest_nrows },
	{ memory_rows, &memory_nrows },
	{ attach_rows, &attach_nrows },
};

int main(int argc, char **argv)
{
	static struct test_case cases[MAX_CASES];
	size_t n = 0, t, i;

	for (t = 0; t < ARRAY_LEN(tables); t++) {
		for (i = 0; i < *tables[t].nrows; i++, n++) {
			CHECK(n < MAX_CASES);
			cases[n].name = tables[t].rows[i].name;
			cases[n].fn_arg = refused;
			cases[n].arg = &tables[t].rows[i];
		}
	}
	return harness_main(argc, argv, cases, n);
}
