/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Somebody who is charged for pinned pages.
 */
#ifndef __IOMMUFD_PAGES_PAYER_H
#define __IOMMUFD_PAGES_PAYER_H

#include "../object/ctx.h"

struct mm_struct;
struct task_struct;
struct user_struct;

/**
 * struct pages_payer - who is charged for pinned pages
 * @mode: which counter
 * @mm: whose pinned_vm counts, and locked_vm by @mode (mmgrab); may be NULL
 * @task: group leader whose RLIMIT_MEMLOCK limits (reference held)
 * @user: uid whose locked_vm counts by @mode (reference held)
 */
struct pages_payer {
	enum iommufd_charge_mode mode;
	struct mm_struct *mm;
	struct task_struct *task;
	struct user_struct *user;
};

void pages_payer_init(struct pages_payer *payer, enum iommufd_charge_mode mode);
void pages_payer_release(struct pages_payer *payer);

#endif
