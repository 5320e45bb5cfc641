/* SPDX-License-Identifier: GPL-2.0-only */
/* Cases of vtd_fail_nth in files of their own. */
#ifndef VTD_FAIL_NTH_CASES_H
#define VTD_FAIL_NTH_CASES_H

#include "lib/harness.h"

/* More steps than any call has */
#define MAX_NTH 5000

unsigned int nfiles(void);
/* @rc is what a step that fails may lead to. */
void check_failure(int rc, unsigned int nth);

/* sva.c */
void bind_process(void);

#endif
