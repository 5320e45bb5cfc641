/* SPDX-License-Identifier: GPL-2.0-only */
/* Cases of vtd_dirty with a guest's table in between. */
#ifndef VTD_DIRTY_NESTED_H
#define VTD_DIRTY_NESTED_H

/* @arg: flags of the engine, a __u32 */
void dirty_nested(const void *arg);
void dirty_nested_pasids(const void *arg);

#endif
