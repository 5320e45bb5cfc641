// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a caller publishes: does it ask a device?
 */
#include "job.h"

/**
 * vtd_job_asks() - does a publication ask a device to forget translations?
 * @job: the publication
 * @sid: source id of the device; %VTD_DEVICE_SEVERAL for any
 *
 * Context: any.
 * Return: true if so.
 */
bool vtd_job_asks(const struct vtd_job *job, s32 sid)
{
	unsigned int i;
	int one;

	if (job->only_sid == VTD_JOB_NO_DEVICE)
		return false;
	for (i = 0; i < job->n; i++) {
		one = vtd_desc_dtlb_sid(&job->descs[i]);
		if (one < 0 || (job->only_sid >= 0 && job->only_sid != one))
			continue;
		if (sid == one || sid == VTD_DEVICE_SEVERAL)
			return true;
	}
	return false;
}
