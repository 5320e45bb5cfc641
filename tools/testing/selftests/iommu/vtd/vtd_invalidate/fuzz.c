// SPDX-License-Identifier: GPL-2.0-only
/* Random changes, arrays and DMA beside a small model of what may be seen. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"

#define FUZZ_PAGES 12
#define FUZZ_STEPS 400
#define FUZZ_SEEDS 4

/**
 * struct model - what a page of IOVA may lead to
 * @may: bit n: page n of the guest's data; bit 63: nothing
 */
struct model {
	__u64 may[FUZZ_PAGES];
	__u64 now[FUZZ_PAGES];
};

/* One of those that it may be; what is used is what it says. */
static void fuzz_look(struct tenant *g, const struct way *way, struct model *m, size_t i)
{
	__u64 got = 63;

	if (sim_run(&g->fn, VTD_SIM_OP_READ | way->flags, IOVA + i * PAGE, 8, 0) == VTD_SIM_OK)
		got = g->fn.memory[0];
	if (!(m->may[i] >> got & 1))
		harness_fail(__FILE__, __LINE__, "page %zu is %llu, may be %#llx", i,
			     (unsigned long long)got, (unsigned long long)m->may[i]);
}

static void fuzz_change(struct tenant *g, struct model *m, __u64 root, unsigned int *seed)
{
	size_t i = rand_r(seed) % FUZZ_PAGES, to = rand_r(seed) % 40;

	m->now[i] = 1ULL << (to < 32 ? to : 63);
	m->may[i] |= m->now[i];
	invalidate_set(g, root, i, to < 32 ? tenant_data(to) : 0);
}

/* An array of up to @max entries, some of them bad; what is done is forgotten. */
static void fuzz_array(struct tenant *g, struct model *m, __u32 hwpt, unsigned int *seed)
{
	struct iommu_hwpt_vtd_s1_invalidate entries[80] = {};
	__u32 n = rand_r(seed) % ARRAY_LEN(entries) + 1, done, bad = n, i;
	size_t k;
	int rc;

	for (i = 0; i < n; i++) {
		__u64 first = rand_r(seed) % (2 * FUZZ_PAGES), npages = rand_r(seed) % 5 + 1;

		entries[i] = invalidate_entry(first, rand_r(seed) & LEAF);
		entries[i].npages = npages;
		if (rand_r(seed) % 100)
			continue;
		if (rand_r(seed) & 1) {
			entries[i] = invalidate_everything;
		} else {
			entries[i].addr++;
			bad = bad < i ? bad : i;
		}
	}
	rc = __invalidate_array(g, hwpt, entries, n, &done);
	CHECK_EQ(done, bad);
	CHECK_EQ(rc, bad < n ? -EINVAL : 0);
	for (i = 0; i < done; i++) {
		for (k = 0; k < FUZZ_PAGES; k++) {
			__u64 addr = IOVA + k * PAGE;

			if (entries[i].npages == ~0ULL ||
			    (addr >= entries[i].addr &&
			     addr < entries[i].addr + entries[i].npages * PAGE))
				m->may[k] = m->now[k];
		}
	}
}

/* Random changes, arrays and DMA; a small model says what may be seen. */
void invalidate_fuzz(const void *arg)
{
	const struct way *way = arg;
	unsigned int seed, s, step;
	struct model m;
	struct tenant g;
	__u32 hwpt;
	__u64 root;
	size_t i;

	tenant_make(&g, way->profile);
	for (i = 0; i < 32; i++)
		memset(tenant_at(&g, tenant_data(i)), i, PAGE);
	root = tenant_reversed(&g, FUZZ_PAGES);
	hwpt = tenant_hwpt(&g, root);
	vfio_attach(g.fn.device, hwpt);
	for (s = 1; s <= FUZZ_SEEDS; s++) {
		for (i = 0; i < FUZZ_PAGES; i++) {
			m.now[i] = 1ULL << i;
			m.may[i] = m.now[i];
			invalidate_set(&g, root, i, tenant_data(i));
		}
		invalidate_pages(&g, hwpt, 0, ~0ULL, 0);
		for (seed = s, step = 0; step < FUZZ_STEPS; step++) {
			switch (rand_r(&seed) % 8) {
			case 0:
				fuzz_array(&g, &m, hwpt, &seed);
				break;
			case 1 ... 3:
				fuzz_change(&g, &m, root, &seed);
				break;
			default:
				fuzz_look(&g, way, &m, rand_r(&seed) % FUZZ_PAGES);
			}
		}
	}
	invalidate_end(&g);
}
