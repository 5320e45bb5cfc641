// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function does DMA to a process, and something ends: the process, what binds them, or
 * the function.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/pci_regs.h>

#include "cases.h"
#include "lib/memory.h"
#include "lib/proc.h"

/* What a process tells of itself: it is bound, and this is where its memory is. */
struct news {
	struct bond bond;
	void *va;
};

/* A process of its own that is bound, and that does what its orders say. */
struct child {
	pid_t pid;
	int orders;
	struct news news;
};

static void child_end(enum how how)
{
	switch (how) {
	case END_EXIT:
		_exit(0);
	case END_KILL:
		raise(SIGKILL);
		break;
	case END_EXEC:
		execl("/bin/sh", "sh", "-c", "exit 0", NULL);
		break;
	}
	_exit(1);
}

static void child_run(const struct place *p, int orders, int news, enum how how)
{
	struct news mine = { .va = mem_pages(1) };
	char c;

	mine.bond = sva_bind(&p->fn);
	sva_reaches(p, mine.bond.pasid, mine.va);
	CHECK_EQ(write(news, &mine, sizeof(mine)), sizeof(mine));
	CHECK_EQ(read(orders, &c, 1), 1);
	child_end(how);
}

/* The bond is this process's, too, so it stays when the other one goes. */
static struct child child_make(const struct place *p, enum how how)
{
	struct child child;
	int orders[2], news[2], pidfd;

	CHECK_EQ(pipe(orders), 0);
	CHECK_EQ(pipe(news), 0);
	child.pid = harness_fork();
	if (!child.pid)
		child_run(p, orders[0], news[1], how);
	CHECK_EQ(read(news[0], &child.news, sizeof(child.news)), sizeof(child.news));
	pidfd = syscall(SYS_pidfd_open, child.pid, 0);
	CHECK(pidfd >= 0);
	child.news.bond.fd = syscall(SYS_pidfd_getfd, pidfd, child.news.bond.fd, 0);
	CHECK(child.news.bond.fd >= 0);
	child.orders = orders[1];
	close(pidfd);
	return child;
}

static void child_goes(const struct child *child)
{
	CHECK_EQ(write(child->orders, "g", 1), 1);
	CHECK_EQ(waitpid(child->pid, NULL, 0), child->pid);
}

/*
 * The function goes on for as long as it likes, and nobody hears of it: no fault is
 * recorded. Who binds next is another one, by another PASID.
 */
void process_ends(const void *arg)
{
	const struct end *end = arg;
	struct vtd_sim_counters before, after;
	struct child child;
	struct place p;
	void *va;

	place_make(&p, end->terms);
	child = child_make(&p, end->how);
	va = child.news.va;
	sva_stream(&p, child.news.bond.pasid, va);
	sva_stream_runs(&p);
	child_goes(&child);
	before = sim_counters(&p.sim);
	sva_stream_fails(&p, child.news.bond.pasid, va);
	sva_blocked(&p, child.news.bond.pasid, va);
	after = sim_counters(&p.sim);
	CHECK(after.faults > before.faults);
	CHECK_EQ(after.events, before.events);
	CHECK_EQ(sva_ask(&p, child.news.bond.pasid, va, 1, 0), VTD_SIM_PAGE_FAILED);

	p.bond = sva_bind(&p.fn);
	CHECK(p.bond.pasid != child.news.bond.pasid);
	va = mem_pages(1);
	sva_reaches(&p, p.bond.pasid, va);
	sva_unbind(&child.news.bond);
	sva_reaches(&p, p.bond.pasid, va);
	/* It is nobody's now, so it is told again; refused translation requests never are. */
	before = sim_counters(&p.sim);
	p.flags &= ~VTD_SIM_OP_ATS;
	sva_blocked(&p, child.news.bond.pasid, va);
	CHECK(sim_counters(&p.sim).events > before.events);
	place_end(&p);
}

void unbound(const void *arg)
{
	void *va = mem_pages(2);
	struct place p;
	__u32 pasid;

	place_make_bound(&p, arg);
	pasid = p.bond.pasid;
	sva_stream(&p, pasid, va);
	sva_stream_runs(&p);
	sva_unbind(&p.bond);
	sva_stream_fails(&p, pasid, va);
	sva_blocked(&p, pasid, va);
	p.bond = sva_bind(&p.fn);
	sva_reaches(&p, p.bond.pasid, va);
	place_end(&p);
}

/* The function is pulled out in the middle of it. */
void unplugged(const void *arg)
{
	struct vtd_sim_function_remove gone = { .size = sizeof(gone) };
	char path[PATH_MAX + 16];
	void *va = mem_pages(1);
	struct bond bond;
	struct place p;

	place_make_bound(&p, arg);
	sva_stream(&p, p.bond.pasid, va);
	sva_stream_runs(&p);
	snprintf(path, sizeof(path), "%s/remove", p.fn.place.dir);
	CHECK_OK(proc_write(path, "1"));
	CHECK(__sva_bind(&p.fn, &bond) < 0);
	gone.unit = p.sim.unit;
	gone.slot = p.fn.slot;
	sim_function_close(&p.fn);
	CHECK_OK(__sim(p.sim.fd, VTD_SIM_FUNCTION_REMOVE, &gone));
	sva_unbind(&p.bond);

	/* Another one in its place. */
	p.fn = place_function(&p.sim, 0);
	p.bond = sva_bind(&p.fn);
	sva_reaches(&p, p.bond.pasid, va);
	place_end(&p);
}

