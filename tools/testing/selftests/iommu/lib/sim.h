/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Simulated VT-d units through /dev/vtd-sim, and the DMA engine of the functions
 * behind them through VFIO.
 *
 * Functions that begin with two underscores return 0 or -errno; those without
 * end the test case when something fails. What a case has made goes with
 * sim_end(), which every case calls last; what is left of an earlier one goes
 * with sim_open().
 */
#ifndef IOMMU_SELFTEST_SIM_H
#define IOMMU_SELFTEST_SIM_H

#include <stdbool.h>
#include <linux/types.h>

#include "../../../../../include/uapi/linux/vtd_sim.h"
#include "vfio.h"

struct sim {
	/* /dev/vtd-sim */
	int fd;
	__u32 unit;
	__u32 segment;
};

/* Skips the case where nothing can be simulated. Removes all units. */
int sim_open(void);
int __sim(int fd, unsigned long request, void *arg);

/* A unit that keeps all it may. */
struct sim sim_unit(__u32 profile, const char *caps);
/*
 * The same, where page requests take @page_reads of registers to arrive, and that gives
 * up on a function after @timeout_reads; 0 as in VTD_SIM_UNIT_ADD.
 */
struct sim sim_unit_late(__u32 profile, const char *caps, __u32 page_reads,
			 __u32 timeout_reads);
/* Another one: its caches, and what goes by seed, see struct vtd_sim_unit_add. */
struct sim sim_unit_like(__u32 profile, const char *caps, __u32 retention, __u64 seed);
void sim_end(const struct sim *sim);
struct vtd_sim_counters sim_counters(const struct sim *sim);
/* Prints what is in the log of stale hits. */
void sim_print_stale(const struct sim *sim);

/* What a case may have provoked: see the counters of the same names. */
#define SIM_STALE		(1U << 0)
#define SIM_STALE_DEVICE	(1U << 1)
#define SIM_DROPPED		(1U << 2)
/*
 * Nothing that was gone was used, no entry was torn, no response went astray, no
 * cache was full, and the driver broke no rule; but for @provoked.
 */
void sim_check_clean_but(const struct sim *sim, unsigned int provoked);
void sim_check_clean(const struct sim *sim);

struct sim_function {
	const struct sim *sim;
	__u32 slot;
	char bdf[16];
	struct vfio_place place;
	/* The VFIO device, its id there, and where its doorbell is in config space. */
	int device;
	__u32 id;
	__u64 config;
	/* BAR 2 */
	volatile unsigned char *memory;
};

/* Plugged, and given to vfio-pci. */
struct sim_function sim_function(const struct sim *sim, __u32 type, __u32 lacks);
/* One that is there already, perhaps in a guest that has no /dev/vtd-sim. */
struct sim_function sim_function_at(const char *bdf);
/* Opened and bound to an iommufd; its memory is mapped, it may do DMA. */
void sim_function_open(struct sim_function *fn, int iommufd);
/* The second half of that, for one that is bound already. */
void sim_function_use(struct sim_function *fn);
void sim_function_close(struct sim_function *fn);
/* The same without VFIO, whichever driver has it; closed by sim_function_close(), too. */
void sim_function_open_sysfs(struct sim_function *fn);
/* Unplugged; it is closed. */
void sim_function_remove(struct sim_function *fn);

/* VTD_SIM_* flags of VTD_SIM_BEHAVE. */
void sim_behave(const struct sim_function *fn, __u32 flags, __u32 late);
/* Rings; returns how it ended. @nbytes from or to @offset of its memory. */
__u32 sim_run(const struct sim_function *fn, __u32 command, __u64 iova, __u32 nbytes,
	      __u32 offset);
/*
 * DMA both ways between the function and @va, which is mapped at @iova, with @flags
 * of the engine; @seed makes the data of each call another.
 */
void sim_transfer(const struct sim_function *fn, __u32 flags, __u64 iova,
		  unsigned char *va, size_t nbytes, unsigned char seed);
/* The same @count times in the background; at most a page. */
void sim_stream(const struct sim_function *fn, __u32 command, __u64 iova, __u32 count);
/* Ends it. */
void sim_stream_stop(const struct sim_function *fn);
__u32 sim_get(const struct sim_function *fn, __u32 field);
void sim_set(const struct sim_function *fn, __u32 field, __u32 value);
#define SIM_FIELD(name)	__builtin_offsetof(struct vtd_sim_doorbell, name)

#endif
