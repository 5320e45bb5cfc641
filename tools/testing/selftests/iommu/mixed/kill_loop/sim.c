// SPDX-License-Identifier: GPL-2.0-only
/*
 * A simulated function for victims, and what the next user of it finds once one is
 * killed: Documentation/driver-api/vtd/sim.rst.
 */
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

#include <iommufd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/tenant.h"
#include "lib/uapi.h"
#include "kill.h"

static struct sim sim;
static struct sim_function function;

/* DMA of one page there and back by @flags; what victims had is not reached. */
static void probe_dma(const struct sim_function *fn, __u32 flags, unsigned char *page,
		      unsigned int seed)
{
	unsigned char fill = seed | 1;
	__u32 status;
	__u64 iova;

	CHECK_EQ(tenant_write(fn, flags, SIM_PROBE_IOVA, fill), VTD_SIM_OK);
	CHECK(page[0] == fill && page[PAGE - 1] == fill);
	for (iova = SIM_PLACE(0); iova < SIM_PLACE(SIM_PLACES); iova += SIM_STRIDE) {
		status = tenant_read(fn, flags, iova, fill);
		CHECK(status == VTD_SIM_BLOCKED);
	}
	CHECK_EQ(tenant_read(fn, flags, GUEST_RAM, fill), VTD_SIM_BLOCKED);
	CHECK_EQ(tenant_read(fn, flags, IOVA, fill), VTD_SIM_BLOCKED);
}

/* A PASID that a victim may have had leads nowhere, then to the same page. */
static void probe_pasid(const struct sim_function *fn, __u32 pasid, __u32 hwpt,
			unsigned char *page, unsigned int seed)
{
	__u32 flag = tenant_use(fn, pasid);
	__u32 status = tenant_read(fn, flag, SIM_PROBE_IOVA, seed);

	CHECK(status == VTD_SIM_BLOCKED || status == VTD_SIM_NO_CAP);
	CHECK_OK(iommufd_vfio_pasid_attach(fn->device, pasid, &hwpt));
	probe_dma(fn, flag, page, seed);
	probe_dma(fn, flag | VTD_SIM_OP_ATS, page, seed + 1);
	CHECK_OK(iommufd_vfio_pasid_detach(fn->device, pasid));
	CHECK_EQ(tenant_read(fn, flag, SIM_PROBE_IOVA, seed), VTD_SIM_BLOCKED);
}

static void probe(unsigned int seed)
{
	struct sim_function fn = function;
	unsigned char *page = mem_pages(1);
	int fd = iommu_open();
	struct iommu_hwpt_alloc cmd = { .flags = IOMMU_HWPT_ALLOC_PASID };

	sim_function_open(&fn, fd);
	cmd.pt_id = ioas_alloc(fd);
	cmd.dev_id = fn.id;
	ioas_map_at(fd, cmd.pt_id, page, PAGE, SIM_PROBE_IOVA);
	CHECK_OK(__hwpt_alloc(fd, &cmd));
	vfio_attach(fn.device, cmd.out_hwpt_id);
	probe_dma(&fn, 0, page, seed);
	probe_dma(&fn, VTD_SIM_OP_ATS, page, seed + 1);
	probe_pasid(&fn, 1 + seed % SIM_PASIDS, cmd.out_hwpt_id, page, seed + 2);
	sim_function_close(&fn);
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(munmap(page, PAGE), 0);
}

void sim_loop_check(unsigned int seed)
{
	struct vtd_sim_counters before = sim_counters(&sim), after;

	/* What is used while it changes may be stale, so victims' is not looked at. */
	probe(seed);
	after = sim_counters(&sim);
	if (after.stale != before.stale || after.stale_device != before.stale_device)
		sim_print_stale(&sim);
	CHECK_EQ(after.stale, before.stale);
	CHECK_EQ(after.stale_device, before.stale_device);
	CHECK_EQ(after.misuse, 0);
	CHECK_EQ(after.torn, 0);
	CHECK_EQ(after.strays, 0);
}

const struct sim_function *sim_loop_begin(void)
{
	sim = sim_unit(VTD_SIM_FULL, "");
	function = sim_function(&sim, VTD_SIM_ENGINE, 0);
	/* A PASID table stays with its device: it is there before anybody counts. */
	sim_loop_check(0);
	return &function;
}

void sim_loop_end(void)
{
	struct vtd_sim_counters c = sim_counters(&sim);

	harness_note("%llu requests, %llu page requests, %llu operations of streams",
		     (unsigned long long)c.requests, (unsigned long long)c.page_requests,
		     (unsigned long long)c.streamed);
	sim_function_remove(&function);
	sim_end(&sim);
}
