// SPDX-License-Identifier: GPL-2.0-only
/*
 * Refusals become trace events.
 *
 * Owns: the iommufd trace events.
 */
#include "why.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/**
 * iommufd_report_refusal() - emit the trace event of a refused request
 * @op: name of the ioctl, or of the call of another driver
 * @cmd: ioctl number, 0 for a call of another driver
 * @why: the reason, as far as one was noted
 * @err: the errno the caller is about to get
 *
 * Context: any.
 */
void iommufd_report_refusal(const char *op, unsigned int cmd,
			    const struct iommufd_why *why, int err)
{
	if (why->expected)
		trace_iommufd_expected(op, cmd, why, err);
	else
		trace_iommufd_reject(op, cmd, why, err);
}
