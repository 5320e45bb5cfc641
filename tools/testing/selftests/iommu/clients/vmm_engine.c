// SPDX-License-Identifier: GPL-2.0-only
/*
 * In a guest: drives a simulated function that the host passed on, through this
 * guest's own /dev/iommu and VFIO. Its tables are the guest's; so each unmap has to
 * reach the caches of the host's unit, or the function goes on where it must not.
 *
 *   vmm_engine ADDRESS-OF-THE-FUNCTION
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <iommufd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/sim.h"
#include "lib/uapi.h"

#define IOVA 0x40000000ULL
#define NPAGES (VTD_SIM_OP_BYTES / 4096)
#define ROUNDS 4
#define CASE_SECONDS 300

static const char *address;

struct guest {
	struct sim_function fn;
	int fd;
	__u32 ioas;
	size_t nbytes;
	unsigned char *va;
};

static void guest_make(struct guest *g)
{
	memset(g, 0, sizeof(*g));
	g->nbytes = NPAGES * page_size();
	g->fn = sim_function_at(address);
	g->fd = iommu_open();
	sim_function_open(&g->fn, g->fd);
	g->ioas = ioas_alloc(g->fd);
	vfio_attach(g->fn.device, g->ioas);
	g->va = mem_pages(NPAGES);
}

static void guest_end(struct guest *g)
{
	sim_function_close(&g->fn);
	close(g->fd);
}

static void transfer(const struct guest *g, __u32 flags, unsigned char seed)
{
	sim_transfer(&g->fn, flags, IOVA, g->va, g->nbytes, seed);
}

static void blocked(const struct guest *g, __u32 flags)
{
	CHECK_EQ(sim_run(&g->fn, VTD_SIM_OP_READ | flags, IOVA, g->nbytes, 0),
		 VTD_SIM_BLOCKED);
	CHECK_EQ(sim_run(&g->fn, VTD_SIM_OP_WRITE | flags, IOVA + g->nbytes - page_size(),
			 page_size(), 0), VTD_SIM_BLOCKED);
}

static void stray_dma_is_stopped(void)
{
	struct guest g;
	int i;

	guest_make(&g);
	blocked(&g, 0);
	for (i = 0; i < ROUNDS; i++) {
		ioas_map_at(g.fd, g.ioas, g.va, g.nbytes, IOVA);
		transfer(&g, 0, i);
		ioas_unmap(g.fd, g.ioas, IOVA, g.nbytes);
		blocked(&g, 0);
	}
	guest_end(&g);
}

/* The same through the function's own cache, if it has one. */
static void device_tlb_forgets(void)
{
	struct guest g;
	int i;

	guest_make(&g);
	if (sim_run(&g.fn, VTD_SIM_OP_FETCH, IOVA, page_size(), 0) == VTD_SIM_NO_CAP)
		harness_skip("ATS of the function is off");
	for (i = 0; i < ROUNDS; i++) {
		ioas_map_at(g.fd, g.ioas, g.va, g.nbytes, IOVA);
		transfer(&g, VTD_SIM_OP_ATS, i);
		ioas_unmap(g.fd, g.ioas, IOVA, g.nbytes);
		CHECK(sim_run(&g.fn, VTD_SIM_OP_READ | VTD_SIM_OP_ATS, IOVA, g.nbytes, 0) !=
		      VTD_SIM_OK);
		CHECK_EQ(sim_get(&g.fn, SIM_FIELD(done)), 0);
	}
	guest_end(&g);
}

/* Another table, none, and the first one again. */
static void tables_change(void)
{
	unsigned char *other;
	struct guest g;
	__u32 ioas;

	guest_make(&g);
	ioas_map_at(g.fd, g.ioas, g.va, g.nbytes, IOVA);
	transfer(&g, 0, 1);
	ioas = ioas_alloc(g.fd);
	other = mem_pages(NPAGES);
	memset(other, 0x5a, g.nbytes);
	ioas_map_at(g.fd, ioas, other, g.nbytes, IOVA);
	vfio_attach(g.fn.device, ioas);
	CHECK_EQ(sim_run(&g.fn, VTD_SIM_OP_READ, IOVA, g.nbytes, 0), VTD_SIM_OK);
	CHECK_EQ(g.fn.memory[g.nbytes - 1], 0x5a);
	CHECK_OK(__vfio_detach(g.fn.device));
	blocked(&g, 0);
	vfio_attach(g.fn.device, g.ioas);
	transfer(&g, 0, 2);
	CHECK_EQ(other[0], 0x5a);
	guest_end(&g);
}

/* One table for several PASIDs and for requests without; each is taken away alone. */
static void pasids(void)
{
	static const __u32 pasid[] = { 1, 77, 4096 };
	struct iommu_hwpt_alloc cmd;
	struct guest g;
	__u32 hwpt;
	size_t i;
	int ret;

	guest_make(&g);
	__vfio_detach(g.fn.device);
	cmd = (struct iommu_hwpt_alloc){
		.flags = IOMMU_HWPT_ALLOC_PASID, .dev_id = g.fn.id, .pt_id = g.ioas,
	};
	ret = __hwpt_alloc(g.fd, &cmd);
	if (ret == -EOPNOTSUPP)
		harness_skip("the guest's unit has no PASIDs");
	CHECK_OK(ret);
	hwpt = cmd.out_hwpt_id;
	vfio_attach(g.fn.device, hwpt);
	ret = iommufd_vfio_pasid_attach(g.fn.device, pasid[0], &hwpt);
	if (ret == -EOPNOTSUPP)
		harness_skip("the guest's function has no PASIDs");
	CHECK_OK(ret);
	ioas_map_at(g.fd, g.ioas, g.va, g.nbytes, IOVA);
	for (i = 1; i < ARRAY_LEN(pasid); i++)
		CHECK_OK(iommufd_vfio_pasid_attach(g.fn.device, pasid[i], &hwpt));
	for (i = 0; i < ARRAY_LEN(pasid); i++) {
		sim_set(&g.fn, SIM_FIELD(pasid), pasid[i]);
		transfer(&g, VTD_SIM_OP_PASID, i);
	}
	for (i = 0; i < ARRAY_LEN(pasid); i++) {
		sim_set(&g.fn, SIM_FIELD(pasid), pasid[i]);
		CHECK_OK(iommufd_vfio_pasid_detach(g.fn.device, pasid[i]));
		blocked(&g, VTD_SIM_OP_PASID);
	}
	transfer(&g, 0, 9);
	guest_end(&g);
}

#define CASE(f)	{ .name = #f, .fn = f, .seconds = CASE_SECONDS }

static const struct test_case cases[] = {
	CASE(stray_dma_is_stopped),
	CASE(device_tlb_forgets),
	CASE(tables_change),
	CASE(pasids),
};

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: vmm_engine ADDRESS\n");
		return 1;
	}
	address = argv[1];
	return harness_main(argc - 1, argv + 1, cases, ARRAY_LEN(cases));
}
