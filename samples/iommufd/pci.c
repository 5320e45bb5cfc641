// SPDX-License-Identifier: GPL-2.0-only
/* PCI functions as sysfs shows them: finding one, and handing it to vfio-pci. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pci.h"
#include "step.h"

#define SYS_DEVICES	"/sys/bus/pci/devices"
#define SYS_DRIVERS	"/sys/bus/pci/drivers"
#define SYS_PROBE	"/sys/bus/pci/drivers_probe"
#define VFIO_DRIVER	"vfio-pci"

static int write_text(const char *path, const char *text)
{
	ssize_t len = strlen(text);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != len)
		err = -errno;
	close(fd);
	return err;
}

static int read_hex(const char *bdf, const char *attr, __u16 *value)
{
	char path[128];
	unsigned int v;
	FILE *f;
	int n;

	snprintf(path, sizeof(path), SYS_DEVICES "/%s/%s", bdf, attr);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	n = fscanf(f, "%x", &v);
	fclose(f);
	if (n != 1)
		return -EIO;
	*value = v;
	return 0;
}

/* Name of the driver that holds @bdf; empty when none does. */
static void current_driver(const char *bdf, char *name, size_t len)
{
	char path[128], target[256];
	const char *base;
	ssize_t n;

	name[0] = '\0';
	snprintf(path, sizeof(path), SYS_DEVICES "/%s/driver", bdf);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return;
	target[n] = '\0';
	base = strrchr(target, '/');
	snprintf(name, len, "%.*s", (int)len - 1, base ? base + 1 : target);
}

static int by_address(const void *a, const void *b)
{
	const struct pci_func *fa = a, *fb = b;

	return strcmp(fa->bdf, fb->bdf);
}

int pci_func_scan(struct pci_func *funcs, size_t max)
{
	struct dirent *entry;
	size_t count = 0;
	DIR *dir;

	dir = opendir(SYS_DEVICES);
	if (!dir)
		return -errno;
	while (count < max && (entry = readdir(dir))) {
		struct pci_func *func = &funcs[count];

		if (entry->d_name[0] == '.' ||
		    strlen(entry->d_name) >= sizeof(func->bdf))
			continue;
		memset(func, 0, sizeof(*func));
		memcpy(func->bdf, entry->d_name, strlen(entry->d_name));
		if (!read_hex(func->bdf, "vendor", &func->vendor) &&
		    !read_hex(func->bdf, "device", &func->device))
			count++;
	}
	closedir(dir);
	qsort(funcs, count, sizeof(*funcs), by_address);
	return count;
}

static int set_override(const char *bdf, const char *driver)
{
	char path[128];

	snprintf(path, sizeof(path), SYS_DEVICES "/%s/driver_override", bdf);
	return write_text(path, driver);
}

static int drop_driver(const char *bdf)
{
	char path[128];

	snprintf(path, sizeof(path), SYS_DEVICES "/%s/driver/unbind", bdf);
	return write_text(path, bdf);
}

int pci_func_take(struct pci_func *func)
{
	char driver[64];
	int err;

	if (access(SYS_DRIVERS "/" VFIO_DRIVER, F_OK))
		return step_fail(errno,
				 "load vfio-pci, or build the kernel with CONFIG_VFIO_PCI",
				 "the kernel has no vfio-pci driver");

	current_driver(func->bdf, driver, sizeof(driver));
	snprintf(func->old_driver, sizeof(func->old_driver), "%s", driver);
	func->taken = 1;
	err = set_override(func->bdf, VFIO_DRIVER);
	if (err)
		return step_fail(-err, "run as root",
				 "cannot set driver_override");
	if (driver[0] && strcmp(driver, VFIO_DRIVER)) {
		err = drop_driver(func->bdf);
		if (err)
			return step_fail(-err, "run as root",
					 "cannot unbind from %s", driver);
	}
	if (strcmp(driver, VFIO_DRIVER)) {
		err = write_text(SYS_PROBE, func->bdf);
		if (err)
			return step_fail(-err,
					 "see dmesg; the IOMMU must be on",
					 "cannot probe with vfio-pci");
	}
	current_driver(func->bdf, driver, sizeof(driver));
	if (strcmp(driver, VFIO_DRIVER))
		return step_fail(ENODEV,
				 "see dmesg; is the IOMMU on (intel_iommu=on)?",
				 "vfio-pci did not take the device");
	return 0;
}

void pci_func_give_back(struct pci_func *func)
{
	if (!func->taken)
		return;
	func->taken = 0;
	/* A function that was with vfio-pci before us stays there. */
	if (!strcmp(func->old_driver, VFIO_DRIVER))
		return;
	set_override(func->bdf, "\n");
	drop_driver(func->bdf);
	if (func->old_driver[0])
		write_text(SYS_PROBE, func->bdf);
}
