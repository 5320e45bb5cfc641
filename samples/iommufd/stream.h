/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A thread that keeps the device copying and checks all that arrives.
 *
 * While it runs, the main thread replaces the attachment of the device. A
 * hardware driver that cannot do that in one write leaves a moment without
 * translation. A transfer that meets this moment faults: it may be lost, but
 * nothing else may change, and the device must work again after a reset.
 * Every other transfer has to arrive whole.
 */
#ifndef DEMO_STREAM_H
#define DEMO_STREAM_H

#include <pthread.h>
#include <stdatomic.h>

#include "transfer.h"

struct stream {
	struct dma_dev *dev;	/* the thread's own while it runs */
	struct mem *src;	/* TRANSFER_MAX bytes each */
	struct mem *dst;
	size_t len;		/* bytes in a transfer */

	/* Constant after stream_stop(). */
	struct transfer transfer;
	int err;

	atomic_ulong whole;	/* transfers that arrived whole */
	atomic_ulong across;	/* those of them that a replacement met */
	atomic_ulong lost;	/* transfers that a replacement made fault */

	/* Replacements, counted by the main thread; equal outside of one. */
	atomic_ulong begun;
	atomic_ulong finished;

	atomic_int stop;
	atomic_int failed;
	pthread_t thread;
};

/* 0 or -errno. */
int stream_start(struct stream *stream);

/* Ask to stop, wait, return 0 or the error of the transfer that failed. */
int stream_stop(struct stream *stream);

/*
 * Sleep until a transfer later than number @last is in flight; -1 if the
 * stream failed or the user interrupted.
 */
int stream_wait_busy(struct stream *stream, unsigned long last);

#endif
