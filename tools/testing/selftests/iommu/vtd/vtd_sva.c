// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated functions use the memory of processes by PASID, with the processes'
 * own page tables, behind units whose caches keep all they may: what the process does
 * with its memory, the function meets at once. Documentation/driver-api/vtd/sva.rst says
 * what holds.
 *
 * Needs a kernel with CONFIG_INTEL_IOMMU_SIM, CONFIG_INTEL_IOMMU_SVM and vtd_sim=.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/memory.h"
#include "vtd_sva/cases.h"

#define CASE_SECONDS	120
#define NPAGES_SVA	4

static const struct terms plain = { VTD_SIM_FULL, "", 0, 0 };
static const struct terms ats = { VTD_SIM_FULL, "", VTD_SIM_OP_ATS, 0 };
static const struct terms cm = { VTD_SIM_FULL_CM, "", 0, 0 };
static const struct terms late = { VTD_SIM_FULL, "", VTD_SIM_OP_ATS, 1000000 };

static void *at(void *base, size_t page)
{
	return (char *)base + page * PAGE;
}

/* What the process has, read and written; nothing else, and nothing of the kernel. */
static void dma(const void *arg)
{
	void *va = mem_pages(NPAGES_SVA);
	struct place p;
	__u32 pasid;

	place_make_bound(&p, arg);
	pasid = p.bond.pasid;
	sva_reaches(&p, pasid, va);
	sva_reaches(&p, pasid, at(va, NPAGES_SVA - 1));
	sva_blocked(&p, pasid, mem_nowhere());
	sva_blocked(&p, pasid, (void *)0xffff888000100000UL);
	sva_blocked(&p, pasid, (void *)0xffffffff81000000UL);
	sva_blocked(&p, pasid, (void *)(1UL << 57));
	/* Another PASID, and none. */
	sva_blocked(&p, pasid + 1, va);
	CHECK_EQ(tenant_read(&p.fn, 0, (unsigned long)va, 0x11), VTD_SIM_BLOCKED);
	/* No request of a process is privileged. */
	CHECK(tenant_read(&p.fn, tenant_use(&p.fn, pasid) | VTD_SIM_OP_PRIVILEGED,
			  (unsigned long)va, 0x11) != VTD_SIM_OK);
	place_end(&p);
}

