// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers of the public DMA test function 1234:11e9: plain stores to a BAR
 * that user space maps. Nobody sees a store, so a thread looks.
 *
 * With ATS on it uses the device TLB, and with PRI on it asks for a page that is
 * missing, waits for the answer and tries again.
 *
 * Locks: vtd_sim_unit.lock for each step.
 * Calls: engine.c
 */
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/kthread.h>
#include <linux/sizes.h>

#include "config.h"
#include "engine.h"
#include "function.h"
#include "poll.h"
#include "sim_unit.h"

/* Looks are frequent after work, and rare when there is none. */
#define LOOK_MIN_US	20
#define LOOK_MAX_US	2000
/* More pages than a command touches; then nobody gives them. */
#define ASK_MAX		8

static struct vtd_sim_job job_of(const struct vtd_sim_function *fn, u32 op)
{
	return (struct vtd_sim_job){
		.addr = readq(fn->bar0.map + VTD_SIM_ITEST_ADDR),
		.nbytes = SZ_4K,
		.command = op | (vtd_sim_config_has_ats(fn) ? VTD_SIM_OP_ATS : 0),
	};
}

/* Waits until the page request is answered, or forgotten by a reset. */
static bool wait_for_page(struct vtd_sim_function *fn)
{
	enum vtd_sim_page page = VTD_SIM_PAGE_ASKED;
	unsigned int pause = LOOK_MIN_US;

	while (!kthread_should_stop()) {
		scoped_guard(raw_spinlock_irqsave, &fn->unit->lock)
			page = fn->page;
		if (page != VTD_SIM_PAGE_ASKED)
			break;
		usleep_range(pause, 2 * pause);
		/* Whoever is to answer may never do so. */
		pause = min(2 * pause, LOOK_MAX_US);
	}
	return page == VTD_SIM_PAGE_GIVEN;
}

/* Returns whether there is hope: a page was asked for and given. */
static bool page_ask(struct vtd_sim_function *fn, u64 addr)
{
	struct vtd_sim_job job = { .addr = addr, .command = VTD_SIM_OP_PAGE };
	enum vtd_sim_status status;

	scoped_guard(raw_spinlock_irqsave, &fn->unit->lock)
		status = vtd_sim_engine_run(fn, &job);
	return status == VTD_SIM_OK || (status == VTD_SIM_PENDING && wait_for_page(fn));
}

static void itest_run(struct vtd_sim_function *fn, u32 command)
{
	u32 op = command == VTD_SIM_ITEST_IN ? VTD_SIM_OP_READ : VTD_SIM_OP_WRITE;
	enum vtd_sim_status status;
	struct vtd_sim_job job;
	unsigned int asked;

	for (asked = 0; asked < ASK_MAX; asked++) {
		scoped_guard(raw_spinlock_irqsave, &fn->unit->lock) {
			job = job_of(fn, op);
			status = vtd_sim_engine_run(fn, &job);
		}
		if ((status != VTD_SIM_BLOCKED && status != VTD_SIM_NO_PERMISSION) ||
		    !page_ask(fn, job.addr + job.done))
			break;
	}
	/* A reset has cleared it, and software may have set it again. */
	if (readl(fn->bar0.map + VTD_SIM_ITEST_CMD) == command)
		writel(0, fn->bar0.map + VTD_SIM_ITEST_CMD);
}

static int function_poll(void *data)
{
	struct vtd_sim_function *fn = data;
	unsigned int pause = LOOK_MAX_US;
	u32 command;

	while (!kthread_should_stop()) {
		command = readl(fn->bar0.map + VTD_SIM_ITEST_CMD);
		if (command & VTD_SIM_ITEST_BUSY) {
			itest_run(fn, command);
			pause = LOOK_MIN_US;
		}
		usleep_range(pause, 2 * pause);
		pause = min(2 * pause, LOOK_MAX_US);
	}
	return 0;
}

/**
 * vtd_sim_poll_start() - look at the registers of a function
 * @fn: the function; if it has no such registers, nothing happens
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM, -EINTR.
 */
int vtd_sim_poll_start(struct vtd_sim_function *fn)
{
	struct task_struct *task;

	if (fn->type != VTD_SIM_ITEST)
		return 0;
	task = kthread_run(function_poll, fn, "vtd-sim/%x:%u", fn->unit->segment, fn->slot);
	if (IS_ERR(task))
		return PTR_ERR(task);
	fn->poller = task;
	return 0;
}

/**
 * vtd_sim_poll_stop() - undo vtd_sim_poll_start()
 * @fn: the function
 *
 * Context: may sleep. What it does is over when this returns.
 */
void vtd_sim_poll_stop(struct vtd_sim_function *fn)
{
	if (fn->poller)
		kthread_stop(fn->poller);
	fn->poller = NULL;
}
