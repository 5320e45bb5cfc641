// SPDX-License-Identifier: GPL-2.0-only
/* Who would miss a device if its driver were taken away. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "file.h"
#include "process.h"

#define IFF_UP 1

/* virtio has a device of its own between the function and the interface. */
static int interface_up(const struct ctl *ctl, const char *dir, char *why,
			size_t size)
{
	struct file_names names;
	int up = 0;
	unsigned int i;

	if (file_list(ctl, &names, "%s/net", dir))
		return 0;
	for (i = 0; i < names.num && !up; i++) {
		up = !!(file_hex(ctl, "%s/net/%s/flags", dir, names.name[i]) &
			IFF_UP);
		if (up)
			snprintf(why, size, "%s is up", names.name[i]);
	}
	file_list_free(&names);
	return up;
}

static int any_interface_up(const struct ctl *ctl, const struct device *dev,
			    char *why, size_t size)
{
	char dir[FILE_PATH];
	struct file_names names;
	unsigned int i;
	int up;

	snprintf(dir, sizeof(dir), DEVICE_DIR "/%s", dev->bdf);
	up = interface_up(ctl, dir, why, size);
	if (up || file_list(ctl, &names, "%s", dir))
		return up;
	for (i = 0; i < names.num && !up; i++) {
		if (strncmp(names.name[i], "virtio", 6))
			continue;
		snprintf(dir, sizeof(dir), DEVICE_DIR "/%s/%s", dev->bdf,
			 names.name[i]);
		up = interface_up(ctl, dir, why, size);
	}
	file_list_free(&names);
	return up;
}

/* The first word of a line of @file is the disk: mounts and swaps. */
static int listed(const struct ctl *ctl, const char *file, const char *disk,
		  const char *what, char *why, size_t size)
{
	char line[1024], source[256], target[256];
	FILE *f = file_open(ctl, "%s", file);
	int found = 0;

	while (f && !found && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%255s %255s", source, target) != 2 ||
		    strncmp(source, "/dev/", 5) || strcmp(source + 5, disk))
			continue;
		found = 1;
		snprintf(why, size, "%s %s%s", disk, what,
			 strcmp(what, "is swap") ? target : "");
	}
	if (f)
		fclose(f);
	return found;
}

static int disk_in_use(const struct ctl *ctl, const struct device *dev,
		       const char *disk, char *why, size_t size)
{
	char link[FILE_PATH], target[PATH_MAX], part[BDF_SIZE + 2];
	struct file_names holders;
	ssize_t n;
	int held;

	if (file_path(ctl, link, "/sys/class/block/%s", disk))
		return 0;
	n = readlink(link, target, sizeof(target) - 1);
	if (n < 0)
		return 0;
	target[n] = 0;
	snprintf(part, sizeof(part), "/%s/", dev->bdf);
	if (!strstr(target, part))
		return 0;
	if (listed(ctl, "/proc/self/mounts", disk, "is mounted on ", why, size) ||
	    listed(ctl, "/proc/swaps", disk, "is swap", why, size))
		return 1;
	if (file_list(ctl, &holders, "/sys/class/block/%s/holders", disk))
		return 0;
	held = holders.num > 0;
	if (held)
		snprintf(why, size, "%s is part of %s", disk, holders.name[0]);
	file_list_free(&holders);
	return held;
}

static int any_disk_in_use(const struct ctl *ctl, const struct device *dev,
			   char *why, size_t size)
{
	struct file_names disks;
	unsigned int i;
	int used = 0;

	if (file_list(ctl, &disks, "/sys/class/block"))
		return 0;
	for (i = 0; i < disks.num && !used; i++)
		used = disk_in_use(ctl, dev, disks.name[i], why, size);
	file_list_free(&disks);
	return used;
}

static int held_by_process(const struct ctl *ctl, const struct device *dev,
			   char *why, size_t size)
{
	char node[96], name[PROCESS_NAME];
	long pid;

	if (!dev->node[0])
		return 0;
	snprintf(node, sizeof(node), "/dev/vfio/devices/%s", dev->node);
	pid = process_with_file(ctl, node);
	if (!pid && dev->group[0]) {
		snprintf(node, sizeof(node), "/dev/vfio/%s", dev->group);
		pid = process_with_file(ctl, node);
	}
	if (!pid)
		return 0;
	process_name(ctl, pid, name);
	snprintf(why, size, "process %ld (%s) has it open", pid, name);
	return 1;
}

int device_in_use(const struct ctl *ctl, const struct device *dev, char *why,
		  size_t size)
{
	if (is_vfio_driver(dev->driver))
		return held_by_process(ctl, dev, why, size);
	return dev->driver[0] && (any_interface_up(ctl, dev, why, size) ||
				  any_disk_in_use(ctl, dev, why, size));
}
