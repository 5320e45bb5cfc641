/* SPDX-License-Identifier: GPL-2.0-only */
/* The operations, one random instance each, and what they share. */
#ifndef IOMMU_SELFTEST_FUZZ_OPS_H
#define IOMMU_SELFTEST_FUZZ_OPS_H

#include "fuzz.h"

void op_ioas_alloc(struct world *w);
void op_map(struct world *w);
void op_map_file(struct world *w);
void op_copy(struct world *w);
void op_unmap(struct world *w);
void op_destroy(struct world *w);
void op_ranges(struct world *w);
void op_allow(struct world *w);
void op_reserve(struct world *w);
void op_option(struct world *w);
void op_change_process(struct world *w);
void op_check_map(struct world *w);
void op_check_refs(struct world *w);
void op_hwpt_alloc(struct world *w);
void op_hw_info(struct world *w);
void op_attach(struct world *w);
void op_replace(struct world *w);
void op_pasid(struct world *w);
void op_dirty(struct world *w);
void op_nested_alloc(struct world *w);
void op_invalidate(struct world *w);
void op_check_slot(struct world *w);
void op_viommu_alloc(struct world *w);
void op_vdevice_alloc(struct world *w);
void op_hw_queue_alloc(struct world *w);
void op_window(struct world *w);
void op_fault_alloc(struct world *w);
void op_veventq_alloc(struct world *w);
void op_trigger_fault(struct world *w);
void op_trigger_event(struct world *w);
void op_read(struct world *w);
void op_respond(struct world *w);
void op_access_create(struct world *w);
void op_access_pin(struct world *w);
void op_access_unpin(struct world *w);
void op_access_rw(struct world *w);
void op_access_replace(struct world *w);
void op_access_close(struct world *w);
void op_dmabuf(struct world *w);
void op_move_fd(struct world *w);
void op_fork(struct world *w);
void op_junk(struct world *w);
void op_vfio_ioas(struct world *w);
void op_vfio_map(struct world *w);
void op_vfio_unmap(struct world *w);
void op_vfio_other(struct world *w);

/* op_ioas.c: what maps of user memory are made of */
__u64 any_grain(struct world *w);
__u64 any_iova(struct world *w, __u64 grain);
__u64 any_length(struct world *w, __u64 most, __u64 grain);
struct source *any_user_source(struct world *w, __u64 length, __u64 grain);
void want_map(struct world *w, struct ctx *c, const struct target *t,
	      const struct placement *p, struct want *wants);
void want_unmap(struct ctx *c, struct object *ioas, struct range at,
		struct want *wants);
/* A map succeeded; @readonly is memory that cannot be pinned for writing. */
void map_done(struct object *ioas, struct range at, struct source *s,
	      char *readonly, __u32 flags);

#define FLAG_FAULT IOMMU_HWPT_FAULT_ID_VALID
#define FLAG_NEST IOMMU_HWPT_ALLOC_NEST_PARENT
#define FLAG_DIRTY IOMMU_HWPT_ALLOC_DIRTY_TRACKING
#define FLAG_PASID IOMMU_HWPT_ALLOC_PASID

/* op_hwpt.c: something to attach to, mostly */
struct target any_target(struct world *w, struct ctx *c);
/* @dev: NULL for one that is plugged in by the attach, with @dev_flags. */
void want_target(struct ctx *c, struct object *dev, __u32 dev_flags,
		 const struct target *t, struct want *wants);
/* For others that end attachments. */
void device_detach(struct ctx *c, struct object *dev);
void hwpt_release(struct ctx *c, struct object *hwpt);
/* op_access.c: the pins that an unmap of @at takes from the accesses of @ioas */
void accesses_unpin(struct ctx *c, struct object *ioas, struct range at);

#endif
