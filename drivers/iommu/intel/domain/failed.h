/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a domain does when inval/ could not empty the caches.
 */
#ifndef VTD_DOMAIN_FAILED_H
#define VTD_DOMAIN_FAILED_H

#include "../inval/tag.h"

extern const struct vtd_tags_ops vtd_domain_tags_ops;

#endif
