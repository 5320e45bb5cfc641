// SPDX-License-Identifier: GPL-2.0-only
/* A PCI device behind a real (or emulated) IOMMU, through VFIO. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "proc.h"
#include "uapi.h"
#include "vfio.h"

#define PCI_DEVICES "/sys/bus/pci/devices/"
/* Endpoints have header type 0 in byte 14 of their config space. */
#define CONFIG_HEADER_TYPE 14

static int is_endpoint(const char *dir)
{
	unsigned char type = 0xff;
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/config", dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (pread(fd, &type, 1, CONFIG_HEADER_TYPE) != 1)
		type = 0xff;
	close(fd);
	return (type & 0x7f) == 0;
}

static int has(const char *dir, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return !access(path, F_OK);
}

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	proc_write(path, text);
}

static int driver_is_vfio(const char *dir)
{
	char link[PATH_MAX];
	char path[PATH_MAX];
	ssize_t len;

	snprintf(path, sizeof(path), "%s/driver", dir);
	len = readlink(path, link, sizeof(link) - 1);
	if (len < 0)
		return 0;
	link[len] = 0;
	return !strcmp(basename(link), "vfio-pci");
}

/* Makes vfio-pci the driver of a device that has none. */
static int take(const char *dir)
{
	if (!has(dir, "iommu_group") || !is_endpoint(dir))
		return 0;
	if (!has(dir, "driver")) {
		write_file(dir, "driver_override", "vfio-pci");
		proc_write("/sys/bus/pci/drivers_probe",
			   strrchr(dir, '/') + 1);
	}
	return driver_is_vfio(dir) && has(dir, "vfio-dev");
}

static int usable(const char *path)
{
	int iommufd = open("/dev/iommu", O_RDWR | O_CLOEXEC);
	int device = open(path, O_RDWR | O_CLOEXEC);
	__u32 id;
	int rc;

	rc = iommufd < 0 || device < 0 ? -1 :
	     __vfio_bind(device, iommufd, &id);
	if (device >= 0)
		close(device);
	if (iommufd >= 0)
		close(iommufd);
	return !rc;
}

/* @file: what the device's folder in sysfs must have */
static void find(char *path, size_t size, const char *file)
{
	glob_t nodes;
	glob_t found;
	int done = 0;
	size_t i;

	if (glob(PCI_DEVICES "*", 0, NULL, &found))
		harness_skip("no PCI devices");
	for (i = 0; i < found.gl_pathc && !done; i++) {
		char pattern[PATH_MAX];

		if (!has(found.gl_pathv[i], file) || !take(found.gl_pathv[i]))
			continue;
		snprintf(pattern, sizeof(pattern), "%s/vfio-dev/vfio*",
			 found.gl_pathv[i]);
		if (glob(pattern, 0, NULL, &nodes))
			continue;
		snprintf(path, size, "/dev/vfio/devices/%s",
			 strrchr(nodes.gl_pathv[0], '/') + 1);
		globfree(&nodes);
		done = usable(path);
	}
	globfree(&found);
	if (!done)
		harness_skip("no PCI device that VFIO can use");
}

void vfio_find(char *path, size_t size)
{
	find(path, size, "config");
}

void vfio_find_bar(char *path, size_t size)
{
	find(path, size, "resource0");
}

int vfio_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	CHECK(fd >= 0);
	return fd;
}

int __vfio_bind(int device, int iommufd, __u32 *id)
{
	struct vfio_device_bind_iommufd cmd = {
		.argsz = sizeof(cmd),
		.iommufd = iommufd,
	};
	int rc = __iommu_cmd(device, VFIO_DEVICE_BIND_IOMMUFD, &cmd);

	*id = cmd.out_devid;
	return rc;
}

__u32 vfio_bind(int device, int iommufd)
{
	__u32 id;

	CHECK_OK(__vfio_bind(device, iommufd, &id));
	CHECK(id);
	return id;
}

int __vfio_attach(int device, __u32 *pt_id)
{
	struct vfio_device_attach_iommufd_pt cmd = {
		.argsz = sizeof(cmd),
		.pt_id = *pt_id,
	};
	int rc = __iommu_cmd(device, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &cmd);

	*pt_id = cmd.pt_id;
	return rc;
}

__u32 vfio_attach(int device, __u32 pt)
{
	CHECK_OK(__vfio_attach(device, &pt));
	return pt;
}

int __vfio_detach(int device)
{
	struct vfio_device_detach_iommufd_pt cmd = { .argsz = sizeof(cmd) };

	return __iommu_cmd(device, VFIO_DEVICE_DETACH_IOMMUFD_PT, &cmd);
}
