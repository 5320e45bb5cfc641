// SPDX-License-Identifier: GPL-2.0-only
/* A PCI device behind a real (or emulated) IOMMU, through VFIO. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <iommufd.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/pci_regs.h>

#include "edu.h"
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

void pci_give_to(const char *bdf, const char *driver)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), PCI_DEVICES "%s/driver/unbind", bdf);
	if (!access(path, W_OK))
		proc_write(path, bdf);
	snprintf(path, sizeof(path), PCI_DEVICES "%s/driver_override", bdf);
	proc_write(path, driver);
	proc_write("/sys/bus/pci/drivers_probe", bdf);
}

/* Makes vfio-pci the driver of a device that has none. */
static int take(const char *dir)
{
	if (!is_endpoint(dir))
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

/* The path of the VFIO device of the PCI device at @dir. */
static int node_of(const char *dir, char *path, size_t size)
{
	return !iommufd_vfio_path_at(dir, path, size);
}

static int any_device(const char *path)
{
	return !access(path, F_OK);
}

/* The first PCI device that VFIO has and both say yes to. */
static void find_where(char *path, size_t size, int (*wanted)(const char *dir),
		       int (*fits)(const char *path))
{
	glob_t found;
	int done = 0;
	size_t i;

	if (glob(PCI_DEVICES "*", 0, NULL, &found))
		harness_skip("no PCI devices");
	for (i = 0; i < found.gl_pathc && !done; i++) {
		const char *dir = found.gl_pathv[i];

		done = wanted(dir) && take(dir) && node_of(dir, path, size) &&
		       fits(path);
	}
	globfree(&found);
	if (!done)
		harness_skip("no PCI device that VFIO can use");
}

static void find(char *path, size_t size, int (*wanted)(const char *dir))
{
	find_where(path, size, wanted, usable);
}

static int has_group(const char *dir)
{
	return has(dir, "iommu_group");
}

void vfio_find(char *path, size_t size)
{
	find(path, size, has_group);
}

static int has_group_and_bar(const char *dir)
{
	return has_group(dir) && has(dir, "resource0");
}

void vfio_find_bar(char *path, size_t size)
{
	find(path, size, has_group_and_bar);
}

static void read_id(const char *dir, const char *name, char *id, size_t size)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (proc_read(path, id, size) < 0)
		*id = 0;
	id[strcspn(id, "\n")] = 0;
}

static int has_model(const char *dir, const char *model)
{
	char vendor[16], device[16], both[32];

	read_id(dir, "vendor", vendor, sizeof(vendor));
	read_id(dir, "device", device, sizeof(device));
	snprintf(both, sizeof(both), "%s:%s", vendor, device);
	return !strcmp(both, model);
}

