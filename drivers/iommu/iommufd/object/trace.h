/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM iommufd

#if !defined(__IOMMUFD_OBJECT_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define __IOMMUFD_OBJECT_TRACE_H

#include <linux/iommu.h>
#include <linux/tracepoint.h>

#include "why.h"

/*
 * A request was refused: one event per refusal, with the errno the caller
 * gets. cmd is the ioctl number, 0 for a call of another driver (op names it).
 */
DECLARE_EVENT_CLASS(iommufd_refusal,
	TP_PROTO(const char *op, unsigned int cmd,
		 const struct iommufd_why *why, int err),
	TP_ARGS(op, cmd, why, err),
	TP_STRUCT__entry(
		__string(op, op)
		__string(field, why->field ?: "")
		__string(reason, why->reason ?: "")
		__string(dev, why->dev)
		__field(u64, value)
		__field(unsigned int, cmd)
		__field(int, err)
	),
	TP_fast_assign(
		__assign_str(op);
		__assign_str(field);
		__assign_str(reason);
		__assign_str(dev);
		__entry->value = why->value;
		__entry->cmd = cmd;
		__entry->err = err;
	),
	TP_printk("op=%s cmd=0x%x field=%s value=0x%llx dev=%s err=%d reason=%s",
		  __get_str(op), __entry->cmd, __get_str(field),
		  __entry->value, __get_str(dev), __entry->err,
		  __get_str(reason))
);

DEFINE_EVENT(iommufd_refusal, iommufd_reject,
	TP_PROTO(const char *op, unsigned int cmd,
		 const struct iommufd_why *why, int err),
	TP_ARGS(op, cmd, why, err));

/* The same where the errno is an answer that programs count on. */
DEFINE_EVENT(iommufd_refusal, iommufd_expected,
	TP_PROTO(const char *op, unsigned int cmd,
		 const struct iommufd_why *why, int err),
	TP_ARGS(op, cmd, why, err));

/* An id has begun, or ceased, to name an object. Ids count per context. */
DECLARE_EVENT_CLASS(iommufd_object,
	TP_PROTO(const char *type, u32 id),
	TP_ARGS(type, id),
	TP_STRUCT__entry(
		__string(type, type)
		__field(u32, id)
	),
	TP_fast_assign(
		__assign_str(type);
		__entry->id = id;
	),
	TP_printk("type=%s id=%u", __get_str(type), __entry->id)
);

DEFINE_EVENT(iommufd_object, iommufd_object_publish,
	TP_PROTO(const char *type, u32 id), TP_ARGS(type, id));
DEFINE_EVENT(iommufd_object, iommufd_object_destroy,
	TP_PROTO(const char *type, u32 id), TP_ARGS(type, id));

/* What an IOAS means has changed; prot has the bits of the iommu core. */
TRACE_EVENT(iommufd_map,
	TP_PROTO(u32 ioas, unsigned long iova, unsigned long length, int prot,
		 const char *source),
	TP_ARGS(ioas, iova, length, prot, source),
	TP_STRUCT__entry(
		__string(source, source)
		__field(unsigned long, iova)
		__field(unsigned long, length)
		__field(u32, ioas)
		__field(int, prot)
	),
	TP_fast_assign(
		__assign_str(source);
		__entry->iova = iova;
		__entry->length = length;
		__entry->ioas = ioas;
		__entry->prot = prot;
	),
	TP_printk("ioas=%u iova=0x%lx length=0x%lx prot=0x%x source=%s",
		  __entry->ioas, __entry->iova, __entry->length, __entry->prot,
		  __get_str(source))
);

TRACE_EVENT(iommufd_copy,
	TP_PROTO(u32 dst, unsigned long dst_iova, u32 src,
		 unsigned long src_iova, unsigned long length),
	TP_ARGS(dst, dst_iova, src, src_iova, length),
	TP_STRUCT__entry(
		__field(unsigned long, dst_iova)
		__field(unsigned long, src_iova)
		__field(unsigned long, length)
		__field(u32, dst)
		__field(u32, src)
	),
	TP_fast_assign(
		__entry->dst_iova = dst_iova;
		__entry->src_iova = src_iova;
		__entry->length = length;
		__entry->dst = dst;
		__entry->src = src;
	),
	TP_printk("dst_ioas=%u dst_iova=0x%lx src_ioas=%u src_iova=0x%lx length=0x%lx",
		  __entry->dst, __entry->dst_iova, __entry->src,
		  __entry->src_iova, __entry->length)
);

