// SPDX-License-Identifier: GPL-2.0-only
/* Simulated VT-d units, and the functions behind them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>

#include <iommufd.h>

#include "harness.h"
#include "proc.h"
#include "sim.h"
#include "uapi.h"

#define NODE "/dev/vtd-sim"
#define UNITS 16
#define SLOTS 32

int __sim(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) ? -errno : 0;
}

static void remove_function(int fd, __u32 unit, __u32 segment, __u32 slot)
{
	struct vtd_sim_function_remove gone = {
		.size = sizeof(gone), .unit = unit, .slot = slot,
	};
	char bdf[32], path[96];

	if (segment) {
		snprintf(bdf, sizeof(bdf), "%04x:00:%02x.0", segment, slot);
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver/unbind", bdf);
		if (!access(path, W_OK))
			proc_write(path, bdf);
	}
	__sim(fd, VTD_SIM_FUNCTION_REMOVE, &gone);
}

/* Segments are given in the order of units, the lowest that is free. */
static void remove_all(int fd)
{
	__u32 unit, segment, slot;

	for (unit = 0; unit < UNITS; unit++) {
		struct vtd_sim_unit_remove gone = { .size = sizeof(gone), .unit = unit };

		for (segment = 0xe000; segment < 0xe000 + UNITS; segment++) {
			for (slot = 1; slot < SLOTS; slot++) {
				char path[64];

				snprintf(path, sizeof(path),
					 "/sys/bus/pci/devices/%04x:00:%02x.0", segment, slot);
				if (!access(path, F_OK))
					remove_function(fd, unit, segment, slot);
			}
		}
		__sim(fd, VTD_SIM_UNIT_REMOVE, &gone);
	}
}

