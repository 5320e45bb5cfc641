// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated functions and PCI's own files in sysfs: they may be removed and found
 * again by whoever likes, and by the control device at the same time.
 *
 * Documentation/driver-api/vtd/sim.rst describes them.
 *
 * Needs a kernel with CONFIG_INTEL_IOMMU_SIM and vtd_sim=.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <iommufd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "lib/sim.h"
#include "lib/uapi.h"

#define IOVA 0x40000000ULL
#define RESCAN "/sys/bus/pci/rescan"
#define ROUNDS 30
#define CASE_SECONDS 120

static void read_resources(const struct sim_function *fn, char *text, size_t size)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/resource", fn->place.dir);
	CHECK(proc_read(path, text, size) > 0);
}

static void use(struct sim_function *fn)
{
	unsigned char *va = mem_pages(1);
	int fd = iommu_open();
	__u32 ioas;

	sim_function_open(fn, fd);
	ioas = ioas_alloc(fd);
	vfio_attach(fn->device, ioas);
	ioas_map_at(fd, ioas, va, page_size(), IOVA);
	memset(va, 0x42, page_size());
	CHECK_EQ(sim_run(fn, VTD_SIM_OP_READ, IOVA, page_size(), 0), VTD_SIM_OK);
	CHECK_EQ(fn->memory[page_size() - 1], 0x42);
	sim_function_close(fn);
	close(fd);
}

/* Its BARs are where they were: the memory behind them has not moved. */
static void found_again(void)
{
	struct sim sim = sim_unit(VTD_SIM_FULL, "");
	struct sim_function fn = sim_function(&sim, VTD_SIM_ENGINE, 0);
	char path[PATH_MAX + 16], before[1024] = "", after[1024] = "";
	int i;

	snprintf(path, sizeof(path), "%s/remove", fn.place.dir);
	for (i = 0; i < 3; i++) {
		read_resources(&fn, before, sizeof(before));
		CHECK_OK(proc_write(path, "1"));
		CHECK(access(path, F_OK));
		CHECK_OK(proc_write(RESCAN, "1"));
		read_resources(&fn, after, sizeof(after));
		CHECK_EQ(strcmp(before, after), 0);
		pci_give_to(fn.bdf, "vfio-pci");
		CHECK(!iommufd_vfio_path_at(fn.place.dir, fn.place.node, sizeof(fn.place.node)));
		use(&fn);
	}
	sim_function_remove(&fn);
	sim_check_clean(&sim);
	sim_end(&sim);
}

/* One that nobody has found again can be removed all the same. */
static void removed_twice(void)
{
	struct vtd_sim_function_remove gone = { .size = sizeof(gone) };
	struct sim sim = sim_unit(VTD_SIM_LEGACY, "");
	struct sim_function fn = sim_function(&sim, VTD_SIM_ENGINE, 0);
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/remove", fn.place.dir);
	CHECK_OK(proc_write(path, "1"));
	gone.unit = sim.unit;
	gone.slot = fn.slot;
	CHECK_OK(__sim(sim.fd, VTD_SIM_FUNCTION_REMOVE, &gone));
	CHECK_OK(proc_write(RESCAN, "1"));
	CHECK(access(fn.place.dir, F_OK));
	sim_end(&sim);
}

/* Somebody else looks for new functions all the time. */
static void beside_rescans(void)
{
	struct vtd_sim_function_remove gone = { .size = sizeof(gone) };
	struct vtd_sim_function_add how = { .size = sizeof(how) };
	struct sim sim = sim_unit(VTD_SIM_SECOND, "");
	char path[64];
	pid_t pid;
	int i;

	pid = harness_fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			proc_write(RESCAN, "1");
	}
	how.unit = sim.unit;
	gone.unit = sim.unit;
	for (i = 0; i < ROUNDS; i++) {
		CHECK_OK(__sim(sim.fd, VTD_SIM_FUNCTION_ADD, &how));
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%04x:00:%02x.0",
			 sim.segment, how.out_slot);
		CHECK(!access(path, F_OK));
		gone.slot = how.out_slot;
		CHECK_OK(__sim(sim.fd, VTD_SIM_FUNCTION_REMOVE, &gone));
		CHECK(access(path, F_OK));
	}
	kill(pid, SIGKILL);
	CHECK_OK(proc_write(RESCAN, "1"));
	CHECK(access(path, F_OK));
	sim_end(&sim);
}

#define CASE(f)	{ .name = #f, .fn = f, .seconds = CASE_SECONDS }

static const struct test_case cases[] = {
	CASE(found_again),
	CASE(removed_twice),
	CASE(beside_rescans),
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