/* All of it: translations are flushed, pages nobody else needs unpinned. */
TRACE_EVENT(iommufd_unmap,
	TP_PROTO(u32 ioas, unsigned long iova, unsigned long length,
		 unsigned long unmapped),
	TP_ARGS(ioas, iova, length, unmapped),
	TP_STRUCT__entry(
		__field(unsigned long, iova)
		__field(unsigned long, length)
		__field(unsigned long, unmapped)
		__field(u32, ioas)
	),
	TP_fast_assign(
		__entry->iova = iova;
		__entry->length = length;
		__entry->unmapped = unmapped;
		__entry->ioas = ioas;
	),
	TP_printk("ioas=%u iova=0x%lx length=0x%lx unmapped=0x%lx",
		  __entry->ioas, __entry->iova, __entry->length,
		  __entry->unmapped)
);

/*
 * A device, or one PASID of it (pasid is the iommu core's: 0 is DMA without
 * one), translates through a hwpt from now on, or no more.
 */
DECLARE_EVENT_CLASS(iommufd_attachment,
	TP_PROTO(const char *dev, u32 pasid, u32 hwpt),
	TP_ARGS(dev, pasid, hwpt),
	TP_STRUCT__entry(
		__string(dev, dev)
		__field(u32, pasid)
		__field(u32, hwpt)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->pasid = pasid;
		__entry->hwpt = hwpt;
	),
	TP_printk("dev=%s pasid=%u hwpt=%u", __get_str(dev), __entry->pasid,
		  __entry->hwpt)
);

DEFINE_EVENT(iommufd_attachment, iommufd_attach,
	TP_PROTO(const char *dev, u32 pasid, u32 hwpt),
	TP_ARGS(dev, pasid, hwpt));
DEFINE_EVENT(iommufd_attachment, iommufd_replace,
	TP_PROTO(const char *dev, u32 pasid, u32 hwpt),
	TP_ARGS(dev, pasid, hwpt));
DEFINE_EVENT(iommufd_attachment, iommufd_detach,
	TP_PROTO(const char *dev, u32 pasid, u32 hwpt),
	TP_ARGS(dev, pasid, hwpt));

/* A group of page faults has come in; its last page names it. */
TRACE_EVENT(iommufd_fault,
	TP_PROTO(u32 queue, u32 dev, unsigned int nr,
		 const struct iommu_fault_page_request *prm),
	TP_ARGS(queue, dev, nr, prm),
	TP_STRUCT__entry(
		__field(u64, addr)
		__field(u32, queue)
		__field(u32, dev)
		__field(u32, pasid)
		__field(u32, grpid)
		__field(u32, perm)
		__field(unsigned int, nr)
	),
	TP_fast_assign(
		__entry->addr = prm->addr;
		__entry->queue = queue;
		__entry->dev = dev;
		__entry->pasid = prm->pasid;
		__entry->grpid = prm->grpid;
		__entry->perm = prm->perm;
		__entry->nr = nr;
	),
	TP_printk("queue=%u dev=%u pasid=%u grpid=%u addr=0x%llx perm=0x%x pages=%u",
		  __entry->queue, __entry->dev, __entry->pasid, __entry->grpid,
		  __entry->addr, __entry->perm, __entry->nr)
);

/* cookie is 0 if the kernel answered before user space had read the group. */
TRACE_EVENT(iommufd_response,
	TP_PROTO(u32 queue, u32 cookie, int code),
	TP_ARGS(queue, cookie, code),
	TP_STRUCT__entry(
		__field(u32, queue)
		__field(u32, cookie)
		__field(int, code)
	),
	TP_fast_assign(
		__entry->queue = queue;
		__entry->cookie = cookie;
		__entry->code = code;
	),
	TP_printk("queue=%u cookie=%u code=%s", __entry->queue,
		  __entry->cookie,
		  __print_symbolic(__entry->code,
				   { IOMMU_PAGE_RESP_SUCCESS, "success" },
				   { IOMMU_PAGE_RESP_INVALID, "invalid" },
				   { IOMMU_PAGE_RESP_FAILURE, "failure" }))
);

/* User space invalidated what a nested hwpt or a vIOMMU caches. */
TRACE_EVENT(iommufd_invalidate,
	TP_PROTO(u32 id, u32 type, u32 entries, u32 done, int err),
	TP_ARGS(id, type, entries, done, err),
	TP_STRUCT__entry(
		__field(u32, id)
		__field(u32, type)
		__field(u32, entries)
		__field(u32, done)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->type = type;
		__entry->entries = entries;
		__entry->done = done;
		__entry->err = err;
	),
	TP_printk("id=%u type=%u entries=%u done=%u err=%d", __entry->id,
		  __entry->type, __entry->entries, __entry->done,
		  __entry->err)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
