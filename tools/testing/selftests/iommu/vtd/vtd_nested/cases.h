/* SPDX-License-Identifier: GPL-2.0-only */
/* Cases of vtd_nested in files of their own; arguments are a struct way. */
#ifndef VTD_NESTED_CASES_H
#define VTD_NESTED_CASES_H

/* refuse.c: what cannot be */
void nested_refusals(void);
void nested_hw_info(void);
void nested_read_only(void);
void nested_order(void);

/* hostile.c: tables of a guest that means no good */
void nested_outside(const void *arg);
void nested_reserved(const void *arg);
void nested_loops(const void *arg);
void nested_cut_off(void);

/* replace.c: other tables, PASIDs, functions */
void nested_replace(const void *arg);
void nested_pasids(const void *arg);
void nested_two_functions(const void *arg);

/* many.c: 1,000 PASIDs */
void nested_many(const void *arg);

/* stream.c: no request is lost where that is promised */
void nested_stream(const void *arg);
void nested_pairs(void);

/* dump.c: what debugfs shows */
void nested_debugfs(void);
void nested_debugfs_hostile(void);

#endif
