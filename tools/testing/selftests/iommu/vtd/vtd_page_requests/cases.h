/* SPDX-License-Identifier: GPL-2.0-only */
/* The cases of vtd_page_requests, and what they share. */
#ifndef VTD_PAGE_REQUESTS_CASES_H
#define VTD_PAGE_REQUESTS_CASES_H

#include <pthread.h>
#include <stdatomic.h>

#include "lib/event.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/prq.h"
#include "lib/uapi.h"
#include "lib/vfio.h"

#define GIVE IOMMUFD_PAGE_RESP_SUCCESS
#define DENY IOMMUFD_PAGE_RESP_INVALID

/* On which unit, with what */
struct how {
	__u32 profile;
	/* PRQ_NO_PASID, or what the requests carry */
	__u32 pasid;
	/* After how many reads of registers a request arrives */
	__u32 late;
};

/* @arg: struct how */
void make(struct prq_bench *b, const void *arg);
void check_empty(const struct event_queue *queue);
/* One request is given, with data. */
void works_again(struct prq_bench *b);

/* Gives every page that is asked for, until it is told to stop. */
struct server {
	struct prq_bench *b;
	struct event_queue queue;
	atomic_bool stop;
	atomic_uint served;
};

pthread_t server_start(struct server *s);
void server_stop(struct server *s, pthread_t thread);
/* Reads a page by the polled registers: it asks by itself, waits and tries again. */
void polled_read(const struct sim_function *fn, void *bar0, __u64 iova);

/* ends.c: requests are in flight when something ends */
void detached(const void *arg);
void replaced(const void *arg);
void moved(const void *arg);
void reset(const void *arg);
void unbound(const void *arg);
void reader_gone(const void *arg);
void context_gone(const void *arg);

/* load.c: many at a time */
void polled(const void *arg);
void flood(const void *arg);
void races(const void *arg);

/* pasid.c: several PASIDs of one device */
void pasid_queues(void);
void pasid_ends_alone(void);
void pasid_stop_marker(void);
void pasid_without_rid(void);

#endif
