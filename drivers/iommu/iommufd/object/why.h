/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why a request was refused.
 *
 * An errno names a class of mistakes; users need the one they made. A request
 * carries one struct iommufd_why down the layers, the function that refuses
 * notes the field and the reason in it, and the entry point that talks to user
 * space turns it into one iommufd:iommufd_reject trace event.
 */
#ifndef __IOMMUFD_OBJECT_WHY_H
#define __IOMMUFD_OBJECT_WHY_H

#include <linux/device.h>
#include <linux/string.h>
#include <linux/types.h>

#define IOMMUFD_WHY_DEV_LEN 24

/**
 * struct iommufd_why - the reason of a refusal, noted where it is decided
 * @field: name of the uAPI field or argument at fault, static storage
 * @reason: what is wrong with it, in words, static storage
 * @dev: name of the device the refusal is about, or empty. A copy: the event
 *	may be emitted after the device is gone.
 * @value: the offending value, or what it collided with
 * @expected: it is an answer rather than a mistake: see iommufd_expected()
 *
 * Lives on the stack of the entry point. The first note wins: the innermost
 * function knows best.
 */
struct iommufd_why {
	const char *field;
	const char *reason;
	char dev[IOMMUFD_WHY_DEV_LEN];
	u64 value;
	bool expected;
};

/**
 * iommufd_why_device() - note which device a request is about
 * @why: where to note it
 * @dev: the device
 *
 * Context: any.
 */
static inline void iommufd_why_device(struct iommufd_why *why,
				      struct device *dev)
{
	strscpy(why->dev, dev_name(dev));
}

int __cold iommufd_refuse(struct iommufd_why *why, const char *field,
			  const char *reason, u64 value, int err);
int __cold iommufd_expected(struct iommufd_why *why, const char *field,
			    const char *reason, u64 value, int err);
void iommufd_report_refusal(const char *op, unsigned int cmd,
			    const struct iommufd_why *why, int err);

#endif
