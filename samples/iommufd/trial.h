/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trial of one device: all that the demo shows with it, in order.
 *
 *   struct trial --- iommufd --- first, second   address spaces
 *        |              |
 *        +--- vfio -----+         the device, attached to one of them
 *        +--- dma                 its driver
 *        +--- pairs[], scratch    memory it works on, mapped in both
 */
#ifndef DEMO_TRIAL_H
#define DEMO_TRIAL_H

#include <linux/types.h>

#include <iommufd.h>

#include "dma.h"
#include "kmsg.h"
#include "mem.h"
#include "pci.h"
#include "stream.h"
#include "transfer.h"
#include "vfio.h"

#define TRIAL_PAIRS	3

/* Hugetlb pages that a trial needs at once. */
#define TRIAL_HUGETLB_PAGES	4

/* Source and target of one memory kind. */
struct trial_pair {
	const char *label;
	struct mem src;		/* read-only for the device */
	struct mem dst;
};

struct trial_options {
	int hitless;		/* a replacement may not disturb a transfer */
	int no_fault_log;	/* the kernel log need not tell of faults */
};

struct trial {
	/* Constant after trial_run() began. */
	const struct trial_options *options;
	struct pci_func *func;
	const struct dma_driver *driver;

	struct iommufd_session *session;
	int iommufd;			/* its file */
	struct kmsg kmsg;
	struct vfio_dev vfio;
	__u32 first;			/* IOASes; 0: none */
	__u32 second;
	__u32 iommu_type;		/* IOMMU_HW_INFO_TYPE_* */

	struct dma_dev dma;
	int running;			/* dma is initialised */
	struct mem scratch;		/* target for reads that must fail */
	struct trial_pair pairs[TRIAL_PAIRS];

	char line[256];			/* of the kernel log */
	struct transfer transfer;
	struct stream stream;
};

/* Run all steps and clean up. Returns 0, or -1 with a step failed. */
int trial_run(struct pci_func *func, const struct dma_driver *driver,
	      const struct trial_options *options);

/* The parts of it, each in a file of its own; same return. */
int trial_map(struct trial *t, struct mem *mem, const char *what,
	      __u32 prot);
int trial_memory(struct trial *t);
int trial_move(struct trial *t);
int trial_stray(struct trial *t);

/* Have the pair's transfer done and checked, and say so. */
int trial_transfer(struct trial *t, struct trial_pair *pair,
		   const char *where, size_t src_offset, size_t dst_offset,
		   size_t len);

#endif
