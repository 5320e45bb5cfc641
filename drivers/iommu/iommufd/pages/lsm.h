/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What security modules say to a file whose memory a device is to reach.
 */
#ifndef __IOMMUFD_PAGES_LSM_H
#define __IOMMUFD_PAGES_LSM_H

#include <linux/types.h>

struct file;

int pages_ask_lsm(struct file *file, unsigned long prot);

#endif
