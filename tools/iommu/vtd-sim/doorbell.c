// SPDX-License-Identifier: GPL-2.0-only
/* The doorbell of a simulated function: struct vtd_sim_doorbell in config space. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/pci_regs.h>

#include "vtd-sim.h"

static const char *const statuses[] = {
	[VTD_SIM_OK] = "done",
	[VTD_SIM_PENDING] = "asked for the page, not answered yet",
	[VTD_SIM_BAD_COMMAND] = "no such operation",
	[VTD_SIM_BAD_RANGE] = "not aligned, or more than one operation moves",
	[VTD_SIM_NO_MASTER] = "the function is no bus master (no driver enabled it), or it sleeps",
	[VTD_SIM_NO_CAP] = "ATS, PASID or PRI of the function is off",
	[VTD_SIM_BLOCKED] = "blocked by the unit",
	[VTD_SIM_NO_PERMISSION] = "the device TLB has no permission for that",
	[VTD_SIM_NO_MEMORY] = "translated to where there is no memory",
	[VTD_SIM_PAGE_FAILED] = "the page request was refused",
};

static int config_get(int fd, off_t at, void *value, size_t size)
{
	return pread(fd, value, size, at) == (ssize_t)size ? 0 : -1;
}

off_t doorbell_find(int fd)
{
	unsigned char at, id;
	__u32 magic;
	int n;

	if (config_get(fd, PCI_CAPABILITY_LIST, &at, 1))
		return -1;
	for (n = 0; at && n < 48; n++) {
		if (config_get(fd, at, &id, 1))
			return -1;
		if (id == PCI_CAP_ID_VNDR &&
		    !config_get(fd, at + offsetof(struct vtd_sim_doorbell, magic), &magic,
				sizeof(magic)) && magic == VTD_SIM_MAGIC)
			return at;
		if (config_get(fd, at + 1, &at, 1))
			return -1;
	}
	return -1;
}

static int config_set(int fd, off_t at, __u32 value)
{
	return pwrite(fd, &value, sizeof(value), at) == sizeof(value) ? 0 : -1;
}

#define FIELD(name) offsetof(struct vtd_sim_doorbell, name)

int doorbell_ring(int fd, off_t at, __u32 command, __u64 addr, __u32 nbytes, __u32 pasid)
{
	__u32 status, done;

	if (config_set(fd, at + FIELD(addr_lo), addr) ||
	    config_set(fd, at + FIELD(addr_hi), addr >> 32) ||
	    config_set(fd, at + FIELD(nbytes), nbytes) ||
	    config_set(fd, at + FIELD(offset), 0) ||
	    config_set(fd, at + FIELD(pasid), pasid) ||
	    config_set(fd, at + FIELD(command), command) ||
	    config_get(fd, at + FIELD(status), &status, sizeof(status)) ||
	    config_get(fd, at + FIELD(done), &done, sizeof(done))) {
		fprintf(stderr, "vtd-sim: config space: %s\n", strerror(errno));
		return REFUSED;
	}
	printf("%s", status < ARRAY_SIZE(statuses) ? statuses[status] : "unknown status");
	if (status == VTD_SIM_OK || done)
		printf(", %u bytes", done);
	putchar('\n');
	return status == VTD_SIM_OK || status == VTD_SIM_PENDING ? OK : NOT_DONE;
}
