/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints of the VT-d driver. The names are those that scripts know;
 * arguments are plain values, so that no folder's types are needed here.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM intel_iommu

#if !defined(_VTD_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _VTD_TRACE_H

#include <linux/tracepoint.h>
#include <linux/types.h>

/* Somebody listens to the queue only while the event is on: debug/observe.c */
int vtd_observe_trace(void);
void vtd_unobserve_trace(void);

/* One descriptor that goes to the invalidation queue. */
TRACE_EVENT_FN(qi_submit,
	TP_PROTO(const char *iommu, const u64 *qw),
	TP_ARGS(iommu, qw),
	TP_STRUCT__entry(
		__field(u64, qw0)
		__field(u64, qw1)
		__field(u64, qw2)
		__field(u64, qw3)
		__string(iommu, iommu)
	),
	TP_fast_assign(
		__assign_str(iommu);
		__entry->qw0 = qw[0];
		__entry->qw1 = qw[1];
		__entry->qw2 = qw[2];
		__entry->qw3 = qw[3];
	),
	TP_printk("%s %s: %#llx %#llx %#llx %#llx",
		  __print_symbolic((__entry->qw0 & 0xf) |
				   ((__entry->qw0 & 0xe00) >> 5),
				   { 1, "cc_inv" },
				   { 2, "iotlb_inv" },
				   { 3, "dev_tlb_inv" },
				   { 4, "iec_inv" },
				   { 5, "inv_wait" },
				   { 6, "p_iotlb_inv" },
				   { 7, "pc_inv" },
				   { 8, "p_dev_tlb_inv" },
				   { 9, "page_grp_resp" }),
		  __get_str(iommu), __entry->qw0, __entry->qw1,
		  __entry->qw2, __entry->qw3),
	vtd_observe_trace, vtd_unobserve_trace
);

/* One page request of a device, as it stands in the page request queue. */
TRACE_EVENT(prq_report,
	TP_PROTO(const char *iommu, const char *dev, const u64 *qw, u64 seq),
	TP_ARGS(iommu, dev, qw, seq),
	TP_STRUCT__entry(
		__field(u64, qw0)
		__field(u64, qw1)
		__field(u64, qw2)
		__field(u64, qw3)
		__field(u64, seq)
		__string(iommu, iommu)
		__string(dev, dev)
	),
	TP_fast_assign(
		__assign_str(iommu);
		__assign_str(dev);
		__entry->qw0 = qw[0];
		__entry->qw1 = qw[1];
		__entry->qw2 = qw[2];
		__entry->qw3 = qw[3];
		__entry->seq = seq;
	),
	TP_printk("%s %s seq %llu: %#llx %#llx %#llx %#llx",
		  __get_str(iommu), __get_str(dev), __entry->seq,
		  __entry->qw0, __entry->qw1, __entry->qw2, __entry->qw3)
);

/* The answer to a group of page requests; PASID -1 is for requests without. */
TRACE_EVENT(prq_answer,
	TP_PROTO(const char *iommu, u16 sid, s32 pasid, u16 group, unsigned int code),
	TP_ARGS(iommu, sid, pasid, group, code),
	TP_STRUCT__entry(
		__string(iommu, iommu)
		__field(u16, sid)
		__field(s32, pasid)
		__field(u16, group)
		__field(unsigned int, code)
	),
	TP_fast_assign(
		__assign_str(iommu);
		__entry->sid = sid;
		__entry->pasid = pasid;
		__entry->group = group;
		__entry->code = code;
	),
	TP_printk("%s %02x:%02x.%x pasid %d group %u %s", __get_str(iommu), __entry->sid >> 8,
		  __entry->sid >> 3 & 0x1f, __entry->sid & 7, __entry->pasid, __entry->group,
		  __print_symbolic(__entry->code, { 0, "success" }, { 1, "invalid" },
				   { 15, "failure" }))
);

/*
 * One fault that the unit recorded; text in the log is limited, this is not. For
 * interrupts, @where is the index in the table, else the address; @pasid is
 * -1 for requests without.
 */