static unsigned int nfiles(void)
{
	unsigned int n = 0;
	int fd;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* Whoever cannot be told of the file does not have it, and is not bound. */
static void unanswered(const void *arg)
{
	struct vtd_sim_sva_bind *how = mem_pages(1);
	unsigned int before;
	struct place p;

	place_make(&p, arg);
	how->size = sizeof(*how);
	how->unit = p.sim.unit;
	how->slot = p.fn.slot;
	CHECK_EQ(mprotect(how, PAGE, PROT_READ), 0);
	before = nfiles();
	CHECK_EQ(__sim(p.sim.fd, VTD_SIM_SVA_BIND, how), -EFAULT);
	CHECK_EQ(nfiles(), before);
	p.bond = sva_bind(&p.fn);
	sva_reaches(&p, p.bond.pasid, mem_pages(1));
	place_end(&p);
}

/* Memory that nobody has touched: the function asks for it. */
static void faulted_in(const void *arg)
{
	void *va = mem_untouched(NPAGES_SVA), *hole = mem_nowhere();
	struct place p;
	__u32 pasid;

	place_make_bound(&p, arg);
	pasid = p.bond.pasid;
	sva_blocked(&p, pasid, va);
	CHECK_EQ(sva_ask(&p, pasid, va, 2, 0), VTD_SIM_OK);
	sva_reaches(&p, pasid, va);
	sva_reaches(&p, pasid, at(va, 1));
	sva_blocked(&p, pasid, at(va, 2));
	/* To be read: the page of zeroes, which cannot be written. */
	CHECK_EQ(sva_ask(&p, pasid, at(va, 2), 1, VTD_SIM_OP_READ_ONLY), VTD_SIM_OK);
	CHECK_EQ(sva_read(&p, pasid, at(va, 2), 0), VTD_SIM_OK);
	CHECK(sva_write(&p, pasid, at(va, 2), 5) != VTD_SIM_OK);
	CHECK_EQ(sva_ask(&p, pasid, at(va, 2), 1, 0), VTD_SIM_OK);
	sva_reaches(&p, pasid, at(va, 2));

	/* Where there is nothing, or nothing that may be written. */
	CHECK_EQ(sva_ask(&p, pasid, hole, 1, 0), VTD_SIM_PAGE_FAILED);
	CHECK_EQ(mprotect(va, PAGE, PROT_READ), 0);
	CHECK_EQ(sva_ask(&p, pasid, va, 1, 0), VTD_SIM_PAGE_FAILED);
	CHECK_EQ(sva_ask(&p, pasid, va, 1, VTD_SIM_OP_READ_ONLY), VTD_SIM_OK);
	CHECK_EQ(sva_ask(&p, pasid, (void *)0xffff888000100000UL, 1, 0),
		 VTD_SIM_PAGE_FAILED);
	place_end(&p);
}

/* What is unmapped is out of reach when munmap() returns; so is its table. */
static void unmapped(const void *arg)
{
	char *va = mem_thp(2);
	struct place p;
	__u32 pasid;

	place_make_bound(&p, arg);
	pasid = p.bond.pasid;
	sva_reaches(&p, pasid, va);
	sva_reaches(&p, pasid, va + thp_size());
	/* A large page is cut, then all of it goes, with the table. */
	CHECK_EQ(munmap(va + PAGE, PAGE), 0);
	sva_blocked(&p, pasid, va + PAGE);
	sva_reaches(&p, pasid, va + 2 * PAGE);
	CHECK_EQ(munmap(va, thp_size()), 0);
	sva_blocked(&p, pasid, va);
	sva_blocked(&p, pasid, va + 2 * PAGE);
	sva_reaches(&p, pasid, va + thp_size());

	/* Something else in its place. */
	CHECK(mmap(va, thp_size(), PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == va);
	memset(va, 0x33, 3 * PAGE);
	sva_reaches(&p, pasid, va);
	sva_reaches(&p, pasid, va + 2 * PAGE);
	CHECK_EQ(madvise(va, PAGE, MADV_DONTNEED), 0);
	sva_blocked(&p, pasid, va);
	CHECK_EQ(sva_ask(&p, pasid, va, 1, VTD_SIM_OP_READ_ONLY), VTD_SIM_OK);
	CHECK_EQ(sva_read(&p, pasid, va, 0), VTD_SIM_OK);
	place_end(&p);
}

static void protected(const void *arg)
{
	void *va = mem_pages(NPAGES_SVA);
	struct place p;
	__u32 pasid;

	place_make_bound(&p, arg);
	pasid = p.bond.pasid;
	sva_reaches(&p, pasid, va);
	memset(va, 0x17, PAGE);
	CHECK_EQ(mprotect(va, PAGE, PROT_READ), 0);
	CHECK(sva_write(&p, pasid, va, 0x44) != VTD_SIM_OK);
	CHECK_EQ(sva_read(&p, pasid, va, 0x17), VTD_SIM_OK);
	CHECK_EQ(mprotect(va, PAGE, PROT_NONE), 0);
	sva_blocked(&p, pasid, va);
	CHECK_EQ(mprotect(va, PAGE, PROT_READ | PROT_WRITE), 0);
	CHECK_EQ(sva_ask(&p, pasid, va, 1, 0), VTD_SIM_OK);
	sva_reaches(&p, pasid, va);
	/* It moves. */
	CHECK(mremap(va, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at(va, 2)) == at(va, 2));
	sva_blocked(&p, pasid, va);
	sva_reaches(&p, pasid, at(va, 2));
	place_end(&p);
}

/* What the child got is not written to behind its back. */
static void forked(const void *arg)
{
	unsigned char *va = mem_pages(NPAGES_SVA);
	struct place p;
	int go[2];
	pid_t pid;
	char c;

	place_make_bound(&p, arg);
	CHECK_EQ(pipe(go), 0);
	sva_reaches(&p, p.bond.pasid, va);
	memset(va, 0x21, PAGE);
	pid = harness_fork();
	if (!pid) {
		close(go[1]);
		CHECK_EQ(read(go[0], &c, 1), 1);
		CHECK_EQ(va[0], 0x21);
		CHECK_EQ(va[PAGE - 1], 0x21);
		_exit(0);
	}
	CHECK(sva_write(&p, p.bond.pasid, va, 0x55) != VTD_SIM_OK);
	CHECK_EQ(sva_read(&p, p.bond.pasid, va, 0x21), VTD_SIM_OK);
	CHECK_EQ(sva_ask(&p, p.bond.pasid, va, 1, 0), VTD_SIM_OK);
	CHECK_EQ(sva_write(&p, p.bond.pasid, va, 0x55), VTD_SIM_OK);
	CHECK_EQ(va[0], 0x55);
	CHECK_EQ(write(go[1], "g", 1), 1);
	harness_join(pid);
	sva_reaches(&p, p.bond.pasid, va);
	place_end(&p);
}

/* One PASID for a process, at each function; and it is bound as often as one likes. */
static void two_functions(const void *arg)
{
	void *va = mem_pages(NPAGES_SVA);
	struct place p, other;
	struct bond again;

	place_make_bound(&p, arg);
	other = p;
	other.fn = place_function(&p.sim, 0);
	other.bond = sva_bind(&other.fn);
	CHECK_EQ(other.bond.pasid, p.bond.pasid);
	sva_reaches(&p, p.bond.pasid, va);
	sva_reaches(&other, p.bond.pasid, va);
	CHECK_EQ(munmap(va, PAGE), 0);
	sva_blocked(&p, p.bond.pasid, va);
	sva_blocked(&other, p.bond.pasid, va);

	again = sva_bind(&p.fn);
	CHECK_EQ(again.pasid, p.bond.pasid);
	sva_unbind(&again);
	sva_reaches(&p, p.bond.pasid, at(va, 1));
	sva_unbind(&p.bond);
	sva_blocked(&p, other.bond.pasid, at(va, 1));
	sva_reaches(&other, other.bond.pasid, at(va, 1));
	sva_unbind(&other.bond);
	sva_blocked(&other, other.bond.pasid, at(va, 1));
	sim_function_close(&other.fn);
	sim_function_remove(&other.fn);
	place_end(&p);
}

/* The same address in two processes. */
static void two_processes(const void *arg)
{
	unsigned char *va = mem_pages(1);
	struct bond bond;
	struct place p;
	pid_t pid;

	place_make_bound(&p, arg);
	sva_reaches(&p, p.bond.pasid, va);
	pid = harness_fork();
	if (!pid) {
		bond = sva_bind(&p.fn);
		CHECK(bond.pasid != p.bond.pasid);
		memset(va, 0x66, PAGE);
		sva_reaches(&p, bond.pasid, va);
		_exit(0);
	}
	harness_join(pid);
	CHECK(va[0] != 0x66);
	CHECK_EQ(sva_ask(&p, p.bond.pasid, va, 1, 0), VTD_SIM_OK);
	sva_reaches(&p, p.bond.pasid, va);
	place_end(&p);
}

/* What a unit or a function must have. */
static void refused(void)
{
	static const struct {
		__u32 profile;
		const char *caps;
		__u32 lacks;
		int error;
	} no[] = {
		/* The core has no PASID for the function. */
		{ VTD_SIM_LEGACY, "", 0, ENOSPC },
		{ VTD_SIM_FULL, "", VTD_SIM_FUNCTION_NO_PASID, ENOSPC },
		{ VTD_SIM_SECOND, "", 0, ENODEV },
		{ VTD_SIM_FULL_INCOHERENT, "", 0, ENODEV },
		{ VTD_SIM_FULL, "-fs1gp", 0, ENODEV },
		{ VTD_SIM_FULL, "", VTD_SIM_FUNCTION_NO_PRI, ENODEV },
		{ VTD_SIM_FULL, "", VTD_SIM_FUNCTION_NO_ATS, ENODEV },
	};
	struct sim_function fn;
	struct bond bond;
	struct sim sim;
	size_t i;

	for (i = 0; i < ARRAY_LEN(no); i++) {
		sim = sim_unit(no[i].profile, no[i].caps);
		fn = place_function(&sim, no[i].lacks);
		harness_note("refusal %zu", i);
		CHECK_ERR(__sva_bind(&fn, &bond), no[i].error);
		sim_function_close(&fn);
		sim_function_remove(&fn);
		sim_end(&sim);
	}
}

static const struct end exit_plain = { &plain, END_EXIT };
static const struct end exit_ats = { &ats, END_EXIT };
static const struct end exit_cm = { &cm, END_EXIT };
static const struct end kill_plain = { &plain, END_KILL };
static const struct end kill_ats = { &ats, END_KILL };
static const struct end exec_ats = { &ats, END_EXEC };

#define CASE_OF(function, with) \
	{ .name = #function "_" #with, .fn_arg = function, .arg = &(with), \
	  .seconds = CASE_SECONDS }

static const struct test_case cases[] = {
	CASE_OF(dma, plain),
	CASE_OF(dma, ats),
	CASE_OF(dma, cm),
	CASE_OF(unanswered, plain),
	CASE_OF(faulted_in, plain),
	CASE_OF(faulted_in, ats),
	CASE_OF(unmapped, plain),
	CASE_OF(unmapped, ats),
	CASE_OF(unmapped, cm),
	CASE_OF(protected, plain),
	CASE_OF(protected, ats),
	CASE_OF(forked, plain),
	CASE_OF(forked, ats),
	CASE_OF(two_functions, ats),
	CASE_OF(two_processes, plain),
	CASE_OF(two_processes, ats),
	{ .name = "refused", .fn = refused, .seconds = CASE_SECONDS },
	CASE_OF(process_ends, exit_plain),
	CASE_OF(process_ends, exit_ats),
	CASE_OF(process_ends, exit_cm),
	CASE_OF(process_ends, kill_plain),
	CASE_OF(process_ends, kill_ats),
	CASE_OF(process_ends, exec_ats),
	CASE_OF(unbound, plain),
	CASE_OF(unbound, ats),
	CASE_OF(unplugged, plain),
	CASE_OF(unplugged, ats),
	CASE_OF(reset, plain),
	CASE_OF(reset, ats),
	CASE_OF(reset_without_process, ats),
	CASE_OF(pending_unbound, ats),
	CASE_OF(pending_unbound, late),
	CASE_OF(pending_ends, ats),
	CASE_OF(pending_ends, late),
	CASE_OF(storm, ats),
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