static void function_reset(const struct sim_function *fn)
{
	__u16 command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/reset", fn->place.dir);
	CHECK_OK(proc_write(path, "1"));
	CHECK_EQ(pwrite(fn->device, &command, sizeof(command), PCI_COMMAND),
		 sizeof(command));
}

/* It keeps what it had. */
void reset(const void *arg)
{
	void *va = mem_pages(2);
	struct place p;

	place_make_bound(&p, arg);
	sva_reaches(&p, p.bond.pasid, va);
	function_reset(&p.fn);
	sva_reaches(&p, p.bond.pasid, va);
	CHECK_EQ(munmap(va, PAGE), 0);
	sva_blocked(&p, p.bond.pasid, va);
	CHECK_EQ(madvise((char *)va + PAGE, PAGE, MADV_DONTNEED), 0);
	CHECK_EQ(sva_ask(&p, p.bond.pasid, (char *)va + PAGE, 1, 0), VTD_SIM_OK);
	sva_reaches(&p, p.bond.pasid, (char *)va + PAGE);
	place_end(&p);
}

/* What the core gives back has ended, and nobody hears of its faults. */
void reset_without_process(const void *arg)
{
	struct child child;
	__u64 events;
	struct place p;

	place_make(&p, arg);
	child = child_make(&p, END_EXIT);
	child_goes(&child);
	function_reset(&p.fn);
	p.flags = 0;
	events = sim_counters(&p.sim).events;
	sva_blocked(&p, child.news.bond.pasid, child.news.va);
	CHECK_EQ(sim_counters(&p.sim).events, events);
	sva_unbind(&child.news.bond);
	sva_blocked(&p, child.news.bond.pasid, child.news.va);
	place_end(&p);
}

static void ask(const struct place *p, __u32 pasid, const void *va)
{
	sim_run(&p->fn, VTD_SIM_OP_PAGE | tenant_use(&p->fn, pasid), (unsigned long)va,
		PAGE, 0);
}

static void all_answered(const struct place *p)
{
	struct vtd_sim_counters c = sim_counters(&p->sim);

	CHECK_EQ(c.responses, c.page_requests);
	CHECK_EQ(c.strays, 0);
}

/* Page requests are on their way when nobody wants them any more. */
void pending_unbound(const void *arg)
{
	char *va = mem_untouched(8);
	struct place p;
	size_t i;

	place_make_bound(&p, arg);
	for (i = 0; i < 8; i++)
		ask(&p, p.bond.pasid, va + i * PAGE);
	sva_unbind(&p.bond);
	all_answered(&p);
	p.bond = sva_bind(&p.fn);
	if (!((const struct terms *)arg)->page_reads)
		CHECK_EQ(sva_ask(&p, p.bond.pasid, va, 1, 0), VTD_SIM_OK);
	place_end(&p);
}

void pending_ends(const void *arg)
{
	struct child child;
	struct place p;
	size_t i;

	place_make(&p, arg);
	child = child_make(&p, END_KILL);
	for (i = 0; i < 8; i++)
		ask(&p, child.news.bond.pasid, (char *)child.news.va + i * PAGE);
	child_goes(&child);
	sva_blocked(&p, child.news.bond.pasid, child.news.va);
	sva_unbind(&child.news.bond);
	all_answered(&p);
	place_end(&p);
}

#define STORM_PAGES	16
#define STORM_ROUNDS	60

struct weather {
	char *va;
	volatile bool over;
};

/* Unmaps, maps and forks as fast as it can. */
static void *churn(void *arg)
{
	struct weather *weather = arg;
	unsigned int i;
	pid_t pid;

	for (i = 0; !weather->over; i++) {
		char *va = weather->va + i % STORM_PAGES * PAGE;

		madvise(va, PAGE, MADV_DONTNEED);
		*va = i;
		CHECK(mmap(va, PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == va);
		if (i % 64)
			continue;
		pid = fork();
		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	return NULL;
}

/* Everything at once: requests, faults, unmapping, binding and unbinding. */
void storm(const void *arg)
{
	struct weather weather = { .va = mem_untouched(STORM_PAGES) };
	struct bond extra;
	pthread_t thread;
	struct place p;
	unsigned int i;

	place_make_bound(&p, arg);
	CHECK_EQ(pthread_create(&thread, NULL, churn, &weather), 0);
	for (i = 0; i < STORM_ROUNDS; i++) {
		char *va = weather.va + i % STORM_PAGES * PAGE;

		extra = sva_bind(&p.fn);
		ask(&p, p.bond.pasid, va);
		sva_write(&p, p.bond.pasid, va, i & 0x7f);
		ask(&p, p.bond.pasid, va);
		if (i % 4 == 3) {
			sva_unbind(&p.bond);
			p.bond = extra;
		} else {
			sva_unbind(&extra);
		}
		if (i % 16 == 15) {
			sva_unbind(&p.bond);
			p.bond = sva_bind(&p.fn);
		}
	}
	weather.over = true;
	CHECK_EQ(pthread_join(thread, NULL), 0);
	sva_unbind(&p.bond);
	all_answered(&p);
	place_end(&p);
}
