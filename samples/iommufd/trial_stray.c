// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trial, part 3: DMA that the mappings do not allow. It must change no
 * memory, learn nothing, and be reported.
 */
#include <errno.h>
#include <stdio.h>

#include "step.h"
#include "trial.h"

/*
 * The kernel limits the rate of its fault lines: some do not appear, until
 * five seconds have passed. The budget is twice that.
 */
#define STRAY_TRIES	20
#define STRAY_WAIT_MS	500
#define STRAY_OFFSET	(SIZE_4K + 256)
#define STRAY_LEN	256

/*
 * VT-d's driver tells of faults; but of a device that a virtual machine was
 * given, only in the host.
 */
static int log_must_tell(const struct trial *t)
{
	return t->iommu_type == IOMMU_HW_INFO_TYPE_INTEL_VTD &&
	       !t->options->no_fault_log;
}

/*
 * Run the prepared transfer, of which the part that is @access must fault at
 * @fault_at, until the kernel log says so. Returns 0 with the text in
 * t->line, which is empty if the log said nothing, or -1 with the step failed.
 */
static int stray_copy(struct trial *t, const char *access, __u64 fault_at)
{
	struct transfer *x = &t->transfer;
	struct kmsg_fault fault = {
		.bdf = t->func->bdf,
		.access = access,
		.first = fault_at & ~(__u64)(SIZE_4K - 1),
		.last = fault_at | (SIZE_4K - 1),
	};
	int err, i;

	kmsg_skip(&t->kmsg);
	for (i = 0; i < STRAY_TRIES && !step_interrupted(); i++) {
		transfer_prepare(x, &t->dma);
		err = dma_copy(&t->dma, x->dst->iova + x->dst_offset,
			       x->src->iova + x->src_offset, x->len);
		/* A device may well give up on a transfer that faults. */
		if (err && err != -ETIMEDOUT && err != -EIO)
			return step_fail(-err, "see dmesg",
					 "the device failed in another way");
		t->line[0] = '\0';
		err = kmsg_find_fault(&t->kmsg, &fault, STRAY_WAIT_MS, t->line,
				      sizeof(t->line));
		if (!err || !log_must_tell(t))
			return 0;
	}
	if (step_interrupted())
		return step_fail(EINTR, "start the demo again",
				 "stopped by the user");
	return 0;
}

/* Memory is as it must be; was the fault reported as well? */
static int check_reported(struct trial *t, const char *access, __u64 fault_at)
{
	if (t->line[0]) {
		step_say("kernel log: %s", t->line);
		return 0;
	}
	if (!log_must_tell(t)) {
		step_say("the kernel log says nothing, which may be here");
		return 0;
	}
	return step_fail(0,
			 "is the device really behind the IOMMU, or a host's, which takes --no-fault-log? see dmesg",
			 "no line in the kernel log tells of a %s fault of %s at 0x%llx and the reason",
			 access, t->func->bdf, fault_at);
}

/* A device that met a fault may be stuck until it is reset. */
static int restart(struct trial *t)
{
	int err = t->driver->init(&t->dma);

	if (err)
		return step_fail(-err, "see dmesg",
				 "the device does not start again after the fault");
	return 0;
}

static void prepare(struct trial *t, struct mem *src, struct mem *dst,
		    size_t dst_offset)
{
	struct transfer *x = &t->transfer;

	x->src = src;
	x->dst = dst;
	x->src_offset = STRAY_OFFSET;
	x->dst_offset = dst_offset;
	x->len = STRAY_LEN;
	x->margin = TRANSFER_MARGIN_ALL;
	x->seed++;
}

