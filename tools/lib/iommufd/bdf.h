/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Addresses of PCI functions. Inside of the library, and of programs of this
 * tree that link the archive.
 */
#ifndef LIBIOMMUFD_BDF_H
#define LIBIOMMUFD_BDF_H

/* A domain has 4 digits or more: "0000:01:00.0", "10000:e1:00.0". */
#define BDF_SIZE sizeof("12345678:01:00.0")

/* As sysfs writes it: with its domain, in small letters. -EINVAL: it is none. */
int iommufd_bdf_normalize(const char *text, char bdf[BDF_SIZE]);

#endif
