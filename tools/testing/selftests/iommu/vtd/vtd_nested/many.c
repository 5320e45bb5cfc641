// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest with 1,000 PASIDs, each with a table of its own: all of them attached at the
 * same time, changed, invalidated, and a page of the parent goes from under them.
 */
#include <string.h>

#include <iommufd.h>

#include "cases.h"
#include "lib/tenant.h"

#define NPASIDS		1000
#define FIRST		1
/* Pages of data; PASID n begins with page n % NDATA. */
#define NDATA		16
#define RAM_PAGES	2400
/* The one that goes; it is behind the guest's other memory, so that it can. */
#define LONELY		3

struct crowd {
	struct tenant g;
	__u32 flags;
	/* What the first entry of a top table is, to reach page n */
	__u64 below[NDATA];
	__u64 root[NPASIDS];
	__u32 hwpt[NPASIDS];
	void *lonely;
};

static __u64 *top_entry(struct crowd *c, __u64 root)
{
	return tenant_entry(&c->g, root, 4, IOVA, 4);
}

static void map_lonely(struct crowd *c)
{
	ioas_map_at(c->g.fd, c->g.ioas, c->lonely, PAGE, tenant_data(RAM_PAGES));
}

static void make_below(struct crowd *c)
{
	__u64 root;
	size_t i;

	c->lonely = mem_pages(1);
	memset(c->lonely, LONELY + 1, PAGE);
	map_lonely(c);
	for (i = 0; i < NDATA; i++) {
		root = tenant_table(&c->g);
		tenant_map(&c->g, root, IOVA, tenant_data(i == LONELY ? RAM_PAGES : i));
		c->below[i] = *top_entry(c, root);
		memset(tenant_at(&c->g, tenant_data(i)), i + 1, PAGE);
	}
}

static void attach_all(struct crowd *c)
{
	size_t i;

	for (i = 0; i < NPASIDS; i++) {
		c->root[i] = tenant_table(&c->g);
		*top_entry(c, c->root[i]) = c->below[i % NDATA];
		c->hwpt[i] = tenant_hwpt(&c->g, c->root[i]);
		tenant_pasid(&c->g, FIRST + i, c->hwpt[i]);
	}
}

static bool reads_page(const struct crowd *c, size_t i, size_t page)
{
	return tenant_read(&c->g.fn, c->flags | tenant_use(&c->g.fn, FIRST + i), IOVA,
			   page + 1) == VTD_SIM_OK;
}

/* @without: a page that is not there; NDATA: all are */
static void check_all(const struct crowd *c, size_t shift, size_t without)
{
	size_t i, page;

	for (i = 0; i < NPASIDS; i++) {
		page = (i + shift) % NDATA;
		CHECK_EQ(reads_page(c, i, page), page != without);
	}
}

/* Each table leads elsewhere, and the guest says so. */
static void change_all(struct crowd *c, size_t shift)
{
	struct iommu_hwpt_vtd_s1_invalidate all = { .npages = ~0ULL };
	__u32 num;
	size_t i;

	for (i = 0; i < NPASIDS; i++) {
		*top_entry(c, c->root[i]) = c->below[(i + shift) % NDATA];
		num = 1;
		CHECK_OK(iommufd_hwpt_invalidate(c->g.fd, c->hwpt[i],
						 IOMMU_HWPT_INVALIDATE_DATA_VTD_S1, &all,
						 sizeof(all), &num));
		CHECK_EQ(num, 1);
	}
}

/* One request for all PASIDs of the device, and one for what has none. */
static void unmap_lonely(struct crowd *c)
{
	__u64 before = sim_counters(&c->g.sim).invalidations;

	ioas_unmap(c->g.fd, c->g.ioas, tenant_data(RAM_PAGES), PAGE);
	CHECK(sim_counters(&c->g.sim).invalidations <= before + 2);
}

/* A full cache drops entries here; what was not dropped is not stale. */
void nested_many(const void *arg)
{
	const struct way *way = arg;
	static struct crowd c;

	c.flags = way->flags;
	tenant_make_pages(&c.g, way->profile, RAM_PAGES);
	make_below(&c);
	attach_all(&c);
	check_all(&c, 0, NDATA);
	change_all(&c, 1);
	check_all(&c, 1, NDATA);
	unmap_lonely(&c);
	check_all(&c, 1, LONELY);
	map_lonely(&c);
	check_all(&c, 1, NDATA);
	sim_check_clean_but(&c.g.sim, SIM_DROPPED);
	tenant_leave(&c.g);
}
