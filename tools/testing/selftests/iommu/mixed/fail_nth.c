// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lets every allocation and user copy inside of every command fail once.
 *
 *   fail_nth [--every N]
 *
 * For nth = 1, 2, ... (with --every or FAIL_NTH_EVERY: every n-th) until no
 * failure is injected: a fresh context is set up, the command runs with its nth step
 * failing, and must either succeed or leave nothing behind. It then works when
 * run again, and everything can be destroyed in order, which brings back all
 * ids, pins and charges.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fail_nth/scene.h"
#include "lib/fault.h"
#include "lib/file.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"

#define MAX_NTH 20000

struct group {
	const struct command *commands;
	const size_t *ncommands;
};

static const struct group groups[] = {
	{ basic_commands, &basic_ncommands },
	{ file_commands, &file_ncommands },
	{ guest_commands, &guest_ncommands },
	{ event_commands, &event_ncommands },
	{ pasid_commands, &pasid_ncommands },
	{ container_commands, &container_ncommands },
};

#define MAX_CASES 128

__u32 scene_own(struct scene *s, __u32 id)
{
	CHECK(s->nown < MAX_OWN);
	return s->own[s->nown++] = id;
}

int scene_own_file(struct scene *s, int file)
{
	CHECK(s->nfiles < MAX_OWN);
	return s->file[s->nfiles++] = file;
}

/* What uses the objects of the scene from outside. */
static void let_go(struct scene *s)
{
	int i;

	if (s->window)
		CHECK_EQ(munmap(s->window, s->window_size), 0);
	while (s->nfiles)
		CHECK_EQ(close(s->file[--s->nfiles]), 0);
	for (i = 1; s->pasids && i <= NPASIDS; i++) {
		struct iommu_test_cmd cmd = {
			.id = s->dev[0].stdev,
			.pasid_detach = { .pasid = i },
		};

		CHECK_OK(__mock_cmd(s->fd, IOMMU_TEST_OP_PASID_DETACH, &cmd));
	}
	if (s->moved)
		mock_replace(s->fd, &s->dev[0], s->other);
}

/* Destroys what the scene has in the order of the dependencies. */
static void strike(struct scene *s)
{
	size_t i;

	if (s->access >= 0)
		CHECK_EQ(close(s->access), 0);
	let_go(s);
	while (s->nown)
		destroy(s->fd, s->own[--s->nown]);
	for (i = 0; i < MAX_DEVS; i++)
		if (s->dev[i].stdev)
			destroy(s->fd, s->dev[i].stdev);
	for (i = 0; i < ARRAY_LEN(s->hwpt); i++)
		if (s->hwpt[i])
			destroy(s->fd, s->hwpt[i]);
	if (s->made)
		destroy(s->fd, s->made);
	ioas_unmap_all(s->fd, s->ioas);
	destroy(s->fd, s->ioas);
	destroy(s->fd, s->other);
	CHECK_OK(__mock_check_refs(s->fd, s->va, s->length, 0));
}

static void check_failure(const struct command *cmd, const struct fault *fault,
			  int rc, unsigned int nth)
{
	if (rc == -ENOMEM || rc == -EFAULT ||
	    (cmd->flags & PROBES && rc == -ENODEV) ||
	    (fault->has_hooks && (rc == -ENOENT || rc == -EINVAL)))
		return;
	harness_fail(__FILE__, __LINE__, "step %u: unexpected %s", nth,
		     strerrorname_np(-rc) ?: "?");
}

static int lowest_free_file(void)
{
	int file = dup(STDOUT_FILENO);

	CHECK(file >= 0);
	CHECK_EQ(close(file), 0);
	return file;
}

/* Returns false when the command had less than @nth steps that can fail. */
static bool run_once(const struct command *cmd, const struct fault *fault,
		     struct scene *s, unsigned int nth)
{
	bool warned = proc_kernel_warned();
	struct footprint empty;
	struct footprint before;
	int next_file;
	bool injected;
	int rc;

