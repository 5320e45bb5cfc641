// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual functions of simulated functions: each has a source id, a group, a device TLB
 * and memory of its own, and goes when its physical function says so.
 *
 * Documentation/driver-api/vtd/sim.rst describes them.
 *
 * Needs a kernel with CONFIG_INTEL_IOMMU_SIM, CONFIG_PCI_IOV and vtd_sim=.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/vfio.h>

#include <iommufd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "lib/sim.h"
#include "lib/uapi.h"

#define IOVA 0x40000000ULL
#define CASE_SECONDS 120

/* Who drives the physical function knows it, and so does whoever gets a virtual one. */
static __u8 token[16] = "simulated token";

static void set_token(const struct sim_function *pf)
{
	struct {
		struct vfio_device_feature feature;
		__u8 uuid[16];
	} set = {
		.feature.argsz = sizeof(set),
		.feature.flags = VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_PCI_VF_TOKEN,
	};

	memcpy(set.uuid, token, sizeof(token));
	CHECK_EQ(ioctl(pf->device, VFIO_DEVICE_FEATURE, &set), 0);
}

static struct sim_function pf_open(const struct sim *sim, int iommufd)
{
	struct sim_function pf = sim_function(sim, VTD_SIM_ENGINE, VTD_SIM_FUNCTION_SRIOV);

	CHECK_OK(proc_write("/sys/module/vfio_pci/parameters/enable_sriov", "Y"));
	sim_function_open(&pf, iommufd);
	set_token(&pf);
	return pf;
}

static int __set_vfs(const struct sim_function *pf, unsigned int n)
{
	char path[PATH_MAX + 16], text[8];

	snprintf(path, sizeof(path), "%s/sriov_numvfs", pf->place.dir);
	snprintf(text, sizeof(text), "%u", n);
	return proc_write(path, text);
}

static void vf_bdf(const struct sim_function *pf, unsigned int number, char *bdf, size_t size)
{
	snprintf(bdf, size, "%04x:00:%02x.%u", pf->sim->segment, pf->slot, number);
}

static int vf_exists(const struct sim_function *pf, unsigned int number)
{
	char bdf[16], path[64];

	vf_bdf(pf, number, bdf, sizeof(bdf));
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", bdf);
	return !access(path, F_OK);
}

static struct sim_function vf_open(const struct sim_function *pf, unsigned int number,
				   int iommufd)
{
	struct vfio_device_bind_iommufd bind = {
		.argsz = sizeof(bind), .flags = VFIO_DEVICE_BIND_FLAG_TOKEN,
		.iommufd = iommufd, .token_uuid_ptr = (unsigned long)token,
	};
	struct sim_function vf;
	char bdf[16];

	vf_bdf(pf, number, bdf, sizeof(bdf));
	vf = sim_function_at(bdf);
	vf.sim = pf->sim;
	vf.slot = pf->slot;
	vf.device = vfio_open(vf.place.node);
	CHECK_EQ(ioctl(vf.device, VFIO_DEVICE_BIND_IOMMUFD, &bind), 0);
	vf.id = bind.out_devid;
	sim_function_use(&vf);
	return vf;
}

/* A page of an address space of its own, at the same address for everybody. */
static unsigned char *give_page(const struct sim_function *fn, int fd, unsigned char fill)
{
	unsigned char *va = mem_pages(1);
	__u32 ioas = ioas_alloc(fd);

	memset(va, fill, page_size());
	ioas_map_at(fd, ioas, va, page_size(), IOVA);
	vfio_attach(fn->device, ioas);
	return va;
}

static void expect_page(const struct sim_function *fn, __u32 how, unsigned char fill)
{
	CHECK_EQ(sim_run(fn, VTD_SIM_OP_READ | how, IOVA, page_size(), 0), VTD_SIM_OK);
	CHECK_EQ(fn->memory[0], fill);
	CHECK_EQ(fn->memory[page_size() - 1], fill);
}

