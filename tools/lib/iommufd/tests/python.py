# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""The module where there is no /dev/iommu, and the layout of its structs."""
import ctypes
import errno
import os
import re
import sys

import iommufd

HEADER, UAPI = sys.argv[1:]


def check(condition, what):
    """Ends the test."""
    if not condition:
        sys.exit(f"failed: {what}")


def numbers():
    """What the headers say, for the constants that are written out there."""
    text = open(UAPI, encoding="ascii").read()
    for name in ("FIXED_IOVA", "WRITEABLE", "READABLE"):
        flag = re.search(rf"IOMMU_IOAS_MAP_{name}\s*= (\w+)", text).group(1)
        check(getattr(iommufd, name) == int(flag, 0), name)
    header = open(HEADER, encoding="ascii").read()
    check(int(re.search(r"IOMMUFD_MEANINGS (\d+)", header).group(1)) ==
          iommufd._Explanation.meaning.size // ctypes.sizeof(iommufd._Meaning),
          "IOMMUFD_MEANINGS")


def refusals():
    """A name, a list of reasons, and the last member of the struct."""
    for request, call, error in (
            (iommufd.IOAS_MAP, "IOMMU_IOAS_MAP", "ENOMEM"),
            (iommufd.IOAS_UNMAP, "IOMMU_IOAS_UNMAP", "ENOENT"),
            (iommufd.DESTROY, "IOMMU_DESTROY", "EBUSY"),
            (iommufd.IOAS_ALLOC, "IOMMU_IOAS_ALLOC", "ENOMEM"),
            (iommufd.VFIO_BIND, "VFIO_DEVICE_BIND_IOMMUFD", "EINVAL"),
            (iommufd.VFIO_ATTACH, "VFIO_DEVICE_ATTACH_IOMMUFD_PT", "EINVAL")):
        why = iommufd.Refused(None, request, -getattr(errno, error))
        check(str(why).split("] ")[1].startswith(f"{call}: {error}"), str(why))
        check(why.errno == getattr(errno, error) and not why.traced, call)
        check(why.meanings and all(len(m) == 3 for m in why.meanings), call)
    try:
        iommufd.Device("0000:ff:1f.7")
        check(False, "a device that is not there")
    except iommufd.Refused as why:
        check(why.errno == errno.ENODEV, str(why))
    try:
        iommufd.Context("/nonexistent")
        check(False, "a node that is not there")
    except iommufd.Refused as why:
        check("there is no such file" in str(why), str(why))


def memory():
    """Shared with whoever has the file."""
    pages = iommufd.Memory(8192)
    pages.buffer[8191] = 0x5a
    check(os.pread(pages.fd, 1, 8191) == b"\x5a", "shared memory")
    pages.free()
    check(pages._memory.fd == -1, "freed memory")


numbers()
refusals()
memory()
