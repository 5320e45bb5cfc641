// SPDX-License-Identifier: GPL-2.0-only
/* A process that uses a function by PASID: steps of binding fail. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/fault.h"
#include "lib/memory.h"
#include "lib/sim.h"
#include "cases.h"

#define PAGE 4096ULL

static int sva_bind(const struct sim_function *fn, struct vtd_sim_sva_bind *how)
{
	*how = (struct vtd_sim_sva_bind){
		.size = sizeof(*how), .unit = fn->sim->unit, .slot = fn->slot,
	};
	return __sim(fn->sim->fd, VTD_SIM_SVA_BIND, how);
}

/* A process uses a function by PASID, or is not bound. */
void bind_process(void)
{
	struct fault fault = fault_open();
	unsigned char *va = mem_pages(1);
	struct vtd_sim_sva_bind how;
	unsigned int nth, files;
	struct sim_function fn;
	bool more = true;
	struct sim sim;
	int rc;

	sim = sim_unit(VTD_SIM_FULL, "");
	fn = sim_function(&sim, VTD_SIM_ENGINE, 0);
	pci_give_to(fn.bdf, "vtd-sim-sva");
	sim_function_open_sysfs(&fn);
	for (nth = 1; more && nth < MAX_NTH; nth += fault_every()) {
		files = nfiles();
		fault_arm(&fault, nth);
		rc = sva_bind(&fn, &how);
		more = fault_disarm(&fault);
		if (rc) {
			CHECK(more);
			/* The core has one answer for all that. */
			if (rc != -ENODEV && rc != -ENOSPC)
				check_failure(rc, nth);
			CHECK_EQ(nfiles(), files);
			CHECK_OK(sva_bind(&fn, &how));
		}
		sim_set(&fn, SIM_FIELD(pasid), how.out_pasid);
		memset((void *)fn.memory, (int)nth, PAGE);
		CHECK_EQ(sim_run(&fn, VTD_SIM_OP_WRITE | VTD_SIM_OP_PASID,
				 (unsigned long)va, PAGE, 0), VTD_SIM_OK);
		CHECK_EQ(va[PAGE - 1], nth & 0xff);
		CHECK_EQ(close(how.out_fd), 0);
		CHECK_EQ(nfiles(), files);
	}
	harness_note("%u steps", nth - 1);
	sim_check_clean(&sim);
	sim_function_close(&fn);
	sim_function_remove(&fn);
	sim_end(&sim);
}