TRACE_EVENT(fault_report,
	TP_PROTO(const char *iommu, const char *dev, const char *access, u64 where,
		 s32 pasid, u8 reason, const char *text),
	TP_ARGS(iommu, dev, access, where, pasid, reason, text),
	TP_STRUCT__entry(
		__string(iommu, iommu)
		__string(dev, dev)
		__string(access, access)
		__field(u64, where)
		__field(s32, pasid)
		__field(u8, reason)
		__string(text, text)
	),
	TP_fast_assign(
		__assign_str(iommu);
		__assign_str(dev);
		__assign_str(access);
		__entry->where = where;
		__entry->pasid = pasid;
		__entry->reason = reason;
		__assign_str(text);
	),
	TP_printk("%s %s: %s at %#llx pasid %d reason %#04x (%s)",
		  __get_str(iommu), __get_str(dev), __get_str(access),
		  __entry->where, __entry->pasid, __entry->reason,
		  __get_str(text))
);

/* A domain may now be cached under (unit, type, domain id, PASID, device). */
DECLARE_EVENT_CLASS(cache_tag_users,
	TP_PROTO(const char *iommu, const char *dev, const char *type,
		 u16 domain_id, u32 pasid, unsigned int users),
	TP_ARGS(iommu, dev, type, domain_id, pasid, users),
	TP_STRUCT__entry(
		__string(iommu, iommu)
		__string(dev, dev)
		__string(type, type)
		__field(u16, domain_id)
		__field(u32, pasid)
		__field(unsigned int, users)
	),
	TP_fast_assign(
		__assign_str(iommu);
		__assign_str(dev);
		__assign_str(type);
		__entry->domain_id = domain_id;
		__entry->pasid = pasid;
		__entry->users = users;
	),
	TP_printk("%s/%s type %s did %u pasid %u users %u",
		  __get_str(iommu), __get_str(dev), __get_str(type),
		  __entry->domain_id, __entry->pasid, __entry->users)
);

DEFINE_EVENT(cache_tag_users, cache_tag_assign,
	TP_PROTO(const char *iommu, const char *dev, const char *type,
		 u16 domain_id, u32 pasid, unsigned int users),
	TP_ARGS(iommu, dev, type, domain_id, pasid, users)
);

DEFINE_EVENT(cache_tag_users, cache_tag_unassign,
	TP_PROTO(const char *iommu, const char *dev, const char *type,
		 u16 domain_id, u32 pasid, unsigned int users),
	TP_ARGS(iommu, dev, type, domain_id, pasid, users)
);

/* A range is removed from a cache (_np: only what was cached as not present). */
DECLARE_EVENT_CLASS(cache_tag_range,
	TP_PROTO(const char *iommu, const char *dev, const char *type,
		 u16 domain_id, u32 pasid, u64 first, u64 last),
	TP_ARGS(iommu, dev, type, domain_id, pasid, first, last),
	TP_STRUCT__entry(
		__string(iommu, iommu)
		__string(dev, dev)
		__string(type, type)
		__field(u16, domain_id)
		__field(u32, pasid)
		__field(u64, first)
		__field(u64, last)
	),
	TP_fast_assign(
		__assign_str(iommu);
		__assign_str(dev);
		__assign_str(type);
		__entry->domain_id = domain_id;
		__entry->pasid = pasid;
		__entry->first = first;
		__entry->last = last;
	),
	TP_printk("%s/%s type %s did %u pasid %u [%#llx-%#llx]",
		  __get_str(iommu), __get_str(dev), __get_str(type),
		  __entry->domain_id, __entry->pasid,
		  __entry->first, __entry->last)
);

DEFINE_EVENT(cache_tag_range, cache_tag_flush_range,
	TP_PROTO(const char *iommu, const char *dev, const char *type,
		 u16 domain_id, u32 pasid, u64 first, u64 last),
	TP_ARGS(iommu, dev, type, domain_id, pasid, first, last)
);

DEFINE_EVENT(cache_tag_range, cache_tag_flush_range_np,
	TP_PROTO(const char *iommu, const char *dev, const char *type,
		 u16 domain_id, u32 pasid, u64 first, u64 last),
	TP_ARGS(iommu, dev, type, domain_id, pasid, first, last)
);