int sim_open(void)
{
	int fd = open(NODE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		harness_skip("no " NODE ": the kernel simulates nothing (vtd_sim=)");
	remove_all(fd);
	return fd;
}

static struct sim unit_add(struct vtd_sim_unit_add *how, const char *caps)
{
	struct sim sim = { .fd = sim_open() };

	snprintf(how->caps, sizeof(how->caps), "%s", caps);
	CHECK_OK(__sim(sim.fd, VTD_SIM_UNIT_ADD, how));
	sim.unit = how->out_unit;
	sim.segment = how->out_segment;
	return sim;
}

struct sim sim_unit(__u32 profile, const char *caps)
{
	return sim_unit_like(profile, caps, VTD_SIM_KEEP_ALL, 0);
}

struct sim sim_unit_like(__u32 profile, const char *caps, __u32 retention, __u64 seed)
{
	struct vtd_sim_unit_add how = {
		.size = sizeof(how),
		.profile = profile,
		.retention = retention,
		.seed = seed,
	};

	return unit_add(&how, caps);
}

struct sim sim_unit_late(__u32 profile, const char *caps, __u32 page_reads,
			 __u32 timeout_reads)
{
	struct vtd_sim_unit_add how = {
		.size = sizeof(how),
		.profile = profile,
		.retention = VTD_SIM_KEEP_ALL,
		.page_reads = page_reads,
		.timeout_reads = timeout_reads,
	};

	return unit_add(&how, caps);
}

void sim_end(const struct sim *sim)
{
	struct vtd_sim_unit_remove gone = { .size = sizeof(gone), .unit = sim->unit };

	CHECK_OK(__sim(sim->fd, VTD_SIM_UNIT_REMOVE, &gone));
	close(sim->fd);
}

struct vtd_sim_counters sim_counters(const struct sim *sim)
{
	struct vtd_sim_counters counters = { .size = sizeof(counters), .unit = sim->unit };

	CHECK_OK(__sim(sim->fd, VTD_SIM_COUNTERS, &counters));
	return counters;
}

static void print_stale(const struct vtd_sim_stale *s)
{
	harness_note("stale: cache %u, source %#x, domain %u, address %#llx", s->cache,
		     s->source, s->domain, (unsigned long long)s->addr);
	harness_note("  word at %#llx was %#llx, is %#llx", (unsigned long long)s->word_addr,
		     (unsigned long long)s->was, (unsigned long long)s->now);
	harness_note("  needed %#llx %#llx", (unsigned long long)s->needed[0],
		     (unsigned long long)s->needed[1]);
}

void sim_print_stale(const struct sim *sim)
{
	static struct vtd_sim_stale stale[VTD_SIM_LOG_MAX];
	struct vtd_sim_log log = {
		.size = sizeof(log),
		.unit = sim->unit,
		.entries = (unsigned long)stale,
		.nr = VTD_SIM_LOG_MAX,
	};
	__u32 i;

	CHECK_OK(__sim(sim->fd, VTD_SIM_STALE, &log));
	for (i = 0; i < log.nr; i++)
		print_stale(&stale[i]);
}

struct sim_function sim_function_at(const char *bdf)
{
	struct sim_function fn = { .device = -1 };

	snprintf(fn.bdf, sizeof(fn.bdf), "%s", bdf);
	snprintf(fn.place.dir, sizeof(fn.place.dir), "/sys/bus/pci/devices/%s", fn.bdf);
	pci_give_to(fn.bdf, "vfio-pci");
	CHECK(!iommufd_vfio_path_at(fn.place.dir, fn.place.node, sizeof(fn.place.node)));
	return fn;
}

struct sim_function sim_function(const struct sim *sim, __u32 type, __u32 lacks)
{
	struct vtd_sim_function_add how = {
		.size = sizeof(how), .unit = sim->unit, .type = type, .flags = lacks,
	};
	struct sim_function fn;
	char bdf[16];

	CHECK_OK(__sim(sim->fd, VTD_SIM_FUNCTION_ADD, &how));
	snprintf(bdf, sizeof(bdf), "%04x:00:%02x.0", sim->segment, how.out_slot);
	fn = sim_function_at(bdf);
	fn.sim = sim;
	fn.slot = how.out_slot;
	return fn;
}

void sim_check_clean_but(const struct sim *sim, unsigned int provoked)
{
	struct vtd_sim_counters c = sim_counters(sim);

	if (provoked & SIM_STALE)
		c.stale = 0;
	if (provoked & SIM_STALE_DEVICE)
		c.stale_device = 0;
	if (provoked & SIM_DROPPED)
		c.dropped = 0;
	if (c.stale || c.stale_device)
		sim_print_stale(sim);
	CHECK_EQ(c.stale, 0);
	CHECK_EQ(c.stale_device, 0);
	CHECK_EQ(c.misuse, 0);
	CHECK_EQ(c.torn, 0);
	CHECK_EQ(c.dropped, 0);
	CHECK_EQ(c.strays, 0);
}

void sim_check_clean(const struct sim *sim)
{
	sim_check_clean_but(sim, 0);
}

static __u64 region_offset(int device, __u32 index)
{
	struct vfio_region_info info;

	CHECK_OK(iommufd_vfio_region(device, index, &info));
	CHECK(info.size);
	return info.offset;
}

static __u32 config_get(const struct sim_function *fn, __u32 at, size_t size)
{
	__u32 value = 0;

	CHECK_EQ(pread(fn->device, &value, size, fn->config + at), size);
	return value;
}

static __u32 find_doorbell(const struct sim_function *fn)
{
	__u32 at = config_get(fn, PCI_CAPABILITY_LIST, 1);

	while (at && config_get(fn, at, 1) != PCI_CAP_ID_VNDR)
		at = config_get(fn, at + 1, 1);
	CHECK(at);
	return at;
}

void sim_function_use(struct sim_function *fn)
{
	__u16 command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	__u64 bar2;

	fn->config = region_offset(fn->device, VFIO_PCI_CONFIG_REGION_INDEX);
	CHECK_EQ(pwrite(fn->device, &command, sizeof(command), fn->config + PCI_COMMAND),
		 sizeof(command));
	fn->config += find_doorbell(fn);
	CHECK_EQ(sim_get(fn, SIM_FIELD(magic)), VTD_SIM_MAGIC);
	bar2 = region_offset(fn->device, VFIO_PCI_BAR2_REGION_INDEX);
	fn->memory = mmap(NULL, VTD_SIM_BAR2_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			  fn->device, bar2);
	CHECK(fn->memory != MAP_FAILED);
}

void sim_function_open_sysfs(struct sim_function *fn)
{
	char path[PATH_MAX + 16];
	int bar2;

	snprintf(path, sizeof(path), "%s/config", fn->place.dir);
	fn->device = open(path, O_RDWR | O_CLOEXEC);
	CHECK(fn->device >= 0);
	fn->config = 0;
	fn->config = find_doorbell(fn);
	CHECK_EQ(sim_get(fn, SIM_FIELD(magic)), VTD_SIM_MAGIC);
	snprintf(path, sizeof(path), "%s/resource2", fn->place.dir);
	bar2 = open(path, O_RDWR | O_CLOEXEC);
	CHECK(bar2 >= 0);
	fn->memory = mmap(NULL, VTD_SIM_BAR2_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, bar2,
			  0);
	CHECK(fn->memory != MAP_FAILED);
	close(bar2);
}

void sim_function_open(struct sim_function *fn, int iommufd)
{
	fn->device = vfio_open(fn->place.node);
	fn->id = vfio_bind(fn->device, iommufd);
	sim_function_use(fn);
}

void sim_function_close(struct sim_function *fn)
{
	CHECK_EQ(munmap((void *)fn->memory, VTD_SIM_BAR2_SIZE), 0);
	close(fn->device);
	fn->device = -1;
}

void sim_function_remove(struct sim_function *fn)
{
	struct vtd_sim_function_remove gone = {
		.size = sizeof(gone), .unit = fn->sim->unit, .slot = fn->slot,
	};
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/driver/unbind", fn->place.dir);
	CHECK_OK(proc_write(path, fn->bdf));
	CHECK_OK(__sim(fn->sim->fd, VTD_SIM_FUNCTION_REMOVE, &gone));
}

void sim_behave(const struct sim_function *fn, __u32 flags, __u32 late)
{
	struct vtd_sim_behave how = {
		.size = sizeof(how), .unit = fn->sim->unit, .slot = fn->slot,
		.flags = flags, .late = late,
	};

	CHECK_OK(__sim(fn->sim->fd, VTD_SIM_BEHAVE, &how));
}

__u32 sim_get(const struct sim_function *fn, __u32 field)
{
	return config_get(fn, field, sizeof(__u32));
}

void sim_set(const struct sim_function *fn, __u32 field, __u32 value)
{
	CHECK_EQ(pwrite(fn->device, &value, sizeof(value), fn->config + field),
		 sizeof(value));
}

__u32 sim_run(const struct sim_function *fn, __u32 command, __u64 iova, __u32 nbytes,
	      __u32 offset)
{
	sim_set(fn, SIM_FIELD(addr_lo), iova);
	sim_set(fn, SIM_FIELD(addr_hi), iova >> 32);
	sim_set(fn, SIM_FIELD(nbytes), nbytes);
	sim_set(fn, SIM_FIELD(offset), offset);
	sim_set(fn, SIM_FIELD(command), command);
	return sim_get(fn, SIM_FIELD(status));
}

void sim_transfer(const struct sim_function *fn, __u32 flags, __u64 iova,
		  unsigned char *va, size_t nbytes, unsigned char seed)
{
	size_t i;

	for (i = 0; i < nbytes; i++)
		fn->memory[i] = seed + i * 7;
	CHECK_EQ(sim_run(fn, VTD_SIM_OP_WRITE | flags, iova, nbytes, 0), VTD_SIM_OK);
	for (i = 0; i < nbytes; i++)
		CHECK_EQ(va[i], (unsigned char)(seed + i * 7));
	for (i = 0; i < nbytes; i++)
		va[i] = i * 13 + seed;
	CHECK_EQ(sim_run(fn, VTD_SIM_OP_READ | flags, iova, nbytes, 0), VTD_SIM_OK);
	for (i = 0; i < nbytes; i++)
		CHECK_EQ(fn->memory[i], (unsigned char)(i * 13 + seed));
}

void sim_stream(const struct sim_function *fn, __u32 command, __u64 iova, __u32 count)
{
	sim_set(fn, SIM_FIELD(operand), count);
	CHECK_EQ(sim_run(fn, command | VTD_SIM_OP_STREAM, iova, getpagesize(), 0),
		 VTD_SIM_OK);
}

void sim_stream_stop(const struct sim_function *fn)
{
	sim_set(fn, SIM_FIELD(command), VTD_SIM_OP_END_STREAM);
	CHECK_EQ(sim_get(fn, SIM_FIELD(status)), VTD_SIM_OK);
	CHECK_EQ(sim_get(fn, SIM_FIELD(stream_left)), 0);
}
