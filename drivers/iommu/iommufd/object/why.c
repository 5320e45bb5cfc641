// SPDX-License-Identifier: GPL-2.0-only
/*
 * Refusals are noted and become trace events.
 *
 * Owns: the iommufd trace events.
 */
#include "why.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/**
 * iommufd_refuse() - note a reason and return the errno
 * @why: where to note it; NULL when nobody will read it
 * @field: name of the field at fault (a literal)
 * @reason: what is wrong with it (a literal)
 * @value: offending value
 * @err: negative errno to return
 *
 * Out of line: there are some 250 callers, none of which is fast.
 *
 * Context: any.
 * Return: @err.
 */
int iommufd_refuse(struct iommufd_why *why, const char *field,
		   const char *reason, u64 value, int err)
{
	if (why && !why->reason) {
		why->field = field;
		why->reason = reason;
		why->value = value;
	}
	return err;
}

/**
 * iommufd_expected() - an errno that is how a program is told something
 * @why: as iommufd_refuse()
 * @field: as iommufd_refuse()
 * @reason: as iommufd_refuse()
 * @value: as iommufd_refuse()
 * @err: negative errno to return
 *
 * For questions that are asked this way, and for what programs provoke as a
 * matter of course. It goes to an event of its own, out of the way of whoever
 * searches a mistake.
 *
 * Context: any.
 * Return: @err.
 */
int iommufd_expected(struct iommufd_why *why, const char *field,
		     const char *reason, u64 value, int err)
{
	if (!why->reason)
		why->expected = true;
	return iommufd_refuse(why, field, reason, value, err);
}

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
