/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM iommufd

#if !defined(__IOMMUFD_OBJECT_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define __IOMMUFD_OBJECT_TRACE_H

#include <linux/tracepoint.h>

#include "why.h"

/*
 * A request was refused: one event per refusal, with the errno the caller
 * gets. cmd is the ioctl number, 0 for a call of another driver (op names it).
 */
TRACE_EVENT(iommufd_reject,
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

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
