/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A wait alone: the last descriptor before a stop.
 */
#ifndef __VTD_QUEUE_SUBMIT_H
#define __VTD_QUEUE_SUBMIT_H

#include <linux/types.h>

struct vtd_queue;

bool vtd_queue_drain(struct vtd_queue *queue, unsigned int us);

#endif
