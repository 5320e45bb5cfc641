// SPDX-License-Identifier: GPL-2.0-only
/* Arrays that are bad, that end, that are large; a device that does not answer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/trace.h"
#include "guest.h"

#define MANY 4096

static const struct profile full = { VTD_SIM_FULL, "", 0 };

/*
 * A bad entry at each index: what is in front of it is done. What is behind it is not told
 * to the unit (KUnit looks at that); blocks of a power of two may contain it.
 */
void invalidate_bad_entry(const void *arg)
{
	static const struct iommu_hwpt_vtd_s1_invalidate bad[] = {
		{ .addr = IOVA + 1, .npages = 1 },
		{ .addr = IOVA, .npages = 0 },
		{ .addr = IOVA, .npages = ~0ULL },
		{ .addr = ~0xfffULL, .npages = 2 },
		{ .addr = IOVA, .npages = 1, .flags = 2 },
		{ .addr = IOVA, .npages = 1, .__reserved = 1 },
	};
	const struct way *way = arg;
	struct iommu_hwpt_vtd_s1_invalidate entries[NPAGES];
	size_t i, at, what;
	struct tenant g;
	__u32 hwpt, done;
	__u64 root;

	tenant_make(&g, way->profile);
	root = tenant_reversed(&g, NPAGES);
	hwpt = tenant_hwpt(&g, root);
	vfio_attach(g.fn.device, hwpt);
	for (at = 0; at < NPAGES; at++) {
		what = at % ARRAY_LEN(bad);
		for (i = 0; i < NPAGES; i++) {
			invalidate_set(&g, root, i, tenant_data(i));
			entries[i] = invalidate_entry(i, 0);
		}
		invalidate_array(&g, hwpt, entries, NPAGES);
		for (i = 0; i < NPAGES; i++)
			invalidate_check(&g, way->flags, i, tenant_data(i));
		for (i = 0; i < NPAGES; i++)
			invalidate_set(&g, root, i, tenant_data(20 + i));
		entries[at] = bad[what];
		CHECK_ERR(__invalidate_array(&g, hwpt, entries, NPAGES, &done),
			  what < 4 ? EINVAL : EOPNOTSUPP);
		CHECK_EQ(done, at);
		for (i = 0; i < at; i++)
			invalidate_check(&g, way->flags, i, tenant_data(20 + i));
		invalidate_pages(&g, hwpt, 0, ~0ULL, 0);
	}
	invalidate_end(&g);
}

/* What is no array, what the kernel is told of it, and what leaves a trace. */
void invalidate_refusals(void)
{
	struct trace trace = trace_open();
	struct iommu_hwpt_vtd_s1_invalidate entry[2] = {
		{ .addr = IOVA + 8, .npages = 1, .flags = LEAF },
	};
	static const __u32 lengths[] = { 1, 8, 16, 23, 25, 32, 4096 };
	struct tenant g;
	__u32 hwpt, done, i;

	if (trace_enable_other(&trace, "intel_iommu/user_invalidation_refused") ||
	    trace_enable_other(&trace, "intel_iommu/user_invalidation"))
		harness_skip("the kernel has no such tracepoint");
	tenant_make(&g, &full);
	hwpt = tenant_hwpt(&g, tenant_reversed(&g, 1));
	trace_clear(&trace);
	CHECK_ERR(__invalidate_array(&g, hwpt, entry, 1, &done), EINVAL);
	CHECK_EQ(trace_lines(&trace, "entry 0: addr 0x7f0040000008 npages 0x1 flags 0x1"), 1);
	CHECK_EQ(trace_lines(&trace, "reserved 0x0 err -22"), 1);
	entry[0].addr = IOVA;
	/* Nobody is attached: nothing to do, and no error. */
	invalidate_array(&g, hwpt, entry, 1);
	for (i = 0; i < ARRAY_LEN(lengths); i++) {
		CHECK_ERR(__invalidate_as(&g, hwpt, entry, 1, DATA_VTD, lengths[i], &done),
			  EINVAL);
		CHECK_EQ(done, 0);
	}
	/* Is the type known? */
	CHECK_OK(__invalidate_as(&g, hwpt, NULL, 0, DATA_VTD, 0, &done));
	for (i = 1; i < 8; i++) {
		CHECK_ERR(__invalidate_as(&g, hwpt, NULL, 0, i, 0, &done), EINVAL);
		CHECK_ERR(__invalidate_as(&g, hwpt, entry, 1, i, sizeof(entry[0]), &done),
			  EINVAL);
		CHECK_EQ(done, 0);
	}
	CHECK_ERR(__invalidate_array(&g, hwpt, mem_nowhere(), 1, &done), EFAULT);
	CHECK_EQ(done, 0);
	CHECK_ERR(__invalidate_array(&g, g.parent, entry, 1, &done), EINVAL);
	CHECK_ERR(__invalidate_array(&g, g.ioas, entry, 1, &done), EINVAL);

	/* What is carried out leaves a trace as well. */
	vfio_attach(g.fn.device, hwpt);
	trace_clear(&trace);
	entry[1] = (struct iommu_hwpt_vtd_s1_invalidate){ .addr = IOVA, .npages = 1 };
	invalidate_array(&g, hwpt, entry, 2);
	CHECK_EQ(trace_lines(&trace, "user_invalidation: entries 2 descriptors "), 1);
	CHECK_EQ(trace_lines(&trace, " submissions 1 err 0"), 1);
	invalidate_end(&g);
}

