/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __IOMMUFD_FDINFO_H
#define __IOMMUFD_FDINFO_H

struct file;
struct seq_file;

void iommufd_show_fdinfo(struct seq_file *seq, struct file *filp);

#endif