static __u16 last_source(const struct sim *sim)
{
	struct vtd_sim_trace trace = {};
	struct vtd_sim_log log = {
		.size = sizeof(log), .unit = sim->unit, .entries = (unsigned long)&trace,
		.nr = 1,
	};

	CHECK_OK(__sim(sim->fd, VTD_SIM_TRACE, &log));
	CHECK_EQ(log.nr, 1);
	return trace.source;
}

static void group_of(const char *dir, char *group, size_t size)
{
	char path[PATH_MAX + 16];
	ssize_t n;

	snprintf(path, sizeof(path), "%s/iommu_group", dir);
	n = readlink(path, group, size - 1);
	CHECK(n > 0);
	group[n] = 0;
}

static void come_and_go(void)
{
	struct sim sim = sim_unit(VTD_SIM_SECOND, "");
	int fd = iommu_open();
	struct sim_function pf = pf_open(&sim, fd);
	char bdf[16], dir[64], group[2][128];
	unsigned int i, round;

	for (round = 1; round <= 3; round++) {
		CHECK(!vf_exists(&pf, 1));
		CHECK_OK(__set_vfs(&pf, round + 1));
		for (i = 1; i <= VTD_SIM_VFS; i++)
			CHECK_EQ(vf_exists(&pf, i), i <= round + 1);
		for (i = 0; i < 2; i++) {
			vf_bdf(&pf, i, bdf, sizeof(bdf));
			snprintf(dir, sizeof(dir), "/sys/bus/pci/devices/%s", bdf);
			group_of(dir, group[i], sizeof(group[i]));
		}
		CHECK(strcmp(group[0], group[1]));
		CHECK_OK(__set_vfs(&pf, 0));
	}
	CHECK(__set_vfs(&pf, VTD_SIM_VFS + 1) < 0);
	CHECK_OK(__set_vfs(&pf, 1));
	/* The physical function takes them along. */
	sim_function_close(&pf);
	sim_function_remove(&pf);
	CHECK(!vf_exists(&pf, 1));
	sim_end(&sim);
	close(fd);
}

static void have_own_source_ids(void)
{
	struct sim sim = sim_unit(VTD_SIM_FULL, "");
	int fd = iommu_open();
	struct sim_function pf = pf_open(&sim, fd), vf[2];
	unsigned int i;

	CHECK_OK(__set_vfs(&pf, 2));
	give_page(&pf, fd, 0x10);
	for (i = 0; i < 2; i++) {
		vf[i] = vf_open(&pf, i + 1, fd);
		CHECK_EQ(sim_run(&vf[i], VTD_SIM_OP_READ, IOVA, page_size(), 0),
			 VTD_SIM_BLOCKED);
		give_page(&vf[i], fd, 0x11 + i);
	}
	for (i = 0; i < 2; i++) {
		expect_page(&vf[i], 0, 0x11 + i);
		CHECK_EQ(last_source(&sim), pf.slot << 3 | (i + 1));
	}
	expect_page(&pf, 0, 0x10);
	CHECK_EQ(last_source(&sim), pf.slot << 3);
	for (i = 0; i < 2; i++)
		expect_page(&vf[i], 0, 0x11 + i);
	for (i = 0; i < 2; i++)
		sim_function_close(&vf[i]);
	CHECK_OK(__set_vfs(&pf, 0));
	sim_function_close(&pf);
	sim_check_clean(&sim);
	sim_function_remove(&pf);
	sim_end(&sim);
	close(fd);
}

