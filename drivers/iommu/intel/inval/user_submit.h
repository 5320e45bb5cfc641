/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A chunk of a user's array is carried out.
 */
#ifndef VTD_INVAL_USER_SUBMIT_H
#define VTD_INVAL_USER_SUBMIT_H

#include <linux/types.h>

#include "../hw/qi.h"

struct vtd_tags;
struct vtd_unit;
struct vtd_user_chunk;

/* As many as a unit takes with one wait */
#define VTD_USER_JOB_DESCS	128

/**
 * struct vtd_user_job - what carrying out a chunk takes, too large for the stack
 * @unit: where @desc goes
 * @n: descriptors in @desc
 * @ret: first error
 * @ndescs: descriptors that were submitted
 * @nsubmits: submissions, each with one wait
 * @desc: what is submitted next
 */
struct vtd_user_job {
	struct vtd_unit *unit;
	unsigned int n;
	int ret;
	unsigned int ndescs;
	unsigned int nsubmits;
	struct vtd_desc desc[VTD_USER_JOB_DESCS];
};

int vtd_user_submit(struct vtd_tags *tags, const struct vtd_user_chunk *chunk,
		    struct vtd_user_job *job);

#endif
