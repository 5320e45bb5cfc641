// SPDX-License-Identifier: GPL-2.0-only
/* A thread that keeps the device copying and checks all that arrives. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "step.h"
#include "stream.h"

/* A transfer that a replacement met did not arrive. Still 0 if it may. */
static int survive_loss(struct stream *s)
{
	int err = transfer_check_around(&s->transfer);

	if (err)
		return err;
	atomic_fetch_add(&s->lost, 1);
	err = s->dev->driver->init(s->dev);
	if (err)
		snprintf(s->transfer.why, sizeof(s->transfer.why),
			 "the device does not start again after a fault");
	return err;
}

static int one_transfer(struct stream *s)
{
	unsigned long before = atomic_load(&s->finished);
	int err = transfer_run(&s->transfer, s->dev);
	int met = atomic_load(&s->begun) != before;

	if (err)
		return met ? survive_loss(s) : err;
	atomic_fetch_add(&s->whole, 1);
	if (met)
		atomic_fetch_add(&s->across, 1);
	return 0;
}

static void *stream_main(void *arg)
{
	struct stream *s = arg;

	while (!atomic_load(&s->stop)) {
		s->transfer.seed++;
		s->err = one_transfer(s);
		if (s->err) {
			atomic_store(&s->failed, 1);
			break;
		}
	}
	return NULL;
}

int stream_start(struct stream *s)
{
	sigset_t all, old;
	int err;

	s->transfer.src = s->src;
	s->transfer.dst = s->dst;
	s->transfer.len = s->len;
	s->transfer.src_offset = 0;
	s->transfer.dst_offset = (s->dst->size - s->len) / 2;
	s->transfer.margin = TRANSFER_MARGIN_ALL;
	s->err = 0;
	atomic_store(&s->whole, 0);
	atomic_store(&s->across, 0);
	atomic_store(&s->lost, 0);
	atomic_store(&s->begun, 0);
	atomic_store(&s->finished, 0);
	atomic_store(&s->stop, 0);
	atomic_store(&s->failed, 0);

	/* Signals are for the main thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	err = pthread_create(&s->thread, NULL, stream_main, s);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -err;
}

int stream_stop(struct stream *s)
{
	atomic_store(&s->stop, 1);
	pthread_join(s->thread, NULL);
	return s->err;
}

int stream_wait_busy(struct stream *s, unsigned long last)
{
	while (!atomic_load(&s->failed) && !step_interrupted()) {
		unsigned long finished = atomic_load(&s->dev->finished);
		unsigned long started = atomic_load(&s->dev->started);

		if (started != finished && started != last)
			return 0;
		usleep(100);
	}
	return -1;
}
