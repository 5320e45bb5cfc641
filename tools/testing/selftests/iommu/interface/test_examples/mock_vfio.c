// SPDX-License-Identifier: GPL-2.0-only
/* A device of the mock behind a file that looks like VFIO's. */
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdarg.h>
#include <sys/ioctl.h>

#include "lib/harness.h"
#include "lib/mock.h"
#include "mock_vfio.h"

/* Each case is a process of its own and has one device. */
static struct {
	int fd;
	int iommufd;
	__u32 stdev;
	__u32 home;
} device = { .fd = -1 };

int mock_vfio_open(int iommufd, __u32 stdev, __u32 home)
{
	device.fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	CHECK(device.fd >= 0);
	device.iommufd = iommufd;
	device.stdev = stdev;
	device.home = home;
	return device.fd;
}

static int attach_pasid(__u32 pasid, __u32 pt)
{
	struct iommu_test_cmd cmd = {
		.id = device.stdev,
		.pasid_attach = { .pasid = pasid, .pt_id = pt },
	};
	int rc = __mock_cmd(device.iommufd, IOMMU_TEST_OP_PASID_ATTACH, &cmd);

	if (rc != -EBUSY)
		return rc;
	/* VFIO moves what is attached */
	cmd = (struct iommu_test_cmd){
		.id = device.stdev,
		.pasid_replace = { .pasid = pasid, .pt_id = pt },
	};
	return __mock_cmd(device.iommufd, IOMMU_TEST_OP_PASID_REPLACE, &cmd);
}

static int attach(struct vfio_device_attach_iommufd_pt *cmd)
{
	if (cmd->argsz != sizeof(*cmd) ||
	    (cmd->flags & ~VFIO_DEVICE_ATTACH_PASID))
		return -EINVAL;
	if (cmd->flags & VFIO_DEVICE_ATTACH_PASID)
		return attach_pasid(cmd->pasid, cmd->pt_id);
	return __mock_replace(device.iommufd, device.stdev, cmd->pt_id,
			      &cmd->pt_id);
}

static int detach(const struct vfio_device_detach_iommufd_pt *req)
{
	struct iommu_test_cmd cmd = {
		.id = device.stdev,
		.pasid_detach = { .pasid = req->pasid },
	};

	if (req->argsz != sizeof(*req) ||
	    (req->flags & ~VFIO_DEVICE_DETACH_PASID))
		return -EINVAL;
	if (req->flags & VFIO_DEVICE_DETACH_PASID)
		return __mock_cmd(device.iommufd, IOMMU_TEST_OP_PASID_DETACH,
				  &cmd);
	return __mock_replace(device.iommufd, device.stdev, device.home, NULL);
}

int mock_vfio_ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *arg;
	int rc;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);

	if (fd != device.fd)
		return ioctl(fd, request, arg);
	switch (request) {
	case VFIO_DEVICE_ATTACH_IOMMUFD_PT:
		rc = attach(arg);
		break;
	case VFIO_DEVICE_DETACH_IOMMUFD_PT:
		rc = detach(arg);
		break;
	default:
		rc = -ENOTTY;
		break;
	}
	if (!rc)
		return 0;
	errno = -rc;
	return -1;
}