/* What a PASID of a source id translates by changes: how, and the words that count. */
TRACE_EVENT(pasid_entry,
	TP_PROTO(const char *iommu, u16 sid, u32 pasid, unsigned int how, const u64 *old,
		 const u64 *new),
	TP_ARGS(iommu, sid, pasid, how, old, new),
	TP_STRUCT__entry(
		__string(iommu, iommu)
		__field(u16, sid)
		__field(u32, pasid)
		__field(unsigned int, how)
		__array(u64, from, 3)
		__array(u64, to, 3)
	),
	TP_fast_assign(
		__assign_str(iommu);
		__entry->sid = sid;
		__entry->pasid = pasid;
		__entry->how = how;
		memcpy(__entry->from, old, sizeof(__entry->from));
		memcpy(__entry->to, new, sizeof(__entry->to));
	),
	TP_printk("%s %04x pasid %u %s: %#llx %#llx %#llx to %#llx %#llx %#llx",
		  __get_str(iommu), __entry->sid, __entry->pasid,
		  /* enum vtd_transition, table/transition.h */
		  __print_symbolic(__entry->how,
				   { 0, "same" }, { 1, "absent" }, { 2, "installed" },
				   { 3, "removed" }, { 4, "hitless" }, { 5, "hitless" },
				   { 6, "through absent" }),
		  __entry->from[0], __entry->from[1], __entry->from[2],
		  __entry->to[0], __entry->to[1], __entry->to[2])
);

/* No table of a guest is made for a device: which field, and why. */
TRACE_EVENT(nested_refused,
	TP_PROTO(const char *dev, const char *field, u64 value, const char *reason,
		 int error),
	TP_ARGS(dev, field, value, reason, error),
	TP_STRUCT__entry(
		__string(dev, dev)
		__string(field, field)
		__string(reason, reason)
		__field(u64, value)
		__field(int, error)
	),
	TP_fast_assign(
		__assign_str(dev);
		__assign_str(field);
		__assign_str(reason);
		__entry->value = value;
		__entry->error = error;
	),
	TP_printk("%s %s %#llx err %d: %s", __get_str(dev), __get_str(field),
		  __entry->value, __entry->error, __get_str(reason))
);

/* A device, or a PASID of it, has another domain: ids, 0 for none. */
TRACE_EVENT(attach,
	TP_PROTO(const char *dev, u32 pasid, u16 from, u16 to),
	TP_ARGS(dev, pasid, from, to),
	TP_STRUCT__entry(
		__string(dev, dev)
		__field(u32, pasid)
		__field(u16, from)
		__field(u16, to)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->pasid = pasid;
		__entry->from = from;
		__entry->to = to;
	),
	TP_printk("%s pasid %u domain %u to %u", __get_str(dev), __entry->pasid,
		  __entry->from, __entry->to)
);

/* A device, or a PASID of it, does not get a domain: why. */
TRACE_EVENT(attach_refused,
	TP_PROTO(const char *dev, u32 pasid, const char *reason, int error),
	TP_ARGS(dev, pasid, reason, error),
	TP_STRUCT__entry(
		__string(dev, dev)
		__string(reason, reason)
		__field(u32, pasid)
		__field(int, error)
	),
	TP_fast_assign(
		__assign_str(dev);
		__assign_str(reason);
		__entry->pasid = pasid;
		__entry->error = error;
	),
	TP_printk("%s pasid %u err %d: %s", __get_str(dev), __entry->pasid,
		  __entry->error, __get_str(reason))
);

/* Part of a user's array was carried out, or was not. */
TRACE_EVENT(user_invalidation,
	TP_PROTO(unsigned int entries, unsigned int descs, unsigned int submits,
		 int error),
	TP_ARGS(entries, descs, submits, error),
	TP_STRUCT__entry(
		__field(unsigned int, entries)
		__field(unsigned int, descs)
		__field(unsigned int, submits)
		__field(int, error)
	),
	TP_fast_assign(
		__entry->entries = entries;
		__entry->descs = descs;
		__entry->submits = submits;
		__entry->error = error;
	),
	TP_printk("entries %u descriptors %u submissions %u err %d", __entry->entries,
		  __entry->descs, __entry->submits, __entry->error)
);

/* An entry of a user's array makes no sense. */
TRACE_EVENT(user_invalidation_refused,
	TP_PROTO(u32 index, u64 addr, u64 npages, u32 flags, u32 reserved, int error),
	TP_ARGS(index, addr, npages, flags, reserved, error),
	TP_STRUCT__entry(
		__field(u32, index)
		__field(u64, addr)
		__field(u64, npages)
		__field(u32, flags)
		__field(u32, reserved)
		__field(int, error)
	),
	TP_fast_assign(
		__entry->index = index;
		__entry->addr = addr;
		__entry->npages = npages;
		__entry->flags = flags;
		__entry->reserved = reserved;
		__entry->error = error;
	),
	TP_printk("entry %u: addr %#llx npages %#llx flags %#x reserved %#x err %d",
		  __entry->index, __entry->addr, __entry->npages, __entry->flags,
		  __entry->reserved, __entry->error)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