/* The device writes where it may not. */
static int stray_write(struct trial *t, struct mem *src, struct mem *dst,
		       size_t offset)
{
	struct transfer *x = &t->transfer;
	__u64 where = dst->iova + offset;

	prepare(t, src, dst, offset);
	if (stray_copy(t, "write", where))
		return -1;
	if (transfer_check_untouched(x))
		return step_fail(0, "the IOMMU does not protect memory: a bug",
				 "the write to IOVA 0x%llx went through: %s",
				 where, x->why);
	if (check_reported(t, "write", where))
		return -1;
	step_say("write of %u bytes to IOVA 0x%llx: faulted, %zu bytes of memory unchanged",
		 STRAY_LEN, where,
		 dst->size + 2 * dst->guard);
	return restart(t);
}

/* The device reads where it may not, and delivers what it got. */
static int stray_read(struct trial *t, struct mem *src)
{
	struct transfer *x = &t->transfer;
	__u64 where = src->iova + STRAY_OFFSET;
	const __u8 *got = t->scratch.base + STRAY_OFFSET;
	size_t same = 0, i;

	prepare(t, src, &t->scratch, STRAY_OFFSET);
	if (stray_copy(t, "read", where))
		return -1;
	for (i = 0; i < STRAY_LEN; i++)
		same += got[i] == x->want[i];
	/* One byte in 256 is the same by chance. */
	if (same > STRAY_LEN / 8)
		return step_fail(0, "the IOMMU does not protect memory: a bug",
				 "the read from IOVA 0x%llx went through: %zu of %u bytes",
				 where, same, STRAY_LEN);
	if (check_reported(t, "read", where))
		return -1;
	step_say("read of %u bytes from IOVA 0x%llx: faulted, the device did not get them",
		 STRAY_LEN, where);
	return restart(t);
}

static int unmap(struct trial *t, struct mem *mem, const char *what)
{
	__u64 unmapped;
	int err = iommufd_ioas_unmap(t->iommufd, t->second, mem->iova,
				     mem->size, &unmapped);

	if (err)
		return step_refused(t->session, IOMMU_IOAS_UNMAP, err,
				    "cannot unmap the %s", what);
	if (unmapped != mem->size)
		return step_fail(0, "a bug of the kernel",
				 "%llu bytes of the %s unmapped, not %zu",
				 unmapped, what, mem->size);
	mem->prot = 0;
	step_say("%s: IOVA 0x%llx..0x%llx unmapped, %zu bytes", what,
		 mem->iova,
		 (mem->iova + mem->size - 1), mem->size);
	return 0;
}

static int stray_pair(struct trial *t, struct trial_pair *pair)
{
	char name[64];

	snprintf(name, sizeof(name), "stray DMA after the unmap of %s memory",
		 pair->label);
	if (step_begin(name))
		return -1;
	if (unmap(t, &pair->dst, "target") ||
	    stray_write(t, &pair->src, &pair->dst, STRAY_OFFSET))
		return -1;
	if (unmap(t, &pair->src, "source"))
		return -1;
	return stray_read(t, &pair->src);
}

int trial_stray(struct trial *t)
{
	struct mem *read_only = &t->pairs[1].src;
	size_t i;

	/*
	 * The page must be one that the device has not read in this address
	 * space: from a cached read-only entry QEMU refuses without a fault.
	 */
	if (step_begin("write to read-only memory"))
		return -1;
	if (stray_write(t, &t->pairs[0].src, read_only,
			read_only->size / 2 + STRAY_OFFSET))
		return -1;

	for (i = 0; i < TRIAL_PAIRS; i++)
		if (stray_pair(t, &t->pairs[i]))
			return -1;

	/* What is still mapped works as before. */
	if (step_begin("DMA after the faults"))
		return -1;
	prepare(t, &t->scratch, &t->scratch, STRAY_OFFSET);
	t->transfer.src_offset = TRANSFER_MAX / 2;
	t->transfer.margin = STRAY_LEN;
	if (transfer_run(&t->transfer, &t->dma))
		return step_fail(EIO, "see dmesg", "%s", t->transfer.why);
	step_say("%u bytes within the scratch memory: right", STRAY_LEN);
	return 0;
}