void pci_take_model(const char *model)
{
	glob_t found;
	size_t i;

	if (glob(PCI_DEVICES "*", 0, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc; i++) {
		const char *dir = found.gl_pathv[i];

		if (has_model(dir, model) && !driver_is_vfio(dir))
			pci_give_to(strrchr(dir, '/') + 1, "vfio-pci");
	}
	globfree(&found);
}

int vfio_find_model(const char *model, struct vfio_place *place)
{
	glob_t found;
	int done = 0;
	size_t i;

	if (glob(PCI_DEVICES "*", 0, NULL, &found))
		return -ENODEV;
	for (i = 0; i < found.gl_pathc && !done; i++) {
		const char *dir = found.gl_pathv[i];

		done = has_model(dir, model) && take(dir) &&
		       node_of(dir, place->node, sizeof(place->node)) &&
		       usable(place->node) && realpath(dir, place->dir);
	}
	globfree(&found);
	return done ? 0 : -ENODEV;
}

static int is_edu(const char *dir)
{
	return has_model(dir, EDU_MODEL);
}

static int is_edu_with_group(const char *dir)
{
	return has_group(dir) && is_edu(dir);
}

void vfio_find_edu(char *path, size_t size)
{
	find_where(path, size, is_edu_with_group, any_device);
}

void vfio_find_noiommu(char *path, size_t size)
{
	glob_t groups;

	if (!glob("/sys/class/iommu/*mar*", 0, NULL, &groups)) {
		globfree(&groups);
		harness_skip("the machine has an IOMMU");
	}
	if (proc_write("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode",
		       "1"))
		harness_skip("VFIO has no mode without IOMMU");
	find(path, size, is_edu);
}

static const char *bdf_of(const char *dir)
{
	return strrchr(dir, '/') + 1;
}

bool vfio_sibling_probe(const struct vfio_pair *pair)
{
	proc_write("/sys/bus/pci/drivers_probe", bdf_of(pair->sibling));
	return has(pair->sibling, "driver");
}

void vfio_sibling_release(const struct vfio_pair *pair)
{
	if (pair->sibling[0] && has(pair->sibling, "driver"))
		write_file(pair->sibling, "driver/unbind",
			   bdf_of(pair->sibling));
}

/* The group whose devices are in the folder; false: it has no pair. */
static bool group_pair(const char *dir, struct vfio_pair *pair)
{
	char pattern[PATH_MAX];
	glob_t found;
	int n = 0;
	size_t i;

	*pair = (struct vfio_pair){};
	snprintf(pattern, sizeof(pattern), "%s/devices/*", dir);
	if (glob(pattern, 0, NULL, &found))
		return false;
	for (i = 0; i < found.gl_pathc; i++) {
		const char *device = found.gl_pathv[i];

		if (!is_endpoint(device))
			continue;
		if (n < 2 && is_edu(device) && take(device) &&
		    node_of(device, pair->path[n], sizeof(pair->path[n])))
			n++;
		else
			snprintf(pair->sibling, sizeof(pair->sibling), "%s",
				 device);
	}
	globfree(&found);
	return n == 2;
}

void vfio_find_pair(struct vfio_pair *pair)
{
	bool done = false;
	glob_t groups;
	size_t i;

	if (glob("/sys/kernel/iommu_groups/*", 0, NULL, &groups))
		harness_skip("no iommu groups");
	for (i = 0; i < groups.gl_pathc && !done; i++)
		done = group_pair(groups.gl_pathv[i], pair);
	globfree(&groups);
	if (!done)
		harness_skip("no iommu group with two devices for VFIO");
	vfio_sibling_release(pair);
}

void vfio_decode_memory(int device, int on)
{
	struct vfio_region_info config;
	__u16 command;
	off_t at;

	CHECK_OK(iommufd_vfio_region(device, VFIO_PCI_CONFIG_REGION_INDEX,
				     &config));
	at = (off_t)config.offset + PCI_COMMAND;
	CHECK_EQ(pread(device, &command, sizeof(command), at), sizeof(command));
	command &= ~PCI_COMMAND_MEMORY;
	if (on)
		command |= PCI_COMMAND_MEMORY;
	CHECK_EQ(pwrite(device, &command, sizeof(command), at), sizeof(command));
}

void *vfio_map_bar(int device, size_t nbytes)
{
	struct vfio_region_info bar, config;
	__u16 command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	void *regs;

	CHECK_OK(iommufd_vfio_region(device, VFIO_PCI_BAR0_REGION_INDEX, &bar));
	CHECK_OK(iommufd_vfio_region(device, VFIO_PCI_CONFIG_REGION_INDEX,
				     &config));
	CHECK_EQ(pwrite(device, &command, sizeof(command),
			(off_t)config.offset + PCI_COMMAND), sizeof(command));
	CHECK(bar.size >= nbytes);
	regs = mmap(NULL, nbytes, PROT_READ | PROT_WRITE, MAP_SHARED, device,
		    (off_t)bar.offset);
	CHECK(regs != MAP_FAILED);
	return regs;
}

int vfio_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	CHECK(fd >= 0);
	return fd;
}

int __vfio_bind(int device, int iommufd, __u32 *id)
{
	*id = 0;
	return iommufd_vfio_bind(device, iommufd, id);
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
	return iommufd_vfio_attach(device, pt_id);
}

__u32 vfio_attach(int device, __u32 pt)
{
	CHECK_OK(__vfio_attach(device, &pt));
	return pt;
}

int __vfio_detach(int device)
{
	return iommufd_vfio_detach(device);
}
