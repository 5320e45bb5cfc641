// SPDX-License-Identifier: GPL-2.0-only
/* Files: dup, passing over a socket, close, fork; dma-bufs; bad commands. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <iommufd.h>

#include "lib/event.h"
#include "lib/file.h"
#include "lib/harness.h"
#include "ops.h"

void op_dmabuf(struct world *w)
{
	struct dmabuf *d = &w->dmabuf[roll(w, MAX_DMABUFS)];
	bool revoked = chance(w, 60);
	struct want wants = {};
	struct source *s;

	op_log(w, "DMABUF_REVOKE %d %u", d->fd, revoked);
	outcome(w, &wants, __mock_revoke(w->ctx[0].fd, d->fd, revoked));
	d->revoked = revoked;
	for (s = w->sources; s; s = s->next)
		s->lost |= s->dmabuf == d;
}

/* Sends a file to ourselves. */
static int pass(int fd)
{
	int pair[2];

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	CHECK_OK(iommufd_fds_send(pair[0], &fd, 1));
	/* It lives on in the socket alone. */
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(iommufd_fds_receive(pair[1], &fd, 1), 1);
	close(pair[0]);
	close(pair[1]);
	return fd;
}

static int *any_file(struct world *w, struct ctx *c, struct object **queue)
{
	struct object *q = object_any(w, c, KIND_FAULT | KIND_VEVENTQ);
	struct access *a = &c->access[roll(w, MAX_ACCESSES)];

	*queue = NULL;
	switch (roll(w, 4)) {
	case 0:
		return &c->fd;
	case 1:
		return a->fd >= 0 ? &a->fd : &w->memfd;
	case 2:
		return &w->dmabuf[roll(w, MAX_DMABUFS)].fd;
	default:
		if (!q || q->fd < 0)
			return &c->fd;
		*queue = q;
		return &q->fd;
	}
}

void op_move_fd(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct object *q;
	int *fd = any_file(w, c, &q);
	int old = *fd;

	if (q && chance(w, 30)) {
		op_log(w, "close queue %u", q->id);
		CHECK_EQ(close(q->fd), 0);
		q->fd = -1;
		q->users--;
		q->ngroups = 0;
		return;
	}
	if (chance(w, 50)) {
		*fd = fcntl(old, F_DUPFD_CLOEXEC, 0);
		CHECK(*fd >= 0);
		CHECK_EQ(close(old), 0);
	} else {
		*fd = pass(old);
	}
	op_log(w, "file %d is %d now", old, *fd);
}

static void close_queues(struct ctx *c)
{
	struct object *o = NULL;
	int i;

	while ((o = object_next(c, o, KIND_ANY)))
		if (o->fd >= 0)
			close(o->fd);
	for (i = 0; i < MAX_ACCESSES; i++)
		if (c->access[i].fd >= 0)
			close(c->access[i].fd);
}

/* A child uses the files and closes them: ours must not notice. */
void op_fork(struct world *w)
{
	pid_t pid;
	int i;

	op_log(w, "fork");
	pid = harness_fork();
	if (!pid) {
		w->state ^= 0x1234567;
		w->fails = false;
		for (i = roll(w, 8); i; i--) {
			op_ranges(w);
			op_hw_info(w);
			op_check_slot(w);
		}
		op_change_process(w);
		for (i = 0; i < NCTX; i++) {
			if (chance(w, 50))
				close(w->ctx[i].fd);
			close_queues(&w->ctx[i]);
		}
		_exit(0);
	}
	harness_join(pid);
}

static int any_command(struct world *w, struct ctx *c, void *buf,
		       struct want *wants)
{
	static const unsigned int known[] = {
		IOMMU_DESTROY, IOMMU_IOAS_ALLOC, IOMMU_IOAS_MAP,
		IOMMU_IOAS_COPY, IOMMU_HWPT_ALLOC, IOMMU_HWPT_INVALIDATE,
		IOMMU_VIOMMU_ALLOC, IOMMU_HW_QUEUE_ALLOC, IOMMU_TEST_CMD,
		IOMMU_GET_HW_INFO, IOMMU_IOAS_MAP_FILE, IOMMU_OPTION,
	};
	unsigned int cmd = known[roll(w, ARRAY_LEN(known))];
	__u32 *size = buf;

	switch (roll(w, 5)) {
	case 0:
		/* numbers that neither interface has */
		cmd = _IO(IOMMUFD_TYPE, chance(w, 50) ? roll(w, 60) :
							0xa1 + roll(w, 0x5e));
		want(wants, true, ENOTTY);
		break;
	case 1:
		want(wants, true, EFAULT);
		return __iommu_cmd(c->fd, cmd, chance(w, 50) ? NULL :
							       w->nothing);
	case 2:
		*size = roll(w, 8);
		want(wants, true, EINVAL);
		break;
	case 3:
		*size = 256;
		memset(buf + 192, 1, 64);
		want(wants, true, E2BIG);
		break;
	default:
		cmd = _IOC(_IOC_WRITE, IOMMUFD_TYPE, _IOC_NR(cmd), 8);
		want(wants, true, ENOTTY);
		break;
	}
	return __iommu_cmd(c->fd, cmd, buf);
}

void op_junk(struct world *w)
{
	__u64 buf[32] = {};
	struct want wants = {};
	int rc;

	op_log(w, "a bad command");
	rc = any_command(w, any_ctx(w), buf, &wants);
	outcome(w, &wants, rc);
}
