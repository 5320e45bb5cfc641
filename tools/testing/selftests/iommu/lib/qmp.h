/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The monitor of the machine that we run in (vm-run --monitor), and the
 * PCI Express slots that devices leave and come back to.
 */
#ifndef IOMMU_SELFTEST_QMP_H
#define IOMMU_SELFTEST_QMP_H

/* Ends the case when the machine's monitor is not within reach. */
void qmp_open(void);
/* Takes a command in JSON; returns 0 or -EREMOTEIO with QEMU's words noted. */
[[gnu::format(printf, 1, 2)]]
int qmp(const char *fmt, ...);

/*
 * Empties the slot below the root port at @port_dir, a folder in sysfs: the
 * device is gone from one moment to the next, asked by nobody.
 */
void slot_pull_out(const char *port_dir);
/*
 * Until the kernel has turned off the power, and would notice a new device:
 * one that comes earlier QEMU takes out again.
 */
void slot_wait_off(const char *port_dir);

#endif
