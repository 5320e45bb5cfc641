// SPDX-License-Identifier: GPL-2.0-only
/* A device that does DMA all the time while its tables are replaced. */
#include <cpuid.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <iommufd.h>

#include "lib/trace.h"
#include "cases.h"
#include "lib/tenant.h"

#define ROUNDS 16
/* Has a translation in all tables here, the parent's own as well. */
#define SHARED tenant_data(0)

/**
 * struct stream - a thread that does DMA
 * @t: whose function
 * @flags: of the engine
 * @stop: it shall end
 * @ok: how often it succeeded
 * @refused: how often it did not
 * @foreign: how often it read what no table leads to
 */
struct stream {
	const struct tenant *t;
	__u32 flags;
	atomic_bool stop;
	atomic_uint ok;
	atomic_uint refused;
	atomic_uint foreign;
};

static void *run(void *arg)
{
	struct stream *s = arg;

	while (!s->stop) {
		const struct sim_function *fn = &s->t->fn;

		if (sim_run(fn, VTD_SIM_OP_READ | s->flags, SHARED, 8, 0) != VTD_SIM_OK) {
			s->refused++;
			continue;
		}
		s->ok++;
		if (fn->memory[0] != 0xa0 && fn->memory[0] != 0xa1 && fn->memory[0] != 0xa2)
			s->foreign++;
	}
	return NULL;
}

/* Maps SHARED to page @page. */
static __u32 shared_page(struct tenant *t, size_t page)
{
	__u64 root = tenant_table(t);

	tenant_map(t, root, SHARED, tenant_data(page));
	return tenant_hwpt(t, root);
}

static void put(const struct tenant *t, __u32 pasid, __u32 hwpt)
{
	if (pasid)
		tenant_pasid(t, pasid, hwpt);
	else
		vfio_attach(t->fn.device, hwpt);
}

/* The stream goes on by @a or by @b; it has had a few turns with each. */
static void alternate(struct stream *s, __u32 pasid, __u32 a, __u32 b)
{
	unsigned int i, seen;

	for (i = 0; i < ROUNDS; i++) {
		put(s->t, pasid, i & 1 ? a : b);
		seen = s->ok + s->refused;
		while (s->ok + s->refused < seen + 3)
			sched_yield();
	}
}

/* The CPU stores 16 bytes at once. */
static bool stores_pairs(void)
{
	unsigned int a, b, c = 0, d;

	return __get_cpuid(1, &a, &b, &c, &d) && c & bit_CMPXCHG16B;
}

/*
 * While an entry changes what was cached of the old one may be used. Afterwards none
 * of it is left, whatever the stream has fetched meanwhile.
 */
static void check_quiet(const struct tenant *t, __u32 flags, __u32 pasid, __u32 a, __u32 b)
{
	struct vtd_sim_counters before = sim_counters(&t->sim), after;

	put(t, pasid, a);
	tenant_reaches(t, flags, SHARED, tenant_data(1));
	put(t, pasid, b);
	tenant_reaches(t, flags, SHARED, tenant_data(2));
	put(t, pasid, t->parent);
	tenant_reaches(t, flags, SHARED, tenant_data(0));
	after = sim_counters(&t->sim);
	CHECK_EQ(after.stale, before.stale);
	CHECK_EQ(after.stale_device, before.stale_device);
}

static void stream(const struct way *way, __u32 pasid)
{
	struct stream s = {};
	__u32 a, b, i;
	pthread_t thread;
	struct tenant t;

	tenant_make(&t, way->profile);
	for (i = 0; i < 3; i++)
		memset(tenant_at(&t, tenant_data(i)), 0xa0 + i, PAGE);
	a = shared_page(&t, 1);
	b = shared_page(&t, 2);
	s.t = &t;
	s.flags = way->flags;
	if (pasid)
		s.flags |= tenant_use(&t.fn, pasid);
	put(&t, pasid, a);
	CHECK_EQ(pthread_create(&thread, NULL, run, &s), 0);
	alternate(&s, pasid, a, b);
	if (stores_pairs())
		alternate(&s, pasid, a, t.parent);
	s.stop = true;
	CHECK_EQ(pthread_join(thread, NULL), 0);
	harness_note("%u requests", s.ok);
	CHECK(s.ok >= 3 * ROUNDS);
	CHECK_EQ(s.refused, 0);
	CHECK_EQ(s.foreign, 0);
	check_quiet(&t, s.flags, pasid, a, b);
	sim_check_clean_but(&t.sim, SIM_STALE | SIM_STALE_DEVICE);
	tenant_leave(&t);
}

/* @how: the event says so of the only entry that changes */
static void expect_change(const struct tenant *t, struct trace *trace, __u32 hwpt,
			  const char *how)
{
	char text[64];

	snprintf(text, sizeof(text), "pasid 0 %s: ", how);
	trace_clear(trace);
	put(t, 0, hwpt);
	if (trace_lines(trace, text) != 1)
		harness_fail(__FILE__, __LINE__, "not %s", how);
	snprintf(text, sizeof(text), "attach: %s pasid 0 domain ", t->fn.bdf);
	CHECK_EQ(trace_lines(trace, text), 1);
}

/* What the driver says of each pair is what Documentation/.../nested.rst says. */
void nested_pairs(void)
{
	static const struct profile profile = { VTD_SIM_FULL, "", 0 };
	const char *by_pairs = stores_pairs() ? "hitless" : "through absent";
	struct iommu_hwpt_vtd_s1 data = { .addr_width = 48, .flags = IOMMU_VTD_S1_SRE };
	struct trace trace = trace_open();
	__u32 a, b, supervisor, ioas;
	struct tenant t;

	if (trace_enable_other(&trace, "intel_iommu/pasid_entry") ||
	    trace_enable_other(&trace, "intel_iommu/attach"))
		harness_skip("the kernel has no such tracepoint");
	tenant_make(&t, &profile);
	a = shared_page(&t, 1);
	b = shared_page(&t, 2);
	data.pgtbl_addr = tenant_table(&t);
	CHECK_OK(__tenant_hwpt(&t, &data, &supervisor));
	ioas = ioas_alloc(t.fd);
	expect_change(&t, &trace, a, "installed");
	expect_change(&t, &trace, b, "hitless");
	expect_change(&t, &trace, supervisor, "hitless");
	expect_change(&t, &trace, t.parent, "through absent");
	expect_change(&t, &trace, supervisor, "through absent");
	expect_change(&t, &trace, a, "hitless");
	expect_change(&t, &trace, t.parent, by_pairs);
	expect_change(&t, &trace, b, by_pairs);
	/* A first stage of the kernel's. */
	expect_change(&t, &trace, ioas, "through absent");
	expect_change(&t, &trace, a, "through absent");
	trace_clear(&trace);
	CHECK_OK(__vfio_detach(t.fn.device));
	CHECK_EQ(trace_lines(&trace, "pasid 0 removed: "), 1);
	tenant_end(&t);
}

void nested_stream(const void *arg)
{
	stream(arg, 0);
	stream(arg, 6);
}