/* Memory ends in the array: as far as it goes. */
void invalidate_array_ends(void)
{
	struct iommu_hwpt_vtd_s1_invalidate entries[70], *at;
	struct tenant g;
	__u32 hwpt, done, i;
	__u64 root;

	tenant_make(&g, &full);
	root = tenant_reversed(&g, 70);
	hwpt = tenant_hwpt(&g, root);
	vfio_attach(g.fn.device, hwpt);
	tenant_reversed_reached(&g, 0, 70);
	for (i = 0; i < 70; i++) {
		invalidate_set(&g, root, i, tenant_data(100 + i));
		entries[i] = invalidate_entry(i, LEAF);
	}
	at = mem_before_hole(entries, sizeof(entries));
	CHECK_ERR(__invalidate_array(&g, hwpt, at, 71, &done), EFAULT);
	CHECK_EQ(done, 70);
	for (i = 0; i < 70; i++)
		invalidate_check(&g, 0, i, tenant_data(100 + i));
	invalidate_end(&g);
}

void invalidate_big_arrays(const void *arg)
{
	const struct way *way = arg;
	struct iommu_hwpt_vtd_s1_invalidate *entries = calloc(1 << 19, sizeof(*entries));
	__u32 hwpt, done, i;
	struct tenant g;
	__u64 root;

	CHECK(entries);
	tenant_make(&g, way->profile);
	root = tenant_reversed(&g, NPAGES);
	hwpt = tenant_hwpt(&g, root);
	vfio_attach(g.fn.device, hwpt);
	tenant_reversed_reached(&g, way->flags, NPAGES);
	/* As many as there may be, side by side; and many apart, ours among them. */
	for (i = 0; i < 1 << 19; i++)
		entries[i] = invalidate_entry(i, LEAF);
	for (i = 0; i < NPAGES; i++)
		invalidate_set(&g, root, i, tenant_data(20 + i));
	invalidate_array(&g, hwpt, entries, 1 << 19);
	for (i = 0; i < NPAGES; i++)
		invalidate_check(&g, way->flags, i, tenant_data(20 + i));
	CHECK_ERR(__invalidate_array(&g, hwpt, entries, (1 << 19) + 1, &done), EINVAL);
	for (i = 0; i < MANY; i++)
		entries[i].addr = IOVA + i * 2 * PAGE;
	for (i = 0; i < NPAGES; i++) {
		invalidate_set(&g, root, i, tenant_data(40 + i));
		entries[MANY - 1 - i].addr = IOVA + i * PAGE;
	}
	invalidate_array(&g, hwpt, entries, MANY);
	for (i = 0; i < NPAGES; i++)
		invalidate_check(&g, way->flags, i, tenant_data(40 + i));
	free(entries);
	invalidate_end(&g);
}

/*
 * The device does not answer: the caller hears of it, and the device loses its memory.
 * Another tenant behind the same unit goes on.
 */
void invalidate_mute_device(void)
{
	struct vtd_sim_behave how = {
		.size = sizeof(how), .flags = VTD_SIM_IGNORE_INVALIDATIONS,
	};
	struct sim_function other;
	struct tenant g;
	__u32 hwpt, ioas, done;
	unsigned char *va = mem_pages(1);
	int fd = iommu_open();

	tenant_make(&g, &full);
	hwpt = tenant_hwpt(&g, tenant_reversed(&g, 1));
	vfio_attach(g.fn.device, hwpt);
	invalidate_check(&g, VTD_SIM_OP_ATS, 0, tenant_data(0));
	other = sim_function(&g.sim, VTD_SIM_ENGINE, 0);
	sim_function_open(&other, fd);
	ioas = ioas_alloc(fd);
	vfio_attach(other.device, ioas);
	ioas_map_at(fd, ioas, va, PAGE, GUEST_RAM);
	how.unit = g.sim.unit;
	how.slot = g.fn.slot;
	CHECK_OK(__sim(g.sim.fd, VTD_SIM_BEHAVE, &how));
	CHECK_ERR(__invalidate_array(&g, hwpt, &invalidate_everything, 1, &done), ETIMEDOUT);
	CHECK_EQ(done, 0);
	CHECK(sim_run(&g.fn, VTD_SIM_OP_READ, IOVA, 8, 0) != VTD_SIM_OK);
	CHECK(sim_run(&g.fn, VTD_SIM_OP_READ | VTD_SIM_OP_ATS, IOVA, 8, 0) != VTD_SIM_OK);
	/* It cannot use what it has: there is nothing more to do. */
	CHECK_OK(__invalidate_array(&g, hwpt, &invalidate_everything, 1, &done));
	CHECK_EQ(sim_run(&other, VTD_SIM_OP_WRITE, GUEST_RAM, 8, 0), VTD_SIM_OK);
	CHECK_EQ(sim_run(&other, VTD_SIM_OP_WRITE | VTD_SIM_OP_ATS, GUEST_RAM, 8, 0),
		 VTD_SIM_OK);
	ioas_unmap(fd, ioas, GUEST_RAM, PAGE);
	CHECK(sim_run(&other, VTD_SIM_OP_READ, GUEST_RAM, 8, 0) != VTD_SIM_OK);
	how.flags = 0;
	CHECK_OK(__sim(g.sim.fd, VTD_SIM_BEHAVE, &how));
	sim_function_close(&other);
	close(fd);
	sim_function_remove(&other);
	invalidate_end(&g);
}
