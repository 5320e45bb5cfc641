// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* VFIO devices by their character devices. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bdf.h"
#include "iommufd.h"

#define PCI_DEVICES "/sys/bus/pci/devices/"
#define VFIO_DEVICES "/dev/vfio/devices/"

static int is_node(const char *name)
{
	return !strncmp(name, "vfio", 4) || !strncmp(name, "noiommu-vfio", 12);
}

int iommufd_vfio_path_at(const char *dir, char *path, size_t size)
{
	char folder[512];
	struct dirent *entry;
	int rc = -ENXIO;
	DIR *stream;
	int len;

	if (access(dir, F_OK))
		return errno == ENOENT ? -ENODEV : -errno;
	len = snprintf(folder, sizeof(folder), "%s/vfio-dev", dir);
	if (len < 0 || (size_t)len >= sizeof(folder))
		return -ENAMETOOLONG;
	stream = opendir(folder);
	if (!stream)
		return errno == ENOENT ? -ENXIO : -errno;
	while (rc == -ENXIO && (entry = readdir(stream))) {
		if (!is_node(entry->d_name))
			continue;
		len = snprintf(path, size, VFIO_DEVICES "%s", entry->d_name);
		rc = len < 0 || (size_t)len >= size ? -ENAMETOOLONG : 0;
	}
	closedir(stream);
	return rc;
}

int iommufd_vfio_path(const char *bdf, char *path, size_t size)
{
	char dir[sizeof(PCI_DEVICES) + BDF_SIZE] = PCI_DEVICES;
	int rc = iommufd_bdf_normalize(bdf, dir + strlen(dir));

	return rc ? rc : iommufd_vfio_path_at(dir, path, size);
}

int iommufd_vfio_open(const char *bdf)
{
	char path[sizeof(VFIO_DEVICES) + NAME_MAX];
	int rc = iommufd_vfio_path(bdf, path, sizeof(path));

	return rc ? rc : iommufd_open(path);
}

int iommufd_vfio_bind(int device, int fd, __u32 *dev_id)
{
	struct vfio_device_bind_iommufd cmd = {
		.argsz = sizeof(cmd),
		.iommufd = fd,
	};
	int rc = iommufd_call(device, VFIO_DEVICE_BIND_IOMMUFD, &cmd);

	if (!rc)
		*dev_id = cmd.out_devid;
	return rc;
}

static int attach(int device, __u32 flags, __u32 pasid, __u32 *pt_id)
{
	struct vfio_device_attach_iommufd_pt cmd = {
		.argsz = sizeof(cmd),
		.flags = flags,
		.pt_id = *pt_id,
		.pasid = pasid,
	};
	int rc = iommufd_call(device, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &cmd);

	if (!rc)
		*pt_id = cmd.pt_id;
	return rc;
}

static int detach(int device, __u32 flags, __u32 pasid)
{
	struct vfio_device_detach_iommufd_pt cmd = {
		.argsz = sizeof(cmd),
		.flags = flags,
		.pasid = pasid,
	};

	return iommufd_call(device, VFIO_DEVICE_DETACH_IOMMUFD_PT, &cmd);
}

int iommufd_vfio_attach(int device, __u32 *pt_id)
{
	return attach(device, 0, 0, pt_id);
}

int iommufd_vfio_detach(int device)
{
	return detach(device, 0, 0);
}

int iommufd_vfio_pasid_attach(int device, __u32 pasid, __u32 *pt_id)
{
	return attach(device, VFIO_DEVICE_ATTACH_PASID, pasid, pt_id);
}

int iommufd_vfio_pasid_detach(int device, __u32 pasid)
{
	return detach(device, VFIO_DEVICE_DETACH_PASID, pasid);
}

int iommufd_vfio_region(int device, __u32 index, struct vfio_region_info *info)
{
	*info = (struct vfio_region_info){
		.argsz = sizeof(*info),
		.index = index,
	};
	return iommufd_call(device, VFIO_DEVICE_GET_REGION_INFO, info);
}