/* The request to a device TLB names the virtual function, and reaches no other. */
static void have_own_device_tlbs(void)
{
	struct sim sim = sim_unit(VTD_SIM_FULL, "");
	int fd = iommu_open();
	struct sim_function pf = pf_open(&sim, fd), vf;
	unsigned char *va = mem_pages(1);
	__u64 requests;
	__u32 ioas;

	CHECK_OK(__set_vfs(&pf, 1));
	give_page(&pf, fd, 0x20);
	expect_page(&pf, VTD_SIM_OP_ATS, 0x20);
	vf = vf_open(&pf, 1, fd);
	ioas = ioas_alloc(fd);
	memset(va, 0x21, page_size());
	ioas_map_at(fd, ioas, va, page_size(), IOVA);
	vfio_attach(vf.device, ioas);
	expect_page(&vf, VTD_SIM_OP_ATS, 0x21);
	requests = sim_counters(&sim).invalidations;
	ioas_unmap(fd, ioas, IOVA, page_size());
	CHECK(sim_counters(&sim).invalidations > requests);
	CHECK_EQ(sim_run(&vf, VTD_SIM_OP_READ | VTD_SIM_OP_ATS, IOVA, page_size(), 0),
		 VTD_SIM_BLOCKED);
	expect_page(&pf, VTD_SIM_OP_ATS, 0x20);
	sim_function_close(&vf);
	CHECK_OK(__set_vfs(&pf, 0));
	sim_function_close(&pf);
	sim_check_clean(&sim);
	sim_function_remove(&pf);
	sim_end(&sim);
	close(fd);
}

static void are_reset_alone(void)
{
	struct sim sim = sim_unit(VTD_SIM_SECOND, "");
	int fd = iommu_open();
	struct sim_function pf = pf_open(&sim, fd), vf[2];
	unsigned int i;

	CHECK_OK(__set_vfs(&pf, 2));
	give_page(&pf, fd, 0x30);
	expect_page(&pf, 0, 0x30);
	for (i = 0; i < 2; i++) {
		vf[i] = vf_open(&pf, i + 1, fd);
		give_page(&vf[i], fd, 0x31 + i);
		expect_page(&vf[i], 0, 0x31 + i);
	}
	CHECK_OK(iommufd_vfio_reset(vf[0].device));
	CHECK_EQ(vf[0].memory[0], 0);
	CHECK_EQ(vf[1].memory[0], 0x32);
	CHECK_EQ(pf.memory[0], 0x30);
	/* VFIO gives it back its config space, and its page table was never gone. */
	expect_page(&vf[0], 0, 0x31);
	for (i = 0; i < 2; i++)
		sim_function_close(&vf[i]);
	CHECK_OK(__set_vfs(&pf, 0));
	sim_function_close(&pf);
	sim_check_clean(&sim);
	sim_function_remove(&pf);
	sim_end(&sim);
	close(fd);
}

/* A stream of a virtual function ends with it, and what comes back is a new one. */
static void stop_when_disabled(void)
{
	struct sim sim = sim_unit(VTD_SIM_SECOND, "");
	int fd = iommu_open();
	struct sim_function pf = pf_open(&sim, fd), vf;
	__u64 streamed;

	CHECK_OK(__set_vfs(&pf, 1));
	vf = vf_open(&pf, 1, fd);
	give_page(&vf, fd, 0x41);
	sim_stream(&vf, VTD_SIM_OP_READ, IOVA, ~0U);
	CHECK(sim_get(&vf, SIM_FIELD(stream_left)));
	sim_function_close(&vf);
	CHECK_OK(__set_vfs(&pf, 0));
	streamed = sim_counters(&sim).streamed;
	CHECK_OK(__set_vfs(&pf, 1));
	usleep(100000);
	CHECK_EQ(sim_counters(&sim).streamed, streamed);
	vf = vf_open(&pf, 1, fd);
	CHECK_EQ(vf.memory[0], 0);
	CHECK_EQ(sim_get(&vf, SIM_FIELD(stream_left)), 0);
	sim_function_close(&vf);
	CHECK_OK(__set_vfs(&pf, 0));
	sim_function_close(&pf);
	sim_check_clean(&sim);
	sim_function_remove(&pf);
	sim_end(&sim);
	close(fd);
}

#define CASE(f)	{ .name = #f, .fn = f, .seconds = CASE_SECONDS }

static const struct test_case cases[] = {
	CASE(come_and_go),
	CASE(have_own_source_ids),
	CASE(have_own_device_tlbs),
	CASE(are_reset_alone),
	CASE(stop_when_disabled),
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
