/* SPDX-License-Identifier: GPL-2.0-only */
/* Text of the kernel's log without what must not leave the machine. */
#ifndef IOMMUFDCTL_MASK_H
#define IOMMUFDCTL_MASK_H

/* Overwrites each kernel address in @line by x. Returns how many there were. */
unsigned int mask_addresses(char *line);

#endif