	s->fd = mock_open();
	empty = footprint_take(s->fd);
	cmd->prepare(s);
	s->untouched = mem_untouched(4);
	before = footprint_take(s->fd);
	next_file = lowest_free_file();
	fault_arm(fault, nth);
	rc = cmd->run(s);
	injected = fault_disarm(fault);
	if (rc) {
		CHECK(injected);
		check_failure(cmd, fault, rc, nth);
		s->made = 0;
		if (s->dev[2].stdev)
			memset(&s->dev[2], 0, sizeof(s->dev[2]));
	}
	if (rc)
		CHECK_EQ(lowest_free_file(), next_file);
	if (rc && !(cmd->flags & KEEPS)) {
		footprint_check(&before);
		CHECK_OK(cmd->run(s));
	}
	strike(s);
	CHECK_EQ(munmap(s->untouched, 4 * s->page), 0);
	footprint_check(&empty);
	CHECK_EQ(close(s->fd), 0);
	CHECK(warned || !proc_kernel_warned());
	return injected;
}

static void run_command(const void *arg)
{
	const struct command *cmd = arg;
	struct fault fault = fault_open();
	struct scene blank = { .access = -1, .page = page_size() };
	struct scene s;
	unsigned int nth;
	size_t i;

	blank.length = SCENE_PAGES * blank.page;
	blank.va = mem_pages(SCENE_PAGES);
	for (i = 0; i < SCENE_PAGES; i += 2)
		CHECK(mremap(mem_pages(1), blank.page, blank.page,
			     MREMAP_MAYMOVE | MREMAP_FIXED,
			     blank.va + i * blank.page) != MAP_FAILED);
	if (cmd->run == run_map_huge)
		blank.thp = mem_thp(2);
	if (cmd->flags & HUGE_FILE)
		blank.kept = memfd_make_huge(1);
	if (cmd->flags & CHARGES)
		proc_drop_cap(CAP_IPC_LOCK);
	for (nth = 1; nth < MAX_NTH; nth += fault_every()) {
		s = blank;
		if (!run_once(cmd, &fault, &s, nth))
			break;
	}
	if (fault_every() > 1)
		harness_note("%s: one of %u steps failed", cmd->name, fault_every());
	else
		harness_note("%s: %u steps failed one by one", cmd->name,
			     nth - 1);
	CHECK(nth < MAX_NTH);
	CHECK(nth > 1 || cmd->flags & IDLE);
}

/* What the runs before have leaked, as far as the kernel can tell. */
static void no_memory_leaked(void)
{
	static const char path[] = "/sys/kernel/debug/kmemleak";
	char report[4096];
	int scan;

	if (access(path, R_OK | W_OK))
		harness_skip("no kmemleak");
	/* Only memory of a certain age is reported, on its second scan. */
	for (scan = 0; scan < 3; scan++) {
		sleep(3);
		CHECK_OK(proc_write(path, "scan"));
	}
	CHECK(proc_read(path, report, sizeof(report)) >= 0);
	if (!report[0])
		return;
	/* A pointer that was on its way is found by another scan, a leak is not. */
	sleep(5);
	CHECK_OK(proc_write(path, "scan"));
	CHECK(proc_read(path, report, sizeof(report)) >= 0);
	if (!report[0])
		return;
	harness_fail(__FILE__, __LINE__, "kmemleak: %s", report);
}

int main(int argc, char **argv)
{
	static struct test_case cases[MAX_CASES];
	size_t n = 0, g, i;
	char text[24];

	/* The cases run in processes of their own: the environment reaches them. */
	snprintf(text, sizeof(text), "%lu",
		 harness_option(argc, argv, "every", fault_every()));
	setenv("FAIL_NTH_EVERY", text, 1);
	for (g = 0; g < ARRAY_LEN(groups); g++) {
		for (i = 0; i < *groups[g].ncommands; i++, n++) {
			const struct command *cmd = &groups[g].commands[i];

			CHECK(n < MAX_CASES - 1);
			cases[n].name = cmd->name;
			cases[n].seconds = 600;
			cases[n].fn_arg = run_command;
			cases[n].arg = cmd;
		}
	}
	cases[n].name = "no memory leaked";
	cases[n].seconds = 300;
	cases[n].fn = no_memory_leaked;
	return harness_main(argc, argv, cases, n + 1);
}
