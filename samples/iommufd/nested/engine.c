// SPDX-License-Identifier: GPL-2.0-only
/* A simulated unit, functions behind it, and their doorbells. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/pci_regs.h>
#include <iommufd.h>

#include "../step.h"
#include "engine.h"

static struct {
	int fd;
	__u32 unit;
	__u32 segment;
} sim = { .fd = -1 };

static int ask(unsigned long request, void *arg, const char *what)
{
	if (!ioctl(sim.fd, request, arg))
		return 0;
	return step_fail(errno, "see dmesg", "%s", what);
}

int engine_unit_make(void)
{
	struct vtd_sim_unit_add how = { .size = sizeof(how), .profile = VTD_SIM_FULL };

	sim.fd = open("/dev/vtd-sim", O_RDWR | O_CLOEXEC);
	if (sim.fd < 0)
		return step_fail(errno, "boot a kernel with CONFIG_INTEL_IOMMU_SIM, and vtd_sim=8M",
				 "/dev/vtd-sim");
	if (ask(VTD_SIM_UNIT_ADD, &how, "a unit cannot be made"))
		return -1;
	sim.unit = how.out_unit;
	sim.segment = how.out_segment;
	return 0;
}

void engine_unit_remove(void)
{
	struct vtd_sim_unit_remove gone = { .size = sizeof(gone), .unit = sim.unit };

	if (sim.fd < 0)
		return;
	ioctl(sim.fd, VTD_SIM_UNIT_REMOVE, &gone);
	close(sim.fd);
	sim.fd = -1;
}

static int put(const char *bdf, const char *file, const char *text)
{
	char path[96];
	int fd, ok;

	snprintf(path, sizeof(path), "/sys/bus/pci/%s%s%s", bdf ? "devices/" : "",
		 bdf ? bdf : "", file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd >= 0)
		close(fd);
	return ok ? 0 : step_fail(errno, "is vfio-pci in the kernel?", "%s", path);
}

int engine_make(struct engine *engine)
{
	struct vtd_sim_function_add how = {
		.size = sizeof(how), .unit = sim.unit, .type = VTD_SIM_ENGINE,
	};

	engine->fd = -1;
	if (ask(VTD_SIM_FUNCTION_ADD, &how, "a function cannot be made"))
		return -1;
	engine->slot = how.out_slot;
	snprintf(engine->bdf, sizeof(engine->bdf), "%04x:00:%02x.0", sim.segment,
		 engine->slot);
	if (put(engine->bdf, "/driver_override", "vfio-pci"))
		return -1;
	return put(NULL, "drivers_probe", engine->bdf);
}

void engine_remove(struct engine *engine)
{
	struct vtd_sim_function_remove gone = {
		.size = sizeof(gone), .unit = sim.unit, .slot = engine->slot,
	};

	if (!engine->bdf[0])
		return;
	put(engine->bdf, "/driver/unbind", engine->bdf);
	ioctl(sim.fd, VTD_SIM_FUNCTION_REMOVE, &gone);
}

static int get(const struct engine *engine, off_t at, void *value, size_t size)
{
	return pread(engine->fd, value, size, at) == (ssize_t)size ? 0 : -1;
}

static off_t find_doorbell(const struct engine *engine, off_t config)
{
	__u8 at = 0, id = 0;

	get(engine, config + PCI_CAPABILITY_LIST, &at, 1);
	while (at && !get(engine, config + at, &id, 1) && id != PCI_CAP_ID_VNDR)
		if (get(engine, config + at + 1, &at, 1))
			break;
	return at && id == PCI_CAP_ID_VNDR ? config + at : -1;
}

int engine_open(struct engine *engine, int iommufd)
{
	const __u16 command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	struct vfio_region_info config, bar2;
	int err;

	engine->fd = iommufd_vfio_open(engine->bdf);
	if (engine->fd < 0)
		return step_fail(-engine->fd, "see dmesg", "%s", engine->bdf);
	err = iommufd_vfio_bind(engine->fd, iommufd, &engine->dev_id);
	if (!err)
		err = iommufd_vfio_region(engine->fd, VFIO_PCI_CONFIG_REGION_INDEX,
					  &config);
	if (!err)
		err = iommufd_vfio_region(engine->fd, VFIO_PCI_BAR2_REGION_INDEX, &bar2);
	if (err)
		return step_fail(-err, "see dmesg", "%s cannot be bound", engine->bdf);
	if (pwrite(engine->fd, &command, sizeof(command), config.offset + PCI_COMMAND) !=
	    sizeof(command))
		return step_fail(errno, "see dmesg", "config space of %s", engine->bdf);
	engine->doorbell = find_doorbell(engine, config.offset);
	if (engine->doorbell < 0)
		return step_fail(0, "is it a simulated function?", "%s has no doorbell",
				 engine->bdf);
	engine->memory = mmap(NULL, VTD_SIM_BAR2_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			      engine->fd, bar2.offset);
	if (engine->memory == MAP_FAILED)
		return step_fail(errno, "see dmesg", "BAR 2 of %s", engine->bdf);
	return 0;
}

/* What is mapped of the device keeps its file open. */
void engine_close(struct engine *engine)
{
	if (engine->memory && engine->memory != MAP_FAILED)
		munmap((void *)engine->memory, VTD_SIM_BAR2_SIZE);
	engine->memory = NULL;
	if (engine->fd >= 0)
		close(engine->fd);
	engine->fd = -1;
}

int engine_behave(const struct engine *engine, __u32 flags)
{
	struct vtd_sim_behave how = {
		.size = sizeof(how), .unit = sim.unit, .slot = engine->slot,
		.flags = flags,
	};

	return ask(VTD_SIM_BEHAVE, &how, "the function's behaviour");
}

int engine_counters(struct vtd_sim_counters *counters)
{
	*counters = (struct vtd_sim_counters){ .size = sizeof(*counters), .unit = sim.unit };
	return ask(VTD_SIM_COUNTERS, counters, "the unit's counters");
}

#define FIELD(name) offsetof(struct vtd_sim_doorbell, name)

static void set(const struct engine *engine, off_t field, __u32 value)
{
	if (pwrite(engine->fd, &value, sizeof(value), engine->doorbell + field) !=
	    sizeof(value))
		step_fail(errno, "see dmesg", "doorbell of %s", engine->bdf);
}

__u32 engine_status(const struct engine *engine)
{
	__u32 status = VTD_SIM_BAD_COMMAND;

	get(engine, engine->doorbell + FIELD(status), &status, sizeof(status));
	return status;
}

__u32 engine_run(const struct engine *engine, __u32 command, __u32 pasid, __u64 addr)
{
	set(engine, FIELD(addr_lo), addr);
	set(engine, FIELD(addr_hi), addr >> 32);
	set(engine, FIELD(nbytes), 4096);
	set(engine, FIELD(offset), 0);
	set(engine, FIELD(pasid), pasid);
	set(engine, FIELD(command), command | (pasid ? VTD_SIM_OP_PASID : 0));
	return engine_status(engine);
}
