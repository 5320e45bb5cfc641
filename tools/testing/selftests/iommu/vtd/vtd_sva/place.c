// SPDX-License-Identifier: GPL-2.0-only
/* See place.h. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "place.h"

void place_make(struct place *p, const struct terms *terms)
{
	memset(p, 0, sizeof(*p));
	p->sim = sim_unit_late(terms->profile, terms->caps, terms->page_reads, 0);
	p->fn = place_function(&p->sim, 0);
	p->bond.fd = -1;
	p->flags = terms->flags;
}

void place_make_bound(struct place *p, const struct terms *terms)
{
	place_make(p, terms);
	p->bond = sva_bind(&p->fn);
}

void place_end(struct place *p)
{
	sva_unbind(&p->bond);
	sim_check_clean(&p->sim);
	sim_function_close(&p->fn);
	sim_function_remove(&p->fn);
	sim_end(&p->sim);
}

struct sim_function place_function(const struct sim *sim, __u32 lacks)
{
	struct sim_function fn = sim_function(sim, VTD_SIM_ENGINE, lacks);

	pci_give_to(fn.bdf, "vtd-sim-sva");
	sim_function_open_sysfs(&fn);
	return fn;
}

int __sva_bind(const struct sim_function *fn, struct bond *bond)
{
	struct vtd_sim_sva_bind how = {
		.size = sizeof(how), .unit = fn->sim->unit, .slot = fn->slot,
	};
	int ret = __sim(fn->sim->fd, VTD_SIM_SVA_BIND, &how);

	if (ret)
		return ret;
	bond->fd = how.out_fd;
	bond->pasid = how.out_pasid;
	return 0;
}

struct bond sva_bind(const struct sim_function *fn)
{
	struct bond bond;

	CHECK_OK(__sva_bind(fn, &bond));
	CHECK(bond.fd >= 0);
	CHECK(bond.pasid);
	return bond;
}

void sva_unbind(struct bond *bond)
{
	if (bond->fd >= 0)
		CHECK_EQ(close(bond->fd), 0);
	bond->fd = -1;
}

static __u64 address(const void *va)
{
	return (unsigned long)va;
}

__u32 sva_write(const struct place *p, __u32 pasid, const void *va, int seed)
{
	return tenant_write(&p->fn, tenant_use(&p->fn, pasid) | p->flags, address(va), seed);
}

__u32 sva_read(const struct place *p, __u32 pasid, const void *va, int seed)
{
	return tenant_read(&p->fn, tenant_use(&p->fn, pasid) | p->flags, address(va), seed);
}

static void check_full(const unsigned char *page, int seed)
{
	size_t i;

	for (i = 0; i < PAGE; i++)
		CHECK_EQ(page[i], seed);
}

void sva_reaches(const struct place *p, __u32 pasid, void *va)
{
	int seed = (address(va) >> 12 & 0x3f) | 0x40;

	CHECK_EQ(sva_write(p, pasid, va, seed), VTD_SIM_OK);
	check_full(va, seed);
	memset(va, seed | 0x80, PAGE);
	CHECK_EQ(sva_read(p, pasid, va, seed | 0x80), VTD_SIM_OK);
}

/* The device TLB is off while the device has no translation at all. */
static void check_refused(const struct place *p, __u32 status)
{
	if (p->flags & VTD_SIM_OP_ATS && status != VTD_SIM_OK)
		return;
	CHECK_EQ(status, VTD_SIM_BLOCKED);
}

void sva_blocked(const struct place *p, __u32 pasid, const void *va)
{
	check_refused(p, sva_read(p, pasid, va, 0x11));
	check_refused(p, sva_write(p, pasid, va, 0x22));
}

__u32 sva_ask(const struct place *p, __u32 pasid, const void *va, unsigned int npages,
	      __u32 flags)
{
	__u32 status = sim_run(&p->fn, VTD_SIM_OP_PAGE | flags | tenant_use(&p->fn, pasid),
			       address(va), npages * PAGE, 0);

	while (status == VTD_SIM_PENDING) {
		usleep(500);
		status = sim_get(&p->fn, SIM_FIELD(status));
	}
	return status;
}

void sva_stream(const struct place *p, __u32 pasid, const void *va)
{
	sim_stream(&p->fn, VTD_SIM_OP_WRITE | p->flags | tenant_use(&p->fn, pasid),
		   address(va), ~0U);
}

void sva_stream_fails(const struct place *p, __u32 pasid, const void *va)
{
	sim_stream_stop(&p->fn);
	sva_stream(p, pasid, va);
	while (sim_get(&p->fn, SIM_FIELD(stream_done)) < 20)
		usleep(500);
	sim_stream_stop(&p->fn);
	CHECK_EQ(sim_get(&p->fn, SIM_FIELD(stream_failed)),
		 sim_get(&p->fn, SIM_FIELD(stream_done)));
}

void sva_stream_runs(const struct place *p)
{
	__u32 failed = sim_get(&p->fn, SIM_FIELD(stream_failed));
	__u32 done = sim_get(&p->fn, SIM_FIELD(stream_done));

	while (sim_get(&p->fn, SIM_FIELD(stream_done)) < done + 5)
		usleep(500);
	CHECK_EQ(sim_get(&p->fn, SIM_FIELD(stream_failed)), failed);
}
